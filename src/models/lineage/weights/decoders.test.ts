import { expect, test } from "vitest";
import { DECODERS } from "./decoders.table.ts";
import { fromBf16, fromE4m3, fromE5m2, fromF16, toBf16, toF16 } from "./floats.ts";
import * as fc from "fast-check";

/**
 * Blocks of arbitrary bytes and some of the numbers in them, as `dequantize_row_*` of src/ggml-quants.c in ggml-org/ggml d99724f2
 * (2026-08-21) gave them when it was compiled and run once for this table.
 */
const BLOCKS: readonly (readonly [
  type: string,
  bytes: string,
  numbers: readonly (readonly [number, number])[],
])[] = [
  [
    "Q4_0",
    "34258f65c1156966de6b95d7fca21c9d65c5",
    [
      [0, 0.142272949],
      [7, 0.0609741211],
      [13, 0.101623535],
      [19, -0.142272949],
      [31, 0.0812988281],
    ],
  ],
  [
    "Q4_1",
    "34253525c1156966de6b95d7fca21c9d65c567fb",
    [
      [0, 0.0406646729],
      [7, 0.162612915],
      [13, 0.121963501],
      [19, 0.142288208],
      [31, 0.325210571],
    ],
  ],
  [
    "Q5_0",
    "34258f65c1156966de6b95d7fca21c9d65c567fbf7fb",
    [
      [0, 0.182922363],
      [7, 0.0406494141],
      [13, 0.223571777],
      [19, -0.20324707],
      [31, -0.020324707],
    ],
  ],
  [
    "Q5_1",
    "34253525c1156966de6b95d7fca21c9d65c567fbf7fb3137",
    [
      [0, 0.630081177],
      [7, 0.60975647],
      [13, 0.243911743],
      [19, 0.60975647],
      [31, 0.0813140869],
    ],
  ],
  [
    "Q8_0",
    "34258f65c1156966de6b95d7fca21c9d65c567fbf7fb313781b55a2c5881e189f475",
    [
      [0, -2.29669189],
      [7, 2.17474365],
      [13, -2.012146],
      [19, -0.101623535],
      [31, 2.37799072],
    ],
  ],
  [
    "IQ4_NL",
    "34258f65c1156966de6b95d7fca21c9d65c5",
    [
      [0, 2.29669189],
      [7, 0.772338867],
      [13, 1.40240479],
      [19, -2.11376953],
      [31, 1.07720947],
    ],
  ],
  [
    "MXFP4",
    "527e8f65c1156966de6b95d7fca21c9d65",
    [
      [0, -1.13686838e-13],
      [7, -1.13686838e-13],
      [13, -5.68434189e-14],
      [19, -5.68434189e-14],
      [31, 1.13686838e-13],
    ],
  ],
  [
    "Q2_K",
    "527e8f65c1156966de6b95d7fca21c9d65c567fbf7fb313781b55a2c5881e189f47555f09279652a1bc9761ce0776342e6d9c3ccc41767aa6550e6271c0766d7e6cf00fac9635f9ca3ae8b18e35ef9b634253525",
    [
      [0, -0.061050415],
      [15, -0.061050415],
      [37, 0.447021484],
      [70, -0.183105469],
      [97, 0.426727295],
      [131, -0.264419556],
      [166, -0.0814361572],
      [200, 0.182693481],
      [255, 0.34538269],
    ],
  ],
  [
    "Q3_K",
    "527e8f65c1156966de6b95d7fca21c9d65c567fbf7fb313781b55a2c5881e189f47555f09279652a1bc9761ce0776342e6d9c3ccc41767aa6550e6271c0766d7e6cf00fac9635f9ca3ae8b18e35ef9b6f9124898793e482c3a4d40d5eea6887d0792d848d530019d3cf4ea2e3425",
    [
      [0, 2.0324707],
      [15, -1.01623535],
      [37, -0.325195312],
      [70, -0.853637695],
      [97, 0.020324707],
      [131, -0.650390625],
      [166, 0.792663574],
      [200, -0.772338867],
      [255, -0.467468262],
    ],
  ],
  [
    "Q4_K",
    "34253525c1156966de6b95d7fca21c9d65c567fbf7fb313781b55a2c5881e189f47555f09279652a1bc9761ce0776342e6d9c3ccc41767aa6550e6271c0766d7e6cf00fac9635f9ca3ae8b18e35ef9b6f9124898793e482c3a4d40d5eea6887d0792d848d530019d3cf4ea2e6b58eac76fbefdfe99b66018fb1183b08989740099d926d3ca913c7f940c2f73073b0533",
    [
      [0, -0.508575439],
      [15, -0.427276611],
      [37, 5.52766418],
      [70, 5.40605164],
      [97, 9.57258606],
      [131, 8.47444153],
      [166, -0.366241455],
      [200, 5.58879089],
      [255, 0.60887146],
    ],
  ],
  [
    "Q5_K",
    "34253525c1156966de6b95d7fca21c9d65c567fbf7fb313781b55a2c5881e189f47555f09279652a1bc9761ce0776342e6d9c3ccc41767aa6550e6271c0766d7e6cf00fac9635f9ca3ae8b18e35ef9b6f9124898793e482c3a4d40d5eea6887d0792d848d530019d3cf4ea2e6b58eac76fbefdfe99b66018fb1183b08989740099d926d3ca913c7f940c2f73073b05337f43f1d1491a823a85964be9cbb01bdb45d23bc8608c43093afa7ab268b2dfb1",
    [
      [0, -0.16305542],
      [15, -0.142730713],
      [37, 6.38130188],
      [70, 6.23936462],
      [97, 0.304519653],
      [131, 35.3030548],
      [166, 0.365447998],
      [200, 2.17424011],
      [255, 5.32420349],
    ],
  ],
  [
    "Q6_K",
    "527e8f65c1156966de6b95d7fca21c9d65c567fbf7fb313781b55a2c5881e189f47555f09279652a1bc9761ce0776342e6d9c3ccc41767aa6550e6271c0766d7e6cf00fac9635f9ca3ae8b18e35ef9b6f9124898793e482c3a4d40d5eea6887d0792d848d530019d3cf4ea2e6b58eac76fbefdfe99b66018fb1183b08989740099d926d3ca913c7f940c2f73073b05337f43f1d1491a823a85964be9cbb01bdb45d23bc8608c43093afa7ab268b2dfb1c11a33195359c2d49d6aba65b6ef357d15c16788f1798b78a4546f67613ccfe73425",
    [
      [0, -5.97546387],
      [15, 12.3777466],
      [37, -48.149231],
      [70, -6.70715332],
      [97, -54.6937866],
      [131, 41.137207],
      [166, -69.9373169],
      [200, 51.2589111],
      [255, 8.12988281],
    ],
  ],
  [
    "IQ4_XS",
    "34258f65c1156966de6b95d7fca21c9d65c567fbf7fb313781b55a2c5881e189f47555f09279652a1bc9761ce0776342e6d9c3ccc41767aa6550e6271c0766d7e6cf00fac9635f9ca3ae8b18e35ef9b6f9124898793e482c3a4d40d5eea6887d0792d848d530019d3cf4ea2e6b58eac76fbefdfe99b66018fb1183b08989740099d926d3ca913c7f",
    [
      [0, 30.7512817],
      [15, -3.4552002],
      [37, -59.1855469],
      [70, 35.6698608],
      [97, -2.58123779],
      [131, -0.142272949],
      [166, -0.20324707],
      [200, 13.7801514],
      [255, 2.0324707],
    ],
  ],
];

