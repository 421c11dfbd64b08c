import { aligned, type Alignment } from "./layers.ts";
import type { Fingerprint, NormPrint } from "./print.ts";
import { correlation, meanOf, rankChance, ranksOf, signChance } from "./statistics.ts";
import { type RowPair, type ValuesCompared, valuesOf } from "./values.ts";

/** What a test of the weights found; `chance` bounds how often two independently trained models score as high. */
export interface Scored {
  readonly score: number;
  readonly chance: number;
  /** Vectors, or places, that were compared. */
  readonly compared: number;
}

export interface NormDigests {
  /** Of the norms that say something: in the same order of channels, and in any. */
  readonly ordered: number;
  readonly sorted: number;
  readonly compared: number;
}

export interface Content {
  readonly alignment: Alignment;
  readonly normDigests: NormDigests | null;
  readonly normRanks: Scored | null;
  readonly embedding: Scored | null;
  readonly matrices: Scored | null;
  /** By role, to tell a part that was replaced or reordered. */
  readonly byRole: ReadonlyMap<string, Scored>;
  readonly angles: { readonly score: number; readonly compared: number } | null;
  readonly values: ValuesCompared | null;
}

const CHANNELS_LEAST = 32;
/** Of either sign in a row; of 64 even ones less than a fifth is one in ten million. */
const BALANCE_LEAST = 0.2;
const NORMS_COMPARED_LEAST = 12;
const ANGLES_COMPARED_LEAST = 100;

/** Compares what was kept of the weights of two models. A test that does not apply is null. */
export function contentOf(child: Fingerprint, base: Fingerprint): Content {
  const alignment = aligned(child, base);
  const isSameWidth = child.dimensions.width !== null && child.dimensions.width === base.dimensions.width;
  const norms = isSameWidth ? pairedNorms(child, base, alignment) : [];
  const rows = isSameWidth ? pairedRows(child, base, alignment) : [];
  const [embedding, matrices] = [rows.filter(isEmbedding), rows.filter((pair) => !isEmbedding(pair))];
  const roles = new Set(rows.map(([{ role }]) => role));
  return {
    alignment,
    normDigests: digestsOf(norms),
    normRanks: alignment.isGiven ? ranksTest(norms) : null,
    embedding: signsTest(embedding),
    matrices: signsTest(matrices),
    byRole: new Map(
      [...roles].flatMap((role) => {
        const scored = signsTest(rows.filter(([row]) => row.role === role));
        return scored === null ? [] : [[role, scored] as const];
      }),
    ),
    angles: anglesOf(child, base),
    values: valuesOf(rows),
  };
}

type NormPair = readonly [NormPrint, NormPrint];

const isEmbedding = ([{ role }]: RowPair): boolean => role === "embedding";
const keyOf = (role: string, layer: number | null, row = 0): string => `${role} ${layer ?? "-"} ${row}`;

function layerIn({ pairs }: Alignment, layer: number | null): number | null | undefined {
  return layer === null ? null : pairs.get(layer);
}

function pairedNorms(child: Fingerprint, base: Fingerprint, alignment: Alignment): readonly NormPair[] {
  const known = new Map(base.norms.map((norm) => [keyOf(norm.role, norm.layer), norm]));
  return child.norms.flatMap((norm): NormPair[] => {
    const layer = layerIn(alignment, norm.layer);
    const same = layer === undefined ? undefined : known.get(keyOf(norm.role, layer));
    return same === undefined || same.width !== norm.width ? [] : [[norm, same]];
  });
}

function pairedRows(child: Fingerprint, base: Fingerprint, alignment: Alignment): readonly RowPair[] {
  const known = new Map(base.rows.map((row) => [keyOf(row.role, row.layer, row.row), row]));
  return child.rows.flatMap((row): RowPair[] => {
    const layer = layerIn(alignment, row.layer);
    const same = layer === undefined ? undefined : known.get(keyOf(row.role, layer, row.row));
    return same === undefined ? [] : [[row, same]];
  });
}

