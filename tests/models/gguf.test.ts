import fc from "fast-check";
import { expect, test } from "vitest";
import { sha256 } from "#base";
import { bytesIn, readGguf } from "#models";
import { countingOn } from "./counting.ts";
import * as w from "./gguf-writer.ts";

const readOf = (recipe: w.GgufRecipe) => {
  const read = readGguf(bytesIn(w.writeGguf(recipe)));
  if (!read.ok) throw new Error(`${read.malformed.what} at ${read.malformed.at}`);
  return read;
};
const rulesOf = (recipe: w.GgufRecipe): readonly string[] => readOf(recipe).oddities.map(({ rule }) => rule);
const whyOf = (bytes: Uint8Array): string => {
  const read = readGguf(bytesIn(bytes));
  return read.ok ? "read" : read.malformed.what;
};
const matrix = (name: string, more: Partial<w.WrittenTensor> = {}): w.WrittenTensor => ({
  name,
  dimensions: [32],
  type: 0,
  bytes: 128,
  ...more,
});
const withTensors = (...tensors: w.WrittenTensor[]): w.GgufRecipe => ({ ...w.SMALL, tensors });
const withKey = (key: string, value: w.GgufWritten): w.GgufRecipe => ({
  ...w.SMALL,
  keys: [...(w.SMALL.keys ?? []), [key, value]],
});

test.each([
  ["version 1", { version: 1 }],
  ["version 2", { version: 2 }],
  ["version 3", {}],
  ["version 3 of a machine with the highest byte first", { bigEndian: true }],
])("%s reads to the same facts, with nothing odd", (_, how) => {
  const { facts, oddities } = readOf({ ...w.SMALL, ...how });
  expect(oddities).toEqual([]);
  expect(facts.metadata.get("llama.context_length")).toBe(4096);
  expect(facts.metadata.get("tokenizer.ggml.tokens")).toEqual({
    of: "string",
    length: 3,
    digest: `sha256:${sha256("\u0001\0\0\0\0\0\0\0a\u0001\0\0\0\0\0\0\0b\u0002\0\0\0\0\0\0\0ab").toString("hex")}`,
    items: ["a", "b", "ab"],
  });
  expect(facts.metadata.get("tokenizer.ggml.scores")).toMatchObject({ of: "f32", items: [0, -1, -2] });
  expect(
    facts.tensors.map(({ name, elements, type, extent }) => [name, elements, type, extent?.bytes]),
  ).toEqual([
    ["token_embd.weight", 96, "Q8_0", 102],
    ["blk.0.attn_norm.weight", 32, "F32", 128],
  ]);
});

test("all thirteen types of values are read, in both orders of bytes", () => {
  const keys: w.GgufRecipe["keys"] = [
    ["a.u8", w.u8(200)],
    ["a.i8", w.i8(-2)],
    ["a.u16", w.u16(60_000)],
    ["a.i16", w.i16(-300)],
    ["a.u32", w.u32(4_000_000_000)],
    ["a.i32", w.i32(-70_000)],
    ["a.f32", w.f32(0.5)],
    ["a.bool", w.bool(1)],
    ["a.text", w.text("grüß")],
    ["a.list", w.list(2, [w.u16(1), w.u16(258)])],
    ["a.u64", w.u64(2n ** 63n)],
    ["a.i64", w.i64(-5n)],
    ["a.f64", w.f64(0.1)],
  ];
  for (const bigEndian of [false, true]) {
    const { metadata } = readOf({ keys, bigEndian }).facts;
    expect(
      [...metadata.values()].map((value) =>
        typeof value === "object" ? "items" in value && value.items : value,
      ),
    ).toEqual([
      200,
      -2,
      60_000,
      -300,
      4_000_000_000,
      -70_000,
      0.5,
      true,
      "grüß",
      [1, 258],
      2n ** 63n,
      -5n,
      0.1,
    ]);
  }
});

