import fc from "fast-check";
import { expect, test } from "vitest";
import { createSseSplitter, type SsePiece } from "./sse.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);

function split(bytes: Uint8Array, cuts: readonly number[], bytesMax = 1000): SsePiece[] {
  const splitter = createSseSplitter(bytesMax);
  const pieces: SsePiece[] = [];
  let from = 0;
  for (const cut of [...cuts, bytes.length]) {
    pieces.push(...splitter.push(bytes.slice(from, cut)));
    from = cut;
  }
  const rest = splitter.end();
  return rest === null ? pieces : [...pieces, rest];
}

const shown = (pieces: readonly SsePiece[]) =>
  pieces.map(({ bytes, name, data }) => [decode(bytes), name, data]);

const READ: readonly { name: string; text: string; pieces: readonly (readonly [string, string | null])[] }[] =
  [
    { name: "one event", text: 'data: {"a":1}\n\n', pieces: [["", '{"a":1}']] },
    { name: "no space", text: "data:x\n\n", pieces: [["", "x"]] },
    { name: "two spaces", text: "data:  x\n\n", pieces: [["", " x"]] },
    { name: "a name", text: "event: ping\ndata: x\n\n", pieces: [["ping", "x"]] },
    { name: "lines joined", text: "data: a\ndata: b\ndata\n\n", pieces: [["", "a\nb\n"]] },
    {
      name: "CRLF",
      text: "data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n",
      pieces: [
        ["", "a\nb"],
        ["", "c"],
      ],
    },
    {
      name: "CR",
      text: "data: a\rdata: b\r\rdata: c\r\r",
      pieces: [
        ["", "a\nb"],
        ["", "c"],
      ],
    },
    {
      name: "mixed ends",
      text: "data: a\r\n\ndata: b\n\r\ndata: c\r\n\rdata: d\n\n",
      pieces: [
        ["", "a"],
        ["", "b"],
        ["", "c"],
        ["", "d"],
      ],
    },
    {
      name: "a comment",
      text: ": OPENROUTER PROCESSING\n\ndata: x\n\n",
      pieces: [
        ["", null],
        ["", "x"],
      ],
    },
    { name: "a comment within", text: "data: a\n: b\ndata: c\n\n", pieces: [["", "a\nc"]] },
    {
      name: "blank lines",
      text: "\n\ndata: x\n\n\n",
      pieces: [
        ["", null],
        ["", null],
        ["", "x"],
        ["", null],
      ],
    },
    { name: "id and retry", text: "id: 7\nretry: 10\n\n", pieces: [["", null]] },
    { name: "a byte order mark at the start", text: "\u{feff}data: x\n\n", pieces: [["", "x"]] },
    { name: "no blank line at the end", text: "data: [DONE]\n", pieces: [["", "[DONE]"]] },
    { name: "no line end at all", text: "data: [DONE]", pieces: [["", "[DONE]"]] },
    {
      name: "wide characters",
      text: "data: žluťoučký 🐎\u{2028}x\n\n",
      pieces: [["", "žluťoučký 🐎\u{2028}x"]],
    },
  ];

test.each(READ)("$name is read the same wherever it is cut", ({ text, pieces }) => {
  const bytes = encode(text);
  const whole = split(bytes, []);
  expect(whole.map(({ name, data }) => [name, data])).toEqual(pieces);
  expect(whole.map((piece) => decode(piece.bytes)).join("")).toBe(text);
  for (let cut = 0; cut <= bytes.length; cut += 1) expect(shown(split(bytes, [cut]))).toEqual(shown(whole));
  expect(shown(split(bytes, [...bytes.keys()]))).toEqual(shown(whole));
});

test("the bytes of the pieces are the bytes that were pushed, at any cuts", () => {
  const line = fc.oneof(
    fc.constantFrom("data: x", "data:", "data", ": note", "event: a", "id: 1", "retry: 5", ""),
    fc.string({ unit: "grapheme" }).map((text) => `data: ${text.replaceAll(/[\r\n]/g, "")}`),
  );
  const stream = fc
    .array(fc.tuple(line, fc.constantFrom("\n", "\r", "\r\n")))
    .map((lines) => encode(lines.flat().join("")));
  fc.assert(
    fc.property(stream, fc.array(fc.nat(200), { maxLength: 20 }), (bytes, raw) => {
      const cuts = raw.filter((cut) => cut <= bytes.length).toSorted((a, b) => a - b);
      const whole = split(bytes, [], 100_000);
      const cutUp = split(bytes, cuts, 100_000);
      expect(Buffer.concat(cutUp.map((piece) => piece.bytes)).equals(Buffer.from(bytes))).toBe(true);
      expect(shown(cutUp)).toEqual(shown(whole));
    }),
  );
});

test.each([
  ["half a character", Uint8Array.of(0x64, 0x61, 0x74, 0x61, 0x3a, 0xc5, 0x0a, 0x0a), "is not UTF-8"],
  ["an unknown field", encode("date: x\n\n"), '"date"'],
  ["a field behind a space", encode(" data: x\n\n"), '" data"'],
  ["a field in capitals", encode("Data: x\n\n"), '"Data"'],
  ["a byte order mark further on", encode("data: x\n\n\u{feff}data: y\n\n"), "no field of an event"],
  ["two byte order marks", encode("\u{feff}\u{feff}data: y\n\n"), "no field of an event"],
])("%s is refused", (_name, bytes, words) => {
  for (const cuts of [[], [6], [...bytes.keys()]])
    expect(() => split(bytes, cuts)).toThrow(expect.objectContaining({ code: "answer_malformed" }));
  expect(() => split(bytes, [])).toThrow(words);
});

test("an event above the maximum is given up, in one piece or in many", () => {
  const large = expect.objectContaining({ code: "answer_too_large" });
  expect(() => split(encode(`data: ${"x".repeat(100)}\n\n`), [], 50)).toThrow(large);
  const dripping = createSseSplitter(50);
  expect(() => {
    for (let n = 0; n < 60; n += 1) dripping.push(encode("x"));
  }).toThrow(large);
  expect(split(encode("data: x\n\n".repeat(100)), [3, 200], 50)).toHaveLength(100);
});
