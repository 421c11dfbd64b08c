import type { ByteSource } from "../bytes.ts";
import { shown } from "../oddity.ts";
import { type ArchiveOutcome, MEMBERS_MAX, type Member, type Notes, notes, peek } from "./archive.ts";
import { judgeName } from "./names.ts";
import { type Directory, directoriesOf, endPlaces } from "./zip-directory.ts";
import { gapsIn, type Range, readGaps } from "./zip-gaps.ts";
import { lostMember, memberOf } from "./zip-member.ts";
import { descriptorBytes, END_BYTES, type Fields, type Listed, localAt } from "./zip-records.ts";

/** Of a file's mode: what kind it is, and a symbolic link's. */
const [MODE_KIND, MODE_LINK] = [0xf000, 0xa000];
const UTF8_FLAG = 0x800;
/** Bits 4, 5 (patches), 7 to 10, 12, 14, 15: reserved or unused (APPNOTE 4.4.4). Some scanners stop at them, torch doesn't. */
const UNUSED_FLAGS = 0xd7b0;
const DESCRIPTOR_FLAG = 8;

/** What the two headers of one member say differently. With a data descriptor the local one may leave its numbers out. */
function differences(listed: Listed, local: Fields): string[] {
  const later = (local.flags & DESCRIPTOR_FLAG) !== 0;
  const number = (what: string, one: number, other: number): string | null => {
    return one === other || (later && other === 0) ? null : `${what} ${one} and ${other}`;
  };
  const said = [
    listed.name === local.name ? null : `the names ${shown(listed.name)} and ${shown(local.name)}`,
    listed.method === local.method ? null : `the methods ${listed.method} and ${local.method}`,
    number("the packed sizes", listed.packed, local.packed),
    number("the sizes", listed.size, local.size),
    number("the checksums", listed.crc, local.crc),
    (listed.flags ^ local.flags) & ~UTF8_FLAG ? `the flags ${listed.flags} and ${local.flags}` : null,
  ];
  return said.filter((one) => one !== null);
}

const RULES: readonly (readonly [string, string])[] = [
  ["the names", "zip-name-differs"],
  ["the flags", "zip-flags-differ"],
];

function judgeListed(listed: Listed, to: Notes): void {
  judgeName(listed.name, listed.at, to);
  if ((listed.mode & MODE_KIND) === MODE_LINK) {
    to.odd("zip-link", `${shown(listed.name)} is a symbolic link`, listed.at);
  }
  if ((listed.flags & UNUSED_FLAGS) !== 0) {
    to.odd("zip-flags", `${shown(listed.name)} has flags that no writer sets: ${listed.flags}`, listed.at);
  }
  if (listed.otherName !== null && listed.otherName !== listed.name) {
    to.odd("zip-name-differs", `${shown(listed.name)} is also named ${shown(listed.otherName)}`, listed.at);
  }
}

/** Both readings of one listed member, where they differ; the parts of the file that it takes. */
function readMember(
  source: ByteSource,
  listed: Listed,
  at: number,
  to: Notes,
): { members: Member[]; range: Range } {
  const local = localAt(source, at);
  if (local === null) {
    to.odd("zip-no-local", `${shown(listed.name)} has no local header where the directory says`, listed.at);
    return {
      members: [lostMember(listed, "there is no local header where the directory says")],
      range: [at, at],
    };
  }
  const dataAt = at + local.length;
  const end = Math.min(source.size, dataAt + listed.packed);
  const range: Range = [at, (local.flags & DESCRIPTOR_FLAG) === 0 ? end : end + descriptorBytes(source, end)];
  const said = differences(listed, local);
  for (const what of said) {
    const rule = RULES.find(([start]) => what.startsWith(start))?.[1] ?? "zip-headers-differ";
    to.odd(rule, `${shown(listed.name)}: directory and local header give ${what}`, at);
  }
  if (said.length === 0)
    return { members: [memberOf(source, { fields: listed, reading: "both", dataAt })], range };
  judgeName(local.name, at, to);
  const later = (local.flags & DESCRIPTOR_FLAG) !== 0 && local.packed === 0;
  const { packed, size, crc } = later ? listed : local;
  const members = [
    memberOf(source, { fields: listed, reading: "central", dataAt }),
    memberOf(source, { fields: { ...local, packed, size, crc }, reading: "local", dataAt }),
  ];
  return { members, range };
}

