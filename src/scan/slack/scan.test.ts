import { Buffer } from "node:buffer";
import { describe, expect, test } from "vitest";
import { type ByteSource, bytesIn } from "#models";
import { scanSlack } from "./scan.ts";

const text = (value: string): Buffer => Buffer.from(value, "latin1");
const u32 = (value: number): Buffer =>
  Buffer.from([value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24]);

/** Headers as far as they are looked at: System V ABI, PE format, mach-o/loader.h, APPNOTE 4.3.7. */
const ELF = Buffer.concat([
  text("\u007FELF\u0002\u0001\u0001"),
  Buffer.alloc(9),
  Buffer.from([2, 0, 62, 0, 1, 0, 0, 0]),
  Buffer.alloc(40),
]);
const PE = Buffer.concat([
  text("MZ"),
  Buffer.alloc(58),
  u32(64),
  text("PE\0\0"),
  Buffer.from([0x64, 0x86]),
  Buffer.alloc(20),
]);
const MACHO = Buffer.concat([
  text("\u00CF\u00FA\u00ED\u00FE"),
  u32(0x01_00_00_0c),
  u32(0),
  u32(2),
  u32(3),
  Buffer.alloc(12),
]);
const ZIP = Buffer.concat([
  text("PK\u0003\u0004\u0014\u0000\u0000\u0000\u0008\u0000"),
  Buffer.alloc(16),
  Buffer.from([5, 0, 0, 0]),
  text("a.txt"),
]);

/** A safetensors file with one tensor of bytes at `at` of its data (huggingface/safetensors, Format). */
function safetensors(data: Buffer, at: number, bytes: number): Buffer {
  const header = text(JSON.stringify({ w: { dtype: "U8", shape: [bytes], data_offsets: [at, at + bytes] } }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, data]);
}
const found = (bytes: Buffer): string[] =>
  scanSlack(bytesIn(bytes), ["m"]).map(({ rule, verdict }) => `${rule} ${verdict}`);
const weights = Buffer.from(Array.from({ length: 4096 }, (_, n) => (n * 97 + (n >> 3)) & 255));

test("weights that fill their file have nothing to find", () => {
  expect(found(safetensors(weights, 0, weights.length))).toEqual([]);
});

describe("a program", () => {
  test.each([
    ["ELF", ELF],
    ["PE", PE],
    ["Mach-O", MACHO],
  ])("%s: before, behind and in place of weights", (_, program) => {
    const before = safetensors(Buffer.concat([program, weights]), program.length, weights.length);
    const behind = safetensors(Buffer.concat([weights, Buffer.alloc(100), program]), 0, weights.length);
    const instead = safetensors(program, 0, program.length);
    const midst = safetensors(
      Buffer.concat([weights, program, weights]),
      0,
      2 * weights.length + program.length,
    );
    for (const bytes of [before, behind, instead, midst])
      expect([...new Set(found(bytes))]).toEqual(["slack-program malicious"]);
  });

  test("its letters alone are none: weights may be any bytes", () => {
    const bytes = Buffer.concat([
      text("\u007FELF"),
      weights,
      text("MZ"),
      weights,
      text("\u00CF\u00FA\u00ED\u00FE"),
    ]);
    expect(found(safetensors(bytes, 0, bytes.length))).toEqual([]);
  });
});

test("an archive is told where nothing belongs, and is weights where they are", () => {
  const behind = safetensors(Buffer.concat([weights, ZIP]), 0, weights.length);
  const inside = safetensors(Buffer.concat([weights, ZIP]), 0, weights.length + ZIP.length);
  expect([found(behind), found(inside)]).toEqual([["slack-archive suspicious"], []]);
});

test("a program over the border of two windows is found", () => {
  const bytes = Buffer.alloc(2 * 1_048_576);
  const at = 1_048_576 - 10;
  const file = safetensors(bytes, 0, bytes.length);
  ELF.copy(file, at);
  expect(found(file)).toEqual(["slack-program malicious"]);
});

test("what is no file of weights is searched all the same, and an empty one is answered for", () => {
  expect([found(Buffer.concat([weights, ELF])), found(Buffer.alloc(0)), found(text("MZ"))]).toEqual([
    ["slack-program malicious"],
    [],
    [],
  ]);
});

test("of a file too large to be searched whole, the start of each tensor is looked at, and what belongs to none", () => {
  const head = safetensors(Buffer.alloc(0), 0, 300 * 1_048_576);
  const size = head.length + 300 * 1_048_576 + 4096;
  const large = (program: number): ByteSource => ({
    size,
    read: (at, length) => {
      const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - at)));
      if (at < head.length) head.copy(bytes, 0, at);
      if (at <= program && program < at + bytes.length) ELF.copy(bytes, program - at);
      return bytes;
    },
  });
  const rules = [head.length, size - 100, head.length + 1_000_000].map((at) =>
    scanSlack(large(at), ["m"]).map(({ rule }) => rule),
  );
  expect(rules).toEqual([["slack-program"], ["slack-program"], []]);
});
