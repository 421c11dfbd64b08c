/**
 * Which places of a tensor are looked at: the same for every model of one size, so that two fingerprints can be compared without the
 * weights. Part of the fingerprint's format (docs/formats/models.md): changing anything here makes older fingerprints incomparable.
 */
export const CHANNELS = 64;
/** Of the channels, these have their values kept beside their signs. */
export const VALUED = 16;
export const NORM_CHANNELS = 24;

/** FNV-1a of 32 bits over the text's UTF-8 bytes. */
function seedOf(text: string): number {
  return Buffer.from(text).reduce((hash, byte) => Math.imul(hash ^ byte, 16_777_619) >>> 0, 2_166_136_261);
}

/** mulberry32 (public domain, Tommy Ettinger). */
export function numbersFrom(text: string): () => number {
  let state = seedOf(text);
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Distinct whole numbers of 0 to `size`-1 in the order drawn, at most `count`; the first of a longer list are those of a shorter one. */
export function picks(label: string, size: number, count: number): readonly number[] {
  if (size <= count) return Array.from({ length: Math.max(0, size) }, (_, n) => n);
  const next = numbersFrom(`doorward lineage 1 ${label}`);
  const drawn = new Set<number>();
  while (drawn.size < count) drawn.add(Math.floor(next() * size));
  return [...drawn];
}

export const channelsOf = (width: number): readonly number[] => picks("channels", width, CHANNELS);

/** The tokens whose embeddings are looked at: more of the first, which every vocabulary has. */
const TOKEN_RANGES: readonly (readonly [from: number, to: number, count: number])[] = [
  [0, 512, 24],
  [512, 8_192, 20],
  [8_192, 32_000, 20],
];

export function tokensOf(vocabulary: number): readonly number[] {
  return TOKEN_RANGES.flatMap(([from, to, count]) =>
    picks(`tokens ${from}`, to - from, count).map((n) => from + n),
  ).filter((token) => token < vocabulary);
}

/** The row of a matrix that is looked at, the same in every layer: layers are moved about when a model is pruned. */
export function rowPicked(role: string, rows: number): number {
  return picks(role, rows, 1)[0] ?? 0;
}
