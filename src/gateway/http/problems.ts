import { STATUS_CODES } from "node:http";
import { Fault } from "#base";
import type { ProxiedAnswer } from "#proxy";
import type { Refused } from "../outside.ts";
import { type Note, noteJson } from "../refusal-note.ts";
import { sentences } from "../speech.ts";
import { isNothingSent } from "../travel.ts";
import type { Headers } from "./upstream.ts";

type Kind = "refused" | "held" | "failed";

/** Statuses of what is no refusal of policy; see docs/formats/refusals.md. */
const STATUSES: ReadonlyMap<string, number> = new Map([
  ["agent_unauthenticated", 407],
  ["token_refused", 407],
  ["delegation_ended", 407],
  ["request_body_too_large", 413],
  ["request_encoding_unknown", 415],
  ["query_too_long", 414],
  ["rate_limited", 429],
  ["too_many_requests", 429],
  ["too_many_bytes", 429],
  ["door_closing", 503],
  ["egress_unreachable", 502],
  ["egress_lost", 502],
  ["egress_timeout", 504],
  ["internal", 500],
]);

/** Codes of egress in the words of this door. */
const OWN_CODES: ReadonlyMap<string, string> = new Map([["egress_own_listener", "own_listener"]]);

export function refusalAnswer(refused: Refused, headers: Headers): ProxiedAnswer {
  return answerOf(refused.kind, refused, { status: 403, headers });
}

/** Whatever went wrong, as the client reads it. `action` is null where nothing became one. */
export function faultAnswer(fault: Fault, action: string | null, headers: Headers): ProxiedAnswer {
  const code = OWN_CODES.get(fault.code) ?? fault.code;
  const status = STATUSES.get(code) ?? (isRefusal(code) ? 403 : 502);
  const note: Note = {
    code,
    reason: fault.message,
    remedy: fault.remedy,
    rules: [],
    approval: null,
    action,
    // Where nothing can be sent, the next try meets the same.
    isUnsent: status !== 403 && isNothingSent(fault),
  };
  return answerOf(status === 403 ? "refused" : "failed", note, { status, headers });
}

/** Of what egress says no to; anything else of it went wrong on the way. */
const REFUSED: ReadonlySet<string> = new Set([
  "egress_address_forbidden",
  "egress_address_private",
  "egress_address_public",
  "egress_url_refused",
]);

function isRefusal(code: string): boolean {
  return REFUSED.has(code) || !(code.startsWith("egress_") || code.startsWith("upstream_"));
}

interface Form {
  readonly status: number;
  readonly headers: Headers;
}

function answerOf(kind: Kind, note: Note, { status, headers }: Form): ProxiedAnswer {
  const isText = wantsText(headers);
  const detail = noteJson(kind, note);
  const problem = {
    type: "about:blank",
    title: STATUS_CODES[status] ?? "Refused",
    status,
    code: note.code,
    detail: note.reason,
    remedy: note.remedy,
    doorward: detail,
  };
  const text = isText ? `${sentences(kind, note)}\n` : `${JSON.stringify(problem)}\n`;
  return {
    status,
    headers: [
      ["content-type", isText ? "text/plain; charset=utf-8" : "application/problem+json"],
      ["content-length", String(Buffer.byteLength(text))],
      ["cache-control", "no-store"],
      // For whoever reads no body: a HEAD, a WebSocket.
      ["doorward-refusal", note.action === null ? note.code : `${note.code}; action=${note.action}`],
      ...(RETRIED.has(status) ? [["retry-after", "1"] as const] : []),
      ...(status === 407 ? [["proxy-authenticate", 'Basic realm="doorward"'] as const] : []),
    ],
    body: chunked(text),
  };
}

const RETRIED: ReadonlySet<number> = new Set([429, 503]);

async function* chunked(text: string): AsyncGenerator<Uint8Array> {
  yield Buffer.from(text, "utf8");
}

/** Programs that print what they get to a person or a model, and say that they take anything. */
const TERMINALS = /^(?:curl|wget|git|httpie|apt|debian apt|pip|npm|yarn|pnpm|cargo|go-http-client)[/ ]/i;

function wantsText(headers: Headers): boolean {
  const said = (name: string): string => headers.find(([one]) => one === name)?.[1] ?? "";
  return !said("accept").includes("json") && TERMINALS.test(`${said("user-agent")}/`);
}

export function internalFault(): Fault {
  return new Fault("internal", "Doorward failed at this request", "Look at Doorward's log, and report it.");
}

export function clientLeft(): Fault {
  return new Fault(
    "client_cancelled",
    "the client closed the connection before its answer was complete",
    "Send the request again if it is still wanted.",
  );
}
