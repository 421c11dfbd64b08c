import { isUtf8 } from "node:buffer";
import type { Readable } from "node:stream";
import { Fault } from "#base";
import type { EgressRules } from "./rules.ts";

/** A response whose body cannot exceed its rules. Exactly one of `text`, `chunks` and `discard` is used, once. */
export interface EgressResponse {
  readonly status: number;
  /** Lower-case names; repeated headers joined with `, `. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: () => Promise<string>;
  readonly chunks: () => AsyncGenerator<Uint8Array>;
  /** Drops the body and frees the connection. */
  readonly discard: () => void;
}

const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

export function boundedResponse(
  status: number,
  headers: Readonly<Record<string, string>>,
  body: Readable,
  rules: EgressRules,
): EgressResponse {
  const isEvents = (headers["content-type"] ?? "").toLowerCase().startsWith("text/event-stream");
  // Whoever drops the body has nobody listening: an abort must not become an uncaught error.
  body.on("error", () => {});
  return {
    status,
    headers,
    text: () => readText(body, rules),
    chunks: () => (isEvents ? eventChunks(body, rules.bytesMax) : bodyChunks(body, rules.bytesMax)),
    discard: () => void body.destroy(),
  };
}

/** By events rather than iteration: this is the hot path of every call to an HTTP server. */
function readText(body: Readable, { bytesMax, timeoutMs }: EgressRules): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => body.destroy(slow(timeoutMs)), timeoutMs);
    const parts: Buffer[] = [];
    let bytes = 0;
    body.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) body.destroy(tooLarge(bytesMax));
      else parts.push(chunk);
    });
    body.once("error", reject);
    body.once("close", () => {
      clearTimeout(timer);
      const whole = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
      if (!body.readableEnded) reject(cut());
      else if (isUtf8(whole)) resolve(whole.toString("utf8"));
      else reject(notText());
    });
  });
}

async function* bodyChunks(body: Readable, bytesMax: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    yield chunk;
  }
}

/** Counts bytes since the last blank line: one event may not exceed `bytesMax`, the stream may run for ever. */
async function* eventChunks(body: Readable, bytesMax: number): AsyncGenerator<Uint8Array> {
  let event = 0;
  let line = 0;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      const content = line + at - from - (chunk[at - 1] === CARRIAGE_RETURN ? 1 : 0);
      event += at + 1 - from;
      if (event > bytesMax) throw tooLarge(bytesMax);
      if (content <= 0) event = 0;
      line = 0;
      from = at + 1;
    }
    line += chunk.length - from;
    event += chunk.length - from;
    if (event > bytesMax) throw tooLarge(bytesMax);
    yield chunk;
  }
}

function cut(): Fault {
  return new Fault(
    "egress_lost",
    "the answer broke off",
    "What was asked for may have happened: check the server before trying again.",
  );
}

function notText(): Fault {
  return new Fault(
    "egress_not_text",
    "the answer is no UTF-8 text",
    "Correct the server: JSON is UTF-8 (RFC 8259).",
  );
}

function tooLarge(bytesMax: number): Fault {
  return new Fault(
    "egress_body_too_large",
    `the answer is larger than ${bytesMax} bytes`,
    "Ask for less at once (a page, a range), or have the server split its answer.",
  );
}

function slow(timeoutMs: number): Fault {
  return new Fault(
    "egress_lost",
    `the answer did not end within ${timeoutMs} ms`,
    "What was asked for may have happened: check the server before trying again.",
  );
}
