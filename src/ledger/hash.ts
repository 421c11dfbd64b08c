import { hash } from "node:crypto";

/** A SHA-256 hash: 32 bytes. */
export const HASH_BYTES = 32;

/** The root of a log without entries: SHA-256 of nothing (RFC 6962 2.1). */
export const EMPTY_ROOT: Buffer = hash("sha256", "", "buffer");

/** RFC 6962 2.1: SHA-256(0x00 || entry). */
export function leafHash(entry: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(entry.length + 1);
  input[0] = 0x00;
  input.set(entry, 1);
  return hash("sha256", input, "buffer");
}

/** RFC 6962 2.1: SHA-256(0x01 || left || right). */
export function nodeHash(left: Uint8Array, right: Uint8Array): Buffer {
  const input = Buffer.allocUnsafe(left.length + right.length + 1);
  input[0] = 0x01;
  input.set(left, 1);
  input.set(right, left.length + 1);
  return hash("sha256", input, "buffer");
}

/** The root over `hashes` (concatenated, 32 bytes each) when their number is a power of two. */
export function perfectRoot(hashes: Uint8Array): Buffer {
  let row = Buffer.from(hashes);
  while (row.length > HASH_BYTES) {
    const next = Buffer.allocUnsafe(row.length / 2);
    for (let at = 0; at < next.length; at += HASH_BYTES) {
      next.set(nodeHash(hashAt(row, at / 16), hashAt(row, at / 16 + 1)), at);
    }
    row = next;
  }
  return row;
}

/** The `n`-th hash of a concatenation; a view, not a copy. */
export function hashAt(hashes: Uint8Array, n: number): Uint8Array {
  return hashes.subarray(n * HASH_BYTES, (n + 1) * HASH_BYTES);
}

/** The largest power of two below `n` (n >= 2): where RFC 6962 splits a tree. Safe beyond 32 bits. */
export function splitPoint(n: number): number {
  let k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