test.each(BLOCKS)("%s is read as ggml reads it", (type, bytes, numbers) => {
  const decoder = DECODERS.get(type);
  if (decoder === undefined) throw new Error("no decoder");
  const block = Buffer.from(bytes, "hex");
  expect(block.length).toBe(decoder.bytes);
  const out = new Float32Array(decoder.elements);
  decoder.decode({ bytes: new DataView(block.buffer, block.byteOffset, block.length), at: 0, out, to: 0 });
  for (const [at, number] of numbers) expect(out[at]).toBeCloseTo(number, 6);
});

test("halves, bfloat16 and the two eights are what their standards say", () => {
  expect([0x3c00, 0xc000, 0x7bff, 0x0001, 0x7c00, 0xfc00].map(fromF16)).toEqual([
    1,
    -2,
    65_504,
    2 ** -24,
    Infinity,
    -Infinity,
  ]);
  expect(fromF16(0x7e00)).toBeNaN();
  expect([0x3f80, 0xc040].map(fromBf16)).toEqual([1, -3]);
  expect([0x38, 0x7e, 0x01, 0xb8].map(fromE4m3)).toEqual([1, 448, 2 ** -9, -1]);
  expect(fromE4m3(0x7f)).toBeNaN();
  expect([0x3c, 0x7b].map(fromE5m2)).toEqual([1, 57_344]);
});

test("what is written as 16 bits and read again is the nearest there is", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 65_535 }), (bits) => {
      const [half, brain] = [fromF16(bits), fromBf16(bits)];
      expect([fromF16(toF16(half)), fromBf16(toBf16(brain))]).toEqual([half, brain]);
    }),
  );
  expect([toF16(65_519), toF16(65_520), toF16(1e-9)]).toEqual([0x7bff, 0x7c00, 0]);
  expect([1 + 2 ** -11, 1 + 3 * 2 ** -11].map((value) => fromF16(toF16(value)))).toEqual([1, 1 + 2 ** -9]);
});
