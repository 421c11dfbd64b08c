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
  /** The answer is somebody else's: it is given as it is encoded, and HTTP/1.1 alone is spoken. */
  readonly asItIs?: boolean;
  /** A proxy of the network's that everything goes by; null or absent: none. */
  readonly proxy?: NetworkProxy | null;
}

/**
 * An HTTP proxy between this machine and the network, named by an admin. Names are judged by what they resolve to here, where
 * they resolve at all; the proxy resolves them again for itself.
 */
export interface NetworkProxy {
  /** A name, or an address without brackets; its own address may be private, as those of proxies are. */
  readonly host: string;
  readonly port: number;
  readonly user?: string;
  readonly password?: string;
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
  /** As pairs: in this order, and nothing is added to them but Host and framing. */
  readonly headers: Readonly<Record<string, string>> | HeaderPairs;
  readonly body?: string | Uint8Array | StreamedBody;
  /** Presented where the server asks for a certificate, PEM. Connections are shared with nobody else's. */
  readonly client?: ClientCertificate | null;
  readonly signal?: AbortSignal;
}

export type HeaderPairs = readonly (readonly [name: string, value: string])[];

/** A body that is sent as it comes; what breaks it off breaks off the request, and nothing is sent twice. */
export interface StreamedBody {
  /** Sent as Content-Length, and held to; null: chunked. */
  readonly declaredBytes: number | null;
  readonly chunks: () => AsyncIterable<Uint8Array>;
}

export interface ClientCertificate {
  readonly certificate: string;
  readonly key: string;
}

export type FetchLike = (url: string | URL, init?: RequestInit) => Promise<Response>;

/** Redirects within one origin that a GET or HEAD may take. */
export const REDIRECTS_MAX = 3;
export const CONNECT_TIMEOUT_MS = 10_000;
export const CONNECTIONS_PER_ORIGIN_MAX = 128;
export const RESPONSE_HEADERS_BYTES_MAX = 32 * 1024;
/** Bytes of a body that are kept while nobody takes them; then the sender has to wait. */
export const HELD_BYTES_MAX = 256 * 1024;
/** Pools of connections kept apart: one for each reach, client certificate and proxy in use. */
export const WAYS_MAX = 64;
/** A client certificate's key is in this process no longer than this after its last use. */
export const CLIENT_KEY_IDLE_MS = 30_000;
/** Of an upstream's WebSocket: one message, and messages that nobody has taken yet. */
export const MESSAGE_BYTES_MAX = 4 * 1024 * 1024;
/** Of a proxy's answer to CONNECT. */
export const PROXY_HEAD_BYTES_MAX = 16 * 1024;
