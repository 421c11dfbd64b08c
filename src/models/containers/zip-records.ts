import { Buffer } from "node:buffer";
import type { ByteSource } from "../bytes.ts";
import { exactly, peek } from "./archive.ts";
import { nameOf } from "./names.ts";

// The records of a zip file, by PKWARE's APPNOTE.TXT 6.3.10 (sections 4.3.7, 4.3.12, 4.4, 4.5.3).

export const LOCAL_SIGNATURE = 0x04_03_4b_50;
export const LISTED_SIGNATURE = 0x02_01_4b_50;
export const DESCRIPTOR_SIGNATURE = 0x08_07_4b_50;
const LOCAL_BYTES = 30;
const LISTED_BYTES = 46;
const FULL32 = 0xff_ff_ff_ff;
/** Names are 65,535 bytes at most; most headers are read whole with this much. */
const HEADER_GUESS = 512;

/** What both kinds of header say of a member. Sizes in bytes. */
export interface Fields {
  readonly at: number;
  readonly name: string;
  /** The name in the Info-ZIP Unicode Path field (0x7075), where there is one. */
  readonly otherName: string | null;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  /** The bytes of the header, with its name and extra fields. */
  readonly length: number;
}

export interface Listed extends Fields {
  readonly localAt: number;
  readonly disk: number;
  /** The mode of a file of Unix, or 0. */
  readonly mode: number;
}

function extraField(extra: Buffer, id: number): Buffer | null {
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === id) return extra.subarray(at + 4, at + 4 + length);
    at += 4 + length;
  }
  return null;
}

/** Zip64 (4.5.3): the fields that are full are in the extra field, in this order, each only if it is full. */
function wide(extra: Buffer, values: readonly number[]): number[] {
  const field = extraField(extra, 1);
  let at = 0;
  return values.map((value) => {
    if (value !== FULL32 || field === null || at + 8 > field.length) return value;
    at += 8;
    return Number(field.readBigUInt64LE(at - 8));
  });
}

function unicodePath(extra: Buffer): string | null {
  const field = extraField(extra, 0x70_75);
  return field === null || field.length < 5 ? null : nameOf(field.subarray(5));
}

/** The local header at `at`; null where there is none, or it isn't all there. */
export function localAt(source: ByteSource, at: number): Fields | null {
  let head = peek(source, at, HEADER_GUESS);
  if (head.length < LOCAL_BYTES || head.readUInt32LE(0) !== LOCAL_SIGNATURE) return null;
  const nameEnd = LOCAL_BYTES + head.readUInt16LE(26);
  const length = nameEnd + head.readUInt16LE(28);
  if (length > head.length) head = peek(source, at, length);
  if (head.length < length) return null;
  const extra = head.subarray(nameEnd, length);
  const [size = 0, packed = 0] = wide(extra, [head.readUInt32LE(22), head.readUInt32LE(18)]);
  return {
    at,
    name: nameOf(head.subarray(LOCAL_BYTES, nameEnd)),
    otherName: unicodePath(extra),
    flags: head.readUInt16LE(6),
    method: head.readUInt16LE(8),
    crc: head.readUInt32LE(14),
    packed,
    size,
    length,
  };
}

/** The entry of a central directory at `at`; null where there is none, or it isn't all there. */
export function listedAt(source: ByteSource, at: number): Listed | null {
  let head = peek(source, at, HEADER_GUESS);
  if (head.length < LISTED_BYTES || head.readUInt32LE(0) !== LISTED_SIGNATURE) return null;
  const nameEnd = LISTED_BYTES + head.readUInt16LE(28);
  const extraEnd = nameEnd + head.readUInt16LE(30);
  const length = extraEnd + head.readUInt16LE(32);
  if (extraEnd > head.length) head = peek(source, at, extraEnd);
  if (head.length < extraEnd) return null;
  const extra = head.subarray(nameEnd, extraEnd);
  const full = [head.readUInt32LE(24), head.readUInt32LE(20), head.readUInt32LE(42)];
  const [size = 0, packed = 0, place = 0] = wide(extra, full);
  return {
    at,
    name: nameOf(head.subarray(LISTED_BYTES, nameEnd)),
    otherName: unicodePath(extra),
    flags: head.readUInt16LE(8),
    method: head.readUInt16LE(10),
    crc: head.readUInt32LE(16),
    packed,
    size,
    length,
    localAt: place,
    disk: head.readUInt16LE(34),
    mode: head.readUInt8(5) === 3 ? head.readUInt16LE(40) : 0,
  };
}

/** The bytes of the data descriptor behind a member's data (4.3.9), with or without its signature, of 32 or of 64 bits. */
export function descriptorBytes(source: ByteSource, at: number): number {
  const bytes = peek(source, at, 28);
  const signed = bytes.length >= 4 && bytes.readUInt32LE(0) === DESCRIPTOR_SIGNATURE;
  const lengths = signed ? [16, 24] : [12, 20];
  const next = (length: number): boolean => {
    if (at + length === source.size) return true;
    return bytes.length >= length + 2 && bytes.readUInt16LE(length) === 0x4b_50;
  };
  const [narrow = 0, broad = 0] = lengths;
  if (next(narrow)) return narrow;
  if (next(broad)) return broad;
  return signed ? narrow : 0;
}

/** One end-of-central-directory record and what it says. */
export interface End {
  readonly at: number;
  readonly count: number;
  readonly size: number;
  readonly offset: number;
  readonly disks: number;
  readonly comment: number;
  /** Where the zip64 record says that it stands; null without one. */
  readonly wideAt: number | null;
}

export const END_SIGNATURE = Buffer.from("PK\u0005\u0006", "latin1");
export const END_BYTES = 22;
/** A comment is 65,535 bytes at most: readers look no further back. */
export const END_REACH = END_BYTES + 65_535;
const WIDE_BYTES = 56;
const LOCATOR_BYTES = 20;

function endIn(bytes: Buffer, at: number): End {
  return {
    at,
    disks: bytes.readUInt16LE(4) + bytes.readUInt16LE(6),
    count: bytes.readUInt16LE(10),
    size: bytes.readUInt32LE(12),
    offset: bytes.readUInt32LE(16),
    comment: bytes.readUInt16LE(20),
    wideAt: null,
  };
}

function wideIn(source: ByteSource, at: number, end: End): End | null {
  const bytes = exactly(source, at, WIDE_BYTES);
  if (bytes === null || bytes.readUInt32LE(0) !== 0x06_06_4b_50) return null;
  return {
    at: end.at,
    disks: bytes.readUInt32LE(16) + bytes.readUInt32LE(20),
    count: Number(bytes.readBigUInt64LE(32)),
    size: Number(bytes.readBigUInt64LE(40)),
    offset: Number(bytes.readBigUInt64LE(48)),
    comment: end.comment,
    wideAt: at,
  };
}

/**
 * The readings of the record at `at`, the one that counts first: with a zip64 record, where its locator says it is and (as
 * CPython's zipfile takes it) right before the locator; and the record's own numbers.
 */
export function endsAt(source: ByteSource, at: number): readonly End[] {
  const bytes = exactly(source, at, END_BYTES);
  if (bytes === null) return [];
  const end = endIn(bytes, at);
  const locator = exactly(source, at - LOCATOR_BYTES, LOCATOR_BYTES);
  if (locator === null || locator.readUInt32LE(0) !== 0x07_06_4b_50) return [end];
  const places = [Number(locator.readBigUInt64LE(8)), at - LOCATOR_BYTES - WIDE_BYTES];
  const wides = [...new Set(places)].map((place) => wideIn(source, place, end));
  return [...wides.filter((found) => found !== null), end];
}
