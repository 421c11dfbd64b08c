import { type Block, byteAt, type Decode, iq4Nl, mxfp4, q4_0, q4_1, q5_0, q5_1, q8_0 } from "./blocks.ts";
import { fromBf16, fromE4m3, fromE5m2, fromF16 } from "./floats.ts";
import { iq4Xs, q2K, q3K, q4K, q5K, q6K } from "./k-blocks.ts";

/** How a type's numbers are read: `elements` of a row lie together in a block of `bytes`. */
export interface Decoder {
  readonly elements: number;
  readonly bytes: number;
  readonly decode: Decode;
}

const one = (bytes: number, read: (block: Block) => number): Decoder => ({
  elements: 1,
  bytes,
  decode: (block) => {
    block.out[block.to] = read(block);
  },
});
const blocks = (elements: number, bytes: number, decode: Decode): Decoder => ({ elements, bytes, decode });

const F32 = one(4, ({ bytes, at }) => bytes.getFloat32(at, true));
const F64 = one(8, ({ bytes, at }) => bytes.getFloat64(at, true));
const F16 = one(2, ({ bytes, at }) => fromF16(bytes.getUint16(at, true)));
const BF16 = one(2, ({ bytes, at }) => fromBf16(bytes.getUint16(at, true)));

/** By ggml's names and by those of safetensors. What is not here (IQ1 to IQ3, ternary, packed integers) is not read. */
export const DECODERS: ReadonlyMap<string, Decoder> = new Map([
  ["F32", F32],
  ["F64", F64],
  ["F16", F16],
  ["BF16", BF16],
  ["F8_E4M3", one(1, (block) => fromE4m3(byteAt(block, 0)))],
  ["F8_E5M2", one(1, (block) => fromE5m2(byteAt(block, 0)))],
  ["Q4_0", blocks(32, 18, q4_0)],
  ["Q4_1", blocks(32, 20, q4_1)],
  ["Q5_0", blocks(32, 22, q5_0)],
  ["Q5_1", blocks(32, 24, q5_1)],
  ["Q8_0", blocks(32, 34, q8_0)],
  ["IQ4_NL", blocks(32, 18, iq4Nl)],
  ["MXFP4", blocks(32, 17, mxfp4)],
  ["Q2_K", blocks(256, 84, q2K)],
  ["Q3_K", blocks(256, 110, q3K)],
  ["Q4_K", blocks(256, 144, q4K)],
  ["Q5_K", blocks(256, 176, q5K)],
  ["Q6_K", blocks(256, 210, q6K)],
  ["IQ4_XS", blocks(256, 136, iq4Xs)],
]);
