import { z } from "zod";
import { Fault, type Json, type JsonObject } from "#base";
import {
  type BudgetFacts,
  NO_ORIGINS,
  type PrincipalFacts,
  type Question,
  type RecordedAction,
  recordedWeights,
} from "#policy";
import type { Action, Effect, FlowFacts, Origin, SinkRole, Stage } from "#vocabulary";
import type { FactsAsOf } from "./facts.ts";

/** An entry of kind `intent` or `verdict`, its record's body read. */
export interface DecisionEntry {
  readonly index: number;
  readonly kind: string;
  readonly subject: string;
  readonly at: number;
  readonly body: JsonObject;
}

/** What a decision's entry is worth to whoever looks at what was decided. */
export type Recorded =
  | { readonly kind: "action"; readonly action: RecordedAction; readonly fingerprint: string | null }
  /** Refused by something else than policy. */
  | { readonly kind: "not-policy" }
  | { readonly kind: "unreadable"; readonly because: string };

export interface Kept {
  readonly payload: (index: number, name: string) => Uint8Array | null;
  readonly facts: FactsAsOf;
}

/** Codes of refusals that policy itself gives. */
const POLICY_CODES: ReadonlySet<string> = new Set([
  "no_permit",
  "policy_forbids",
  "policy_error",
  "arguments_mismatch",
]);
/** Policy held it, and nobody could have answered. */
const UNREACHABLE = "no_approver";
const BUDGET_RULE = "budget:";

const SINK_ROLES = [
  "destination",
  "account",
  "command",
  "path",
  "selector",
  "amount",
  "credential",
  "profile",
] as const satisfies readonly SinkRole[];
const NOT_KEPT = "its arguments are not kept: they were too long, or the data of the person was destroyed";
const SEALED = "its arguments do not open: they were changed, or belong to another installation";
const FLOW_UNKNOWN = "what is recorded of where its values came from is of another version";
const PRINCIPAL_UNKNOWN = "the rights of one of its chain at that time are not in the ledger";

/** The action of an entry with all that policy knew of it then; nothing is guessed. */
export function readRecorded(entry: DecisionEntry, kept: Kept): Recorded {
  const { body, index } = entry;
  const said = saidThen(body);
  if (said === null) return { kind: "not-policy" };
  const bytes = opened(kept, index);
  if (bytes === null) return { kind: "unreadable", because: NOT_KEPT };
  if (bytes === "sealed") return { kind: "unreadable", because: SEALED };
  const action = actionIn(bytes);
  const principals = action === null ? null : principalsOf(action, index, kept.facts);
  const effects = effectsShape.safeParse(body["effects"]);
  if (action === null || !effects.success) return { kind: "unreadable", because: NOT_KEPT };
  if (principals === null) return { kind: "unreadable", because: PRINCIPAL_UNKNOWN };
  const flow = flowOf(body);
  if (flow === "unknown") return { kind: "unreadable", because: FLOW_UNKNOWN };
  const budget = budgetOf(body["budget"]);
  const fingerprint = textOf(body["tool"]);
  const question: Question = {
    action,
    facts: { fingerprint: null, effects: effects.data },
    principals,
    stage: stageOf(body["stage"]),
    ...(typeof body["session"] === "string" ? { session: body["session"] } : {}),
    ...(budget === null ? {} : { budget }),
    ...(flow === null ? {} : { flow }),
    ...weightsOf(body["weights"]),
  };
  const recorded = { id: entry.subject, at: entry.at, said, rules: policiesIn(body), question };
  return { kind: "action", action: recorded, fingerprint };
}

/** Null where it was not policy that said it. Budgets come after policy: what they alone held, policy allowed. */
function saidThen(body: JsonObject): RecordedAction["said"] | null {
  const verdict = body["verdict"];
  const rules = textsIn(body["policies"]);
  if (verdict === "allow") return "allow";
  if (verdict === "hold") return rules.length > 0 && rules.every(isBudget) ? "allow" : "hold";
  const code = textOf(body["code"]) ?? "";
  if (code === UNREACHABLE) return "hold";
  return POLICY_CODES.has(code) ? "deny" : null;
}

/** One that does not open says nothing of the others. */
function opened({ payload }: Kept, index: number): Uint8Array | "sealed" | null {
  try {
    return payload(index, "action");
  } catch (cause) {
    if (cause instanceof Fault && cause.code === "unsealable") return "sealed";
    throw cause;
  }
}

function isBudget(rule: string): boolean {
  return rule.startsWith(BUDGET_RULE);
}

function policiesIn(body: JsonObject): readonly string[] {
  return textsIn(body["policies"]).filter((rule) => !isBudget(rule));
}

const actionShape = z.custom<Action>(
  (value) =>
    typeof value === "object" &&
    value !== null &&
    "arguments" in value &&
    "target" in value &&
    "chain" in value,
);
const effectsShape = z.custom<readonly [Effect, ...Effect[]]>(
  (value) => Array.isArray(value) && value.length > 0,
);

function actionIn(bytes: Uint8Array): Action | null {
  const read = actionShape.safeParse(JSON.parse(Buffer.from(bytes).toString("utf8")));
  return read.success ? read.data : null;
}

/** The chain's own rights. Its delegations did let the action through, or it would not have been for policy to say. */
function principalsOf({ chain }: Action, index: number, facts: FactsAsOf): PrincipalFacts[] | null {
  const user = chain.user === null ? undefined : facts.user(chain.user, index);
  const agents = chain.agents.flatMap((id) => facts.agent(id, index) ?? []);
  if (user === null || agents.length < chain.agents.length) return null;
  return user === undefined ? agents : [user, ...agents];
}

const origins = z.custom<readonly Origin[]>((value) => Array.isArray(value));
const flowShape = z.object({
  labelled: z.boolean(),
  effect: z.custom<FlowFacts["effect"]>((value) => typeof value === "string"),
  mandate: z.enum(["attested", "claimed", "none"]),
  tainted: z.boolean(),
  overflowed: z.boolean(),
  asked: z.boolean(),
  readers: z.enum(["none", "within", "beyond"]),
  carries: z.array(z.string()),
  origins: z.partialRecord(z.enum(SINK_ROLES), origins),
});

/** Null where nothing was traced. A role without values is not in the record. */
function flowOf({ flow }: JsonObject): FlowFacts | null | "unknown" {
  if (flow === undefined || flow === null) return null;
  const read = flowShape.safeParse(flow);
  return read.success
    ? { ...read.data, origins: { ...NO_ORIGINS, ...read.data.origins }, doubts: [] }
    : "unknown";
}

const budgetShape = z.object({ exceeded: z.array(z.string()), usedPercent: z.int() });

function budgetOf(value: Json | undefined): BudgetFacts | null {
  if (value === undefined) return null;
  const read = budgetShape.safeParse(value);
  return read.success ? read.data : null;
}

/** Of entries that are older than the register: nobody looked. */
function weightsOf(value: Json | undefined): Pick<Question, "weights"> {
  const weights = recordedWeights(value);
  return weights === null ? {} : { weights };
}

function stageOf(value: Json | undefined): Stage {
  return value === "observe" || value === "isolate" ? value : "enforce";
}

function textOf(value: Json | undefined): string | null {
  return typeof value === "string" ? value : null;
}

function textsIn(value: Json | undefined): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
