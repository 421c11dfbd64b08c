import type { Buffer } from "node:buffer";
import { malformed } from "../bytes.ts";
import { addressIn, blockAt, type Hdf5File, lengthIn } from "./file.ts";

const LOCAL_BYTES_MAX = 16 * 1_048_576;
const NAME_BYTES_MAX = 4_096;
const GLOBAL_OBJECTS_MAX = 65_536;

/** The data of a local heap [III.D], in which names stand. */
export function localHeapAt(file: Hdf5File, address: number): Buffer {
  const head = blockAt(file, address, 8 + 2 * file.lengthSize + file.offsetSize, "a heap");
  if (head.toString("latin1", 0, 4) !== "HEAP") throw malformed("a heap is none", file.base + address);
  const size = lengthIn(file, head, 8);
  const data = addressIn(file, head, 8 + 2 * file.lengthSize);
  if (data === null || size > LOCAL_BYTES_MAX) throw malformed("a heap is nowhere", file.base + address);
  return blockAt(file, data, size, "a heap");
}

/** A text that ends with a zero. */
export function textAt(bytes: Buffer, at: number, max = NAME_BYTES_MAX): string {
  if (at >= bytes.length) throw malformed("a name is outside of its heap", at);
  const zero = bytes.indexOf(0, at);
  const end = Math.min(zero < 0 ? bytes.length : zero, at + max);
  return bytes.toString("utf8", at, end);
}

/** One object of a global heap [III.E]: the bytes of a value whose length varies. Null where there is none of that number. */
export function globalObject(file: Hdf5File, address: number, index: number): Buffer | null {
  const head = blockAt(file, address, 8 + file.lengthSize, "a heap");
  if (head.toString("latin1", 0, 4) !== "GCOL") throw malformed("a heap is none", file.base + address);
  const end = address + lengthIn(file, head, 8);
  let at = address + 8 + file.lengthSize;
  for (let n = 0; n < GLOBAL_OBJECTS_MAX && at + 8 + file.lengthSize <= end; n += 1) {
    const object = blockAt(file, at, 8 + file.lengthSize, "a heap");
    const [number, size] = [object.readUInt16LE(0), lengthIn(file, object, 8)];
    if (number === 0) return null;
    if (number === index) return blockAt(file, at + 8 + file.lengthSize, size, "a text in a heap");
    at += 8 + file.lengthSize + Math.ceil(size / 8) * 8;
  }
  return null;
}
