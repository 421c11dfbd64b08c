import type { Ambient } from "#base";
import { BACK_OFF_FIRST_MS, BACK_OFF_MAX_MS, RETRY_AFTER_MS_MAX } from "./limits.ts";

/** How an upstream is, from how its answers ended. */
export interface Health {
  readonly state: () => "unknown" | "up" | "down";
  readonly reason: () => string | null;
  /** Milliseconds since the Unix epoch; null: now is fine. */
  readonly backOffUntil: () => number | null;
  /** Whether it is better asked after others. */
  readonly isLast: () => boolean;
  /** Down, and left alone long enough: worth a look. */
  readonly isDueForProbe: () => boolean;
  /** A request was answered to its end. */
  readonly worked: () => void;
  /** It said what models it has: it lives, but whether it answers requests is not known by that. */
  readonly answered: () => void;
  readonly failed: (reason: string, retryAfterMs?: number | null) => void;
  /** It lives and wants less: 429. */
  readonly busy: (retryAfterMs: number | null) => void;
}

/**
 * The n-th failure in a row leaves the upstream alone for `BACK_OFF_FIRST_MS * 2^(n-1)`, at most `BACK_OFF_MAX_MS`, or as
 * long as it asks for, at most `RETRY_AFTER_MS_MAX`. By the clock that never goes back: wall clocks jump.
 */
export function createHealth(ambient: Pick<Ambient, "now" | "monotonic">): Health {
  let state: "unknown" | "up" | "down" = "unknown";
  let reason: string | null = null;
  let failures = 0;
  let until: number | null = null;
  const left = (): number => (until === null ? 0 : until - ambient.monotonic());
  const backOff = (retryAfterMs: number | null): void => {
    // Many that fail at once are one failure.
    if (left() <= 0) failures += 1;
    const own = Math.min(BACK_OFF_FIRST_MS * 2 ** (failures - 1), BACK_OFF_MAX_MS);
    const wanted = Math.max(own, Math.min(retryAfterMs ?? 0, RETRY_AFTER_MS_MAX));
    until = ambient.monotonic() + Math.max(wanted, left());
  };
  const answered = (): void => {
    // An answer to an earlier request does not take back that it wants less.
    if (left() > 0 && state === "up") return;
    state = "up";
    reason = null;
    until = null;
  };
  return {
    state: () => state,
    reason: () => (state === "up" && left() <= 0 ? null : reason),
    backOffUntil: () => (left() > 0 ? ambient.now() + left() : null),
    isLast: () => state === "down" || left() > 0,
    isDueForProbe: () => state === "down" && left() <= 0,
    worked: () => {
      failures = 0;
      answered();
    },
    answered,
    failed: (why, retryAfterMs = null) => {
      state = "down";
      reason = why;
      backOff(retryAfterMs);
    },
    busy: (retryAfterMs) => {
      state = "up";
      reason = "it asked to be left alone for a while (HTTP 429)";
      backOff(retryAfterMs);
    },
  };
}
