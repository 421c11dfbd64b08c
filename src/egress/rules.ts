/** What one use of the network may do. Made by the owner of the destination (an admin), never by an agent. */
export interface EgressRules {
  /** Loopback and private networks are reachable. Link-local, metadata and Doorward's own ports never are. */
  readonly allowPrivate: boolean;
  /** Largest body; for `text/event-stream`, largest single event. */
  readonly bytesMax: number;
  /** Milliseconds to the response headers, and again to the end of a body that is not a stream of events. */
  readonly timeoutMs: number;
  /** When given, the only origin that may be asked. */
  readonly origin?: string;
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
