import fc from "fast-check";
import { expect, test } from "vitest";
import { createLineSplitter } from "./lines.ts";

test("whatever the cuts, the lines come out whole and in order", () => {
  fc.assert(
    fc.property(fc.array(fc.string({ maxLength: 20 })), fc.array(fc.nat(30)), (texts, cuts) => {
      const lines = texts.map((text) => text.replaceAll("\n", " "));
      const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(""));
      const splitter = createLineSplitter(1_000);
      const found: string[] = [];
      for (let from = 0, at = 0; from < bytes.length; at += 1) {
        const to = from + (cuts[at % Math.max(1, cuts.length)] ?? 7) + 1;
        for (const line of splitter.push(bytes.subarray(from, to)) ?? []) found.push(line.toString("utf8"));
        from = to;
      }
      expect(found).toEqual(lines);
    }),
  );
});

test.each([
  ["a line of the maximum", ["12345\n"], [["12345"]]],
  ["a line over the maximum", ["123456\n"], [null]],
  ["an unfinished line over the maximum", ["1234", "56"], [[], null]],
  ["short lines, many bytes", ["123\n123\n123\n"], [["123", "123", "123"]]],
])("%s", (_what, chunks, expected) => {
  const splitter = createLineSplitter(5);
  const found = chunks.map((chunk) => splitter.push(Buffer.from(chunk))?.map(String) ?? null);
  expect(found).toEqual(expected);
});
