import type { Fingerprint } from "./print.ts";
import { tokenizerLikeness } from "./tokenizer.ts";

export interface Likeness {
  /** From 0 to 1. */
  readonly score: number;
  /** Each from 0 to 1; null where one of the two has nothing to compare. */
  readonly tokenizer: number | null;
  readonly architecture: number | null;
  readonly shape: number | null;
}

/** Chosen beforehand, not fitted to any labelled models: a tokenizer is kept the longest, dimensions change with each size. */
const WEIGHTS = { tokenizer: 0.45, architecture: 0.3, shape: 0.25 } as const;
export const FAMILY_LEAST = 0.5;
/** Where only a version's number tells two architectures apart. */
const OTHER_VERSION = 0.7;
const NEAR = 0.01;

/**
 * How likely two models are of one family by what their headers say. It is likeness, not origin: a model trained from scratch in another's
 * shape with its tokenizer has all of it. Null where nothing can be compared.
 */
export function familyLikeness(one: Fingerprint, other: Fingerprint): Likeness | null {
  const parts = {
    tokenizer:
      one.tokenizer === null || other.tokenizer === null
        ? null
        : tokenizerLikeness(one.tokenizer, other.tokenizer).score,
    architecture: architectureLikeness(one.architecture, other.architecture),
    shape: shapeLikeness(one, other),
  };
  const known = (["tokenizer", "architecture", "shape"] as const).filter((name) => parts[name] !== null);
  const weight = known.reduce((sum, name) => sum + WEIGHTS[name], 0);
  if (weight === 0) return null;
  return {
    ...parts,
    score: known.reduce((sum, name) => sum + WEIGHTS[name] * (parts[name] ?? 0), 0) / weight,
  };
}

function architectureLikeness(one: string | null, other: string | null): number | null {
  if (one === null || other === null) return null;
  if (one === other) return 1;
  return stemOf(one) === stemOf(other) ? OTHER_VERSION : 0;
}

/** `qwen2_moe` and `qwen3` are of one stem. */
const stemOf = (name: string): string => /^[a-z]+/.exec(name.toLowerCase())?.[0] ?? name;

const ratio = ({ dimensions: { feedForward, width } }: Fingerprint): number | null =>
  feedForward === null || width === null || width === 0 ? null : feedForward / width;

function shapeLikeness(one: Fingerprint, other: Fingerprint): number | null {
  const pairs = [
    ...(["width", "layers", "vocabulary", "keyValue"] as const).map(
      (name) => [one.dimensions[name], other.dimensions[name]] as const,
    ),
    [ratio(one), ratio(other)] as const,
  ];
  const known = pairs.filter((pair): pair is [number, number] => pair[0] !== null && pair[1] !== null);
  const near = known.filter(([left, right]) => Math.abs(left - right) <= NEAR * Math.max(left, right));
  return known.length === 0 ? null : near.length / known.length;
}
