import type { Fault } from "#base";
import type { Door } from "./door.ts";
import { asFault } from "./faults.ts";
import type { ProxiedAnswer } from "./port.ts";

/** One request under way: what ends it, and whether it has ended. */
export interface Under {
  readonly signal: AbortSignal;
  /** Waits for the road, or for the end of the request, whichever is first. Throws what ended it. */
  readonly wait: <Result>(work: Promise<Result>) => Promise<Result>;
  readonly abort: (fault: Fault) => void;
  readonly close: () => void;
}

/** Registers a request with everything under way; a cut rejects what waits for it at once. */
export function beginRequest<Who>(door: Door<Who>, who: Who, ended: (fault: Fault) => void): Under {
  const aborting = new AbortController();
  const remove = door.live.add({
    who,
    end: (fault) => {
      aborting.abort(fault);
      ended(fault);
    },
  });
  const stopped = new Promise<never>((_, reject) => {
    aborting.signal.addEventListener("abort", () => reject(asFault(aborting.signal.reason)), { once: true });
  });
  stopped.catch(() => {});
  return {
    signal: aborting.signal,
    wait: (work) => Promise.race([work, stopped]),
    abort: (fault) => aborting.abort(fault),
    close: remove,
  };
}

/** What an answer that came too late for its client still holds is let go. */
export async function dropAnswer({ body }: ProxiedAnswer): Promise<void> {
  await body?.[Symbol.asyncIterator]().return?.();
}
