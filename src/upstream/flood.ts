import { UNASKED_BURST, UNASKED_DROPPED_MAX, UNASKED_PER_SECOND } from "./limits.ts";

/** What becomes of one message that a server sends unasked. `end`: it does nothing but talk. */
export type Gate = () => "pass" | "drop" | "end";

/**
 * T21: a token bucket over everything a server says that answers no request of ours (notifications, progress, requests of
 * its own, pings). What is over it is dropped; a server that goes on is ended, and only its own connection with it.
 */
export function createGate(monotonic: () => number): Gate {
  let tokens = UNASKED_BURST;
  let dropped = 0;
  let at = monotonic();
  return () => {
    const now = monotonic();
    tokens = Math.min(UNASKED_BURST, tokens + ((now - at) / 1_000) * UNASKED_PER_SECOND);
    at = now;
    if (tokens === UNASKED_BURST) dropped = 0;
    if (tokens >= 1) {
      tokens -= 1;
      return "pass";
    }
    dropped += 1;
    return dropped > UNASKED_DROPPED_MAX ? "end" : "drop";
  };
}
