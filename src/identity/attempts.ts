import { type Ambient, Fault } from "#base";

/** Wrong answers that cost nothing but the answer's own time. */
export const ATTEMPTS_FREE = 4;
const BACKOFF_FIRST_MS = 2_000;
export const BACKOFF_MAX_MS = 15 * 60_000;
/** Keys remembered at once; when all of them are backing off, a new key has to wait too. */
export const ATTEMPT_KEYS_MAX = 10_000;
/** Attempts checked at once over all keys: each holds 32 MiB while it runs. */
export const ATTEMPTS_AT_ONCE_MAX = 2;

interface Track {
  failures: number;
  /** Monotonic time before which nothing is tried. */
  blockedUntil: number;
  busy: boolean;
}

/** Guards a guessable secret: one attempt at a time per key, and a wait that doubles after a few wrong ones. */
export interface Attempts {
  /** Runs `check` and answers it. Throws `too_many_attempts` without running it while `key` has to wait. */
  readonly attempt: (key: string, check: () => Promise<boolean>) => Promise<boolean>;
}

/** Counts in memory, by the monotonic clock: a restart forgets, which costs a guesser more time than it saves. */
export function createAttempts(ambient: Pick<Ambient, "monotonic">): Attempts {
  const tracks = new Map<string, Track>();
  let running = 0;
  return {
    attempt: async (key, check) => {
      const now = ambient.monotonic();
      const track = tracks.get(key) ?? admit(tracks, key, now);
      if (track.busy || track.blockedUntil > now) throw tooMany(Math.max(track.blockedUntil - now, 1_000));
      if (running >= ATTEMPTS_AT_ONCE_MAX) throw tooMany(1_000);
      track.busy = true;
      running += 1;
      try {
        const isRight = await check();
        if (isRight) tracks.delete(key);
        else fail(track, ambient.monotonic());
        return isRight;
      } finally {
        track.busy = false;
        running -= 1;
      }
    },
  };
}

function admit(tracks: Map<string, Track>, key: string, now: number): Track {
  if (tracks.size >= ATTEMPT_KEYS_MAX) {
    const idle = tracks.entries().find(([, track]) => !track.busy && track.blockedUntil <= now);
    if (idle === undefined) throw tooMany(BACKOFF_MAX_MS);
    tracks.delete(idle[0]);
  }
  const track: Track = { failures: 0, blockedUntil: 0, busy: false };
  tracks.set(key, track);
  return track;
}

function fail(track: Track, now: number): void {
  track.failures += 1;
  const doublings = track.failures - ATTEMPTS_FREE;
  if (doublings <= 0) return;
  track.blockedUntil = now + Math.min(BACKOFF_FIRST_MS * 2 ** Math.min(doublings - 1, 20), BACKOFF_MAX_MS);
}

function tooMany(waitMs: number): Fault {
  return new Fault(
    "too_many_attempts",
    `too many wrong answers; try again in ${Math.ceil(waitMs / 1_000)} s`,
    "Wait, or use a passkey. If it was not you who tried, tell an admin.",
  );
}
