import { Buffer } from "node:buffer";
import { crc32 } from "node:zlib";
import { type ByteSource, bytesIn, partOf } from "../bytes.ts";
import type { Oddity } from "../oddity.ts";
import { type Opened, peek } from "./archive.ts";
import { NOTHING, type Packing, unpack } from "./unpack.ts";
import { readAll } from "./zip-member.ts";

/** Members of one gzip file, each with its own header: so many are followed. */
const PARTS_MAX = 1024;
/** Framing of a compressed stream beyond what it unpacks to. */
const SLACK_BYTES = 1_048_576;
const HEADER_BYTES_MAX = 70_000;

/** The bytes of a gzip member's header (RFC 1952, 2.3); null where there is none. */
function gzipHeader(source: ByteSource, at: number): number | null {
  const head = peek(source, at, HEADER_BYTES_MAX);
  if (head.length < 18 || head.readUInt16BE(0) !== 0x1f_8b || head[2] !== 8) return null;
  const flags = head[3] ?? 0;
  let next = 10;
  if (flags & 4) next += 2 + head.readUInt16LE(10);
  for (const bit of [8, 16]) {
    if (flags & bit) next = head.indexOf(0, next) + 1 || HEADER_BYTES_MAX;
  }
  if (flags & 2) next += 2;
  return next < head.length ? next : null;
}

interface Part {
  readonly bytes: Uint8Array;
  /** Where the next one is. */
  readonly next: number;
  readonly why: string | null;
  readonly sound: boolean;
}

function gzipPart(source: ByteSource, at: number, most: number): Part | null {
  const header = gzipHeader(source, at);
  if (header === null) return null;
  const input = readAll(partOf(source, at + header, most + SLACK_BYTES));
  const { bytes, consumed, why } = unpack(input, "deflate", most);
  const trailer = peek(source, at + header + consumed, 8);
  const sound = trailer.length === 8 && trailer.readUInt32LE(0) === crc32(bytes);
  return { bytes, next: at + header + consumed + 8, why, sound };
}

/** Members one behind the other, until there is no more of them, or no more room. */
function gzipParts(source: ByteSource, most: number) {
  const parts: Part[] = [];
  let [at, left] = [0, most];
  while (at < source.size && parts.length < PARTS_MAX && (parts.at(-1)?.why ?? null) === null) {
    const part = gzipPart(source, at, left);
    if (part === null) break;
    parts.push(part);
    left -= part.bytes.length;
    at = part.next;
  }
  const full = parts.length === PARTS_MAX ? `it has more than ${PARTS_MAX} parts` : null;
  const none = parts.length === 0 ? "it is no gzip file that can be read" : null;
  return { parts, end: at, why: none ?? parts.at(-1)?.why ?? full };
}

/** What a gzip file holds: all of its members one behind the other (RFC 1952, 2.2), up to `most` bytes. */
export function openGzip(source: ByteSource, most: number): Opened {
  const { parts, end, why } = gzipParts(source, most);
  const oddities: Oddity[] = [];
  const odd = (rule: string, what: string, at: number): void => {
    oddities.push({ rule, what, at });
  };
  if (parts.some((part) => part.why === null && !part.sound)) odd("gzip-crc", "its checksum is wrong", 0);
  if (parts.length > 1) odd("gzip-parts", `it has ${parts.length} parts, one behind the other`, 0);
  const behind = peek(source, end, SLACK_BYTES);
  if (why === null && behind.some((byte) => byte !== 0)) {
    odd("gzip-trailing", `${source.size - end} bytes follow its end`, end);
  }
  const bytes = Buffer.concat(parts.map((part) => part.bytes));
  return { source: bytesIn(bytes), why, oddities, inflated: bytes.length };
}

const TRAILING = { zlib: "zlib-trailing", zstd: "zstd-trailing" };

/** A stream of zlib's (RFC 1950) or a zstd frame (RFC 8878), up to `most` bytes. */
export function openStream(source: ByteSource, how: Exclude<Packing, "deflate">, most: number): Opened {
  const input = source.size > most + SLACK_BYTES ? NOTHING : readAll(source);
  if (input.length === 0) {
    const why = `it has ${source.size} packed bytes, more than may be read of it`;
    return { source: bytesIn(NOTHING), why, oddities: [], inflated: 0 };
  }
  const { bytes, consumed, why } = unpack(input, how, most);
  const behind = source.size - consumed;
  const odd = why === null && behind > 0;
  const oddities = odd ? [{ rule: TRAILING[how], what: `${behind} bytes follow its end`, at: consumed }] : [];
  return { source: bytesIn(bytes), why, oddities, inflated: bytes.length };
}
