import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fault } from "#base";
import { parseStrictJson } from "./strict-json.ts";

const read = (text: string): unknown => parseStrictJson(Buffer.from(text));

function refusal(input: string | Uint8Array, limits?: Parameters<typeof parseStrictJson>[1]): Fault {
  try {
    parseStrictJson(typeof input === "string" ? Buffer.from(input) : input, limits);
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown;
    throw thrown;
  }
  throw new Error(`accepted: ${String(input)}`);
}

function codeOf(text: string): string {
  try {
    read(text);
    return "read";
  } catch (thrown) {
    return thrown instanceof Fault ? thrown.code : "bug";
  }
}

describe("numbers", () => {
  test.each([
    ["0", 0],
    ["-0", 0],
    ["-0.0e5", 0],
    ["1.0", 1],
    ["1e2", 100],
    ["1E+2", 100],
    ["0.1", 0.1],
    ["0.10", 0.1],
    ["1e-7", 1e-7],
    ["5e-324", 5e-324],
    ["123456789.98765433", 123456789.98765433],
    ["9007199254740991", Number.MAX_SAFE_INTEGER],
    ["-9007199254740991", Number.MIN_SAFE_INTEGER],
    [`1${"0".repeat(15)}`, 1e15],
    [`0.${"0".repeat(300)}1`, 1e-301],
  ])("%s is exact", (text, value) => {
    expect(read(text)).toBe(value);
    expect(Object.is(read(text), -0)).toBe(false);
  });

  test.each([
    "9007199254740992",
    "9007199254740993",
    "-9007199254740993",
    "1e16",
    "1e21",
    "1e308",
    "1e309",
    "1e-400",
    "0.1000000000000000055511151231257827",
    "3.14159265358979323846",
    "123456789.987654321",
    `1${"0".repeat(500)}`,
  ])("%s is not", (text) => {
    expect(refusal(text).code).toBe("json_inexact_number");
  });

  test.each(["01", "+1", ".5", "1.", "1e", "- 1", "0x10", "1_000", "Infinity", "NaN", "-"])(
    "%s is no JSON",
    (text) => {
      expect(["json_syntax", "json_trailing"]).toContain(refusal(text).code);
    },
  );
});

test("positions are said", () => {
  expect(refusal('{"a":1,"b":2,"a":3}').message).toContain("character 13");
  expect(refusal('{"a":tru}').message).toContain("character 5");
  expect(refusal("[1,").message).toContain("at the end");
  expect(refusal(Uint8Array.from([0x22, 0xc3, 0xa9, 0xe2, 0x82, 0x22])).message).toContain("byte 3");
  expect(refusal("[1] 2").message).toContain("character 4");
});

test("limits hold exactly", () => {
  const limits = { bytesMax: 20, depthMax: 3, valuesMax: 4 };
  expect(parseStrictJson(Buffer.from("[[[1]]]"), limits)).toEqual([[[1]]]);
  expect(refusal("[[[[]]]]", limits).code).toBe("json_too_deep");
  expect(parseStrictJson(Buffer.from("[1,2,3]"), limits)).toEqual([1, 2, 3]);
  expect(refusal("[1,2,3,4]", limits).code).toBe("json_too_many_values");
  expect(refusal(`"${"x".repeat(19)}"`, limits).code).toBe("json_too_large");
});

test("names that objects inherit are only names", () => {
  const value = read('{"constructor":1,"toString":2,"hasOwnProperty":3}') as Record<string, unknown>;
  expect(Object.keys(value)).toEqual(["constructor", "toString", "hasOwnProperty"]);
  expect(refusal(String.raw`{"\u005f_proto__":1}`).code).toBe("json_reserved_name");
});

test("escapes make the same text as the engine's own reading", () => {
  expect(read(String.raw`"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00"`)).toBe('"\\/\b\f\n\r\té😀');
  for (const bad of [String.raw`"\ud83d"`, String.raw`"\ude00\ud83d"`, String.raw`"a\udfffb"`]) {
    expect(refusal(bad).code).toBe("json_lone_surrogate");
  }
});

test("whatever JSON.stringify writes is read back, or refused for a number or half a character", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.constantFrom(undefined, 2, "\t"), (value, space) => {
      const text = JSON.stringify(value, null, space);
      const plain = text.replaceAll(/(?<=[[:,\s]|^)-0(?=[\],}\s]|$)/g, "0");
      const allowed = ["json_inexact_number", "json_lone_surrogate", "json_reserved_name"];
      expect(allowed.includes(codeOf(text)) ? "refused" : read(text)).toEqual(
        allowed.includes(codeOf(text)) ? "refused" : JSON.parse(plain),
      );
    }),
    { numRuns: 500 },
  );
});

test("what is read of any bytes at all, JSON.parse reads the same", () => {
  const noise = fc.stringMatching(/^[[\]{}",:0-9.eE+\\u a-f-]{0,24}$/);
  fc.assert(
    fc.property(noise, (text) => {
      let mine: unknown;
      try {
        mine = read(text);
      } catch (thrown) {
        if (thrown instanceof Fault) return;
        throw thrown;
      }
      expect(JSON.stringify(mine)).toBe(JSON.stringify(JSON.parse(text)));
    }),
    { numRuns: 3000 },
  );
});
