import type { RowPrint } from "./print.ts";

/**
 * The difference that storing a model in a type makes, as a share of its values' size (root mean square): what ggml's own quantisers
 * (`quantize_row_*_ref` at ggml-org/ggml d99724f2, run once by us) leave on heavy-tailed weights, whose blocks differ in size by a log-normal
 * factor of deviation 0.8; 1.2 to 1.7 times what they leave on normally distributed ones.
 */
const STORED_DIFFERENCE: ReadonlyMap<string, number> = new Map([
  ["Q8_0", 0.009],
  ["Q6_K", 0.027],
  ["Q5_K", 0.05],
  ["Q5_0", 0.069],
  ["Q5_1", 0.052],
  ["Q4_K", 0.1],
  ["Q4_0", 0.132],
  ["Q4_1", 0.107],
  ["IQ4_NL", 0.105],
  ["IQ4_XS", 0.106],
  ["MXFP4", 0.146],
  ["Q3_K", 0.191],
  ["Q2_K", 0.372],
  ["F8_E4M3", 0.045],
  ["F8_E5M2", 0.09],
]);
/** Rounding to bfloat16, which has 8 bits. */
export const PRECISION = 0.004;

export function storedDifference(type: string | null): number {
  return STORED_DIFFERENCE.get(type ?? "") ?? PRECISION;
}

/** Whole numbers, in which GPTQ, AWQ, bitsandbytes and MLX pack several weights each; they are not unpacked here. */
const PACKED = new Set(["I32", "U32", "U8", "I8"]);
export const isPacked = (type: string | null): boolean => PACKED.has(type ?? "");
export const isQuantised = (type: string | null): boolean =>
  STORED_DIFFERENCE.has(type ?? "") || isPacked(type);

export type RowPair = readonly [RowPrint, RowPrint];

export interface ValuesCompared {
  readonly compared: number;
  /** The share that is equal as binary16. */
  readonly equal: number;
  /** Root mean square of the differences by that of the base's values. */
  readonly difference: number;
  /** How many times the difference is what the types explain, in the kind of tensor where that is most. */
  readonly excess: number;
  /** The shares of the layers' matrices that are exactly zero. */
  readonly zeros: number;
  readonly baseZeros: number;
}

/** Compares the kept values one by one; null where there are none in common. */
export function valuesOf(rows: readonly RowPair[]): ValuesCompared | null {
  const both = rows.flatMap((pair) => valuesIn(pair));
  if (both.length === 0) return null;
  const roles = [...new Set(rows.map(([{ role }]) => role))];
  const matrices = rows.filter(([{ role }]) => role !== "embedding");
  return {
    compared: both.length,
    equal: both.filter(([one, base]) => one === base).length / both.length,
    difference: differenceIn(both),
    excess: Math.max(...roles.map((role) => excessIn(rows.filter(([row]) => row.role === role)))),
    zeros: zerosIn(matrices.map(([one]) => one)),
    baseZeros: zerosIn(matrices.map(([, base]) => base)),
  };
}

type ValuePair = readonly [number, number];

function valuesIn([one, other]: RowPair): readonly ValuePair[] {
  const both = one.values.flatMap((value, n): ValuePair[] => {
    const same = other.values[n] ?? NaN;
    return Number.isNaN(value) || Number.isNaN(same) ? [] : [[value, same]];
  });
  return one.type !== other.type && isScaled(one.type) !== isScaled(other.type) ? rescaled(both) : both;
}

/** Eights of a float have their scale in a tensor of its own, which is not read. */
const isScaled = (type: string): boolean => type.startsWith("F8_");

/** The first of each times what brings them nearest to the second. */
function rescaled(both: readonly ValuePair[]): readonly ValuePair[] {
  const product = both.reduce((sum, [one, base]) => sum + one * base, 0);
  const size = both.reduce((sum, [one]) => sum + one ** 2, 0);
  return size === 0 ? both : both.map(([one, base]) => [(one * product) / size, base]);
}

function differenceIn(both: readonly ValuePair[]): number {
  const sum = (of: (pair: ValuePair) => number): number => both.reduce((total, pair) => total + of(pair), 0);
  const size = sum(([, base]) => base ** 2);
  return size === 0 ? Infinity : Math.sqrt(sum(([one, base]) => (one - base) ** 2) / size);
}

function excessIn(rows: readonly RowPair[]): number {
  const both = rows.flatMap((pair) => valuesIn(pair));
  if (both.length === 0) return 0;
  const explained = rows.reduce(
    (sum, [one, base]) => sum + storedDifference(one.type) ** 2 + storedDifference(base.type) ** 2,
    0,
  );
  // Of few values the size is not known better than that.
  const doubt = 1 + 2 / Math.sqrt(both.length);
  return differenceIn(both) / Math.sqrt(explained / rows.length) / doubt;
}

function zerosIn(rows: readonly RowPrint[]): number {
  const signs = rows.flatMap((row) => row.signs).filter((sign) => !Number.isNaN(sign));
  return signs.length === 0 ? 0 : signs.filter((sign) => sign === 0).length / signs.length;
}
