import type { OutgoingHttpHeaders, ServerResponse } from "node:http";
import { Fault, type JsonObject } from "#base";

/** One HTTP answer of the llm door: JSON sent whole, or a stream written as its reader takes it. */
export interface Reply {
  /** Set on whatever is sent first. */
  readonly head: (headers: OutgoingHttpHeaders) => void;
  readonly hasBegun: () => boolean;
  readonly json: (status: number, body: JsonObject) => void;
  /** JSON that came as text and goes on as it came. */
  readonly text: (body: string) => void;
  readonly begin: (mediaType: string) => void;
  /** Resolves once there is room for more. Throws `client_cancelled` where nobody reads any more. */
  readonly write: (bytes: Uint8Array | string) => Promise<void>;
  /** Written only into an empty pipe: for a reader that is behind it proves nothing. */
  readonly keepAlive: (text: string) => void;
  readonly end: () => void;
  /** Drops the connection: what was begun cannot be ended well. */
  readonly cut: () => void;
}

const COMMON = { "cache-control": "no-store", "x-content-type-options": "nosniff" } as const;
const STREAM = { "cache-control": "no-cache, no-transform", "x-accel-buffering": "no" } as const;

export function createReply(response: ServerResponse, stallMs: number): Reply {
  const headers: OutgoingHttpHeaders = { ...COMMON };
  const isOpen = (): boolean => !response.destroyed && !response.writableEnded;
  const send = (status: number, body: string): void => {
    if (response.headersSent || !isOpen()) return;
    const type = { "content-type": "application/json", "content-length": Buffer.byteLength(body) };
    response.writeHead(status, { ...headers, ...type });
    response.end(body);
  };
  return {
    head: (more) => void Object.assign(headers, more),
    hasBegun: () => response.headersSent,
    json: (status, body) => send(status, JSON.stringify(body)),
    text: (body) => send(200, body),
    begin: (mediaType) => {
      if (response.headersSent || !isOpen()) return;
      response.writeHead(200, { ...headers, ...STREAM, "content-type": mediaType });
    },
    write: async (bytes) => {
      if (bytes.length === 0) return;
      if (!isOpen()) throw clientLeft();
      if (!response.write(bytes)) await drained(response, stallMs);
    },
    keepAlive: (text) => {
      if (isOpen() && response.headersSent && response.writableLength === 0) response.write(text);
    },
    end: () => void (isOpen() && response.end()),
    cut: () => void response.destroy(),
  };
}

/** Memory is bounded by waiting: while the client does not read, nothing more is read from the upstream. */
function drained(response: ServerResponse, stallMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(timer);
      response.off("drain", taken).off("close", gone);
    };
    const taken = (): void => {
      settle();
      resolve();
    };
    const gone = (): void => {
      settle();
      reject(clientLeft());
    };
    const timer = setTimeout(() => response.destroy(), stallMs);
    response.on("drain", taken).on("close", gone);
  });
}

export function clientLeft(): Fault {
  return new Fault(
    "client_cancelled",
    "the client closed the response before it was complete",
    "Send the request again if it is still wanted.",
  );
}
