import { describe, expect, test } from "vitest";
import { boundsText, checkedWish, firstScope, type Terms, type Typed, wishedScope } from "./grant-words.ts";

const TERMS: Terms = {
  scopes: ["destination", "pattern", "session"],
  timesMax: 20,
  expiresAfter: "8h",
  varies: ["title", "text"],
};
const typed = (over: Partial<Typed> = {}): Typed => ({
  scope: "session",
  varies: [],
  times: "5",
  until: "2h",
  ...over,
});

test.each<[Partial<Typed>, string]>([
  [{}, "up to 5 times, in this session, with any paths and contents, and recipients as they are, for 2h"],
  [{ scope: "destination", times: "1" }, "once more, to the same place, with any contents, for 2h"],
  [{ scope: "destination" }, "up to 5 times, to the same place, with any contents, for 2h"],
  [{ scope: "pattern", varies: ["title"] }, "up to 5 times, with any title and all else as it is, for 2h"],
  [{ scope: "pattern" }, "up to 5 times, with whatever you choose open, for 2h"],
])("%j is written out", (over, text) => {
  expect(boundsText(typed(over))).toBe(text);
});

test("another's words in it are made plain", () => {
  expect(boundsText(typed({ scope: "pattern", varies: ["ti\u202Etle"] }))).not.toContain("\u202E");
});

describe("what is sent", () => {
  test("is what was typed, and no open argument where no pattern is meant", () => {
    expect(checkedWish(typed({ varies: ["title"], times: " 5 " }), TERMS)).toEqual({
      grant: "session",
      varies: [],
      times: 5,
      until: "2h",
    });
  });

  test.each<[Partial<Typed>, string]>([
    [{ scope: "pattern" }, "Choose at least one argument"],
    [{ scope: "world" }, "Choose how far"],
    [{ times: "0" }, "1 to 20"],
    [{ times: "21" }, "1 to 20"],
    [{ times: "1.5" }, "1 to 20"],
    [{ times: "" }, "1 to 20"],
  ])("%j is not sent", (over, why) => {
    expect(() => checkedWish(typed(over), TERMS)).toThrow(why);
  });
});

test.each([
  ["?link=dw1.l.x&grant=pattern", "pattern"],
  ["?grant=session", "session"],
  ["?grant=everything", null],
  ["?grant=", null],
  ["", null],
])("what a card's link asks for: %j", (search, wished) => {
  expect(wishedScope(search)).toBe(wished);
});

test("a form begins with what was asked for, where the rules allow it", () => {
  expect(firstScope(TERMS, "session")).toBe("session");
  expect(firstScope(TERMS, null)).toBe("destination");
  expect(firstScope({ scopes: ["session"] }, "pattern")).toBe("session");
});
