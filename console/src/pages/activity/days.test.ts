import { expect, test } from "vitest";
import { dayWord, linesOf } from "./days.ts";
import { fold } from "./fold.ts";
import { sampleEvent } from "./sample-event.ts";

const NOON = new Date(2026, 10, 21, 12).getTime();
const HOUR_MS = 3_600_000;
const rowAt = (atMs: number, index: number) =>
  fold(undefined, sampleEvent(index, { action: `act_${index}`, at: new Date(atMs).toISOString() }));

test.each([
  [0, "Today"],
  [24, "Yesterday"],
  [48, "Thursday 19 November"],
  [-24, "Sunday 22 November"],
  [24 * 300, "25 January 2026"],
])("a day %i hours ago is %s", (hours, word) => {
  expect(dayWord(new Date(2026, 10, 21).getTime() - hours * HOUR_MS, NOON)).toBe(word);
});

test("each day stands once, before its newest action", () => {
  const rows = [0, 1, 11, 13, 14, 36].map((hours, at) => rowAt(NOON - hours * HOUR_MS, 100 - at));
  expect(linesOf(rows, NOON).map((line) => (line.kind === "day" ? line.word : line.key))).toEqual([
    "Today",
    "act_100",
    "act_99",
    "act_98",
    "Yesterday",
    "act_97",
    "act_96",
    "act_95",
  ]);
});

test("a clock that went back makes a day anew, with a key of its own", () => {
  const rows = [0, 24, 0].map((hours, at) => rowAt(NOON - hours * HOUR_MS, 100 - at));
  const lines = linesOf(rows, NOON);
  expect(lines.map(({ kind }) => kind)).toEqual(["day", "action", "day", "action", "day", "action"]);
  expect(new Set(lines.map(({ key }) => key)).size).toBe(lines.length);
});

test("of nothing there are no lines", () => {
  expect(linesOf([], NOON)).toEqual([]);
});
