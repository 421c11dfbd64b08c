import type { ByteSource } from "../bytes.ts";
import { MEMBERS_MAX, type Notes, peek } from "./archive.ts";
import {
  END_BYTES,
  END_REACH,
  END_SIGNATURE,
  type End,
  endsAt,
  type Listed,
  listedAt,
} from "./zip-records.ts";

/** A central directory that some reader would take. */
export interface Directory {
  readonly start: number;
  /** Where it ends: behind its last entry. */
  readonly end: number;
  /** What is to be added to the offsets in it: the bytes before the zip, where it was put behind something else. */
  readonly base: number;
  readonly record: End;
  readonly entries: readonly Listed[];
}

/** So many end records of one file are followed. */
const ENDS_MAX = 16;
const WIDE_TAIL_BYTES = 76;

/** Where end records are, the last one first, as all readers search. */
export function endPlaces(source: ByteSource, to: Notes): readonly number[] {
  const from = Math.max(0, source.size - END_REACH);
  const tail = peek(source, from, source.size - from);
  const places: number[] = [];
  for (let at = tail.length - END_BYTES; at >= 0; at -= 1) {
    at = tail.lastIndexOf(END_SIGNATURE, at);
    if (at < 0) break;
    if (places.length === ENDS_MAX) {
      to.leave(`it has more than ${ENDS_MAX} end records`, from + at);
      break;
    }
    places.push(from + at);
  }
  return places;
}

/** Whether a zip's end record is in reach of its readers, whatever the file begins with. */
export function hasEnd(tail: Uint8Array): boolean {
  const bytes = peek({ size: tail.length, read: () => tail }, 0, tail.length);
  const at = bytes.lastIndexOf(END_SIGNATURE);
  if (at < 0 || at + END_BYTES > bytes.length) return false;
  // A record of more disks, or of entries that take less room than their headers must: letters in some other data.
  const [count, size] = [bytes.readUInt16LE(at + 10), bytes.readUInt32LE(at + 12)];
  return bytes.readUInt16LE(at + 8) === count && (count === 0xff_ff || size >= count * 46);
}

function entriesFrom(source: ByteSource, start: number): { entries: Listed[]; end: number } {
  const entries: Listed[] = [];
  let at = start;
  while (entries.length < MEMBERS_MAX) {
    const entry = listedAt(source, at);
    if (entry === null) break;
    entries.push(entry);
    at += entry.length;
  }
  return { entries, end: at };
}

/** Where a directory may start by this record: at its offset (miniz, torch), or before the record by its size (zipfile). */
function startsOf(end: End): readonly (readonly [number, number])[] {
  const stops = end.wideAt === null ? [end.at] : [end.wideAt, end.at - WIDE_TAIL_BYTES];
  const before = stops.map((stop): readonly [number, number] => {
    return [stop - end.size, stop - end.size - end.offset];
  });
  return [[end.offset, 0], ...before];
}

function judged(directory: Directory, to: Notes): Directory {
  const { record, entries, start, end } = directory;
  if (entries.length >= MEMBERS_MAX) to.leave(`only ${MEMBERS_MAX} of its entries were read`, end);
  if (record.count !== entries.length) {
    to.odd(
      "zip-count",
      `its end record counts ${record.count} entries, there are ${entries.length}`,
      record.at,
    );
  }
  if (record.size !== end - start) {
    to.odd(
      "zip-directory-size",
      `its directory is said to have ${record.size} bytes, of ${end - start}`,
      start,
    );
  }
  if (record.disks !== 0) to.odd("zip-disks", "it says that it is one of several disks", record.at);
  if (directory.base < 0) to.odd("zip-base", "its offsets are larger than where its parts are", record.at);
  return directory;
}

/** Every directory that the end record at `at` can be taken to mean; more than one where its numbers allow it. */
export function directoriesOf(source: ByteSource, at: number, to: Notes): readonly Directory[] {
  const found = new Map<number, Directory>();
  const ends = endsAt(source, at);
  for (const record of ends) {
    for (const [start, base] of startsOf(record)) {
      if (found.has(start) || start < 0 || start >= source.size) continue;
      const { entries, end } = entriesFrom(source, start);
      if (entries.length > 0) found.set(start, { start, end, base, record, entries });
    }
  }
  const all = [...found.values()];
  if (all.length === 0 && ends.some(({ count }) => count > 0)) {
    to.leave("its directory is not where its end record says", at);
  }
  for (const { start } of all.slice(1)) {
    to.odd("zip-two-directories", "its end record can be taken to mean another directory", start);
  }
  return all.map((directory) => judged(directory, to));
}
