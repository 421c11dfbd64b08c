import { Fault } from "#base";

/** Longest that one call of a channel lasts: connection, request and answer together with what it needs before. */
export const CHANNEL_CALL_MS_MAX = 15_000;
/** A platform that asks for a longer pause is asked again after this one. */
const RETRY_AFTER_MS_MAX = 3_600_000;

const WAIT =
  "It is tried again. If it stays so, look at the platform's status and at `doorward channels test`.";
const CORRECT =
  "Read what the platform says, correct the channel's set-up, then run `doorward channels test`.";
const LINKED = "Nothing to do: the request is shown by a link to the console instead.";

/** No answer, or one that says to come back. `retryAfterMs`: what the platform asked for, null where it said nothing. */
export function channelUnreachable(what: string, cause?: unknown, retryAfterMs: number | null = null): Fault {
  const fault = new Fault("channel_unreachable", what, WAIT, cause);
  const pause = retryAfterMs === null ? null : Math.min(Math.max(retryAfterMs, 0), RETRY_AFTER_MS_MAX);
  return Object.assign(fault, { retryAfterMs: pause });
}

/** The platform says no, and would again. */
export function channelRefused(what: string, remedy: string | null = null): Fault {
  if (remedy === null) return new Fault("channel_refused", what, CORRECT);
  return new Fault("channel_refused", what, remedy);
}

/** Shown whole or not at all: nothing is cut to fit. */
export function channelTooLong(what: string, is: number, max: number): Fault {
  return new Fault("channel_too_long", `${what}: ${is}, and at most ${max} fit`, LINKED);
}

/** Milliseconds that a `channel_unreachable` asks to wait before the next try; null where it says nothing of that. */
export function retryAfterOf(cause: unknown): number | null {
  if (!(cause instanceof Fault) || cause.code !== "channel_unreachable") return null;
  const pause: unknown = Reflect.get(cause, "retryAfterMs");
  return typeof pause === "number" ? pause : null;
}
