import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Window } from "./budget.ts";
import { spanOf, windowAt } from "./window.ts";
import { WINDOWS } from "./words.ts";

const at = (text: string): number => Date.parse(text);

describe("windows in UTC", () => {
  test.each<[Window, string, string, string]>([
    ["minute", "2026-03-29T01:59:59.999Z", "2026-03-29T01:59:00Z", "2026-03-29T02:00:00Z"],
    // The hour that clocks in Europe skip.
    ["hour", "2026-03-29T01:00:00Z", "2026-03-29T01:00:00Z", "2026-03-29T02:00:00Z"],
    ["day", "2024-02-29T23:59:59.999Z", "2024-02-29T00:00:00Z", "2024-03-01T00:00:00Z"],
    // ISO 8601: 2021-01-03 is the Sunday of week 53 of 2020.
    ["week", "2021-01-03T12:00:00Z", "2020-12-28T00:00:00Z", "2021-01-04T00:00:00Z"],
    ["week", "2021-01-04T00:00:00Z", "2021-01-04T00:00:00Z", "2021-01-11T00:00:00Z"],
    ["month", "2024-02-29T12:00:00Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"],
    ["month", "2026-12-31T23:59:59.999Z", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"],
    // A clock that was never set, and one set before 1970.
    ["week", "1970-01-01T00:00:00Z", "1969-12-29T00:00:00Z", "1970-01-05T00:00:00Z"],
    ["month", "1969-12-31T23:59:59Z", "1969-12-01T00:00:00Z", "1970-01-01T00:00:00Z"],
  ])("%s at %s", (window, now, start, end) => {
    expect(windowAt(window, at(now))).toEqual({ start: at(start), end: at(end) });
  });

  test("every moment lies in exactly one, and the next begins where it ends", () => {
    const moments = fc.integer({ min: at("1960-01-01T00:00:00Z"), max: at("2200-01-01T00:00:00Z") });
    fc.assert(
      fc.property(fc.constantFrom(...WINDOWS), moments, (window, now) => {
        const { start, end } = windowAt(window, now);
        expect(start <= now && now < end).toBe(true);
        expect(windowAt(window, start)).toEqual({ start, end });
        expect(windowAt(window, end).start).toBe(end);
        expect(windowAt(window, start - 1).end).toBe(start);
      }),
    );
  });
});

describe("a reset", () => {
  const day = { window: "day" } as const;
  const noon = at("2026-01-01T12:00:00Z");

  test.each([
    ["begins the window anew", noon, noon + 1, "2026-01-01T12:00:00Z"],
    ["counts on where the clock goes back before it", noon, noon - 60_000, "2026-01-01T12:00:00Z"],
    ["means nothing in the next window", noon, noon + 86_400_000, "2026-01-02T00:00:00Z"],
    ["means nothing in the window before", noon, noon - 86_400_000, "2025-12-31T00:00:00Z"],
    ["at the very start changes nothing", at("2026-01-01T00:00:00Z"), noon, "2026-01-01T00:00:00Z"],
  ])("%s", (_, resetAt, now, start) => {
    expect(spanOf({ ...day, resetAt }, now).start).toBe(at(start));
  });
});
