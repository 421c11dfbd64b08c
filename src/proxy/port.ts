import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { Fault } from "#base";

/** Where a request goes, in its one normalised form. */
export interface Origin {
  readonly scheme: "http" | "https";
  /** Lower case, IDNA as ASCII, no trailing dot; an IPv6 address in its shortest form, without brackets. */
  readonly host: string;
  readonly port: number;
}

/**
 * How whoever connected says who it is. `relay`: told before the first byte by a sandbox's relay; `lifeline`: by the people
 * who run it, and not by the agent (docs/formats/proxy.md).
 */
export type Presented =
  | { readonly kind: "none" }
  | { readonly kind: "basic"; readonly user: string; readonly password: string }
  | { readonly kind: "bearer"; readonly token: string }
  | { readonly kind: "relay" | "lifeline"; readonly key: string };

/** A body as it comes; it is read once. Throws a Fault where its framing is broken or a limit is exceeded. */
export interface ProxiedBody {
  /** As `Content-Length` says; null: chunked, or HTTP/2 without one. */
  readonly declaredBytes: number | null;
  readonly chunks: () => AsyncIterable<Uint8Array>;
}

/** One request, read strictly: there is one possible reading of it, and this is it (T8, RFC 9112, 9113). */
export interface ProxiedRequest {
  /** A token in upper case; never CONNECT or TRACE. */
  readonly method: string;
  readonly origin: Origin;
  /** Begins with a slash; dot segments gone, percent-encoding normalised (RFC 3986, 6.2.2), sent on so. */
  readonly path: string;
  /** Without its question mark; null: there is none. Sent on as it is. */
  readonly query: string | null;
  /** In order, lower-case names; hop-by-hop, proxy and framing headers (and `host`) are gone. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Null: a request without a body. */
  readonly body: ProxiedBody | null;
  readonly protocol: "http/1.0" | "http/1.1" | "h2";
  /** Ends when the client goes away or the session is cut. */
  readonly signal: AbortSignal;
}

/** What goes back to the client: an upstream's answer, or one of ours. */
export interface ProxiedAnswer {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Null: none. The proxy frames it for the client's protocol and waits for the client (flat memory). */
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** One WebSocket message. */
export interface SocketMessage {
  readonly kind: "text" | "binary";
  readonly bytes: Uint8Array;
}

/** An upstream WebSocket the road opened, and what it says of each message. */
export interface OpenSocket {
  /** The sub-protocol that the upstream chose; null: none. */
  readonly protocol: string | null;
  /** Decides and sends one message of the agent's. Throws a Fault where it may not leave: then the socket is closed (1008). */
  readonly send: (message: SocketMessage) => Promise<void>;
  /** What the upstream says, labelled before it is given; ends when it closes. */
  readonly received: () => AsyncIterable<SocketMessage>;
  readonly close: (code: number, reason: string) => void;
}

/** The road behind the proxy: identify, decide, record, hold, inject, forward. The proxy itself decides nothing. */
export interface ProxyRoad<Who> {
  /** Whose connections are counted together. */
  readonly nameOf: (who: Who) => string;
  /**
   * Null: nobody we know; the proxy answers 407 (or closes a relay's connection) with the reason. `from` is the connection
   * that they came by.
   */
  readonly identify: (presented: Presented, from: Socket) => Who | null;
  /** Why whoever holds the key of a lifeline may do nothing now: a stop, say. Absent, or null: nobody we know. */
  readonly barred?: (key: string) => Fault | null;
  /**
   * Of a CONNECT, before any byte of it is read: whether it is intercepted, or passed through unread because an admin named
   * the host so. A refusal is answered in the proxy's own words, as an agent reads them (docs/formats/refusals.md).
   */
  readonly connect: (who: Who, origin: Omit<Origin, "scheme">, signal: AbortSignal) => Promise<Connected>;
  readonly request: (who: Who, request: ProxiedRequest) => Promise<ProxiedAnswer>;
  /** A request to upgrade to WebSocket. An answer instead of a socket is a refusal. */
  readonly socket: (
    who: Who,
    request: ProxiedRequest,
  ) => Promise<{ readonly kind: "open"; readonly socket: OpenSocket } | Answered>;
  /** What the proxy refused by itself: malformed, oversized, ambiguous. For the record; never throws. */
  readonly refused: (who: Who | null, fault: Fault, origin: Origin | null) => void;
}

interface Answered {
  readonly kind: "answered";
  readonly answer: ProxiedAnswer;
}

export type Connected =
  | { readonly kind: "intercept" }
  /** Bytes both ways, unread; `open` connects under egress' rules, and `done` is told once what went through. */
  | {
      readonly kind: "tunnel";
      readonly open: () => Promise<Duplex>;
      readonly done: (bytes: { readonly sent: number; readonly received: number }) => void;
    }
  | Answered;

/** Certificates of hosts under the installation's own authority. */
export interface Certificates {
  /** PEM of the authority's certificate: what clients trust. */
  readonly authority: () => Promise<string>;
  /** A certificate for a host's name or address and its key, PEM; kept and renewed by whoever gives it. */
  readonly leafFor: (host: string) => Promise<{ readonly certificate: string; readonly key: string }>;
}
