import { type Ambient, Fault } from "#base";
import { BACK_OFF_FIRST_MS, BACK_OFF_MAX_MS, CRASH_LOOP_FAILURES, STABLE_AFTER_MS } from "./limits.ts";
import { withTail } from "./link.ts";

/** How often a server failed in a row, and when it may be tried again. */
export interface Supervision {
  /** Milliseconds to wait before the next start. Throws `upstream_crash_looping` while a failing server rests. */
  readonly admit: () => number;
  readonly failed: (why: string, tail: string) => void;
  /** A connection ended after `livedMs`; null: because Doorward closed it. */
  readonly ended: (livedMs: number, why: { readonly reason: string; readonly tail: string } | null) => void;
  readonly worked: () => void;
  readonly reset: () => void;
  readonly state: () => { readonly failures: number; readonly lastFailure: string | null };
}

export function createSupervision(name: string, ambient: Pick<Ambient, "monotonic" | "random">): Supervision {
  let failures = 0;
  let notBefore = 0;
  let last: { why: string; tail: string } | null = null;
  const failed = (why: string, tail: string): void => {
    failures += 1;
    last = { why, tail };
    notBefore = ambient.monotonic() + backOffMs(failures, ambient.random(1)[0] ?? 0);
  };
  return {
    admit: () => {
      const wait = Math.max(0, notBefore - ambient.monotonic());
      if (wait > 0 && failures >= CRASH_LOOP_FAILURES) throw crashLooping(name, failures, wait, last);
      return wait;
    },
    failed,
    ended: (livedMs, why) => {
      if (livedMs >= STABLE_AFTER_MS) failures = 0;
      if (why !== null) failed(why.reason, why.tail);
    },
    worked: () => {
      last = null;
    },
    reset: () => {
      failures = 0;
      notBefore = 0;
      last = null;
    },
    state: () => ({ failures, lastFailure: last?.why ?? null }),
  };
}

/** Capped exponential back-off, the upper half of it jittered by one random byte, so that many do not start at once. */
export function backOffMs(failures: number, jitter: number): number {
  const full = Math.min(BACK_OFF_MAX_MS, BACK_OFF_FIRST_MS * 2 ** Math.min(failures - 1, 20));
  return Math.round(full / 2 + (full / 2) * (jitter / 255));
}

function crashLooping(
  name: string,
  failures: number,
  waitMs: number,
  last: { why: string; tail: string } | null,
): Fault {
  return new Fault(
    "upstream_crash_looping",
    `the server ${name} failed ${failures} times in a row: ${last?.why ?? "unknown"}`,
    withTail(
      `Doorward tries again in ${Math.ceil(waitMs / 1000)} s; mend the server, then \`doorward servers restart ${name}\`.`,
      last?.tail ?? "",
    ),
  );
}
