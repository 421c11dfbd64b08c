import { sseEvent } from "#wire";
import type { DoorLimits } from "./limits.ts";
import type { Outlet } from "./outlet.ts";

/**
 * The event streams of one MCP session, kept so that a client can resume one where its connection broke
 * (2025-11-25 transports, "Resumability and Redelivery"). Event ids are `s<stream>-<number>`. All streams of a session
 * share one bounded buffer, oldest events first to go; a message goes to one connection only, the newest of its stream.
 */
export interface Replay {
  readonly open: () => EventStream;
  /** The stream for what belongs to no request. */
  readonly standalone: EventStream;
  /** The stream an event id belongs to and the number after which to go on; null where it is not known any more. */
  readonly find: (eventId: string) => { stream: EventStream; after: number } | null;
  /** Forgets streams that ended before `before` (monotonic milliseconds). */
  readonly forget: (before: number) => void;
  /** Ends every connection and forgets everything. */
  readonly clear: () => void;
  readonly hasOutlets: () => boolean;
}

export interface EventStream {
  /** Keeps and sends one JSON-RPC message. `kept` replaces it in the buffer where it is too large to keep. */
  readonly send: (message: string, kept?: string) => void;
  /** Sends what follows number `after` (what nobody got, where null), then whatever comes. */
  readonly attach: (outlet: Outlet, after: number | null) => void;
  readonly isAttached: () => boolean;
  /** No more messages. Ends the connections; what was kept stays for those who come back. */
  readonly finish: () => void;
  /** Ends the stream so that it cannot be resumed. */
  readonly drop: () => void;
}

export interface ReplayOptions {
  readonly limits: DoorLimits;
  /** Whether a new stream opens with an empty event that carries an id (2025-11-25). */
  readonly primes: boolean;
  readonly monotonic: () => number;
}

interface Kept {
  readonly stream: number;
  readonly number: number;
  readonly message: string;
}

interface Stream {
  readonly id: number;
  /** Number of the last event, and of the last one that was written to a connection. */
  last: number;
  delivered: number;
  outlets: Outlet[];
  finishedAt: number | null;
}

interface State {
  readonly options: ReplayOptions;
  readonly streams: Map<number, Stream>;
  kept: Kept[];
  units: number;
  next: number;
}

export function createReplay(options: ReplayOptions): Replay {
  const state: State = { options, streams: new Map(), kept: [], units: 0, next: 0 };
  const open = (): EventStream => faceOf(state, addStream(state));
  return {
    open,
    standalone: open(),
    find: (eventId) => find(state, eventId),
    forget: (before) => {
      for (const stream of state.streams.values()) {
        if (stream.finishedAt !== null && stream.finishedAt < before) drop(state, stream);
      }
    },
    clear: () => {
      for (const stream of state.streams.values()) drop(state, stream);
    },
    hasOutlets: () => [...state.streams.values()].some((stream) => stream.outlets.some((o) => o.isOpen())),
  };
}

function addStream(state: State): Stream {
  const stream: Stream = { id: state.next, last: 0, delivered: 0, outlets: [], finishedAt: null };
  state.next += 1;
  state.streams.set(stream.id, stream);
  return stream;
}

function faceOf(state: State, stream: Stream): EventStream {
  return {
    send: (message, kept = message) => send(state, stream, { message, kept }),
    attach: (outlet, after) => attach(state, stream, { outlet, after }),
    isAttached: () => stream.outlets.some((outlet) => outlet.isOpen()),
    finish: () => {
      stream.finishedAt = state.options.monotonic();
      endOutlets(stream);
      forgetIfEmpty(state, stream);
    },
    drop: () => drop(state, stream),
  };
}

function send(state: State, stream: Stream, what: { message: string; kept: string }): void {
  stream.last += 1;
  keep(state, { stream: stream.id, number: stream.last, message: what.kept });
  stream.outlets = stream.outlets.filter((outlet) => outlet.isOpen());
  const outlet = stream.outlets.at(-1);
  if (outlet === undefined) return;
  outlet.write(sseEvent(what.message, { id: `s${stream.id}-${stream.last}` }));
  // One that was too far behind has just been cut: for it, this event is still to come.
  if (outlet.isOpen()) stream.delivered = stream.last;
}

function keep(state: State, event: Kept): void {
  const { replayBytesMax, replayEventsMax } = state.options.limits;
  state.kept.push(event);
  state.units += event.message.length;
  while (state.units > replayBytesMax || state.kept.length > replayEventsMax) {
    const oldest = state.kept.shift();
    if (oldest === undefined) return;
    state.units -= oldest.message.length;
    const stream = state.streams.get(oldest.stream);
    if (stream !== undefined) forgetIfEmpty(state, stream);
  }
}

function attach(state: State, stream: Stream, how: { outlet: Outlet; after: number | null }): void {
  const { outlet } = how;
  const { limits, primes } = state.options;
  stream.outlets = stream.outlets.filter((other) => other.isOpen());
  while (stream.outlets.length >= limits.outletsPerStreamMax) stream.outlets.shift()?.end();
  stream.outlets.push(outlet);
  const after = how.after ?? stream.delivered;
  // A new reader of a stream gets an id to come back with before anything happens.
  if (primes && how.after === null) {
    outlet.write(sseEvent("", { id: `s${stream.id}-${after}`, retryMs: limits.retryMs }));
  }
  for (const event of state.kept) {
    if (event.stream !== stream.id || event.number <= after) continue;
    outlet.write(sseEvent(event.message, { id: `s${stream.id}-${event.number}` }));
    stream.delivered = Math.max(stream.delivered, event.number);
  }
  if (stream.finishedAt !== null) outlet.end();
}

function find(state: State, eventId: string): { stream: EventStream; after: number } | null {
  const parts = /^s([0-9]{1,9})-([0-9]{1,9})$/.exec(eventId);
  const stream = state.streams.get(Number(parts?.[1] ?? -1));
  if (stream === undefined) return null;
  return { stream: faceOf(state, stream), after: Number(parts?.[2]) };
}

function drop(state: State, stream: Stream): void {
  endOutlets(stream);
  state.streams.delete(stream.id);
  state.kept = state.kept.filter((event) => event.stream !== stream.id);
  state.units = state.kept.reduce((sum, event) => sum + event.message.length, 0);
}

function forgetIfEmpty(state: State, stream: Stream): void {
  if (stream.finishedAt === null) return;
  if (!state.kept.some((event) => event.stream === stream.id)) state.streams.delete(stream.id);
}

function endOutlets(stream: Stream): void {
  for (const outlet of stream.outlets) outlet.end();
  stream.outlets = [];
}
