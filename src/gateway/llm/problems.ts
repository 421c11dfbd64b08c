import type { Fault } from "#base";
import { parameterOf, type Problem } from "#llm";
import type { Refused } from "../outside.ts";
import { noteJson, retryLine } from "../refusal-note.ts";
import { isNothingSent } from "../travel.ts";
import { ModelFault, StatusFault } from "./faults.ts";

// What a client's SDK is told: the HTTP status picks its error class, the code is for programs, the message for people.

/** Code (or the beginning of one, ending in `_`) to status. What is in no row is Doorward's or an upstream's: 502. */
const STATUSES: readonly (readonly [string, number])[] = [
  ["agent_unauthenticated", 401],
  ["agent_revoked", 403],
  ["body_too_large", 413],
  ["budget_exceeded", 429],
  ["door_closing", 503],
  ["holds_exceeded", 429],
  ["journal_", 503],
  ["json_too_large", 413],
  ["json_", 400],
  ["llm_", 400],
  ["method_not_allowed", 405],
  ["model_pending", 503],
  ["model_revoked", 403],
  ["model_unknown", 404],
  ["not_json", 415],
  ["outcome_unrecorded", 503],
  ["path_closed", 404],
  ["rate_limited", 429],
  ["response_item_unknown", 404],
  ["response_unknown", 404],
  ["too_many_requests", 429],
  ["translation_refused", 400],
  ["upstream_list_refused", 400],
  ["egress_lost", 502],
  ["upstream_idle", 504],
];

export function statusOf(code: string): number {
  const row = STATUSES.find(([known]) => (known.endsWith("_") ? code.startsWith(known) : code === known));
  return row?.[1] ?? 502;
}

export function problemOfFault(fault: Fault): Problem {
  if (fault instanceof ModelFault) {
    const { status, message, parameter } = fault;
    return { status, code: fault.upstreamCode ?? fault.code, message, parameter };
  }
  const status = fault instanceof StatusFault ? fault.status : statusOf(fault.code);
  return {
    status,
    code: fault.code,
    message: `${fault.message}. ${fault.remedy}`,
    parameter: parameterOf(fault),
    refusal: noteJson("failed", {
      code: fault.code,
      reason: fault.message,
      remedy: fault.remedy,
      rules: [],
      approval: null,
      action: null,
      isUnsent: isNothingSent(fault),
    }),
  };
}

/** Refusals that clients' SDKs try again by themselves. */
const REFUSED_FOR_NOW: ReadonlyMap<string, number> = new Map([
  ["budget_exceeded", 429],
  ["model_pending", statusOf("model_pending")],
]);

/** A call of the model itself that was refused, or is held: nothing was asked of any model. */
export function problemOfRefusal(refused: Refused): Problem {
  const opening = refused.kind === "held" ? "Held by Doorward" : "Refused by Doorward";
  const lines = [
    `${opening}: ${refused.reason}`,
    `Rule: ${refused.rules.join(", ")}`,
    `What to do: ${refused.remedy}`,
    retryLine(refused.kind, refused),
    `Record: ${refused.action}`,
  ];
  const status = REFUSED_FOR_NOW.get(refused.code) ?? 403;
  const refusal = noteJson(refused.kind, refused);
  return { status, code: refused.code, message: lines.join("\n"), parameter: null, refusal };
}

/** Whether another upstream may be asked: nothing left, or this one answered that it cannot now. A lost answer is neither (T20). */
export function isElsewhereWorthAsking(error: unknown): boolean {
  if (error instanceof ModelFault) return BUSY.has(error.status);
  return isNothingSent(error);
}

/** 404 too: a model that an upstream listed and has no more. */
const BUSY: ReadonlySet<number> = new Set([404, 408, 429, 500, 502, 503, 504, 529]);