/** Where a listed member's local header is: miniz adds nothing to its offset, zipfile what stands before the zip. */
function placesOf(source: ByteSource, directory: Directory, listed: Listed): readonly number[] {
  const moved = directory.base + listed.localAt;
  if (directory.base === 0) return [moved];
  const there = [moved, listed.localAt].filter((at) => localAt(source, at) !== null);
  return there.length === 0 ? [moved] : there;
}

function readDirectory(source: ByteSource, directory: Directory, to: Notes) {
  const members: Member[] = [];
  const ranges: Range[] = [];
  const names = new Set<string>();
  for (const listed of directory.entries) {
    judgeListed(listed, to);
    if (names.has(listed.name)) to.odd("zip-duplicate", `${shown(listed.name)} is listed twice`, listed.at);
    names.add(listed.name);
    for (const at of placesOf(source, directory, listed)) {
      const read = readMember(source, listed, at, to);
      members.push(...read.members);
      ranges.push(read.range);
    }
  }
  return { members, ranges };
}

function judgeOverlaps(ranges: readonly Range[], to: Notes): void {
  let reached = 0;
  for (const [from, until] of ranges.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    if (from < reached) to.odd("zip-overlap", "members share bytes", from);
    reached = Math.max(reached, until);
  }
}

interface Read {
  readonly members: Member[];
  readonly ranges: Range[];
}

/** The directories by every end record that is not inside of a member: those belong to zips that are members. */
function readEnds(source: ByteSource, to: Notes): Read {
  const [members, ranges]: [Member[], Range[]] = [[], []];
  const starts = new Set<number>();
  let first = true;
  for (const place of endPlaces(source, to)) {
    if (ranges.some(([from, until]) => place >= from && place < until)) continue;
    if (first) judgeEnd(source, place, to);
    else to.odd("zip-several-ends", "it has more than one end record", place);
    first = false;
    for (const directory of directoriesOf(source, place, to)) {
      if (starts.has(directory.start)) continue;
      starts.add(directory.start);
      const read = readDirectory(source, directory, to);
      judgeOverlaps(read.ranges, to);
      for (const member of read.members) members.push(member);
      for (const range of read.ranges) ranges.push(range);
      ranges.push([directory.start, directory.end]);
    }
    if (members.length > 2 * MEMBERS_MAX) break;
  }
  return { members, ranges };
}

function judgeEnd(source: ByteSource, place: number, to: Notes): void {
  const comment = peek(source, place + END_BYTES - 2, 2);
  const behind = source.size - place - END_BYTES - comment.readUInt16LE(0);
  if (behind > 0) to.odd("zip-trailing", `${behind} bytes follow its end`, source.size - behind);
  if (behind < 0) to.odd("zip-comment", "its comment is longer than what is left of the file", place);
}

/**
 * The members of a zip, in every reading that some loader takes: by each central directory that an end record can mean, by local
 * headers where those say otherwise, and by local headers that no directory lists. Nothing is inflated before a member is opened.
 */
export function readZip(source: ByteSource): ArchiveOutcome {
  const to = notes();
  const { members, ranges } = readEnds(source, to);
  const first = ranges.reduce((least, [from]) => Math.min(least, from), source.size);
  if (members.length > 0 && first > 0) to.odd("zip-prefix", `${first} bytes stand before it`, 0);
  const unlisted = readGaps(source, gapsIn([0, source.size], ranges), to);
  if (members.length === 0 && unlisted.length > 0) {
    to.odd("zip-no-directory", "it has no directory that can be read", source.size);
  }
  const all = [...members, ...unlisted];
  if (all.length === 0 && to.unread.length > 0) {
    return { ok: false, malformed: to.unread[0] ?? { what: "it cannot be read", at: 0 } };
  }
  return { ok: true, members: all, oddities: to.oddities(), unread: to.unread };
}
