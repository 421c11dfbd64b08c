import { type Block, byteAt, type Decode, f16At, IQ4_VALUES } from "./blocks.ts";

/** The blocks of 256, after `dequantize_row_*` in src/ggml-quants.c of ggml-org/ggml d99724f2 (2026-08-21). */
const HALF = 128;

export const q2K: Decode = (block) => {
  const [scale, least] = [f16At(block, 80), f16At(block, 82)];
  for (let n = 0; n < 256; n += 1) {
    const both = byteAt(block, n >> 4);
    const two = (byteAt(block, 16 + (n >> 7) * 32 + (n & 31)) >> (((n >> 5) & 3) * 2)) & 3;
    block.out[block.to + n] = scale * (both & 15) * two - least * (both >> 4);
  }
};

/** 16 scales of six bits in 12 bytes: the low four in the first eight, the high two in the last four. */
function scaleOfQ3(block: Block, n: number): number {
  const low = (byteAt(block, 96 + (n & 7)) >> (n < 8 ? 0 : 4)) & 15;
  const high = (byteAt(block, 104 + (n & 3)) >> ((n >> 2) * 2)) & 3;
  return (low | (high << 4)) - 32;
}

export const q3K: Decode = (block) => {
  const scale = f16At(block, 108);
  for (let n = 0; n < 256; n += 1) {
    const two = (byteAt(block, 32 + (n >> 7) * 32 + (n & 31)) >> (((n >> 5) & 3) * 2)) & 3;
    const isHigh = (byteAt(block, n & 31) >> (n >> 5)) & 1;
    block.out[block.to + n] = scale * scaleOfQ3(block, n >> 4) * (two - (isHigh ? 0 : 4));
  }
};

/** `get_scale_min_k4`: eight scales and eight least values of six bits in the 12 bytes from 4 on. */
function scaleAndLeast(block: Block, n: number): readonly [number, number] {
  const at = (offset: number): number => byteAt(block, 4 + offset);
  if (n < 4) return [at(n) & 63, at(n + 4) & 63];
  return [(at(n + 4) & 15) | ((at(n - 4) >> 6) << 4), (at(n + 4) >> 4) | ((at(n) >> 6) << 4)];
}

/** What Q4_K and Q5_K share: `low` is where the low four bits begin, `high` gives the fifth. */
function fourOrFive(block: Block, low: number, high: (n: number) => number): void {
  const [scale, least] = [f16At(block, 0), f16At(block, 2)];
  for (let group = 0; group < 8; group += 1) {
    const [times, minus] = scaleAndLeast(block, group);
    for (let n = 0; n < 32; n += 1) {
      const byte = byteAt(block, low + (group >> 1) * 32 + n);
      const four = group % 2 === 0 ? byte & 15 : byte >> 4;
      block.out[block.to + group * 32 + n] = scale * times * (four + high(group * 32 + n)) - least * minus;
    }
  }
}

export const q4K: Decode = (block) => fourOrFive(block, 16, () => 0);

export const q5K: Decode = (block) =>
  fourOrFive(block, 48, (n) => ((byteAt(block, 16 + (n & 31)) >> (n >> 5)) & 1) * 16);

export const q6K: Decode = (block) => {
  const scale = f16At(block, 208);
  for (let n = 0; n < 256; n += 1) {
    const [half, within] = [n >> 7, n & (HALF - 1)];
    const low = byteAt(block, half * 64 + (within & 63));
    const four = within < 64 ? low & 15 : low >> 4;
    const two = (byteAt(block, HALF + half * 32 + (within & 31)) >> ((within >> 5) * 2)) & 3;
    const times = block.bytes.getInt8(block.at + 192 + (n >> 4));
    block.out[block.to + n] = scale * times * ((four | (two << 4)) - 32);
  }
};

export const iq4Xs: Decode = (block) => {
  const scale = f16At(block, 0);
  const high = block.bytes.getUint16(block.at + 2, true);
  for (let n = 0; n < 256; n += 1) {
    const group = n >> 5;
    const low = (byteAt(block, 4 + (group >> 1)) >> ((group % 2) * 4)) & 15;
    const times = (low | (((high >> (group * 2)) & 3) << 4)) - 32;
    const byte = byteAt(block, 8 + group * 16 + (n & 15));
    block.out[block.to + n] = scale * times * (IQ4_VALUES[(n & 31) < 16 ? byte & 15 : byte >> 4] ?? 0);
  }
};
