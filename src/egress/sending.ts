import { Readable } from "node:stream";
import type { Dispatcher } from "undici";
import type { EgressRequest, EgressRules, StreamedBody } from "./rules.ts";

/** A request as undici takes it, but for where it goes. */
export interface Written {
  readonly method: Dispatcher.HttpMethod;
  /** Names and values in turn. */
  readonly headers: string[];
  readonly body: string | Uint8Array | Readable | null;
  readonly headersTimeout: number;
}

const BUFFERED_BYTES = 64 * 1024;

/** `stall` is called where the server takes no more of a streamed body, or does not answer to it, for `timeoutMs`. */
export function written(rules: EgressRules, asked: EgressRequest, stall: () => void): Written {
  const { body, method } = asked;
  const headers = headersOf(asked);
  if (body === undefined || typeof body === "string" || body instanceof Uint8Array)
    return { method, headers, body: body ?? null, headersTimeout: rules.timeoutMs };
  if (body.declaredBytes !== null) headers.push("content-length", String(body.declaredBytes));
  const chunks = paced(body, rules.timeoutMs, stall);
  const stream = Readable.from(chunks, { objectMode: false, highWaterMark: BUFFERED_BYTES });
  // Undici's own clock would run while the client, and not the server, is slow.
  return { method, headers, body: stream, headersTimeout: 0 };
}

function headersOf({ headers }: EgressRequest): string[] {
  if (!isPairs(headers)) return Object.entries({ "user-agent": "doorward", ...headers }).flat();
  return headers.flat();
}

function isPairs(headers: EgressRequest["headers"]): headers is readonly (readonly [string, string])[] {
  return Array.isArray(headers);
}

async function* paced(body: StreamedBody, timeoutMs: number, stall: () => void): AsyncGenerator<Uint8Array> {
  let timer: NodeJS.Timeout | undefined;
  try {
    for await (const chunk of body.chunks()) {
      timer = setTimeout(stall, timeoutMs);
      yield chunk;
      clearTimeout(timer);
    }
  } finally {
    clearTimeout(timer);
  }
  setTimeout(stall, timeoutMs).unref();
}
