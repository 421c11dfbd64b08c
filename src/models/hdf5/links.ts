import { Buffer } from "node:buffer";
import { malformed } from "../bytes.ts";
import type { Hdf5Link } from "./facts.ts";
import { addressIn, blockAt, type Hdf5File, lengthIn, numberIn } from "./file.ts";
import type { HeaderMessage } from "./header.ts";
import { localHeapAt, textAt } from "./heaps.ts";

/** What a group holds: objects of the file by their address, or links to elsewhere. */
export interface Child {
  readonly name: string;
  /** Null for a link, which is then in `link`. */
  readonly address: number | null;
  readonly link: Omit<Hdf5Link, "path"> | null;
}

const NODES_MAX = 65_536;
const LEVELS_MAX = 32;
const SOFT = 2;

/** The children of an old group: a tree of tables of symbols, their names in a heap [III.A.1, III.B, III.C]. */
export function symbolTable(file: Hdf5File, message: HeaderMessage): readonly Child[] {
  const [tree, heapAt] = [addressIn(file, message.data, 0), addressIn(file, message.data, file.offsetSize)];
  if (tree === null || heapAt === null) return [];
  const heap = localHeapAt(file, heapAt);
  const children: Child[] = [];
  const open: { readonly at: number; readonly level: number }[] = [{ at: tree, level: 0 }];
  const seen = new Set<number>();
  for (const { at, level } of open) {
    if (seen.has(at) || level > LEVELS_MAX || seen.size > NODES_MAX)
      throw malformed("a group's tree leads back to itself", file.base + at);
    seen.add(at);
    if (blockAt(file, at, 4, "a group's tree").toString("latin1") === "SNOD")
      children.push(...symbolsAt(file, at, heap));
    else for (const next of branchesAt(file, at)) open.push({ at: next, level: level + 1 });
  }
  return children;
}

function branchesAt(file: Hdf5File, at: number): readonly number[] {
  const before = 8 + 2 * file.offsetSize;
  const head = blockAt(file, at, before, "a group's tree");
  if (head.toString("latin1", 0, 4) !== "TREE" || head[4] !== 0)
    throw malformed("a group's tree is none", file.base + at);
  const count = head.readUInt16LE(6);
  const each = file.lengthSize + file.offsetSize;
  const bytes = blockAt(file, at + before, count * each, "a group's tree");
  return Array.from({ length: count }, (_, n) => addressIn(file, bytes, n * each + file.lengthSize)).filter(
    (one) => one !== null,
  );
}

function symbolsAt(file: Hdf5File, at: number, heap: Buffer): readonly Child[] {
  const count = blockAt(file, at, 8, "a group's table").readUInt16LE(6);
  const each = 2 * file.offsetSize + 24;
  const bytes = blockAt(file, at + 8, count * each, "a group's table");
  return Array.from({ length: count }, (_, n) => {
    const from = n * each;
    const name = textAt(heap, numberIn(bytes, from, file.offsetSize) ?? heap.length);
    const isSoft = bytes.readUInt32LE(from + 2 * file.offsetSize) === SOFT;
    if (!isSoft) return { name, address: addressIn(file, bytes, from + file.offsetSize), link: null };
    const target = textAt(heap, bytes.readUInt32LE(from + 2 * file.offsetSize + 8));
    const link = { is: "soft" as const, target, file: null, at: file.base + at + 8 + from };
    return { name, address: null, link };
  });
}

const [HARD_LINK, SOFT_LINK, EXTERNAL_LINK] = [0, 1, 64];

/** A link of a new group, as a message [IV.A.2.g]. */
export function linkIn(file: Hdf5File, { data, at }: HeaderMessage): Child {
  const flags = data[1] ?? 0;
  let next = 2;
  const type = flags & 8 ? (data[next++] ?? 0) : HARD_LINK;
  next += (flags & 4 ? 8 : 0) + (flags & 16 ? 1 : 0);
  const width = 1 << (flags & 3);
  const length = numberIn(data, next, width);
  next += width;
  if (data[0] !== 1 || length === null || next + length > data.length) throw malformed("a link is none", at);
  const name = data.toString("utf8", next, next + length);
  const rest = data.subarray(next + length);
  if (type === HARD_LINK) return { name, address: addressIn(file, rest, 0), link: null };
  if (rest.length < 2) throw malformed("a link is cut", at);
  const value = rest.subarray(2, 2 + rest.readUInt16LE(0));
  return { name, address: null, link: linkTo(type, value, at) };
}

function linkTo(type: number, value: Buffer, at: number): Child["link"] {
  if (type === SOFT_LINK) return { is: "soft", target: value.toString("utf8"), file: null, at };
  if (type !== EXTERNAL_LINK || value.length < 3)
    return { is: "other", target: `kind ${type}`, file: null, at };
  const file = textAt(value, 1);
  return { is: "external", target: textAt(value, 2 + Buffer.byteLength(file)), file, at };
}

/** The files that a dataset's data is in [IV.A.2.h]. */
export function externalFiles(file: Hdf5File, { data, at }: HeaderMessage): readonly string[] {
  if (data.length < 8) throw malformed("a list of files is cut", at);
  const count = data.readUInt16LE(6);
  const heapAt = addressIn(file, data, 8);
  if (heapAt === null) return [];
  const heap = localHeapAt(file, heapAt);
  return Array.from({ length: count }, (_, n) => {
    return textAt(heap, lengthIn(file, data, 8 + file.offsetSize + n * 3 * file.lengthSize));
  });
}
