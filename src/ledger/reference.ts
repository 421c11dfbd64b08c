import { createHash } from "node:crypto";

/** For tests: RFC 6962 section 2.1 as the RFC says it, slow, recursive, no tiles. What the writer is compared with. */
function sha(...parts: readonly Uint8Array[]): Buffer {
  return parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
}

export function leaf(entry: Uint8Array): Buffer {
  return sha(Buffer.of(0), entry);
}

export function mth(entries: readonly Uint8Array[]): Buffer {
  const [only] = entries;
  if (only === undefined) return sha();
  if (entries.length === 1) return leaf(only);
  const k = split(entries.length);
  return sha(Buffer.of(1), mth(entries.slice(0, k)), mth(entries.slice(k)));
}

export function path(m: number, entries: readonly Uint8Array[]): Buffer[] {
  if (entries.length <= 1) return [];
  const k = split(entries.length);
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  return m < k ? [...path(m, left), mth(right)] : [...path(m - k, right), mth(left)];
}

export function subproof(m: number, entries: readonly Uint8Array[], isWhole = true): Buffer[] {
  if (m === entries.length) return isWhole ? [] : [mth(entries)];
  const k = split(entries.length);
  const [left, right] = [entries.slice(0, k), entries.slice(k)];
  return m <= k ? [...subproof(m, left, isWhole), mth(right)] : [...subproof(m - k, right, false), mth(left)];
}

function split(n: number): number {
  return 2 ** (31 - Math.clz32(n - 1));
}
