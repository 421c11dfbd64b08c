import {
  afterTaken,
  EVENTS_MAX,
  itemsOf,
  type MachineFacts,
  type Memory,
  newMemory,
  remembered,
  reportOf,
  withoutNext,
} from "#fleet";
import type { SensorPorts, Sent } from "./port.ts";

export interface LoopOptions {
  readonly machine: MachineFacts;
  /** As it was kept; null: this sensor never looked. */
  readonly memory: Memory | null;
  /** Between two looks where nothing calls for one. */
  readonly everyMs: number;
  /** Looks once, tells, and ends. */
  readonly once?: boolean;
}

/** After a report that nobody took; twice as long each time, up to the time between looks. */
const RETRY_FIRST_MS = 2_000;
const RUN_BYTES = 16;

/**
 * Looks, keeps what it saw, tells what is new, and waits; until the signal. Whoever is not there is told later: what was seen is
 * kept first. Answers whether the last report was taken. Throws what `look` and `keep` throw.
 */
export async function runLoop(
  ports: SensorPorts,
  options: LoopOptions,
  signal: AbortSignal,
): Promise<boolean> {
  let memory = options.memory ?? newMemory(freshRun(ports));
  let failures = 0;
  let isTaken = false;
  do {
    memory = await looked(ports, memory);
    ({ memory, isTaken } = await delivered(ports, memory, options.machine));
    failures = isTaken ? 0 : failures + 1;
    if (options.once === true || signal.aborted) break;
    const retryMs = RETRY_FIRST_MS * 2 ** Math.min(failures - 1, 20);
    await ports.wait(isTaken ? options.everyMs : Math.min(options.everyMs, retryMs), signal);
  } while (!signal.aborted);
  return isTaken;
}

async function looked(ports: SensorPorts, memory: Memory): Promise<Memory> {
  const items = itemsOf(await ports.look());
  const seen = remembered(memory, { items, at: ports.ambient.now(), freshRun: freshRun(ports) });
  ports.keep(seen);
  return seen;
}

interface Delivery {
  readonly memory: Memory;
  readonly isTaken: boolean;
}

/** Tells what waits, report by report; where nothing does, that the sensor lives. */
async function delivered(ports: SensorPorts, memory: Memory, machine: MachineFacts): Promise<Delivery> {
  let own = memory;
  let isAnew = false;
  let eventsMax = EVENTS_MAX;
  for (;;) {
    const report = reportOf(own, machine, eventsMax);
    const sent = await ports.send(report);
    if (sent.kind === "taken") {
      own = afterTaken(own, report);
      ports.keep(own);
      eventsMax = EVENTS_MAX;
      if (report.complete) return { memory: own, isTaken: true };
    } else if (sent.kind === "unfit" && report.events.length > 1) {
      eventsMax = Math.floor(report.events.length / 2);
    } else if (sent.kind === "unfit" && report.events.length === 1) {
      ports.say(`one event is left out, which the server does not take: ${sent.why}`);
      own = withoutNext(own);
      ports.keep(own);
      eventsMax = EVENTS_MAX;
    } else if (sent.kind === "out-of-step" && !isAnew) {
      ports.say("the server counts otherwise: everything is told anew");
      isAnew = true;
      own = await looked(ports, newMemory(freshRun(ports)));
    } else {
      ports.say(sentence(sent));
      return { memory: own, isTaken: false };
    }
  }
}

function sentence(sent: Exclude<Sent, { kind: "taken" }>): string {
  if (sent.kind === "out-of-step")
    return "the server counts otherwise again: does another machine have this sensor's key?";
  return sent.kind === "refused" || sent.kind === "unfit"
    ? `the server does not take it: ${sent.why}`
    : `not told yet: ${sent.why}; it is kept, and told later`;
}

function freshRun({ ambient }: SensorPorts): string {
  return Buffer.from(ambient.random(RUN_BYTES)).toString("hex");
}