function digestsOf(norms: readonly NormPair[]): NormDigests | null {
  const telling = norms.filter(([one, other]) => one.ordered !== null && other.ordered !== null);
  const share = (isSame: (pair: NormPair) => boolean): number =>
    telling.filter((pair) => isSame(pair)).length / telling.length;
  if (telling.length === 0) return null;
  return {
    ordered: share(([one, other]) => one.ordered === other.ordered),
    sorted: share(([one, other]) => one.sorted === other.sorted),
    compared: telling.length,
  };
}

/**
 * The mean rank correlation of the norms. Independently trained models name their channels in any order, so each correlation is that of
 * two random orders; since the norms of one model resemble each other, their mean is taken for no surer than one of them.
 */
function ranksTest(norms: readonly NormPair[]): Scored | null {
  const scores = norms.flatMap(([one, other]) => {
    const both = one.values.flatMap((value, n) => {
      const same = other.values[n] ?? NaN;
      return Number.isNaN(value) || Number.isNaN(same) ? [] : [[value, same] as const];
    });
    if (both.length < NORMS_COMPARED_LEAST) return [];
    const score = correlation(ranksOf(both.map(([left]) => left)), ranksOf(both.map(([, right]) => right)));
    return score === null ? [] : [{ score, places: both.length }];
  });
  if (scores.length === 0) return null;
  const score = meanOf(scores.map((scored) => scored.score));
  const places = Math.min(...scores.map((scored) => scored.places));
  return { score, chance: rankChance(score, places), compared: scores.length };
}

/**
 * How often signs agree. Turning the sign of one channel of the residual stream everywhere leaves a network with RMS norms the same
 * network, so independently trained ones have each channel either way round equally often: the sums over each channel are terms of random
 * sign, whatever the values are. With LayerNorm, which takes the mean off, that holds but for one part in the width.
 */
function signsTest(all: readonly RowPair[]): Scored | null {
  const rows = all.filter(([one, other]) => isBalanced(one.signs) && isBalanced(other.signs));
  const channels = rows[0]?.[0].signs.length ?? 0;
  const terms = Array.from({ length: channels }, () => 0);
  const counts = Array.from({ length: channels }, () => 0);
  for (const [one, other] of rows) {
    for (let n = 0; n < channels; n += 1) {
      const product = (one.signs[n] ?? NaN) * (other.signs[n] ?? NaN);
      if (Number.isNaN(product) || product === 0) continue;
      terms[n] = (terms[n] ?? 0) + product;
      counts[n] = (counts[n] ?? 0) + 1;
    }
  }
  const compared = counts.reduce((sum, count) => sum + count, 0);
  if (counts.filter((count) => count > 0).length < CHANNELS_LEAST) return null;
  const score = (1 + terms.reduce((sum, term) => sum + term, 0) / compared) / 2;
  return { score, chance: signChance(terms), compared };
}

/** Rows of one sign alone are no trained ones, and would agree with all of their kind. */
function isBalanced(signs: readonly number[]): boolean {
  const least = BALANCE_LEAST * signs.filter((sign) => sign === 1 || sign === -1).length;
  return [1, -1].every((wanted) => signs.filter((sign) => sign === wanted).length > least);
}

/** The correlation of the angles between the tokens' embeddings that both have. */
function anglesOf(child: Fingerprint, base: Fingerprint): Content["angles"] {
  const [ones, others] = [angleMap(child), angleMap(base)];
  const both = [...ones].flatMap(([pair, angle]) => {
    const same = others.get(pair);
    return same === undefined ? [] : [[angle, same] as const];
  });
  const score = correlation(
    both.map(([one]) => one),
    both.map(([, other]) => other),
  );
  return score === null || both.length < ANGLES_COMPARED_LEAST ? null : { score, compared: both.length };
}

function angleMap({ cosines }: Fingerprint): ReadonlyMap<string, number> {
  const angles = new Map<string, number>();
  let at = 0;
  cosines.tokens.forEach((one, n) => {
    for (const other of cosines.tokens.slice(n + 1)) {
      const value = cosines.values[at] ?? -128;
      at += 1;
      if (value !== -128) angles.set(`${one} ${other}`, value);
    }
  });
  return angles;
}
