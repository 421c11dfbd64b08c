import fc from "fast-check";
import { expect, test } from "vitest";
import { type Value, valuesOf } from "./values.ts";

const of = (text: string): readonly Value[] => valuesOf({ pieces: [text], literals: [] });

// Shapes: RFC 9051, 4 and 7.5.2 (its examples).
test.each([
  ["(FLAGS (\\Seen) UID 4827313)", [["FLAGS", ["\\Seen"], "UID", "4827313"]]],
  ['(INTERNALDATE "17-Jul-1996 02:44:25 -0700")', [["INTERNALDATE", "17-Jul-1996 02:44:25 -0700"]]],
  [
    '(BODY[HEADER.FIELDS (DATE FROM)]<0> "a\\"b\\\\c" X nil)',
    [["BODY[HEADER.FIELDS (DATE FROM)]<0>", 'a"b\\c', "X", null]],
  ],
  ["", []],
  ["()", [[]]],
])("%s", (text, values) => {
  expect(of(text)).toEqual(values);
});

test("a literal stands where it was announced, whatever is in it", () => {
  const literal = Buffer.from(') "(\r\n* 1 EXISTS');
  expect(valuesOf({ pieces: ["(UID 5 BODY[] ", " FLAGS ())"], literals: [literal] })).toEqual([
    ["UID", "5", "BODY[]", literal, "FLAGS", []],
  ]);
});

test.each(["(", ")", "(a", "a)", '"a', "(a))", "[", '("a\\x")', `${"(".repeat(50)}${")".repeat(50)}`])(
  "%s is refused",
  (text) => {
    expect(() => of(text)).toThrow(Error);
  },
);

const SIGNS = ["(", ")", "[", "]", '"', "\\", " ", "{", "}", "a", "N", "1", "<", ">"];

function isReadOrRefused(text: string): boolean {
  try {
    return Array.isArray(of(text));
  } catch (cause) {
    return cause instanceof Error && !/Maximum call stack/.test(cause.message);
  }
}

test("any text is read or refused, and never anything else", () => {
  const texts = fc.array(fc.constantFrom(...SIGNS), { maxLength: 60 }).map((signs) => signs.join(""));
  expect(fc.check(fc.property(texts, isReadOrRefused)).failed).toBe(false);
});