test.each([
  ["a tensor that ends past the file", withTensors(matrix("a", { dimensions: [64] })), "gguf-extent"],
  ["an offset past the file", withTensors(matrix("a", { offset: 2n ** 63n })), "gguf-extent"],
  ["a tensor of exbibytes", withTensors(matrix("a", { dimensions: [2n ** 52n] })), "gguf-extent"],
  ["an offset between two places", withTensors(matrix("a", { offset: 4n }), matrix("b")), "gguf-offset"],
  ["two tensors over each other", withTensors(matrix("a"), matrix("b", { offset: 0n })), "gguf-overlap"],
  ["a gap", withTensors(matrix("a"), matrix("b", { bytes: 512, offset: 512n })), "gguf-gap"],
  ["bytes after the last tensor", { ...w.SMALL, trailing: Buffer.from("PK\u0003\u0004") }, "gguf-trailing"],
  ["a type that was removed", withTensors(matrix("a", { type: 31 })), "gguf-type"],
  ["a type that never was", withTensors(matrix("a", { type: 4_000 })), "gguf-type"],
  ["a row that is no whole block", withTensors(matrix("a", { type: 8, dimensions: [33] })), "gguf-block"],
  ["two tensors of one name", withTensors(matrix("a"), matrix("a")), "gguf-tensor-twice"],
  ["a tensor's long name", withTensors(matrix("n".repeat(65))), "gguf-name"],
  ["a key that comes twice", withKey("general.name", w.text("Other")), "gguf-key-twice"],
  ["a key with spaces", withKey("General Name", w.u8(1)), "gguf-key"],
  ["a key that isn't ASCII", withKey("general.n\u0430me", w.u8(1)), "gguf-key"],
  ["an alignment of 0", withKey("general.alignment", w.u32(0)), "gguf-alignment"],
  ["an alignment of 3", withKey("general.alignment", w.u32(3)), "gguf-alignment"],
  ["an alignment of 2^31", withKey("general.alignment", w.u32(2 ** 31)), "gguf-alignment"],
  ["an alignment that is a text", withKey("general.alignment", w.text("32")), "gguf-alignment"],
  ["a truth value of 2", withKey("a.b", w.bool(2)), "gguf-bool"],
  ["a text that isn't UTF-8", withKey("a.b", w.text(Uint8Array.from([0xff, 0xfe]))), "gguf-text"],
  ["a list of lists", withKey("a.b", w.list(9, [w.list(0, [w.u8(1)])])), "gguf-nested-list"],
  ["no architecture", { keys: [["general.name", w.text("x")]] }, "gguf-required"],
  ["a part that is beyond the last", withKey("split.no", w.u16(3)), "gguf-split"],
] satisfies [string, w.GgufRecipe, string][])("%s is odd", (_, recipe, rule) => {
  expect(rulesOf(recipe)).toContain(rule);
});

const depth = (n: number): w.GgufWritten => w.list(n === 0 ? 0 : 9, n === 0 ? [w.u8(1)] : [depth(n - 1)]);

test.each([
  ["no magic", Buffer.from("GGML\u0003\0\0\0"), "does not start with GGUF"],
  ["two bytes", Buffer.from("GG"), "goes on past the end"],
  ["nothing", Buffer.alloc(0), "goes on past the end"],
  ["version 4", w.writeGguf({ version: 4 }), "version 4"],
  ["2^60 tensors", w.writeGguf({ tensorCount: 2n ** 60n }), "the number of tensors is 1152921504606846976"],
  ["2^60 keys", w.writeGguf({ keyCount: 2n ** 60n }), "the number of keys is 1152921504606846976"],
  [
    "a text of 2^63 bytes",
    w.writeGguf(withKey("a.b", w.text("x", 2n ** 63n))),
    'the length of "a.b" is 9223372036854775808',
  ],
  ["a list of 2^60", w.writeGguf(withKey("a.b", w.list(0, [], 2n ** 60n))), 'the length of the list "a.b"'],
  ["lists in lists in lists", w.writeGguf(withKey("a.b", depth(6))), "nest deeper than 4"],
  [
    "a type of value that is none",
    w.writeGguf(withKey("a.b", { type: 13, put: () => undefined })),
    "has type 13",
  ],
  ["five dimensions", w.writeGguf(withTensors(matrix("a", { dimensions: [1, 1, 1, 1, 1] }))), "5 dimensions"],
  ["2^60 elements", w.writeGguf(withTensors(matrix("a", { dimensions: [2n ** 30n, 2n ** 30n] }))), "claims"],
  ["a key of 70 kB", w.writeGguf(withKey("a".repeat(70_000), w.u8(1))), "the length of a key is 70000"],
])("%s is malformed at once", (_, bytes, why) => {
  const { source, asked } = countingOn(bytes);
  const read = readGguf(source);
  expect(read.ok ? "read" : read.malformed.what).toContain(why);
  expect(asked()).toBeLessThanOrEqual(2 * 65_536 + bytes.length);
});

test("names from the file stand escaped and cut in what is said", () => {
  const { oddities } = readOf(withKey(`\u001b[31m\u202e${"x".repeat(500)}`, w.u8(1)));
  expect(oddities[0]?.what).toMatch(/^[\x20-\x7e]{1,200}$/);
});

