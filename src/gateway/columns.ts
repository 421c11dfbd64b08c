import { z } from "zod";
import type { Digest, JsonObject } from "#base";
import type {
  ActionId,
  AgentId,
  ApprovalBinding,
  ApprovalId,
  DelegationId,
  DelegationScope,
  Effect,
  PolicyId,
  Role,
  ServerName,
  SessionId,
  UserId,
  Verb,
} from "#vocabulary";

// Columns of the state database, and ids just made, as the words of the house. A damaged row stops here, and not in a
// decision.

const filled = (value: unknown): boolean => typeof value === "string" && value.length > 0;
const agentId = z.custom<AgentId>(filled);
const userId = z.custom<UserId>(filled);
const sessionId = z.custom<SessionId>(filled);
const actionId = z.custom<ActionId>(filled);
const approvalId = z.custom<ApprovalId>(filled);
const serverName = z.custom<ServerName>(filled);
const digest = z.custom<Digest>((value) => typeof value === "string" && /^sha256:[0-9a-f]{64}$/.test(value));
const delegationId = z.custom<DelegationId>(filled);
const policyIds = z.array(z.custom<PolicyId>(filled));
const texts = z.array(z.string());
const effect = z.enum(["read", "write", "destructive", "outbound"]);
const effects = z.tuple([effect], effect);
const role = z.enum(["admin", "approver", "auditor", "owner"]);
const object = z.custom<JsonObject>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
);
const verb = z.custom<Verb>(filled);
const scope = z.strictObject({
  servers: texts,
  tools: texts,
  verbs: z.array(verb),
  effects: z.array(effect),
});
const binding = z.custom<ApprovalBinding>(
  (value) => object.safeParse(value).success && BINDING.safeParse(value).success,
);
const BINDING = z.object({ action: digest, policySet: digest, policies: texts });

export const agentIdOf = (text: string): AgentId => agentId.parse(text);
export const userIdOf = (text: string): UserId => userId.parse(text);
export const sessionIdOf = (text: string): SessionId => sessionId.parse(text);
export const actionIdOf = (text: string): ActionId => actionId.parse(text);
export const approvalIdOf = (text: string): ApprovalId => approvalId.parse(text);
export const serverNameOf = (text: string): ServerName => serverName.parse(text);
export const digestColumn = (text: string): Digest => digest.parse(text);
export const delegationIdOf = (text: string): DelegationId => delegationId.parse(text);
export const scopeColumn = (column: string): DelegationScope => scope.parse(JSON.parse(column));
export const policyIdsOf = (column: string): PolicyId[] => policyIds.parse(JSON.parse(column));
export const textsOf = (column: string): string[] => texts.parse(JSON.parse(column));
export const rolesOf = (column: string): Role[] => z.array(role).parse(JSON.parse(column));
export const effectsColumn = (column: string): [Effect, ...Effect[]] => effects.parse(JSON.parse(column));
export const objectColumn = (column: string): JsonObject => object.parse(JSON.parse(column));
export const bindingColumn = (column: string): ApprovalBinding => binding.parse(JSON.parse(column));

const notes = z.array(z.object({ note: z.string().nullish() }));

/** The note of the last decision, or null. */
export const lastNoteOf = (column: string): string | null =>
  notes.parse(JSON.parse(column)).at(-1)?.note ?? null;
