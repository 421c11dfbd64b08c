import fc from "fast-check";
import { expect, test } from "vitest";
import { createLineSplitter, type LinePiece } from "./lines.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);

function split(bytes: Uint8Array, cuts: readonly number[], bytesMax = 100_000): LinePiece[] {
  const splitter = createLineSplitter(bytesMax);
  const pieces: LinePiece[] = [];
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    pieces.push(...splitter.push(bytes.slice(from, cut)));
    from = cut;
  }
  const rest = splitter.end();
  return rest === null ? pieces : [...pieces, rest];
}

test.each([
  ["two lines", '{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}']],
  ["CRLF", '{"a":1}\r\n{"b":2}\r\n', ['{"a":1}', '{"b":2}']],
  ["blank lines", '\n{"a":1}\n \r\n', [null, '{"a":1}', null]],
  ["no line feed at the end", '{"a":1}\n{"b":2}', ['{"a":1}', '{"b":2}']],
])("%s are read the same wherever they are cut", (_name, text, data) => {
  const bytes = encode(text);
  for (let cut = 0; cut <= bytes.length; cut += 1)
    expect(split(bytes, [cut]).map((piece) => piece.data)).toEqual(data);
});

test("the bytes of the pieces are the bytes that were pushed, at any cuts", () => {
  const stream = fc
    .array(fc.tuple(fc.string({ unit: "grapheme" }), fc.constantFrom("\n", "\r\n")))
    .map((lines) => encode(lines.map(([text, end]) => text.replaceAll(/[\r\n]/g, "") + end).join("")));
  fc.assert(
    fc.property(stream, fc.array(fc.nat(200), { maxLength: 20 }), (bytes, raw) => {
      const cuts = raw.filter((cut) => cut <= bytes.length).toSorted((a, b) => a - b);
      const cutUp = split(bytes, cuts);
      expect(Buffer.concat(cutUp.map((piece) => piece.bytes)).equals(Buffer.from(bytes))).toBe(true);
      expect(cutUp.map((piece) => piece.data)).toEqual(split(bytes, []).map((piece) => piece.data));
    }),
  );
});

test("what has no UTF-8, a stray carriage return or no end is refused", () => {
  expect(() => split(Uint8Array.of(0x22, 0xc5, 0x22, 0x0a), [])).toThrow(/not UTF-8/);
  expect(() => split(encode('{"a":1}\r{"b":2}\n'), [])).toThrow(/carriage return/);
  expect(() => split(encode("x".repeat(60)), [20, 40], 50)).toThrow(
    expect.objectContaining({ code: "answer_too_large" }),
  );
});
