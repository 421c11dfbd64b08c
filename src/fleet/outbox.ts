import { z } from "zod";
import { differencesOf, type FleetEvent, type States, statesOf } from "./differences.ts";
import type { Item } from "./item.ts";
import {
  DIGEST,
  EVENT,
  EVENTS_MAX,
  LOST_MAX,
  type MachineFacts,
  type Report,
  REPORT_BYTES_MAX,
  RUN,
} from "./report.ts";

/** What a sensor remembers between two looks, and over its own end: what it saw last, and what nobody has taken yet. */
export interface Memory {
  readonly run: string;
  /** Of the last report that was taken; 0: none of this run. */
  readonly taken: number;
  readonly states: States;
  readonly waiting: readonly FleetEvent[];
  readonly lost: number;
}

/** A sensor that nobody hears keeps so many; then it tells what is there, not what was. */
export const WAITING_MAX = 50_000;
/** What stands in a report beside its events. */
const FRAME_BYTES = 4_096;

/** A memory in which nothing was seen: what is there appears anew. */
export function newMemory(run: string): Memory {
  return { run, taken: 0, states: new Map(), waiting: [], lost: 0 };
}

/**
 * After a look. Where more waits than is kept, the memory begins anew under `freshRun`, with what is there now, and counts what is lost.
 */
export function remembered(
  memory: Memory,
  seen: { readonly items: readonly Item[]; readonly at: number; readonly freshRun: string },
): Memory {
  const { items, at, freshRun } = seen;
  const waiting = [...memory.waiting, ...differencesOf(memory.states, items, at)];
  if (waiting.length <= WAITING_MAX) return { ...memory, states: statesOf(items), waiting };
  const fresh = newMemory(freshRun);
  return {
    ...fresh,
    states: statesOf(items),
    waiting: differencesOf(fresh.states, items, at),
    lost: Math.min(memory.lost + waiting.length, LOST_MAX),
  };
}

/** The next report; also one without events, which says that the sensor lives. Of `eventsMax` events at most. */
export function reportOf(memory: Memory, machine: MachineFacts, eventsMax = EVENTS_MAX): Report {
  const { run, taken, waiting, lost } = memory;
  let bytes = FRAME_BYTES;
  const events: FleetEvent[] = [];
  for (const event of waiting.slice(0, eventsMax)) {
    bytes += Buffer.byteLength(JSON.stringify(event)) + 1;
    if (bytes > REPORT_BYTES_MAX) break;
    events.push(event);
  }
  const complete = events.length === waiting.length;
  return { version: 1, run, sequence: taken + 1, machine, lost, events, complete };
}

/** After the server took a report of this memory. */
export function afterTaken(memory: Memory, report: Report): Memory {
  if (report.run !== memory.run || report.sequence !== memory.taken + 1) return memory;
  return { ...memory, taken: report.sequence, waiting: memory.waiting.slice(report.events.length), lost: 0 };
}

/** Without the event that would be told next: one that no server takes would keep all others. */
export function withoutNext(memory: Memory): Memory {
  return { ...memory, waiting: memory.waiting.slice(1), lost: Math.min(memory.lost + 1, LOST_MAX) };
}

/** As it is kept in a file. */
export function memoryText({ states, ...rest }: Memory): string {
  return JSON.stringify({ version: 1, ...rest, states: [...states] });
}

const MEMORY = z.strictObject({
  version: z.literal(1),
  run: RUN,
  taken: z.int().min(0),
  states: z.array(z.tuple([DIGEST, DIGEST])),
  waiting: z.array(EVENT).max(WAITING_MAX),
  lost: z.int().min(0),
});

/** A memory as it was kept; null where the text is none, whole. */
export function memoryIn(text: string): Memory | null {
  const read = MEMORY.safeParse(parsed(text));
  if (!read.success) return null;
  const { run, taken, states, waiting, lost } = read.data;
  return { run, taken, states: new Map(states), waiting, lost };
}

function parsed(text: string): unknown {
  try {
    const json: unknown = JSON.parse(text);
    return json;
  } catch {
    return null;
  }
}