test("a list of a hundred thousand tokens is digested and not kept; a long text too, a chat template is kept", () => {
  const tokens = Array.from({ length: 100_000 }, (_, n) => `token${n}`);
  const template = "x".repeat(500_000);
  const keys: w.GgufRecipe["keys"] = [
    ["tokenizer.ggml.tokens", w.texts(tokens)],
    ["general.description", w.text(template)],
    ["tokenizer.chat_template", w.text(template)],
    ["tokenizer.chat_template.tool_use", w.text("y".repeat(1_048_577))],
  ];
  const { metadata } = readOf({ keys }).facts;
  expect(metadata.get("tokenizer.ggml.tokens")).toMatchObject({ length: 100_000, items: null });
  expect(metadata.get("general.description")).toEqual({
    of: "text",
    length: 500_000,
    digest: `sha256:${sha256(template).toString("hex")}`,
  });
  expect(metadata.get("tokenizer.chat_template")).toBe(template);
  expect(metadata.get("tokenizer.chat_template.tool_use")).toMatchObject({ of: "text", length: 1_048_577 });
});

test("a part of a split model says which it is", () => {
  const keys = [...(w.SMALL.keys ?? [])];
  const parts: [string, w.GgufWritten][] = [
    ["split.no", w.u16(1)],
    ["split.count", w.u16(3)],
    ["split.tensors.count", w.i32(20)],
  ];
  expect(readOf({ ...w.SMALL, keys: [...keys, ...parts] }).facts.split).toEqual({
    no: 1,
    count: 3,
    tensors: 20,
  });
});

test("a later part of a split model has no keys but those of the split, and nothing is missing", () => {
  const keys: w.GgufRecipe["keys"] = [
    ["split.no", w.u16(1)],
    ["split.count", w.u16(2)],
  ];
  expect(rulesOf({ ...w.SMALL, keys })).toEqual([]);
});

test("no tensor's data is read, whatever its size", () => {
  const big = w.writeGguf(withTensors(matrix("a", { dimensions: [4_000_000], bytes: 16_000_000 })));
  const { source, asked } = countingOn(big);
  expect(readGguf(source).ok).toBe(true);
  expect(asked()).toBeLessThan(150_000);
});

test("of many oddities the first are listed and the others counted", () => {
  const tensors = Array.from({ length: 300 }, () => matrix("a", { bytes: 128, type: 99 }));
  const rules = rulesOf(withTensors(...tensors));
  expect([rules.length, rules.at(-1)]).toEqual([201, "oddities-cut"]);
});

test("whatever the bytes, the reader answers and reads nothing outside of them", () => {
  const start = fc.constantFrom(
    Buffer.from("GGUF\u0003\0\0\0"),
    Buffer.from("GGUF\0\0\0\u0003"),
    Buffer.from("GGUF\u0001\0\0\0"),
  );
  fc.assert(
    fc.property(start, fc.uint8Array({ maxLength: 2_000 }), (head, rest) => {
      const { source, isInside } = countingOn(Buffer.concat([head, rest]));
      readGguf(source);
      expect(isInside()).toBe(true);
    }),
  );
});

test("whatever is changed in a sound file, the reader answers, and every extent it gives lies inside", () => {
  const change = fc.tuple(fc.nat(), fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.constantFrom(1, 2, 4, 8));
  const changes = fc.array(change, { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(changes, fc.nat(), fc.boolean(), fc.boolean(), (all, cut, isCut, bigEndian) => {
      const bytes = w.writeGguf({ ...w.SMALL, bigEndian });
      for (const [place, value, length] of all) {
        const at = place % bytes.length;
        bytes.fill(value, at, Math.min(at + length, bytes.length));
      }
      const { source, isInside, asked } = countingOn(isCut ? bytes.subarray(0, cut % bytes.length) : bytes);
      const read = readGguf(source);
      expect(isInside()).toBe(true);
      expect(asked()).toBeLessThanOrEqual(4 * bytes.length);
      const extents = read.ok ? read.facts.tensors.flatMap(({ extent }) => extent ?? []) : [];
      expect(extents.every(({ at, bytes: size }) => at >= 0 && size >= 0 && at + size <= source.size)).toBe(
        true,
      );
    }),
    { numRuns: 1_000 },
  );
});

test("a source that ends before it said is malformed", () => {
  const whole = w.writeGguf(w.SMALL);
  expect(whyOf(whole.subarray(0, 100))).toContain("past the end");
  const shrunk = { size: whole.length, read: (): Uint8Array => whole.subarray(0, 3) };
  expect(readGguf(shrunk)).toMatchObject({ ok: false });
});
