import type { ServerResponse } from "node:http";
import { Fault, type JsonObject } from "#base";

/** RFC 9457 problem details, with the code that `docs/reference/errors.md` lists and what to do about it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly remedy: string;
}

/** Codes whose status does not follow from their name. */
const STATUS: Readonly<Record<string, number>> = {
  not_signed_in: 401,
  agent_refused: 403,
  csrf_refused: 403,
  permission_denied: 403,
  presence_required: 403,
  approver_not_eligible: 403,
  approver_is_owner: 403,
  not_yours: 403,
  route_unknown: 404,
  method_not_allowed: 405,
  approval_closed: 409,
  approval_expired: 409,
  approval_repeated: 409,
  approval_unreadable: 409,
  agent_revoked: 409,
  backtest_unconfirmed: 409,
  changed_meanwhile: 409,
  history_busy: 429,
  history_failed: 503,
  history_cancelled: 503,
  learned_before: 409,
  agent_unrecorded: 409,
  idempotency_running: 409,
  idempotency_answer_lost: 409,
  last_admin: 409,
  last_credential: 409,
  policy_missing: 409,
  session_ended: 409,
  stage_unavailable: 409,
  tool_changed: 409,
  user_disabled: 409,
  credential_name_taken: 409,
  vault_full: 409,
  oauth_refused: 409,
  body_too_large: 413,
  body_not_json: 415,
  idempotency_mismatch: 422,
  follow_too_far: 416,
  followers_too_many: 429,
  policy_invalid: 422,
  policy_tests_invalid: 422,
  receipt_unpublished: 503,
  sign_in_refused: 401,
  login_link_invalid: 401,
  presence_refused: 403,
  passkey_refused: 403,
  credential_needed: 403,
  password_weak: 422,
  too_many_attempts: 429,
  credential_elsewhere: 403,
  provider_refused: 401,
  provider_user_not_added: 403,
  provider_flow_over: 401,
  device_flow_over: 401,
  device_flow_unavailable: 409,
  console_needed: 403,
  decisions_too_many: 429,
  provider_unset: 404,
  provider_unreachable: 502,
  provider_misnamed: 502,
  sensor_key_unknown: 401,
  sensor_out_of_step: 409,
  sensor_removed: 409,
  sensor_items_full: 409,
  reports_busy: 503,
  bug: 500,
};

const BY_ENDING: readonly (readonly [RegExp, number])[] = [
  [/^(upstream|egress|oauth|reference)_/, 502],
  [/^(journal|store|keys|sequencer|ledger|vault)_/, 503],
  [/_unknown$/, 404],
  [/_(exists|full|too_many)$/, 409],
];

export function statusOf(code: string): number {
  return STATUS[code] ?? BY_ENDING.find(([ending]) => ending.test(code))?.[1] ?? 400;
}

/** Whatever was thrown, as a problem. What is no Fault is a bug of ours: its words stay in the log. */
export function problemOf(cause: unknown): Problem {
  const fault = cause instanceof Fault ? cause : unexpected();
  const status = statusOf(fault.code);
  return {
    type: `urn:doorward:problem:${fault.code}`,
    title: titleOf(fault.code),
    status,
    detail: fault.code === "bug" ? "Doorward failed to answer this." : fault.message,
    code: fault.code,
    remedy: fault.remedy,
  };
}

export function problemJson(problem: Problem): JsonObject {
  return { ...problem };
}

/** Sent with everything the API and its kin answer. */
export const ANSWER_HEADERS = {
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
} as const;

export function sendProblem(response: ServerResponse, cause: unknown): void {
  if (response.headersSent || response.destroyed) return;
  const problem = problemOf(cause);
  const bytes = Buffer.from(JSON.stringify(problemJson(problem)));
  if (problem.status === 401) response.setHeader("www-authenticate", 'Bearer realm="doorward"');
  const headers = {
    ...ANSWER_HEADERS,
    "content-type": "application/problem+json",
    "content-length": bytes.length,
  };
  response.writeHead(problem.status, headers).end(bytes);
}

/** The code in words: the same for every problem of its kind, as the RFC asks of a title. */
function titleOf(code: string): string {
  const words = code.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function unexpected(): Fault {
  return new Fault("bug", "Doorward failed to answer this", "Report this; include the log line.");
}
