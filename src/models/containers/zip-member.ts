import { crc32 } from "node:zlib";
import { type ByteSource, bytesIn, partOf, READ_BYTES_MAX } from "../bytes.ts";
import { type Oddity, shown } from "../oddity.ts";
import { type Member, type Opened, peek, type Reading } from "./archive.ts";
import { NOTHING, type Packing, unpack } from "./unpack.ts";
import type { Fields } from "./zip-records.ts";

/** A stored member is read whole to compare its CRC only up to this size. */
const CRC_BYTES_MAX = READ_BYTES_MAX;
/** Bits 0 (encrypted), 6 (strongly), 13 (masked headers) of APPNOTE 4.4.4. */
const ENCRYPTED_BITS = 0x2041;
const PACKINGS: ReadonlyMap<number, Packing> = new Map([
  [8, "deflate"],
  [93, "zstd"],
]);
/** Deflate's own framing adds 5 bytes to 65,535 (RFC 1951 3.2.4): more than this has been padded. */
const SLACK_BYTES = 1_048_576;

type Bytes = Pick<Opened, "source" | "why" | "inflated">;

export interface Placed {
  readonly fields: Fields;
  readonly reading: Reading;
  readonly dataAt: number;
}

function stored(source: ByteSource, { fields, dataAt }: Placed): Bytes {
  // Some readers take as many bytes as were packed, others as many as were put in: both are in the view.
  const length = Math.max(fields.packed, fields.size);
  const view = partOf(source, dataAt, length);
  const why = view.size < length ? `it claims ${length} bytes, of which ${view.size} are there` : null;
  return { source: view, why, inflated: 0 };
}

function inflated(source: ByteSource, placed: Placed, how: Packing, most: number): Bytes {
  const { packed } = placed.fields;
  const room = Math.min(source.size - placed.dataAt, most + SLACK_BYTES);
  const input = readAll(partOf(source, placed.dataAt, Math.min(packed, room)));
  const out = unpack(input, how, most);
  const short =
    packed > input.length ? `it claims ${packed} packed bytes, more than may be read of it` : null;
  return { source: bytesIn(out.bytes), why: out.why ?? short, inflated: out.bytes.length };
}

/** All of a source that the caller has bounded. */
export function readAll(source: ByteSource): Uint8Array {
  if (source.size <= READ_BYTES_MAX) return source.read(0, source.size);
  const bytes = new Uint8Array(source.size);
  for (let at = 0; at < source.size; ) {
    const part = source.read(at, READ_BYTES_MAX);
    if (part.length === 0) break;
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function checked({ fields }: Placed, bytes: Bytes): { oddities: Oddity[]; matches: boolean } {
  const oddities: Oddity[] = [];
  const odd = (rule: string, what: string): void => {
    oddities.push({ rule, what: `${shown(fields.name)}: ${what}`, at: fields.at });
  };
  if (bytes.why !== null) return { oddities, matches: false };
  const { size } = bytes.source;
  if (size !== fields.size) odd("zip-size", `it is said to have ${fields.size} bytes, and has ${size}`);
  if (bytes.inflated === 0 && size > CRC_BYTES_MAX) return { oddities, matches: false };
  const matches = crc32(readAll(bytes.source)) === fields.crc;
  if (!matches) odd("zip-crc", "its checksum is wrong: some readers refuse it, torch reads it");
  return { oddities, matches };
}

function opened(source: ByteSource, placed: Placed, most: number): Opened {
  const { fields, dataAt } = placed;
  const how = PACKINGS.get(fields.method);
  if (fields.method !== 0 && how === undefined) {
    const packed = partOf(source, dataAt, fields.packed);
    return { source: packed, why: `it is packed by method ${fields.method}`, inflated: 0, oddities: [] };
  }
  const bytes = how === undefined ? stored(source, placed) : inflated(source, placed, how, most);
  const { oddities, matches } = checked(placed, bytes);
  if ((fields.flags & ENCRYPTED_BITS) === 0) return { ...bytes, oddities };
  // torch reads such members without looking at these bits (CVE-2025-1945), so what is there in the clear is given.
  const what = `${shown(fields.name)}: it is marked as encrypted${matches ? ", and is not" : ""}`;
  const flag = { rule: matches ? "zip-flag-lies" : "zip-encrypted", what, at: fields.at };
  // What is encrypted has another size and sum than what was put in.
  if (!matches) return { ...bytes, why: "it is encrypted", oddities: [flag] };
  return { ...bytes, oddities: [...oddities, flag] };
}

export function memberOf(source: ByteSource, placed: Placed): Member {
  const { fields, reading } = placed;
  return {
    name: fields.name,
    reading,
    at: fields.at,
    size: fields.size,
    open: (most) => opened(source, placed, most),
  };
}

/** A member of which there is no data. */
export function lostMember(fields: Fields, why: string): Member {
  const open = (): Opened => ({ source: bytesIn(NOTHING), why, inflated: 0, oddities: [] });
  return { name: fields.name, reading: "central", at: fields.at, size: fields.size, open };
}

/** Where the data of a member ends that only its local header tells of; with a data descriptor, where it inflates to. */
export function endOfData(source: ByteSource, fields: Fields, dataAt: number, until: number): number {
  if (fields.packed > 0 || (fields.flags & 8) === 0) return Math.min(dataAt + fields.packed, until);
  if (fields.method === 8) {
    const input = peek(source, dataAt, Math.min(until - dataAt, READ_BYTES_MAX));
    const { consumed } = unpack(input, "deflate", 4 * READ_BYTES_MAX);
    if (consumed > 0) return dataAt + consumed;
  }
  return until;
}
