import { createHash } from "node:crypto";
import type { Digest } from "#base";

/** The least tokens of which a digest is kept; then of each double. */
const PREFIX_LEAST = 256;
const SKETCH = 128;

/** What is kept of a tokenizer: enough to see that one is another with tokens added, or how much two share. */
export interface TokenizerPrint {
  readonly tokens: number;
  readonly digest: Digest;
  readonly merges: Digest | null;
  /** The first 16 hex digits of the digest of the first 256, 512, 1024 ... tokens. */
  readonly prefixes: readonly string[];
  /** The least 128 of the tokens' hashes, ascending. */
  readonly sketch: readonly number[];
}

export interface TokenizerTaking {
  readonly take: (token: Uint8Array) => void;
  readonly end: (merges: Digest | null) => TokenizerPrint | null;
}

/** Takes tokens in the order of their ids. Digests as in docs/formats/models.md: each token's length as 8 bytes, then its bytes. */
export function tokenizerPrint(): TokenizerTaking {
  const hash = createHash("sha256");
  const prefixes: string[] = [];
  const least = leastOf(SKETCH);
  const length = Buffer.alloc(8);
  let tokens = 0;
  return {
    take: (token) => {
      length.writeUInt32LE(token.length, 0);
      hash.update(length);
      hash.update(token);
      least.add(hashOf(token));
      tokens += 1;
      if (tokens === PREFIX_LEAST * 2 ** prefixes.length)
        prefixes.push(hash.copy().digest("hex").slice(0, 16));
    },
    end: (merges) =>
      tokens === 0
        ? null
        : { tokens, digest: `sha256:${hash.digest("hex")}`, merges, prefixes, sketch: least.all() },
  };
}

/** FNV-1a of 32 bits, its bits mixed as murmur3 ends. */
function hashOf(bytes: Uint8Array): number {
  let hash = 2_166_136_261;
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 16_777_619);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Keeps the least distinct numbers; sorts only now and then. */
function leastOf(count: number): { readonly add: (value: number) => void; readonly all: () => number[] } {
  let kept: number[] = [];
  let bound = Infinity;
  const settle = (): void => {
    kept = [...new Set(kept)].toSorted((one, other) => one - other).slice(0, count);
    if (kept.length === count) bound = kept.at(-1) ?? Infinity;
  };
  return {
    add: (value) => {
      if (value > bound) return;
      kept.push(value);
      if (kept.length >= count * 8) settle();
    },
    all: () => {
      settle();
      return kept;
    },
  };
}

export interface TokenizerLikeness {
  readonly how: "equal" | "prefix" | "overlap" | "merges";
  /** 1 where all tokens of the smaller are the larger's, in the same places; otherwise the share of both together that both have. */
  readonly score: number;
  /** The first tokens that are surely the same, in the same places. */
  readonly sameFirst: number;
}

/** How far two tokenizers are the same. Never a proof: many unrelated models share one. */
export function tokenizerLikeness(one: TokenizerPrint, other: TokenizerPrint): TokenizerLikeness {
  if (one.digest === other.digest) return { how: "equal", score: 1, sameFirst: one.tokens };
  const same = one.prefixes.findLastIndex((prefix, n) => prefix === other.prefixes[n]);
  const sameFirst = same === -1 ? 0 : PREFIX_LEAST * 2 ** same;
  const shared = jaccard(one.sketch, other.sketch);
  const shorter = Math.min(one.prefixes.length, other.prefixes.length);
  if (same >= 0 && same === shorter - 1) return { how: "prefix", score: 1, sameFirst };
  const isMerged = one.merges !== null && one.merges === other.merges;
  return isMerged
    ? { how: "merges", score: Math.max(0.9, shared), sameFirst }
    : { how: "overlap", score: shared, sameFirst };
}

/** The share of the least hashes of both together that both have: an estimate of the share of all tokens that both have. */
function jaccard(one: readonly number[], other: readonly number[]): number {
  const union = [...new Set([...one, ...other])].toSorted((left, right) => left - right);
  const size = Math.min(SKETCH, Math.max(one.length, other.length));
  const least = union.slice(0, size);
  const [ones, others] = [new Set(one), new Set(other)];
  const both = least.filter((hash) => ones.has(hash) && others.has(hash)).length;
  return least.length === 0 ? 0 : both / least.length;
}
