import type { Budget, Window } from "./budget.ts";

/** From `start` until just before `end`, in milliseconds since the Unix epoch. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const WEEK_MS = 7 * DAY_MS;
/** 1970-01-05, the first Monday of Unix time. */
const FIRST_MONDAY_MS = 4 * DAY_MS;

/** The window in UTC that `now` lies in. Weeks as in ISO 8601: from Monday. Unix time has no leap seconds. */
export function windowAt(window: Window, now: number): Span {
  if (window === "month") return monthAt(now);
  if (window === "week") return spanAt(now, WEEK_MS, FIRST_MONDAY_MS);
  return spanAt(now, { minute: MINUTE_MS, hour: HOUR_MS, day: DAY_MS }[window], 0);
}

/** The window a budget counts in: since its last reset, where that fell into the window. */
export function spanOf(budget: Pick<Budget, "window" | "resetAt">, now: number): Span {
  const span = windowAt(budget.window, now);
  const { resetAt } = budget;
  const isWithin = resetAt !== null && resetAt > span.start && resetAt < span.end;
  return isWithin ? { start: resetAt, end: span.end } : span;
}

function spanAt(now: number, length: number, origin: number): Span {
  const start = Math.floor((now - origin) / length) * length + origin;
  return { start, end: start + length };
}

function monthAt(now: number): Span {
  const date = new Date(now);
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
  return { start: Date.UTC(year, month, 1), end: Date.UTC(year, month + 1, 1) };
}
