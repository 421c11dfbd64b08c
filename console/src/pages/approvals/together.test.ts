import { expect, test } from "vitest";
import { choicesText, companies, inRiskOrder, nextText } from "./together.ts";

type Waiting = Parameters<typeof inRiskOrder>[0][number];

const one = (id: string, over: Partial<Waiting> = {}): Waiting => ({
  id,
  session: "ses_1",
  agent: "scribe",
  gravity: 2,
  doubted: false,
  identical: null,
  requestedAt: "2026-11-21T14:00:00.000Z",
  expiresAt: "2026-11-21T15:00:00.000Z",
  ...over,
});
const ids = (items: readonly Waiting[]): readonly string[] => items.map(({ id }) => id);

test("sessions with one request alone are no company", () => {
  const waiting = [one("c"), one("b", { session: "ses_2", agent: "mailbot" }), one("a")];
  expect(companies(waiting)).toEqual([{ session: "ses_1", agent: "scribe", count: 2 }]);
  expect(companies([])).toEqual([]);
});

test("doubtful values first, then what is graver, then what ends first, then the older", () => {
  const late = one("late", { expiresAt: "2026-11-21T16:00:00.000Z" });
  const older = one("older", { requestedAt: "2026-11-21T13:00:00.000Z" });
  const grave = one("grave", { gravity: 9 });
  const doubted = one("doubted", { doubted: true });
  expect(ids(inRiskOrder([late, one("z"), one("y"), older, grave, doubted]))).toEqual([
    "doubted",
    "grave",
    "older",
    "y",
    "z",
    "late",
  ]);
});

test("the same calls stand beside each other, each by itself", () => {
  const twin = (id: string, nth: number, expiresAt: string): Waiting =>
    one(id, { expiresAt, identical: { nth, of: 2, first: "a" } });
  const waiting = [
    twin("b", 2, "2026-11-21T16:00:00.000Z"),
    one("m"),
    twin("a", 1, "2026-11-21T14:30:00.000Z"),
  ];
  expect(ids(inRiskOrder(waiting))).toEqual(["a", "b", "m"]);
});

test("what was chosen so far", () => {
  expect(choicesText({ yes: 2, no: 1, open: 0 })).toBe("Yes to 2, no to 1, 0 left open");
});

test.each([
  [1, "Show it"],
  [20, "Show these 20"],
  [21, "Show the next 20"],
])("%i more have a way to them", (rest, text) => {
  expect(nextText(rest)).toBe(text);
});
