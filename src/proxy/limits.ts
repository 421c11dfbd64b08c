/** What one client may cost. Every wait, size and number of the proxy is named here (docs/formats/proxy.md, section 6). */
export interface ProxyLimits {
  /** Connections at once, of all clients. */
  readonly connectionsMax: number;
  /** Of those, by clients that have not said who they are; the oldest gives way to the next. */
  readonly strangersMax: number;
  /** Connections at once of one agent. */
  readonly connectionsPerAgentMax: number;
  /** To the end of a relay's or lifeline's line, and to the first byte inside a tunnel. */
  readonly prefaceMs: number;
  readonly handshakeMs: number;
  /** From a request's first byte to the end of its head. */
  readonly headMs: number;
  readonly headBytesMax: number;
  readonly headersMax: number;
  /** Of a request target. */
  readonly targetBytesMax: number;
  /** A connection without a request. */
  readonly idleMs: number;
  /** Requests that wait on one HTTP/1.1 connection for the answer to the one before. */
  readonly pipelinedMax: number;
  /** HTTP/2: requests at once on one connection. */
  readonly streamsMax: number;
  /** HTTP/2: streams that a client may reset at once, and for each second after that. */
  readonly resetsMax: number;
  readonly resetsPerSecond: number;
  /** Silence within a body while somebody waits for it. */
  readonly bodyIdleMs: number;
  /** How long a body may keep us waiting in all: this, and a second for each `bodyBytesPerSecond` that came. */
  readonly bodyGraceMs: number;
  readonly bodyBytesPerSecond: number;
  readonly bodyBytesMax: number;
  /** What is still read of a body that nobody wanted, so that the client sees the answer rather than a reset. */
  readonly drainBytesMax: number;
  readonly drainMs: number;
  /** A client that takes nothing of its answer. */
  readonly stallMs: number;
  /** Neither side of a passed-through tunnel says anything. */
  readonly tunnelIdleMs: number;
  /** One WebSocket message, either way. */
  readonly messageBytesMax: number;
  /** Between pings of a WebSocket client; one that answers none of them until the next is gone. */
  readonly pingMs: number;
  /** TLS contexts of hosts kept ready. */
  readonly contextsMax: number;
  /** From a cut to the end of the connection: time in which the refusal is written. */
  readonly cutMs: number;
}

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const KIB = 1_024;
const MIB = KIB * KIB;

export const PROXY_LIMITS: ProxyLimits = {
  connectionsMax: 4_096,
  strangersMax: 1_024,
  connectionsPerAgentMax: 512,
  prefaceMs: 10 * SECOND_MS,
  handshakeMs: 10 * SECOND_MS,
  headMs: 10 * SECOND_MS,
  headBytesMax: 64 * KIB,
  headersMax: 128,
  targetBytesMax: 16 * KIB,
  idleMs: 65 * SECOND_MS,
  pipelinedMax: 16,
  streamsMax: 100,
  resetsMax: 100,
  resetsPerSecond: 20,
  bodyIdleMs: 60 * SECOND_MS,
  bodyGraceMs: 2 * MINUTE_MS,
  bodyBytesPerSecond: KIB,
  bodyBytesMax: 64 * KIB * MIB,
  drainBytesMax: 256 * KIB,
  drainMs: 2 * SECOND_MS,
  stallMs: 2 * MINUTE_MS,
  tunnelIdleMs: 10 * MINUTE_MS,
  messageBytesMax: 4 * MIB,
  pingMs: 30 * SECOND_MS,
  contextsMax: 512,
  cutMs: 200,
};
