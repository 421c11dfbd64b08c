import { sha256 } from "./bytes.ts";

/** RFC 6962 2.1. */
export const leafHash = (entry: Uint8Array): Buffer => sha256(Buffer.of(0), entry);
const nodeHash = (left: Uint8Array, right: Uint8Array): Buffer => sha256(Buffer.of(1), left, right);

/** A tree fed leaf by leaf: the roots of its complete subtrees, largest first. */
export interface GrowingTree {
  readonly peaks: { readonly height: number; readonly hash: Buffer }[];
  size: number;
}

/** Adds a leaf hash; `onNode` is told of each completed node (height 0 = the leaf). */
export function grow(tree: GrowingTree, leaf: Buffer, onNode?: (height: number, hash: Buffer) => void): void {
  let node = { height: 0, hash: leaf };
  onNode?.(0, leaf);
  for (let peak = tree.peaks.at(-1); peak?.height === node.height; peak = tree.peaks.at(-1)) {
    tree.peaks.pop();
    node = { height: node.height + 1, hash: nodeHash(peak.hash, node.hash) };
    onNode?.(node.height, node.hash);
  }
  tree.peaks.push(node);
  tree.size += 1;
}

export function rootOf(tree: GrowingTree): Buffer {
  const [last, ...larger] = tree.peaks.map(({ hash }) => hash).toReversed();
  return larger.reduce((right, left) => nodeHash(left, right), last ?? sha256());
}

export interface Head {
  readonly size: number;
  readonly root: Buffer;
}

type Hashes = readonly Uint8Array[];

const areHashes = (hashes: Hashes): boolean => hashes.every(({ length }) => length === 32);
const same = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

/** The loop of RFC 9162 2.1.3.2 and 2.1.4.2: the old tree's hash meets only siblings on its left. */
function climb(from: readonly [number, number], seed: Uint8Array, path: Hashes) {
  let [fn, sn] = from;
  let [old, now] = [seed, seed];
  for (const sibling of path) {
    if (sn === 0) return null;
    const isLeft = fn % 2 === 1 || fn === sn;
    [old, now] = isLeft ? [nodeHash(sibling, old), nodeHash(sibling, now)] : [old, nodeHash(now, sibling)];
    if (isLeft) while (fn % 2 === 0 && fn !== 0) [fn, sn] = [fn / 2, Math.floor(sn / 2)];
    [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  }
  return sn === 0 ? { old, now } : null;
}

/** RFC 9162 2.1.3.2. */
export function isIncluded(index: number, leaf: Uint8Array, path: Hashes, head: Head): boolean {
  if (index >= head.size || !areHashes([leaf, head.root, ...path])) return false;
  const top = climb([index, head.size - 1], leaf, path);
  return top !== null && same(top.now, head.root);
}

/** RFC 9162 2.1.4.2. An empty old tree proves nothing and is refused. */
export function isConsistent(old: Head, now: Head, path: Hashes): boolean {
  if (old.size < 1 || old.size > now.size) return false;
  if (old.size === now.size) return path.length === 0 && same(old.root, now.root);
  if (!areHashes([old.root, now.root, ...path])) return false;
  let [fn, sn] = [old.size - 1, now.size - 1];
  while (fn % 2 === 1) [fn, sn] = [Math.floor(fn / 2), Math.floor(sn / 2)];
  // fn is 0 just when the old size is a power of two: then its root is the start, and not in the path.
  const [seed, ...rest] = fn === 0 && path.length > 0 ? [old.root, ...path] : path;
  const top = seed === undefined ? null : climb([fn, sn], seed, rest);
  return top !== null && same(top.old, old.root) && same(top.now, now.root);
}
