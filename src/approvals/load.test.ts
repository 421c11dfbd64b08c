import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { UserId } from "#vocabulary";
import {
  type ApproverPreferences,
  ASKED_BEFORE_END_MS,
  type Candidate,
  dayBeganFor,
  handedOver,
  NO_PREFERENCES,
  quietOrFull,
} from "./load.ts";
import { isZone, localTime } from "./local-time.ts";

const HOUR = 3_600_000;
const IDLE = { open: 0, today: 0 };
const at = (text: string): number => Date.parse(text);
const night: ApproverPreferences = {
  ...NO_PREFERENCES,
  zone: "Europe/Berlin",
  quiet: { from: 22 * 60, to: 7 * 60 },
};
const untilOf = (preferences: ApproverPreferences, now: string): string | null => {
  const is = quietOrFull(preferences, IDLE, at(now));
  return is.kind === "quiet" ? new Date(is.until).toISOString() : null;
};

describe("quiet hours", () => {
  test.each<[string, string, string | null]>([
    ["before them", "2026-01-10T20:59:00Z", null],
    ["at their first minute", "2026-01-10T21:00:00Z", "2026-01-11T06:00:00.000Z"],
    ["after midnight", "2026-01-11T03:00:30Z", "2026-01-11T06:00:00.000Z"],
    ["at their end", "2026-01-11T06:00:00Z", null],
    ["in summer, an hour earlier", "2026-07-10T20:00:00Z", "2026-07-11T05:00:00.000Z"],
    [
      "the night in which the clock jumps ahead is an hour shorter",
      "2026-03-28T21:00:00Z",
      "2026-03-29T05:00:00.000Z",
    ],
    [
      "the night in which it is put back is an hour longer",
      "2026-10-24T20:00:00Z",
      "2026-10-25T06:00:00.000Z",
    ],
  ])("%s", (_name, now, until) => {
    expect(untilOf(night, now)).toBe(until);
  });

  test("an end that the clock jumps over is where it lands", () => {
    const short = { ...night, quiet: { from: 22 * 60, to: 2 * 60 + 30 } };
    expect(untilOf(short, "2026-03-29T00:30:00Z")).toBe("2026-03-29T01:00:00.000Z");
    // 02:30 comes twice: it is quiet until the first, and again before the second.
    expect(untilOf(short, "2026-10-24T23:30:00Z")).toBe("2026-10-25T00:30:00.000Z");
    expect(untilOf(short, "2026-10-25T01:10:00Z")).toBe("2026-10-25T01:30:00.000Z");
  });

  test("within a day, and in zones that are off by part of an hour", () => {
    const noon = { ...NO_PREFERENCES, zone: "Asia/Kathmandu", quiet: { from: 12 * 60, to: 13 * 60 } };
    expect(untilOf(noon, "2026-05-05T06:20:00Z")).toBe("2026-05-05T07:15:00.000Z");
    expect(untilOf(noon, "2026-05-05T06:14:00Z")).toBeNull();
  });

  test("only names of zones are zones", () => {
    expect([isZone("Europe/Berlin"), isZone("UTC"), isZone("Mars/Base"), isZone("")]).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});

describe("limits", () => {
  const full = { ...NO_PREFERENCES, zone: "America/New_York", openMax: 3, dayMax: 10 };
  test.each<[string, number, number, string]>([
    ["neither reached", 2, 9, "free"],
    ["as many open as wished", 3, 9, "open"],
    ["as many today as wished", 0, 10, "day"],
  ])("%s", (_name, open, today, expected) => {
    const is = quietOrFull(full, { open, today }, at("2026-05-05T12:00:00Z"));
    expect(is.kind === "full" ? is.by : is.kind).toBe(expected);
  });

  test("the day is the person's own, and the 23 hours of one whose clock jumps ahead are a day", () => {
    const now = at("2026-03-08T12:00:00Z");
    expect(new Date(dayBeganFor(full, now)).toISOString()).toBe("2026-03-08T05:00:00.000Z");
    const is = quietOrFull(full, { open: 0, today: 10 }, now);
    expect(is).toEqual({ kind: "full", by: "day", until: at("2026-03-09T04:00:00Z") });
  });

  test("a day begins when its date does, in any zone", () => {
    const zones = fc.constantFrom(
      "UTC",
      "Europe/Berlin",
      "America/St_Johns",
      "Pacific/Kiritimati",
      "Africa/Cairo",
    );
    const when = fc.integer({ min: at("2026-01-01T00:00:00Z"), max: at("2026-12-31T00:00:00Z") });
    fc.assert(
      fc.property(zones, when, (zone, now) => {
        const began = dayBeganFor({ ...NO_PREFERENCES, zone }, now);
        expect(localTime(zone, began).date).toBe(localTime(zone, now).date);
        expect(localTime(zone, began - 1).date).not.toBe(localTime(zone, now).date);
      }),
      { numRuns: 60 },
    );
  });
});

function who(user: string, preferences: ApproverPreferences, load = IDLE): Candidate {
  return { user: user as UserId, preferences, load };
}

describe("hand-over", () => {
  const now = at("2026-01-10T23:00:00Z");
  const busy = (user: string, open: number): Candidate =>
    who(user, { ...NO_PREFERENCES, openMax: 1 }, { open, today: open });
  const ask = (candidates: readonly Candidate[], leftMs = 48 * HOUR, needed = 1) =>
    handedOver(candidates, { expiresAt: now + leftMs, needed }, now);

  interface Night {
    readonly candidates: readonly Candidate[];
    readonly hours?: number;
    readonly needed?: number;
    readonly asked: readonly string[];
  }
  const sleepers = [who("bob", night), who("dan", night)];

  test.each<[string, Night]>([
    [
      "the free one, not the sleeper nor the busy one",
      { candidates: [who("ann", NO_PREFERENCES), who("bob", night), busy("cid", 4)], asked: ["ann"] },
    ],
    [
      "all who are free",
      { candidates: [who("ann", NO_PREFERENCES), who("eve", NO_PREFERENCES)], asked: ["ann", "eve"] },
    ],
    [
      "two are needed: the less busy one too",
      {
        candidates: [who("ann", NO_PREFERENCES), busy("bob", 5), busy("cid", 2)],
        needed: 2,
        asked: ["ann", "cid"],
      },
    ],
    [
      "only busy ones: the least busy",
      { candidates: [busy("bob", 5), busy("cid", 2), ...sleepers], asked: ["cid"] },
    ],
    ["only sleepers, and time until the morning: nobody yet", { candidates: sleepers, asked: [] }],
    [
      "only sleepers, and it would expire: all of them",
      { candidates: sleepers, hours: 2, asked: ["bob", "dan"] },
    ],
  ])("%s", (_name, { candidates, hours = 48, needed = 1, asked }) => {
    expect(ask(candidates, hours * HOUR, needed).users).toEqual(asked);
  });

  test("it says when to look again", () => {
    expect(ask([who("bob", night)]).nextChangeAt).toBe(at("2026-01-11T06:00:00Z"));
    expect(ask([who("ann", NO_PREFERENCES)]).nextChangeAt).toBeNull();
  });

  test("somebody is asked before a request ends, whatever everybody prefers", () => {
    const preferences = fc.record({
      zone: fc.constantFrom("UTC", "Europe/Berlin", "America/Los_Angeles", "Asia/Tokyo"),
      quiet: fc.option(
        fc.record({ from: fc.integer({ min: 0, max: 1439 }), to: fc.integer({ min: 0, max: 1439 }) }),
      ),
      openMax: fc.option(fc.integer({ min: 1, max: 3 })),
      dayMax: fc.option(fc.integer({ min: 1, max: 3 })),
    });
    const load = fc.record({ open: fc.integer({ min: 0, max: 5 }), today: fc.integer({ min: 0, max: 5 }) });
    const people = fc.array(fc.tuple(preferences, load), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(people, fc.integer({ min: 1, max: 60 }), (drawn, hours) => {
        const candidates = drawn.map(([wishes, busyWith], index) => who(`u${index}`, wishes, busyWith));
        const expiresAt = now + hours * HOUR;
        let moment: number | null = now;
        let users: readonly UserId[] = [];
        for (let looks = 0; looks < 500 && users.length === 0 && moment !== null; looks += 1) {
          expect(moment).toBeLessThanOrEqual(Math.max(now, expiresAt - ASKED_BEFORE_END_MS));
          const look = handedOver(candidates, { expiresAt, needed: 1 }, moment);
          users = look.users;
          moment = look.nextChangeAt;
        }
        expect(users.length).toBeGreaterThan(0);
      }),
      { numRuns: 60 },
    );
  });
});
