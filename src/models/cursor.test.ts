import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesIn, partOf } from "./bytes.ts";
import { cursorOn } from "./cursor.ts";

const counted = (source: ReturnType<typeof bytesIn>) => {
  let reads = 0;
  const read = (at: number, length: number): Uint8Array => {
    reads += 1;
    return source.read(at, length);
  };
  return { source: { size: source.size, read }, reads: () => reads };
};

test("numbers are read in both orders of bytes", () => {
  const bytes = Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]);
  const [little, big] = [cursorOn(bytesIn(bytes)), cursorOn(bytesIn(bytes), 0, false)];
  expect([little.u16(), little.u32(), little.at(), little.left()]).toEqual([0x0201, 0x06050403, 6, 2]);
  expect([big.u8(), big.u16(), cursorOn(bytesIn(bytes), 0, false).u64()]).toEqual([
    1,
    0x0203,
    0x0102030405060708n,
  ]);
});

test("many small values are read in few reads", () => {
  const { source, reads } = counted(bytesIn(new Uint8Array(200_000)));
  const cursor = cursorOn(source);
  for (let n = 0; n < 50_000; n += 1) cursor.u32();
  expect([cursor.left(), reads()]).toEqual([0, 4]);
});

test.each([
  ["a number", (cursor: ReturnType<typeof cursorOn>) => cursor.u32()],
  ["bytes", (cursor: ReturnType<typeof cursorOn>) => cursor.take(4, "the name")],
  ["a skip", (cursor: ReturnType<typeof cursorOn>) => cursor.skip(4, "the name")],
  ["bytes of a length that is none", (cursor: ReturnType<typeof cursorOn>) => cursor.take(-1, "the name")],
  ["a skip of no whole length", (cursor: ReturnType<typeof cursorOn>) => cursor.skip(0.5, "the name")],
])("%s past the end is malformed, with where", (_, act) => {
  const cursor = cursorOn(bytesIn(new Uint8Array(5)));
  cursor.skip(2, "a start");
  expect(() => act(cursor)).toThrow("goes on past the end (at byte 2)");
});

test("a count above what is allowed is malformed before anything of it is read", () => {
  const bytes = new Uint8Array(8).fill(255);
  expect(() => cursorOn(bytesIn(bytes)).count("the number of tensors", 100)).toThrow(
    "the number of tensors is 18446744073709551615, of 100 at most (at byte 0)",
  );
});

test("no more is taken at once than one read may ask for", () => {
  const endless = { size: 2 ** 40, read: (): Uint8Array => new Uint8Array(0) };
  expect(() => cursorOn(endless).take(2 ** 30, "a string")).toThrow("of 16777216 at most");
});

test("a source that gives less than it promised is malformed, not read as zeros", () => {
  const shrunk = { size: 100, read: (): Uint8Array => new Uint8Array(3) };
  expect(() => cursorOn(shrunk).u32()).toThrow("goes on past the end");
});

test("a part never shows what lies outside of it", () => {
  const place = fc.integer({ min: -50, max: 400 });
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), place, place, (bytes, from, size) => {
      const part = partOf(bytesIn(bytes), from, size);
      const start = Math.min(Math.max(from, 0), bytes.length);
      const inside = bytes.slice(start, Math.min(bytes.length, start + Math.max(0, size)));
      expect([part.size, ...part.read(0, 1000)]).toEqual([inside.length, ...inside]);
      expect(part.read(inside.length, 10)).toHaveLength(0);
    }),
  );
});
