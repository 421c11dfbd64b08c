import type { ActionRow } from "./fold.ts";

/** One line of the list: an action, or the day under which the next ones stand. */
export type Line =
  | { readonly kind: "action"; readonly key: string; readonly row: ActionRow }
  | { readonly kind: "day"; readonly key: string; readonly word: string };

const DATE = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });
const FAR = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric" });
const DAY_MS = 86_400_000;
/** Days for which the weekday says enough. */
const NEAR_DAYS = 100;

/** The rows, newest first, with a line before each day's first; days are the reader's own. */
export function linesOf(rows: readonly ActionRow[], nowMs: number): readonly Line[] {
  const lines: Line[] = [];
  let [from, to] = [Infinity, -Infinity];
  for (const row of rows) {
    const at = Date.parse(row.at);
    if (at < from || at >= to) {
      [from, to] = dayOf(at);
      lines.push({
        kind: "day",
        key: `day ${from} ${lines.length === 0 ? "" : row.action}`,
        word: dayWord(from, nowMs),
      });
    }
    lines.push({ kind: "action", key: row.action, row });
  }
  return lines;
}

/** `Today`, `Yesterday`, `Thursday 19 November`, `3 March 2024`: the day that begins at `fromMs`. */
export function dayWord(fromMs: number, nowMs: number): string {
  const [today] = dayOf(nowMs);
  const days = Math.round((today - fromMs) / DAY_MS);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  return Math.abs(days) < NEAR_DAYS ? DATE.format(fromMs) : FAR.format(fromMs);
}

/** Where a day begins and ends; 23 or 25 hours where clocks are changed. */
function dayOf(atMs: number): [from: number, to: number] {
  const at = new Date(atMs);
  const [year, month, day] = [at.getFullYear(), at.getMonth(), at.getDate()];
  return [new Date(year, month, day).getTime(), new Date(year, month, day + 1).getTime()];
}
