import type { Attempt } from "./outside.ts";

/** What is on the road now: decided, held or forwarded, by the signal that ends it. */
export interface Flights {
  readonly during: <T>(
    attempts: readonly Attempt[],
    signal: AbortSignal,
    travel: () => Promise<T>,
  ) => Promise<T>;
  /** The signals of those who wait for an attempt that matches. */
  readonly under: (matches: (attempt: Attempt) => boolean) => ReadonlySet<AbortSignal>;
}

interface Flight {
  readonly attempts: readonly Attempt[];
  readonly signal: AbortSignal;
}

/** No more than the doors let in: each of them bounds what one agent has under way. */
export function createFlights(): Flights {
  const flights = new Set<Flight>();
  return {
    during: async (attempts, signal, travel) => {
      const flight = { attempts, signal };
      flights.add(flight);
      try {
        return await travel();
      } finally {
        flights.delete(flight);
      }
    },
    under: (matches) =>
      new Set([...flights].flatMap(({ attempts, signal }) => (attempts.some(matches) ? [signal] : []))),
  };
}
