import fc from "fast-check";
import { expect, test } from "vitest";
import {
  GLIMPSE_CHARACTERS,
  type Json,
  measure,
  SHOWN_CHARACTERS_MAX,
  SHOWN_DEPTH_MAX,
  showArguments,
} from "./arguments.ts";

test("strings are shown as they are, everything else as indented JSON, with what they are", () => {
  expect(
    showArguments({ path: "/tmp/a\nb", n: 3, on: true, none: null, list: [1], deep: { a: [] } }),
  ).toEqual({
    kind: "whole",
    arguments: [
      { name: "path", type: "text, 8 characters, 2 lines", text: "/tmp/a\nb" },
      { name: "n", type: "number", text: "3" },
      { name: "on", type: "yes or no", text: "true" },
      { name: "none", type: "null", text: "null" },
      { name: "list", type: "list of 1", text: "[\n  1\n]" },
      { name: "deep", type: "object with 1 fields", text: '{\n  "a": []\n}' },
    ],
  });
});

test.each<[string, { readonly [name: string]: Json }]>([
  ["one long text", { a: "x".repeat(SHOWN_CHARACTERS_MAX) }],
  ["many short ones", Object.fromEntries(Array.from({ length: 30_000 }, (_, n) => [`name${n}`, n]))],
  ["a long name", { ["n".repeat(SHOWN_CHARACTERS_MAX + 1)]: 1 }],
  ["nesting", { a: Array.from({ length: SHOWN_DEPTH_MAX }).reduce<Json>((inner) => [inner], 1) }],
])("what is too large to show whole says so and is only glimpsed: %s", (_name, value) => {
  const shown = showArguments(value);
  expect(shown.kind).toBe("too-large");
  expect(shown.arguments.length).toBeLessThanOrEqual(20);
  expect(
    shown.arguments.every(({ name, text }) => name.length + text.length <= GLIMPSE_CHARACTERS + 200),
  ).toBe(true);
});

test("whatever is shown whole is all there", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })), (value) => {
      const shown = showArguments(value as { [name: string]: Json });
      const views = new Map(shown.arguments.map(({ name, text }) => [name, text]));
      expect(shown.kind).toBe("whole");
      expect([...views.keys()]).toEqual(Object.keys(value));
      for (const [name, argument] of Object.entries(value)) {
        const expected = typeof argument === "string" ? argument : JSON.stringify(argument, null, 2);
        expect(views.get(name)).toBe(expected);
      }
    }),
  );
});

test("a size in words", () => {
  expect(measure("")).toBe("0 characters");
  expect(measure("a")).toBe("1 character");
  expect(measure("a\n".repeat(600))).toBe("1,200 characters, 601 lines");
});
