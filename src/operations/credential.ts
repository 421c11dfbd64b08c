import { z } from "zod";
import type { Ambient } from "#base";
import { mintSecret } from "#identity";
import type { StateWrite } from "#ledger";
import { stateWrite } from "./change.ts";
import type { ReadContext } from "./context.ts";

/** A session with the key (and, for a keyless client, the secret path) that opens the doors in its name. */
export interface Credential {
  readonly agentId: string;
  readonly session: string;
  readonly sessionKind: "standing" | "run";
  /** Under which the session acts for a user; null: with the agent's own rights alone. */
  readonly delegation: string | null;
  /** JSON: the facts of the sandbox that it is opened for; null: none. */
  readonly isolation: string | null;
  readonly key: { readonly id: string; readonly text: string; readonly hash: string };
  readonly path: { readonly id: string; readonly text: string; readonly hash: string } | null;
  readonly keyIds: readonly string[];
}

export const credentialShape = z.object({
  session: z.string(),
  key: z.string().describe("Shown once. Send it as `Authorization: Bearer`"),
  door: z.string().describe("Address of the mcp door"),
  keylessDoor: z
    .string()
    .nullable()
    .describe("Shown once. The address with a secret in it, for clients without headers"),
  models: z
    .string()
    .describe("Address of the llm door, as OPENAI_BASE_URL; without /v1 for Anthropic and Ollama"),
  keylessModels: z
    .string()
    .nullable()
    .describe("Shown once. The llm door with the secret in it: OLLAMA_HOST, and with /v1 OPENAI_BASE_URL"),
  proxy: z.string().nullable().describe("Address of the http door; null: it is off"),
});

export function mintCredential(
  context: { readonly ambient: Ambient },
  agentId: string,
  how: {
    readonly kind: "standing" | "run";
    readonly keyless: boolean;
    readonly delegation?: string | null;
    readonly isolation?: string | null;
  },
): Credential {
  const { ambient } = context;
  const key = { id: ambient.id("key"), ...mintSecret("agent-key", ambient) };
  const path = how.keyless ? { id: ambient.id("key"), ...mintSecret("agent-path", ambient) } : null;
  const keyIds = path === null ? [key.id] : [key.id, path.id];
  const { kind: sessionKind, delegation = null, isolation = null } = how;
  return { agentId, session: ambient.id("ses"), sessionKind, delegation, isolation, key, path, keyIds };
}

export function credentialWrites(context: ReadContext, credential: Credential): StateWrite[] {
  const { query } = context.store;
  const created = { agent_id: credential.agentId, created_at: context.ambient.now() };
  const session = {
    ...created,
    id: credential.session,
    kind: credential.sessionKind,
    opened_by: context.caller.user,
    delegation_id: credential.delegation,
    isolation: credential.isolation,
  };
  const keys = [
    { kind: "bearer", secret: credential.key },
    ...(credential.path ? [{ kind: "path", secret: credential.path }] : []),
  ];
  return [
    stateWrite(query.insertInto("sessions").values({ ...session, ended_at: null, is_offered: 0 }), 1),
    ...keys.map(({ kind, secret }) => {
      const row = { ...created, id: secret.id, hash: secret.hash, kind, session_id: credential.session };
      return stateWrite(
        query.insertInto("agent_keys").values({ ...row, last_used_at: null, revoked_at: null }),
        1,
      );
    }),
  ];
}

export function credentialView(
  context: ReadContext,
  credential: Credential,
): z.input<typeof credentialShape> {
  const { door } = context.addresses;
  const secret = credential.path === null ? null : `${door}/door/k/${credential.path.text}`;
  return {
    session: credential.session,
    key: credential.key.text,
    door: `${door}/door/mcp`,
    keylessDoor: secret === null ? null : `${secret}/mcp`,
    models: `${door}/v1`,
    keylessModels: secret === null ? null : `${secret}/llm`,
    proxy: context.addresses.proxy ?? null,
  };
}
