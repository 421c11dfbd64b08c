/** Every size, count and wait of the mcp door. Tests hand in smaller ones. Times in milliseconds. */
export interface DoorLimits {
  /** One request body. Larger ones are refused from their headers, or as soon as they grow past it. */
  readonly bodyBytesMax: number;
  /** What is read and thrown away after an early refusal, so that the client gets to read it. */
  readonly lingerBytesMax: number;
  readonly lingerMs: number;
  readonly lingerPauseMs: number;
  /** MCP sessions (legacy) of one agent, and of all. The least recently used idle one gives way. */
  readonly sessionsPerAgentMax: number;
  readonly sessionsMax: number;
  readonly sessionIdleMs: number;
  /** Endpoints of one agent that keep their server connections between modern requests; the longest unused gives way. */
  readonly channelsPerAgentMax: number;
  /** Requests of one agent under way, suspended ones included. */
  readonly exchangesPerAgentMax: number;
  /** Connected event streams of one agent, and the responses attached to one stream. */
  readonly streamsPerAgentMax: number;
  readonly outletsPerStreamMax: number;
  /** Kept for resumption, per MCP session. */
  readonly replayEventsMax: number;
  readonly replayBytesMax: number;
  readonly replayKeepMs: number;
  /** What one slow reader may leave unread before its connection is cut. */
  readonly backlogBytesMax: number;
  /** A complete answer of which nothing more was read for so long loses its connection. */
  readonly stallMs: number;
  /** An answer that takes longer becomes a stream, which can be kept alive and resumed. */
  readonly streamAfterMs: number;
  readonly keepAliveMs: number;
  /** What a client is told to wait before it reconnects. */
  readonly retryMs: number;
  /** Questions to one client that wait for an answer: legacy per session, modern suspended requests per agent. */
  readonly asksPerSessionMax: number;
  readonly suspensionsPerAgentMax: number;
  readonly askMs: number;
  /** Notifications held while a modern request is suspended; beyond, the oldest give way. */
  readonly heldNotificationsMax: number;
  readonly sweepMs: number;
}

const KIB = 1024;
const MIB = 1024 * KIB;
const SECOND = 1000;
const MINUTE = 60 * SECOND;

export const DOOR_LIMITS: DoorLimits = {
  bodyBytesMax: 4 * MIB,
  lingerBytesMax: MIB,
  lingerMs: 2 * SECOND,
  lingerPauseMs: 200,
  sessionsPerAgentMax: 16,
  sessionsMax: 1024,
  sessionIdleMs: 30 * MINUTE,
  channelsPerAgentMax: 64,
  exchangesPerAgentMax: 64,
  streamsPerAgentMax: 64,
  outletsPerStreamMax: 4,
  replayEventsMax: 512,
  replayBytesMax: MIB,
  replayKeepMs: 5 * MINUTE,
  backlogBytesMax: 4 * MIB,
  stallMs: MINUTE,
  streamAfterMs: 100,
  keepAliveMs: 15 * SECOND,
  retryMs: SECOND,
  asksPerSessionMax: 32,
  suspensionsPerAgentMax: 16,
  askMs: 10 * MINUTE,
  heldNotificationsMax: 64,
  sweepMs: 30 * SECOND,
};
