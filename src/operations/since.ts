import { z } from "zod";
import { Fault } from "#base";
import type { ReadContext } from "./context.ts";

const UNIT_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };
const AGO = /^([1-9]\d{0,4})([mhd])$/;

/** How far back: `30d`, `12h`, `90m`, or a time. */
export const since = z
  .string()
  .max(40)
  .describe("From when on: as 30d, 12h or 90m before now, or a time such as 2026-11-01T00:00:00Z");

/** Milliseconds since the Unix epoch. Throws `since_unreadable`. */
export function sinceOf({ ambient }: Pick<ReadContext, "ambient">, text: string): number {
  const [, count, unit = ""] = AGO.exec(text) ?? [];
  if (count !== undefined) return ambient.now() - Number(count) * (UNIT_MS[unit] ?? 0);
  const at = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isFinite(at)) return at;
  throw new Fault(
    "since_unreadable",
    `${JSON.stringify(text)} is neither a span nor a time`,
    "Write it as 30d, 12h or 90m, or as 2026-11-01 or 2026-11-01T08:00:00Z.",
  );
}
