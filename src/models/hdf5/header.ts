import { Buffer } from "node:buffer";
import { malformed } from "../bytes.ts";
import { addressIn, blockAt, type Hdf5File, lengthIn } from "./file.ts";

/** A message of an object header [IV.A]: `at` is where its data is in the file. */
export interface HeaderMessage {
  readonly type: number;
  readonly flags: number;
  readonly data: Buffer;
  readonly at: number;
}

/** Bit 1: the message is elsewhere, and this is where [IV.A.1.a]. */
export const SHARED = 2;
const CONTINUATION = 0x10;
const MESSAGES_MAX = 65_536;
const CHUNKS_MAX = 1_024;

interface Chunk {
  readonly at: number;
  readonly length: number;
}

/** All messages of an object header, versions 1 and 2, its continuations included. */
export function messagesAt(file: Hdf5File, address: number): readonly HeaderMessage[] {
  const isNew = blockAt(file, address, 4, "an object").toString("latin1") === "OHDR";
  return isNew ? newMessages(file, address) : oldMessages(file, address);
}

function gathered(
  file: Hdf5File,
  first: Chunk,
  read: (chunk: Chunk, isFirst: boolean) => readonly HeaderMessage[],
): readonly HeaderMessage[] {
  const messages: HeaderMessage[] = [];
  const chunks: Chunk[] = [first];
  const seen = new Set<number>();
  for (const chunk of chunks) {
    if (seen.has(chunk.at) || chunks.length > CHUNKS_MAX)
      throw malformed("an object's header leads back to itself", file.base + chunk.at);
    seen.add(chunk.at);
    for (const message of read(chunk, chunk === first)) {
      messages.push(message);
      if (messages.length > MESSAGES_MAX) throw malformed("an object has too many messages", message.at);
      if (message.type !== CONTINUATION) continue;
      const at = addressIn(file, message.data, 0);
      if (at !== null) chunks.push({ at, length: lengthIn(file, message.data, file.offsetSize) });
    }
  }
  return messages;
}

/** [IV.A.1.a]: version, reserved, count, references, length, and padding to 8. */
function oldMessages(file: Hdf5File, address: number): readonly HeaderMessage[] {
  const head = blockAt(file, address, 16, "an object");
  if (head[0] !== 1)
    throw malformed(`an object's header has the version ${head[0] ?? 0}`, file.base + address);
  const first = { at: address + 16, length: head.readUInt32LE(8) };
  return gathered(file, first, ({ at, length }) => {
    const bytes = blockAt(file, at, length, "an object's header");
    const messages: HeaderMessage[] = [];
    for (let next = 0; next + 8 <= bytes.length; ) {
      const size = bytes.readUInt16LE(next + 2);
      if (next + 8 + size > bytes.length) throw malformed("a message is cut", file.base + at + next);
      messages.push({
        type: bytes.readUInt16LE(next),
        flags: bytes[next + 4] ?? 0,
        data: bytes.subarray(next + 8, next + 8 + size),
        at: file.base + at + next + 8,
      });
      next += 8 + size;
    }
    return messages;
  });
}

/** [IV.A.1.b]: letters, version, flags, times, bounds, length; messages of four bytes of header, or six; a checksum. */
function newMessages(file: Hdf5File, address: number): readonly HeaderMessage[] {
  const head = blockAt(file, address, 6, "an object");
  const flags = head[5] ?? 0;
  if (head[4] !== 2)
    throw malformed(`an object's header has the version ${head[4] ?? 0}`, file.base + address);
  const before = 6 + (flags & 0x20 ? 16 : 0) + (flags & 0x10 ? 4 : 0);
  const width = 1 << (flags & 3);
  const size = blockAt(file, address + before, width, "an object");
  const length = width === 8 ? Number(size.readBigUInt64LE()) : size.readUIntLE(0, width);
  const each = flags & 4 ? 6 : 4;
  const first = { at: address + before + width, length };
  return gathered(file, first, (chunk, isFirst) => {
    const bytes = blockAt(file, chunk.at, chunk.length, "an object's header");
    if (!isFirst && bytes.toString("latin1", 0, 4) !== "OCHK")
      throw malformed("an object's header goes on where there is none", file.base + chunk.at);
    const [from, until] = isFirst ? [0, bytes.length] : [4, bytes.length - 4];
    return packedMessages({ bytes, from, until, each, at: file.base + chunk.at });
  });
}

interface Packed {
  readonly bytes: Buffer;
  readonly from: number;
  readonly until: number;
  /** Bytes before a message's data. */
  readonly each: number;
  readonly at: number;
}

function packedMessages({ bytes, from, until, each, at }: Packed): readonly HeaderMessage[] {
  const messages: HeaderMessage[] = [];
  for (let next = from; next + each <= until; ) {
    const size = bytes.readUInt16LE(next + 1);
    const start = next + each;
    if (start + size > until) throw malformed("a message is cut", at + next);
    const data = Buffer.from(bytes.subarray(start, start + size));
    messages.push({ type: bytes[next] ?? 0, flags: bytes[next + 3] ?? 0, data, at: at + start });
    next = start + size;
  }
  return messages;
}
