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

async function readText(body: Readable, rules: EgressRules): Promise<string> {
  const timer = setTimeout(() => body.destroy(slow(rules.timeoutMs)), rules.timeoutMs);
  const parts: Uint8Array[] = [];
  try {
    for await (const chunk of bodyChunks(body, rules.bytesMax)) parts.push(chunk);
  } finally {
    clearTimeout(timer);
  }
  const bytes = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
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
  let bytes = 0;
  let endsWithNewline = false;
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    const boundary = lastBlankLine(chunk, endsWithNewline);
    bytes = boundary === null ? bytes + chunk.length : chunk.length - boundary;
    endsWithNewline = chunk.at(-1) === NEWLINE;
    if (bytes > bytesMax) throw tooLarge(bytesMax);
    yield chunk;
  }
}

/** Where the last event of the chunk ends, or null. `\r\n\r\n` counts: only line feeds and bare lines matter. */
function lastBlankLine(chunk: Uint8Array, afterNewline: boolean): number | null {
  for (
    let end = chunk.lastIndexOf(NEWLINE);
    end >= 0;
    end = end === 0 ? -1 : chunk.lastIndexOf(NEWLINE, end - 1)
  ) {
    const before = chunk[end - 1] === 13 ? end - 2 : end - 1;
    if (before < 0 ? afterNewline : chunk[before] === NEWLINE) return end + 1;
  }
  return null;
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
