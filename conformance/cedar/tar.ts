import { createReadStream, createWriteStream } from "node:fs";
import { type FileHandle, open } from "node:fs/promises";
import { Transform, type TransformCallback } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";

const BLOCK = 512;
/** Bytes of an archive once unpacked, files in it, and bytes of one file: more is refused. */
export const UNPACKED_BYTES_MAX = 2 ** 32;
export const ENTRIES_MAX = 1_000_000;
export const FILE_BYTES_MAX = 16 * 2 ** 20;

interface Place {
  readonly at: number;
  readonly size: number;
}

/** Files of an archive, read from the disk one by one: memory holds their names and the one that is read. */
export interface Archive {
  readonly names: readonly string[];
  readonly read: (name: string) => Promise<string | null>;
  readonly close: () => Promise<void>;
}

/** Unpacks `path` (tar.gz) into the plain tar `scratch`, which the caller removes. Entry names never become paths. */
export async function openArchive(path: string, scratch: string): Promise<Archive> {
  await pipeline(createReadStream(path), createGunzip(), limited(), createWriteStream(scratch));
  const file = await open(scratch);
  const places = await placesIn(file);
  return {
    names: [...places.keys()],
    read: async (name) => {
      const place = places.get(name);
      return place === undefined ? null : (await bytesAt(file, place)).toString("utf8");
    },
    close: () => file.close(),
  };
}

function limited(): Transform {
  let bytes = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      bytes += chunk.length;
      if (bytes > UNPACKED_BYTES_MAX)
        done(new Error(`the archive unpacks to more than ${UNPACKED_BYTES_MAX} bytes`));
      else done(null, chunk);
    },
  });
}

/** POSIX ustar (IEEE Std 1003.1, pax interchange format), with pax `path` records and GNU long names. */
async function placesIn(file: FileHandle): Promise<ReadonlyMap<string, Place>> {
  const places = new Map<string, Place>();
  let at = 0;
  let long: string | null = null;
  for (let header = await headerAt(file, at); header !== null; header = await headerAt(file, at)) {
    const place = { at: at + BLOCK, size: header.size };
    if (header.kind === "x") long = paxPath((await bytesAt(file, place)).toString("utf8")) ?? long;
    else if (header.kind === "L") long = untilNul(await bytesAt(file, place));
    else {
      if (header.kind === "0") places.set((long ?? header.name).replace(/^\.\//, ""), place);
      long = null;
    }
    if (places.size > ENTRIES_MAX) throw new Error(`the archive holds more than ${ENTRIES_MAX} files`);
    at = place.at + Math.ceil(place.size / BLOCK) * BLOCK;
  }
  return places;
}

interface Header {
  readonly name: string;
  readonly size: number;
  /** `0` for a plain file. */
  readonly kind: string;
}

async function headerAt(file: FileHandle, at: number): Promise<Header | null> {
  const block = Buffer.alloc(BLOCK);
  const { bytesRead } = await file.read(block, 0, BLOCK, at);
  if (bytesRead < BLOCK) throw new Error("the archive is damaged: it ends before its end is marked");
  if (block.every((byte) => byte === 0)) return null;
  checkSum(block);
  const prefix = untilNul(block.subarray(345, 500));
  const name = untilNul(block.subarray(0, 100));
  const kind = block.toString("latin1", 156, 157);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    size: octal(block.subarray(124, 136)),
    kind: kind === "\0" ? "0" : kind,
  };
}

function checkSum(block: Buffer): void {
  const own = octal(block.subarray(148, 156));
  const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  if (own !== sum) throw new Error("the archive is damaged: a header's checksum does not fit");
}

function octal(field: Buffer): number {
  const value = Number.parseInt(untilNul(field).trim() || "0", 8);
  if (!Number.isSafeInteger(value)) throw new Error("the archive is damaged: a number is not octal");
  return value;
}

function untilNul(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end === -1 ? bytes.length : end);
}

function paxPath(records: string): string | null {
  return /(?:^|\n)[0-9]+ path=([^\n]*)\n/.exec(records)?.[1] ?? null;
}

async function bytesAt(file: FileHandle, { at, size }: Place): Promise<Buffer> {
  if (size > FILE_BYTES_MAX) throw new Error(`a file of the archive has more than ${FILE_BYTES_MAX} bytes`);
  const bytes = Buffer.alloc(size);
  const { bytesRead } = await file.read(bytes, 0, size, at);
  if (bytesRead < size) throw new Error("the archive is damaged: it ends inside a file");
  return bytes;
}
