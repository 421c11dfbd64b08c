import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from "node:zlib";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Fault } from "#base";
import { decodeBody } from "./decode.ts";

const MIB = 1_048_576;
const PACKERS: [string, (bytes: Uint8Array) => Uint8Array][] = [
  ["gzip", gzipSync],
  ["x-gzip", gzipSync],
  ["deflate", deflateSync],
  ["deflate", deflateRawSync],
  ["br", brotliCompressSync],
  ["zstd", zstdCompressSync],
];

const code = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => "none",
    (cause: unknown) => (cause instanceof Fault ? cause.code : String(cause)),
  );

test.each(PACKERS)("%s comes back as it was", async (coding, pack) => {
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 2_000 }), async (bytes) => {
      const plain = await decodeBody(pack(bytes), coding, MIB);
      expect(Buffer.from(plain ?? [])).toEqual(Buffer.from(bytes));
    }),
    { numRuns: 20 },
  );
});

test.each(PACKERS)("a bomb of %s is not unpacked", async (coding, pack) => {
  const bomb = pack(Buffer.alloc(40 * MIB));
  expect(await code(decodeBody(bomb, coding, 8 * MIB))).toBe("encoding_bomb");
  // Also where the size alone would do: out of all proportion.
  expect(await code(decodeBody(bomb, coding, 100 * MIB))).toBe("encoding_bomb");
});

test("a bomb in two layers is bounded by what came", async () => {
  const bomb = gzipSync(gzipSync(Buffer.alloc(60 * MIB)));
  expect(await code(decodeBody(bomb, "gzip, gzip", 100 * MIB))).toBe("encoding_bomb");
});

test.each(PACKERS)("%s that is cut, damaged or followed by more is refused", async (coding, pack) => {
  const packed = Buffer.from(pack(Buffer.from("hello, hello, hello, and again hello")));
  expect(await code(decodeBody(packed.subarray(0, -4), coding, MIB))).toBe("encoding_broken");
  const more = Buffer.concat([packed, Buffer.from("and more")]);
  expect(await code(decodeBody(more, coding, MIB))).toBe("encoding_broken");
});

test.each(["compress", "gzip, aes128gcm", "gzip, gzip, gzip"])("%s is not known", async (coding) => {
  expect(await decodeBody(Buffer.from("x"), coding, MIB)).toBeNull();
});

test.each(["", "identity", "Identity"])("%j is as it is", async (coding) => {
  expect(await decodeBody(Buffer.from("x"), coding, MIB)).toEqual(Buffer.from("x"));
});
