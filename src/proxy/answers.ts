import { STATUS_CODES } from "node:http";
import type { Fault } from "#base";
import { answerInvalid } from "./faults.ts";
import { ANSWER_DROPPED, SOCKET_DROPPED } from "./headers.table.ts";
import type { Headers } from "./headers.ts";
import type { ProxiedAnswer } from "./port.ts";
import { STATUS } from "./status.table.ts";

/** An answer's head as it is written to a client, whatever the protocol. */
export interface AnswerHead {
  readonly status: number;
  /** Without framing: the caller's protocol has its own. */
  readonly headers: Headers;
  /** Bytes of the body as the upstream announced them; null: not known. */
  readonly length: number | null;
}

const CHALLENGE = ["proxy-authenticate", 'Basic realm="Doorward"'] as const;

export const BODILESS: ReadonlySet<number> = new Set([204, 304]);

/** An answer of the proxy's own. */
export interface OwnAnswer extends ProxiedAnswer {
  /** Asks for the proxy's own credentials (RFC 9110, 11.7.1); an upstream never does. */
  readonly isChallenge: boolean;
}

/** Throws `proxy_answer_invalid` for what is no final status (RFC 9110, 15). */
export function headOf(answer: ProxiedAnswer | OwnAnswer): AnswerHead {
  const { status } = answer;
  if (!Number.isInteger(status) || status < 200 || status > 999) throw answerInvalid(`status ${status}`);
  const kept = answer.headers.filter(([name]) => !ANSWER_DROPPED.has(name) && !SOCKET_DROPPED.has(name));
  const headers = "isChallenge" in answer && answer.isChallenge ? [...kept, CHALLENGE] : kept;
  const lengths = answer.headers.filter(([name]) => name === "content-length").map(([, value]) => value);
  const [length] = lengths;
  if (length === undefined) return { status, headers, length: answer.body === null ? 0 : null };
  if (lengths.length > 1 || !/^\d{1,15}$/.test(length)) throw answerInvalid("its length is ambiguous");
  return { status, headers, length: Number(length) };
}

export function statusOf(fault: Fault): number {
  return STATUS[fault.code] ?? 502;
}

/** A Fault as a client reads it: RFC 9457, with the code and what to do. */
export function faultAnswer(fault: Fault): OwnAnswer {
  const status = statusOf(fault);
  const { code, message: detail, remedy } = fault;
  const title = STATUS_CODES[status] ?? "Refused";
  const body = Buffer.from(JSON.stringify({ type: "about:blank", title, status, code, detail, remedy }));
  return {
    status,
    headers: [
      ["content-type", "application/problem+json"],
      ["cache-control", "no-store"],
      ["x-content-type-options", "nosniff"],
      ["content-length", String(body.length)],
    ],
    body: once(body),
    isChallenge: status === 407,
  };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
