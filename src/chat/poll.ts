import { setTimeout as delay } from "node:timers/promises";
import { Fault } from "#base";
import { retryAfterOf } from "./faults.ts";
import type { Inbox } from "./port.ts";

const PAUSE_MS_MIN = 1_000;
const PAUSE_MS_MAX = 60_000;

export interface Poll {
  readonly close: () => Promise<void>;
}

interface Polling {
  /** One question to the platform, and all of its answer handed in. */
  readonly once: (signal: AbortSignal) => Promise<void>;
  readonly state: Inbox["state"];
  readonly report: (what: string, cause: unknown) => void;
}

/**
 * Asks again and again until it is closed. A failure is told as `down`; then it is asked again after a pause that doubles
 * with each further one, or as long as the platform says. A refusal ends it: whoever opened it decides what then.
 */
export function startPoll({ once, state, report }: Polling): Poll {
  const end = new AbortController();
  const run = async (): Promise<void> => {
    let failures = 0;
    while (!end.signal.aborted) {
      try {
        await once(end.signal);
        failures = 0;
        state("up", null);
      } catch (cause) {
        if (end.signal.aborted) return;
        failures += 1;
        state("down", cause instanceof Fault ? cause.message : "it failed");
        if (!(cause instanceof Fault)) report("channel_poll_failed", cause);
        if (cause instanceof Fault && cause.code === "channel_refused") return;
        await pause(pauseOf(failures, retryAfterOf(cause)), end.signal);
      }
    }
  };
  const running = run();
  return {
    close: async () => {
      end.abort();
      await running;
    },
  };
}

/** As the platform says; but one that says it again and again, and means no pause, is not asked without one. */
function pauseOf(failures: number, asked: number | null): number {
  const own = Math.min(PAUSE_MS_MIN * 2 ** (failures - 1), PAUSE_MS_MAX);
  if (asked === null) return own;
  return failures === 1 ? asked : Math.max(asked, PAUSE_MS_MIN);
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal, ref: false }).catch(() => {});
}
