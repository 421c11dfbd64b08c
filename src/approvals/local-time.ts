const MINUTE_MS = 60_000;
const STEP_MS = 15 * MINUTE_MS;
/** A local day of any zone is shorter: the longest have 25 hours. */
const DAY_MS_MAX = 26 * 60 * MINUTE_MS;

/** Zones as IANA names them; made once each, for making one costs far more than asking it. */
const CLOCKS_MAX = 1_000;
const clocks = new Map<string, Intl.DateTimeFormat>();

/** A moment on the clocks of a place. */
export interface LocalTime {
  /** As `2026-03-29`. */
  readonly date: string;
  /** Minutes since the clock showed 00:00, 0 to 1439: what the clock shows and not what went by. */
  readonly minutes: number;
}

export function isZone(zone: string): boolean {
  try {
    clockOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** What the clocks of `zone` (an IANA name) show at `now`, summer time included (ECMA-402, Intl.DateTimeFormat). */
export function localTime(zone: string, now: number): LocalTime {
  const parts = new Map(
    clockOf(zone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? "";
  return {
    date: `${part("year")}-${part("month")}-${part("day")}`,
    minutes: Number(part("hour")) * 60 + Number(part("minute")),
  };
}

/** The first minute after `now` at which `isSo` holds; `now` plus 26 hours where it does at none before. */
export function firstMinute(now: number, isSo: (at: number) => boolean): number {
  const begin = now - (now % MINUTE_MS);
  for (let at = begin + STEP_MS; at <= begin + DAY_MS_MAX; at += STEP_MS) {
    if (!isSo(at)) continue;
    for (let minute = at - STEP_MS + MINUTE_MS; minute < at; minute += MINUTE_MS)
      if (isSo(minute)) return minute;
    return at;
  }
  return now + DAY_MS_MAX;
}

/** When the day of `now` began at that place: its first minute, whatever the clock showed then. */
export function dayBegan(zone: string, now: number): number {
  const { date } = localTime(zone, now);
  let within = now - (now % MINUTE_MS);
  let before = within - DAY_MS_MAX;
  while (within - before > MINUTE_MS) {
    const middle = before + Math.floor((within - before) / 2 / MINUTE_MS) * MINUTE_MS;
    if (localTime(zone, middle).date === date) within = middle;
    else before = middle;
  }
  return within;
}

/** When the next day begins at that place. */
export function nextDay(zone: string, now: number): number {
  const { date } = localTime(zone, now);
  return firstMinute(now, (at) => localTime(zone, at).date !== date);
}

/** Throws RangeError for what is no zone. */
function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone);
  if (known !== undefined) return known;
  const clock = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    calendar: "iso8601",
    numberingSystem: "latn",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  });
  if (clocks.size >= CLOCKS_MAX) clocks.clear();
  clocks.set(zone, clock);
  return clock;
}
