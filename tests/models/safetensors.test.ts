import fc from "fast-check";
import { expect, test } from "vitest";
import { bytesIn, readSafetensors, readShardIndex } from "#models";
import { countingOn } from "./counting.ts";
import {
  SMALL_SAFETENSORS,
  type SafetensorsRecipe,
  writeSafetensors,
  type WrittenSafeTensor,
} from "./safetensors-writer.ts";

const tensor = (name: string, more: Partial<WrittenSafeTensor> = {}): WrittenSafeTensor => ({
  name,
  dtype: "F32",
  shape: [4],
  bytes: 16,
  ...more,
});
const readOf = (recipe: SafetensorsRecipe) => {
  const read = readSafetensors(bytesIn(writeSafetensors(recipe)));
  if (!read.ok) throw new Error(read.malformed.what);
  return read;
};

test("a sound file: its tensors, where they lie, its metadata, nothing odd", () => {
  const { tensors, metadata, oddities, dataAt } = readOf(SMALL_SAFETENSORS);
  expect([metadata, oddities]).toEqual([{ format: "pt" }, []]);
  expect(tensors.map(({ name, elements, extent }) => [name, elements, extent])).toEqual([
    ["model.embed_tokens.weight", 32, { at: dataAt, bytes: 64 }],
    ["model.norm.weight", 8, { at: dataAt + 64, bytes: 32 }],
  ]);
});

test.each([
  ["a hole", [tensor("a"), tensor("b", { offsets: [20, 36], bytes: 20 })], "safetensors-gap"],
  ["a hole before the first", [tensor("a", { offsets: [4, 20], bytes: 20 })], "safetensors-gap"],
  ["two over each other", [tensor("a"), tensor("b", { offsets: [8, 24], bytes: 8 })], "safetensors-overlap"],
  ["an end past the file", [tensor("a", { offsets: [0, 2 ** 40] })], "safetensors-extent"],
  ["a shape that is not its extent", [tensor("a", { shape: [5] })], "safetensors-shape"],
  ["half a byte", [tensor("a", { dtype: "F4", shape: [3], bytes: 1 })], "safetensors-shape"],
  ["a type that is none", [tensor("a", { dtype: "F33" })], "safetensors-dtype"],
])("%s is odd", (_, tensors, rule) => {
  expect(readOf({ tensors }).oddities.map((oddity) => oddity.rule)).toContain(rule);
});

const entry = '{"dtype":"F32","shape":[4],"data_offsets":[0,16]}';

const rulesOf = (recipe: SafetensorsRecipe): readonly string[] =>
  readOf(recipe).oddities.map(({ rule }) => rule);

test("bytes after the last tensor, names that come twice and metadata that is no text are odd", () => {
  expect(rulesOf({ tensors: [tensor("a")], trailing: Buffer.from("MZ") })).toEqual(["safetensors-trailing"]);
  expect(rulesOf({ header: `{"a":${entry},"a":${entry}}`, trailing: Buffer.alloc(16) })).toEqual([
    "safetensors-name-twice",
  ]);
  expect(rulesOf({ tensors: [tensor("a")], metadata: { format: { a: 1 } } })).toEqual([
    "safetensors-metadata",
  ]);
});

test.each([
  ["2^60 bytes of header", { headerLength: 2n ** 60n }, "the length of the header is 1152921504606846976"],
  ["a header of 100 MB and a byte", { headerLength: 100_000_001n }, "of 100000000 at most"],
  ["a header past the end", { headerLength: 5_000n }, "goes on past the end"],
  ["an array", { header: "[]" }, "does not start with {"],
  ["space before the header", { header: " {}" }, "does not start with {"],
  ["an entry that is a number", { header: '{"a":1}' }, "is not a type, a shape"],
  ["offsets out of order", { header: '{"a":{"dtype":"F32","shape":[],"data_offsets":[4,0]}}' }, "in order"],
  [
    "a shape below zero",
    { header: '{"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}' },
    "is not a type",
  ],
  [
    "an entry with a field of its own",
    { header: '{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"x":1}}' },
    "is not a type",
  ],
  [
    "too many elements",
    { header: '{"a":{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}}' },
    "too many",
  ],
  ["JSON that nests too deep", { header: `{"a":${"[".repeat(100)}` }, "nests deeper than 64"],
  ["JSON that isn't UTF-8", { header: "{}", headerLength: 3n, trailing: Uint8Array.from([255]) }, "UTF-8"],
  ["JSON cut short", { header: '{"a":' }, "expected a value"],
] satisfies [string, SafetensorsRecipe, string][])("%s is malformed", (_, recipe, why) => {
  const read = readSafetensors(bytesIn(writeSafetensors(recipe)));
  expect(read.ok ? "read" : read.malformed.what).toContain(why);
});

test("a claim of a long header takes no memory: nothing but its length is read", () => {
  const { source, asked } = countingOn(writeSafetensors({ headerLength: 90_000_000n }));
  expect(readSafetensors(source).ok).toBe(false);
  expect(asked()).toBeLessThan(100);
});

test("a header of more names than any model has is malformed before they are all read", () => {
  const names = Array.from({ length: 600_001 }, (_, n) => `"${n}":0`);
  const read = readSafetensors(bytesIn(writeSafetensors({ header: `{${names.join(",")}}` })));
  expect(read.ok ? "read" : read.malformed.what).toContain("more than 600000 names");
});

test("no name of a header reaches a prototype", () => {
  const { tensors } = readOf({ header: `{"__proto__":${entry}}`, trailing: Buffer.alloc(16) });
  expect(tensors.map(({ name }) => name)).toEqual(["__proto__"]);
});

test("whatever is changed in a sound file, the reader answers and stays inside", () => {
  const changes = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(changes, (all) => {
      const bytes = writeSafetensors(SMALL_SAFETENSORS);
      for (const [place, value] of all) bytes[place % bytes.length] = value;
      const { source, isInside } = countingOn(bytes);
      const read = readSafetensors(source);
      const extents = read.ok ? read.tensors.flatMap(({ extent }) => extent ?? []) : [];
      expect(isInside() && extents.every(({ at, bytes: size }) => at + size <= source.size)).toBe(true);
    }),
    { numRuns: 1_000 },
  );
});

test("JSON is read as the engine reads it, wherever it has one reading", () => {
  const json = fc.jsonValue({ maxDepth: 4 });
  fc.assert(
    fc.property(json, (value) => {
      const index = Buffer.from(
        JSON.stringify({ weight_map: { a: "b" }, metadata: { total_size: 1 }, value }),
      );
      const read = readShardIndex(index);
      expect(read).toMatchObject({ ok: true, shards: ["b"], totalBytes: 1 });
    }),
  );
});

const index = (map: unknown): Uint8Array =>
  Buffer.from(JSON.stringify({ metadata: { total_size: 9 }, weight_map: map }));

test("an index names its shards, each once", () => {
  const read = readShardIndex(
    index({
      a: "model-00001-of-00002.safetensors",
      b: "model-00002-of-00002.safetensors",
      c: "model-00001-of-00002.safetensors",
    }),
  );
  expect(read).toMatchObject({
    shards: ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"],
    totalBytes: 9,
    oddities: [],
  });
});

test.each([
  "../secrets",
  "/etc/passwd",
  "a/b.safetensors",
  "..",
  ".",
  "",
  "C:x",
  "a\\b",
  "a\u0000b",
  "x".repeat(300),
  7,
])("an index that points to %j is refused", (shard) => {
  const read = readShardIndex(index({ a: shard }));
  expect(read.ok ? "read" : read.malformed.what).toContain("which is no name of a file beside it");
});
