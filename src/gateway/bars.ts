import type { UnrecordedStop } from "#vocabulary";

/** Stops that could not be written down: they hold in memory, and are tried again until they are on record. */
export interface Bars {
  readonly bar: (key: string, stop: UnrecordedStop) => void;
  readonly of: (key: string) => UnrecordedStop | undefined;
  readonly isEmpty: () => boolean;
  /** Tries each once more, one at a time; does nothing while it is still at it. Never rejects. */
  readonly recordBars: () => Promise<void>;
}

/** Far more than people stop while a disk is full; beyond that everything is stopped. */
const BARS_MAX = 1_000;
const EVERYTHING = "everything:*";

export function createBars(): Bars {
  const bars = new Map<string, UnrecordedStop>();
  let recording = false;
  return {
    bar: (key, stop) => {
      const isFull = bars.size >= BARS_MAX && !bars.has(key);
      bars.set(isFull ? EVERYTHING : key, stop);
    },
    of: (key) => bars.get(key),
    isEmpty: () => bars.size === 0,
    recordBars: async () => {
      if (recording) return;
      recording = true;
      for (const [key, stop] of bars) {
        const isKept = await stop.record().then(
          () => true,
          () => false,
        );
        // INVARIANT: on record before it is let go of here.
        if (isKept && bars.get(key) === stop) bars.delete(key);
      }
      recording = false;
    },
  };
}
