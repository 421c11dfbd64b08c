/** What one use of the network may do. Made by the owner of the destination (an admin), never by an agent. */
export interface EgressRules {
  /** Loopback and private networks are reachable. Link-local, metadata and Doorward's own ports never are. */
  readonly allowPrivate: boolean;
  /** Nothing else is: what was granted as a private place stays one, whatever its name resolves to. */
  readonly onlyPrivate?: boolean;
  /** Largest body; for `text/event-stream` without `stream`, largest single event. */
  readonly bytesMax: number;
  /** Milliseconds to the response headers, and again to the end of a body that is not a stream. */
  readonly timeoutMs: number;
  /** When given, the only origin that may be asked. */
  readonly origin?: string;
  /** For a body read by `chunks`, of whatever type. Without it, only `text/event-stream` is a stream, and may be silent. */
  readonly stream?: StreamRules;
}

export interface StreamRules {
  /** Milliseconds without a byte, while somebody waits for one. */
  readonly idleMs: number;
  /** Of the stream as a whole. */
  readonly bytesMax: number;
}

export interface EgressRequest {
  readonly url: string | URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal?: AbortSignal;
}

export type FetchLike = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** Redirects within one origin that a GET or HEAD may take. */
export const REDIRECTS_MAX = 3;
export const CONNECT_TIMEOUT_MS = 10_000;
export const CONNECTIONS_PER_ORIGIN_MAX = 128;
export const RESPONSE_HEADERS_BYTES_MAX = 32 * 1024;
/** Bytes of a body that are kept while nobody takes them; then the sender has to wait. */
export const HELD_BYTES_MAX = 256 * 1024;
