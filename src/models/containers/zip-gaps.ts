import { Buffer } from "node:buffer";
import type { ByteSource } from "../bytes.ts";
import { shown } from "../oddity.ts";
import { MEMBERS_MAX, type Member, type Notes, peek } from "./archive.ts";
import { judgeName } from "./names.ts";
import { endOfData, memberOf } from "./zip-member.ts";
import { descriptorBytes, type Fields, localAt } from "./zip-records.ts";

/** From, to: a part of the file. */
export type Range = readonly [number, number];

const LOCAL = Buffer.from("PK\u0003\u0004", "latin1");
const WINDOW_BYTES = 1_048_576;
/** So much of a file outside of its members is searched for more of them. */
const SEARCHED_BYTES_MAX = 512 * 1_048_576;
const METHOD_MAX = 99;

/** What of `whole` is in none of `ranges`. */
export function gapsIn(whole: Range, ranges: readonly Range[]): readonly Range[] {
  const gaps: Range[] = [];
  let at = whole[0];
  for (const [from, to] of ranges.filter(([start, end]) => end > start).toSorted((a, b) => a[0] - b[0])) {
    if (from > at) gaps.push([at, Math.min(from, whole[1])]);
    at = Math.max(at, to);
  }
  if (at < whole[1]) gaps.push([at, whole[1]]);
  return gaps.filter(([from, to]) => to > from);
}

/** The next place from `from` at which the letters of a local header stand. */
function nextLocal(source: ByteSource, from: number, until: number): number {
  for (let at = from; at < until; at += WINDOW_BYTES) {
    const bytes = peek(source, at, Math.min(WINDOW_BYTES + LOCAL.length - 1, until - at));
    const found = bytes.indexOf(LOCAL);
    if (found >= 0) return at + found;
  }
  return -1;
}

/** The letters stand in programs that read zips, too: a header has a name, a known method, and data within the file. */
function plausible(source: ByteSource, fields: Fields | null): fields is Fields {
  if (fields === null || fields.name === "" || fields.method > METHOD_MAX) return false;
  const dataAt = fields.at + fields.length;
  return dataAt <= source.size && ((fields.flags & 8) !== 0 || dataAt + fields.packed <= source.size);
}

function unlistedMember(source: ByteSource, fields: Fields, end: number, to: Notes): Member {
  const dataAt = fields.at + fields.length;
  to.odd("zip-unlisted", `the local header of ${shown(fields.name)} is in no directory`, fields.at);
  judgeName(fields.name, fields.at, to);
  const packed = end - dataAt;
  const size = fields.size === 0 && fields.method === 0 ? packed : fields.size;
  return memberOf(source, { fields: { ...fields, packed, size }, reading: "unlisted", dataAt });
}

/** The members that only their local headers tell of, in a part of the file that belongs to no listed one. */
function unlistedIn(source: ByteSource, [from, until]: Range, to: Notes): Member[] {
  const members: Member[] = [];
  let at = nextLocal(source, from, until);
  while (at >= 0 && members.length < MEMBERS_MAX) {
    const fields = localAt(source, at);
    let next = at + LOCAL.length;
    if (plausible(source, fields)) {
      const dataAt = at + fields.length;
      const following = nextLocal(source, dataAt, until);
      const end = endOfData(source, fields, dataAt, following < 0 ? Math.max(until, dataAt) : following);
      members.push(unlistedMember(source, fields, end, to));
      next = end + ((fields.flags & 8) === 0 ? 0 : descriptorBytes(source, end));
    }
    at = nextLocal(source, Math.max(next, at + LOCAL.length), until);
  }
  return members;
}

/**
 * Reads what lies in none of a zip's members. Readers that go from one local header to the next (bsdtar, Java's ZipInputStream)
 * find members there that those never see who follow the directory.
 */
export function readGaps(source: ByteSource, gaps: readonly Range[], to: Notes): Member[] {
  let left = SEARCHED_BYTES_MAX;
  const members: Member[] = [];
  for (const [from, until] of gaps) {
    const stop = Math.min(until, from + left);
    left -= stop - from;
    if (stop < until) to.leave(`${until - stop} bytes outside of its members were not searched`, stop);
    members.push(...unlistedIn(source, [from, stop], to));
    if (members.length >= MEMBERS_MAX) break;
  }
  return members;
}
