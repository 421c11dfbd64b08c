import type { JsonObject } from "#base";

/** When the same call may be made again: `docs/formats/refusals.md`. */
export type Retry = "never" | "later" | "after-approval";

/** What would change the answer, and who can give it. */
interface Ask {
  readonly what:
    | "permission"
    | "approval"
    | "approver"
    | "budget"
    | "delegation"
    | "review"
    | "policy"
    | "access";
  /** `owner`, `user`, or groups of people. */
  readonly of: readonly string[];
}

/** What became of a call, as programs are told. */
export interface Note {
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;
  readonly rules: readonly string[];
  readonly approval: string | null;
  readonly action: string | null;
  /** Whose yes a held one waits for. */
  readonly groups?: readonly string[];
  /** ISO 8601; see `docs/formats/refusals.md`. */
  readonly until?: string;
  /** Certainly nothing of it left. */
  readonly isUnsent?: boolean;
}

interface Row {
  readonly ask: Ask | null;
  readonly retry: Retry;
}

const ADMINS = ["admins"];
const REVIEW: Row = { ask: { what: "review", of: ADMINS }, retry: "never" };
const POLICY: Row = { ask: { what: "policy", of: ADMINS }, retry: "never" };
const DELEGATION: Row = { ask: { what: "delegation", of: ["user"] }, retry: "never" };
const LATER: Row = { ask: null, retry: "later" };
const NEVER: Row = { ask: null, retry: "never" };

/** By code; what is not here is not worth the same call again. */
const ROWS: ReadonlyMap<string, Row> = new Map([
  ["no_permit", { ask: { what: "permission", of: ["owner", ...ADMINS] }, retry: "never" }],
  ["policy_forbids", { ask: { what: "permission", of: ADMINS }, retry: "never" }],
  ["observed_without_credentials", { ask: { what: "permission", of: ADMINS }, retry: "never" }],
  ["policy_error", POLICY],
  ["policy_failed", POLICY],
  ["policy_missing", POLICY],
  ["arguments_mismatch", NEVER],
  ["no_approver", { ask: { what: "approver", of: ADMINS }, retry: "never" }],
  ["approval_denied", NEVER],
  ["approval_expired", LATER],
  ["approval_withdrawn", LATER],
  ["approved_not_sent", LATER],
  ["budget_exceeded", { ask: { what: "budget", of: ADMINS }, retry: "later" }],
  ["delegation_exceeded", DELEGATION],
  ["delegation_spent", DELEGATION],
  ["delegation_ended", DELEGATION],
  ["tool_not_accepted", REVIEW],
  ["tool_unknown", REVIEW],
  ["server_held", REVIEW],
  ["agent_revoked", { ask: { what: "access", of: ["owner"] }, retry: "never" }],
  ["policy_queue_full", LATER],
  ["policy_unconfirmed", LATER],
  ["holds_exceeded", LATER],
  ["tasks_exceeded", LATER],
  ["task_not_run", LATER],
  ["rate_limited", LATER],
  ["too_many_requests", LATER],
  ["connections_exceeded", LATER],
  ["changed_since_decided", LATER],
  ["model_pending", LATER],
]);

function rowOf({ code, groups = [], isUnsent = false }: Note, kind: string): Row {
  if (kind === "held") return { ask: { what: "approval", of: groups }, retry: "after-approval" };
  return ROWS.get(code) ?? (isUnsent || code.startsWith("journal_") ? LATER : NEVER);
}

/** See `docs/formats/refusals.md`, which is what this writes. */
export function noteJson(kind: "refused" | "held" | "failed", note: Note): JsonObject {
  const { code, reason, remedy, rules, approval, action, until = null } = note;
  const { ask, retry } = rowOf(note, kind);
  return {
    kind,
    code,
    rules: [...rules],
    reason,
    remedy,
    ask: ask === null ? null : { what: ask.what, of: [...ask.of], how: remedy },
    retry,
    until: retry === "never" ? null : until,
    approval,
    action,
  };
}

/** The same for people and models, who read lines. */
export function retryLine(kind: "refused" | "held" | "failed", note: Note): string {
  const { retry } = rowOf(note, kind);
  if (retry === "never") return "Retry: never as it is";
  if (retry === "after-approval") return "Retry: after approval";
  return note.until === undefined ? "Retry: later" : `Retry: after ${note.until}`;
}
