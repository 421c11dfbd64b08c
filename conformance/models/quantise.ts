import { Buffer } from "node:buffer";

/** Our own quantisers, after `quantize_row_q8_0_ref` and `quantize_row_q4_0_ref` in src/ggml-quants.c of ggml-org/ggml d99724f2. */
export type Quantised = "F32" | "F16" | "BF16" | "Q8_0" | "Q4_0" | "Q4_K";

export const GGML_CODES: Readonly<Record<Quantised, number>> = {
  F32: 0,
  F16: 1,
  Q4_0: 2,
  Q8_0: 8,
  Q4_K: 12,
  BF16: 30,
};

const half = new DataView(new ArrayBuffer(4));

/** The nearest bfloat16, ties to even. */
export function bf16(value: number): number {
  half.setFloat32(0, value);
  const bits = half.getUint32(0);
  return ((bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16) & 0xffff;
}

/** The nearest binary16 of a value that is not tiny, and not huge. */
export function f16(value: number): number {
  const size = Math.abs(value);
  const sign = value < 0 ? 0x8000 : 0;
  if (size < 2 ** -14) return sign | Math.round(size * 2 ** 24);
  const exponent = Math.floor(Math.log2(size));
  return sign | (((exponent + 15) << 10) + Math.round((size / 2 ** exponent - 1) * 1024));
}

function f16Value(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const size = exponent === 0 ? (bits & 1023) * 2 ** -24 : (1 + (bits & 1023) / 1024) * 2 ** (exponent - 15);
  return bits & 0x8000 ? -size : size;
}

export function stored(values: Float32Array, type: Quantised): Buffer {
  if (type === "F32") return Buffer.from(values.slice().buffer);
  if (type === "BF16") return words(values, bf16);
  if (type === "F16") return words(values, f16);
  if (type === "Q8_0") return blocks(values, 32, q8_0);
  return type === "Q4_0" ? blocks(values, 32, q4_0) : blocks(values, 256, q4K);
}

function words(values: Float32Array, word: (value: number) => number): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, n) => bytes.writeUInt16LE(word(value), n * 2));
  return bytes;
}

function blocks(values: Float32Array, elements: number, block: (values: Float32Array) => Buffer): Buffer {
  const count = values.length / elements;
  return Buffer.concat(
    Array.from({ length: count }, (_, n) => block(values.subarray(n * elements, (n + 1) * elements))),
  );
}

const clamp = (value: number, most: number): number => Math.max(0, Math.min(most, value));

function q8_0(values: Float32Array): Buffer {
  const most = values.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
  const scale = most / 127;
  const bytes = Buffer.alloc(34);
  bytes.writeUInt16LE(f16(scale));
  values.forEach((value, n) => bytes.writeInt8(scale === 0 ? 0 : Math.round(value / scale), 2 + n));
  return bytes;
}

function q4_0(values: Float32Array): Buffer {
  const most = values.reduce((max, value) => (Math.abs(value) > Math.abs(max) ? value : max), 0);
  const scale = most / -8;
  const bytes = Buffer.alloc(18);
  bytes.writeUInt16LE(f16(scale));
  const four = (value: number): number => (scale === 0 ? 8 : clamp(Math.floor(value / scale + 8.5), 15));
  for (let n = 0; n < 16; n += 1) bytes[2 + n] = four(values[n] ?? 0) | (four(values[n + 16] ?? 0) << 4);
  return bytes;
}

const six = (value: number, by: number): number => (by === 0 ? 0 : clamp(Math.round(value / by), 63));

/**
 * The layout of `block_q4_K` with the plainest choice of scales: each group of 32 from its least to its greatest value. ggml searches for
 * better ones, so that its error is smaller.
 */
function q4K(values: Float32Array): Buffer {
  const groups = Array.from({ length: 8 }, (_, n) => values.subarray(n * 32, n * 32 + 32));
  const lows = groups.map((group) => Math.max(0, -Math.min(...group)));
  const steps = groups.map((group, n) => (Math.max(...group) + (lows[n] ?? 0)) / 15);
  const [scale, least] = [Math.max(...steps) / 63, Math.max(...lows) / 63];
  const bytes = Buffer.alloc(144);
  bytes.writeUInt16LE(f16(scale), 0);
  bytes.writeUInt16LE(f16(least), 2);
  const [times, minus] = [steps.map((step) => six(step, scale)), lows.map((low) => six(low, least))];
  putSixes(bytes, times, minus);
  groups.forEach((group, n) => {
    const step = f16Value(bytes.readUInt16LE(0)) * (times[n] ?? 0);
    const low = f16Value(bytes.readUInt16LE(2)) * (minus[n] ?? 0);
    group.forEach((value, m) => {
      const four = step === 0 ? 0 : clamp(Math.round((value + low) / step), 15);
      const at = 16 + (n >> 1) * 32 + m;
      bytes[at] = (bytes[at] ?? 0) | (n % 2 === 0 ? four : four << 4);
    });
  });
  return bytes;
}

/** The reverse of `get_scale_min_k4`. */
function putSixes(bytes: Buffer, times: readonly number[], minus: readonly number[]): void {
  for (let n = 0; n < 4; n += 1) {
    const [high, highLeast] = [times[n + 4] ?? 0, minus[n + 4] ?? 0];
    bytes[4 + n] = (times[n] ?? 0) | ((high >> 4) << 6);
    bytes[8 + n] = (minus[n] ?? 0) | ((highLeast >> 4) << 6);
    bytes[12 + n] = (high & 15) | ((highLeast & 15) << 4);
  }
}
