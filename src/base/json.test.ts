import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { canonicalJson, type Json } from "./json.ts";

/** The same, as slowly and plainly as RFC 8785 section 3.2 says it. */
function plainly(value: Json): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(plainly).join(",")}]`;
  const members = Object.entries(value).map(([key, member]) => [key, plainly(member)] as const);
  const sorted = members.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([key, text]) => `${JSON.stringify(key)}:${text}`).join(",")}}`;
}

describe("canonical JSON", () => {
  test("the RFC's own example comes out as the RFC prints it (RFC 8785, 3.2.2 and 3.2.3)", () => {
    const value = {
      numbers: [Number("333333333.33333329"), 1e30, 4.5, 2e-3, 0.000000000000000000000000001],
      string: "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"/",
      literals: [null, true, false],
    };
    expect(canonicalJson(value)).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
  });

  test("names sort by UTF-16 unit (RFC 8785, 3.2.3)", () => {
    const value = { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, "\u00f6": 7 };
    const names = [...canonicalJson(value).matchAll(/:(\d)/g)].map(([, n]) => n);
    expect(names.join("")).toBe("2467153");
  });

  test("any value: as written plainly, the first time and again", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (given) => {
        // As the strict reader gives it: without -0 and without a prototype's name.
        const value = JSON.parse(JSON.stringify(given).toWellFormed()) as Json;
        expect(canonicalJson(value)).toBe(plainly(value));
        expect(canonicalJson(value)).toBe(plainly(value));
      }),
    );
  });

  test.each([
    ["a lone surrogate", "\ud800"],
    ["a lone surrogate in a name", { "\udc00": 1 }],
    ["not a number", Number.NaN],
    ["an infinity", [-Infinity]],
    ["undefined in an object", { a: undefined as unknown as Json }],
    ["a function", (() => {}) as unknown as Json],
  ])("%s has no canonical form", (_, value) => {
    expect(() => canonicalJson(value)).toThrow(expect.objectContaining({ code: "json_not_canonical" }));
  });

  test("-0 is 0, and names that objects have by birth are names like any other", () => {
    expect(canonicalJson(-0)).toBe("0");
    expect(canonicalJson(JSON.parse('{"toString":1,"__proto__":2,"constructor":3}') as Json)).toBe(
      '{"__proto__":2,"constructor":3,"toString":1}',
    );
  });
});
