import type { Buffer } from "node:buffer";
import { malformed } from "../bytes.ts";
import { type Hdf5File, lengthIn } from "./file.ts";

/** [IV.A.2.d], as far as facts and texts need it. */
export interface Datatype {
  /** `F32`, `I8`, `text`, `texts` (each of its own length, in a heap), or the class's name. */
  readonly name: string;
  /** Of one element, in bytes. */
  readonly size: number;
}

const CLASSES = [
  "integer",
  "float",
  "time",
  "text",
  "bits",
  "opaque",
  "compound",
  "reference",
  "enumeration",
  "list",
  "array",
];

export function datatypeIn(bytes: Buffer): Datatype {
  if (bytes.length < 8) throw malformed("a type is cut", 0);
  const [kind, bits, size] = [(bytes[0] ?? 0) & 15, bytes[1] ?? 0, bytes.readUInt32LE(4)];
  if (kind === 0) return { name: `${bits & 8 ? "I" : "U"}${size * 8}`, size };
  if (kind === 1) return { name: `F${size * 8}`, size };
  if (kind === 9) return { name: (bits & 15) === 1 ? "texts" : "list", size };
  return { name: CLASSES[kind] ?? "unknown", size };
}

const DIMENSIONS_MAX = 32;

/** [IV.A.2.b]: the outermost first; none for a single value. */
export function dataspaceIn(file: Hdf5File, bytes: Buffer): readonly number[] {
  const [version, count] = [bytes[0] ?? 0, bytes[1] ?? 0];
  if ((version !== 1 && version !== 2) || count > DIMENSIONS_MAX) throw malformed("a shape is none", 0);
  const first = version === 1 ? 8 : 4;
  // A null dataspace holds nothing at all.
  if (version === 2 && bytes[3] === 2) return [0];
  return Array.from({ length: count }, (_, n) => lengthIn(file, bytes, first + n * file.lengthSize));
}

export function elementsOf(shape: readonly number[], at: number): number {
  const elements = shape.reduce((product, size) => product * size, 1);
  if (!Number.isSafeInteger(elements)) throw malformed("a shape claims too many elements", at);
  return elements;
}
