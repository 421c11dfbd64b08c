import { HASH_BYTES, nodeHash } from "./hash.ts";

/** What RFC 9162 2.1.3.2 takes. `proof` and hashes as they came; any length but 32 bytes fails. */
export interface InclusionClaim {
  readonly index: number;
  readonly size: number;
  readonly leaf: Uint8Array;
  readonly proof: readonly Uint8Array[];
  readonly root: Uint8Array;
}

/** RFC 9162 2.1.3.2: is the entry with this leaf hash at `index` of the log with this size and root? */
export function verifyInclusion(claim: InclusionClaim): boolean {
  const { index, size, leaf, proof, root } = claim;
  if (!isCount(index) || !isCount(size) || index >= size || !areHashes([leaf, root, ...proof])) return false;
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      hash = nodeHash(sibling, hash);
      while (!isOdd(node) && node !== 0) [node, last] = [node / 2, half(last)];
    } else {
      hash = nodeHash(hash, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && Buffer.compare(hash, root) === 0;
}

/** What RFC 9162 2.1.4.2 takes. */
export interface ConsistencyClaim {
  readonly size1: number;
  readonly size2: number;
  readonly root1: Uint8Array;
  readonly root2: Uint8Array;
  readonly proof: readonly Uint8Array[];
}

/**
 * RFC 9162 2.1.4.2: is the log of `size1` a prefix of that of `size2`? An empty first log proves nothing and fails,
 * as in transparency-dev/merkle.
 */
export function verifyConsistency(claim: ConsistencyClaim): boolean {
  const { size1, size2, root1, root2, proof } = claim;
  if (!isCount(size1) || !isCount(size2) || size1 < 1 || size1 > size2) return false;
  // Equal trees are compared by their roots, whatever those are; checkpoints hold theirs to 32 bytes.
  if (size1 === size2) return proof.length === 0 && Buffer.compare(root1, root2) === 0;
  if (!areHashes([root1, root2, ...proof])) return false;
  const isPower = 2 ** Math.round(Math.log2(size1)) === size1;
  const path = isPower ? [root1, ...proof] : proof;
  const [seed, ...rest] = path;
  if (seed === undefined || proof.length === 0) return false;
  return walk({ ...claim, proof: rest }, seed);
}

function walk(claim: ConsistencyClaim, seed: Uint8Array): boolean {
  let node = claim.size1 - 1;
  let last = claim.size2 - 1;
  while (isOdd(node)) [node, last] = [half(node), half(last)];
  let old = seed;
  let now = seed;
  for (const sibling of claim.proof) {
    if (last === 0) return false;
    if (isOdd(node) || node === last) {
      old = nodeHash(sibling, old);
      now = nodeHash(sibling, now);
      while (!isOdd(node) && node !== 0) [node, last] = [node / 2, half(last)];
    } else {
      now = nodeHash(now, sibling);
    }
    [node, last] = [half(node), half(last)];
  }
  return last === 0 && Buffer.compare(old, claim.root1) === 0 && Buffer.compare(now, claim.root2) === 0;
}

// Sizes go beyond 32 bits, so no bit operators.
function isOdd(n: number): boolean {
  return n % 2 === 1;
}

function half(n: number): number {
  return Math.floor(n / 2);
}

function isCount(n: number): boolean {
  return Number.isSafeInteger(n) && n >= 0;
}

function areHashes(hashes: readonly Uint8Array[]): boolean {
  return hashes.every((hash) => hash.length === HASH_BYTES);
}
