import { fromE8m0, fromF16 } from "./floats.ts";

/** One block as it lies in a file, and where its numbers go. */
export interface Block {
  readonly bytes: DataView;
  readonly at: number;
  readonly out: Float32Array;
  readonly to: number;
}

export type Decode = (block: Block) => void;

/** After `kvalues_iq4nl` and `kvalues_fp4` of src/ggml-common.h in ggml-org/ggml d99724f2 (2026-08-21). */
export const IQ4_VALUES = [-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113] as const;
const FP4_VALUES = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12] as const;

export const f16At = ({ bytes, at }: Block, offset: number): number =>
  fromF16(bytes.getUint16(at + offset, true));
export const byteAt = ({ bytes, at }: Block, offset: number): number => bytes.getUint8(at + offset);

/** 32 numbers of four bits each: the low halves of 16 bytes, then their high halves. */
function nibbles(block: Block, from: number, value: (nibble: number, n: number) => number): void {
  const { out, to } = block;
  for (let n = 0; n < 16; n += 1) {
    const byte = byteAt(block, from + n);
    out[to + n] = value(byte & 15, n);
    out[to + n + 16] = value(byte >> 4, n + 16);
  }
}

/** The blocks of 32, after `dequantize_row_*` in src/ggml-quants.c of the same commit. */
export const q4_0: Decode = (block) => {
  const scale = f16At(block, 0);
  nibbles(block, 2, (nibble) => (nibble - 8) * scale);
};

export const q4_1: Decode = (block) => {
  const [scale, least] = [f16At(block, 0), f16At(block, 2)];
  nibbles(block, 4, (nibble) => nibble * scale + least);
};

export const q5_0: Decode = (block) => {
  const scale = f16At(block, 0);
  const high = block.bytes.getUint32(block.at + 2, true);
  nibbles(block, 6, (nibble, n) => ((nibble | (((high >>> n) & 1) << 4)) - 16) * scale);
};

export const q5_1: Decode = (block) => {
  const [scale, least] = [f16At(block, 0), f16At(block, 2)];
  const high = block.bytes.getUint32(block.at + 4, true);
  nibbles(block, 8, (nibble, n) => (nibble | (((high >>> n) & 1) << 4)) * scale + least);
};

export const q8_0: Decode = (block) => {
  const scale = f16At(block, 0);
  for (let n = 0; n < 32; n += 1) block.out[block.to + n] = block.bytes.getInt8(block.at + 2 + n) * scale;
};

export const iq4Nl: Decode = (block) => {
  const scale = f16At(block, 0);
  nibbles(block, 2, (nibble) => (IQ4_VALUES[nibble] ?? 0) * scale);
};

export const mxfp4: Decode = (block) => {
  const scale = fromE8m0(byteAt(block, 0)) / 2;
  nibbles(block, 1, (nibble) => (FP4_VALUES[nibble] ?? 0) * scale);
};
