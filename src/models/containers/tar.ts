import { type ByteSource, malformed, partOf } from "../bytes.ts";
import { shown } from "../oddity.ts";
import { outcomeOf } from "../outcome.ts";
import {
  type ArchiveOutcome,
  MEMBERS_MAX,
  type Member,
  type Notes,
  notes,
  peek,
  type Reading,
} from "./archive.ts";
import { judgeName } from "./names.ts";
import { BLOCK_BYTES, headerIn, paxIn, type TarHeader } from "./tar-header.ts";

/** Extended headers and long names are texts: this much is read of one. */
const EXTENDED_BYTES_MAX = 1_048_576;
/** So many places are followed at which readers that take sizes differently go on. */
const STARTS_MAX = 16;
/** Behind the end, so many blocks are searched for more headers. */
const BEHIND_BLOCKS_MAX = 65_536;
const KINDS: ReadonlyMap<string, string> = new Map([
  ["1", "a hard link"],
  ["2", "a symbolic link"],
  ["3", "a device"],
  ["4", "a device"],
  ["6", "a pipe"],
  ["S", "a sparse file"],
  ["M", "the rest of a file of another volume"],
]);
const SILENT = new Set(["5", "V", "D"]);
const FILES = new Set(["0", "7", "S", "M"]);

/** Kinds whose data isn't the file. */
const UNFOLLOWED: ReadonlyMap<string, string> = new Map([
  ["S", "it is stored with holes"],
  ["M", "its start is in another file"],
]);

interface Walk {
  readonly source: ByteSource;
  readonly to: Notes;
  readonly members: Member[];
  /** Where readers go on that take a size in another way. */
  readonly starts: number[];
  readonly seen: Set<number>;
}

/** What extended headers say of the member that follows them. */
interface Extended {
  readonly pax: ReadonlyMap<string, string>;
  readonly name: string | null;
  readonly link: string | null;
}

const NONE: Extended = { pax: new Map(), name: null, link: null };
const padded = (size: number): number => Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;

function textAt(walk: Walk, at: number, size: number) {
  const bytes = peek(walk.source, at, Math.min(size, EXTENDED_BYTES_MAX));
  if (bytes.length < size)
    walk.to.leave(`${size - bytes.length} bytes of an extended header were not read`, at);
  return bytes;
}

/** An extended header, added to those before it; null where `header` is a member's. */
function extend(walk: Walk, header: TarHeader, at: number, before: Extended): Extended | null {
  const size = header.size ?? 0;
  if (header.kind === "L" || header.kind === "K") {
    const text = textAt(walk, at, size).toString("utf8").replace(/\0.*$/su, "");
    return header.kind === "L" ? { ...before, name: text } : { ...before, link: text };
  }
  if (header.kind !== "x" && header.kind !== "g" && header.kind !== "X") return null;
  const { records, whole } = paxIn(textAt(walk, at, size));
  if (!whole) walk.to.odd("tar-pax", "an extended header is broken off", at);
  return { ...before, pax: new Map([...before.pax, ...records]) };
}

function sparse(pax: Extended["pax"]): boolean {
  return [...pax.keys()].some((key) => key.startsWith("GNU.sparse."));
}

function addMember(
  walk: Walk,
  member: { name: string; at: number; size: number; kind: string; reading: Reading },
) {
  const { name, at, size, kind, reading } = member;
  const source = partOf(walk.source, at + BLOCK_BYTES, size);
  const short = source.size < size ? `it claims ${size} bytes, of which ${source.size} are there` : null;
  const why = UNFOLLOWED.get(kind) ?? short;
  const open = () => ({ source, why, inflated: 0, oddities: [] });
  walk.members.push({ name, reading, at, size, open });
}

function judgeMember(
  walk: Walk,
  header: TarHeader,
  [name, link]: readonly [string, string],
  at: number,
): void {
  judgeName(name, at, walk.to);
  const kind = KINDS.get(header.kind);
  if (kind === undefined && !FILES.has(header.kind) && !SILENT.has(header.kind)) {
    walk.to.odd("tar-kind", `${shown(name)} is of an unknown kind, ${shown(header.kind)}`, at);
  } else if (kind !== undefined) {
    const target = header.kind === "1" || header.kind === "2" ? ` to ${shown(link)}` : "";
    walk.to.odd(header.kind <= "2" ? "tar-link" : "tar-kind", `${shown(name)} is ${kind}${target}`, at);
  }
}

/** The size that the header before gives, where it gives one. */
function sizeSaid(pax: Extended["pax"], own: number): number {
  const said = pax.get("size") ?? "";
  return /^\d{1,15}$/u.test(said) ? Number(said) : own;
}

/** The name and the target of a link, the longer forms first. */
function namesOf(header: TarHeader, { pax, name, link }: Extended): readonly [string, string] {
  const path = pax.get("GNU.sparse.name") ?? pax.get("path");
  return [path ?? name ?? header.name, pax.get("linkpath") ?? link ?? header.link];
}

/** A member whose extended header and own header give two sizes is read by both, as are those behind it (CVE-2025-62518). */
function readMember(walk: Walk, header: TarHeader, extended: Extended, at: number): number {
  const { pax } = extended;
  const [name, link] = namesOf(header, extended);
  judgeMember(walk, header, [name, link], at);
  const own = header.size ?? 0;
  const size = sizeSaid(pax, own);
  const kind = sparse(pax) ? "S" : header.kind;
  if (FILES.has(kind) || size > 0) {
    addMember(walk, { name, at, size, kind, reading: size === own ? "both" : "central" });
  }
  if (size !== own) {
    walk.to.odd(
      "tar-two-sizes",
      `${shown(name)} has ${own} bytes by its header, ${size} by the one before`,
      at,
    );
    addMember(walk, { name, at, size: own, kind, reading: "local" });
    walk.starts.push(at + BLOCK_BYTES + padded(own));
  }
  // A link or a device has no data, whatever its size says, to some readers; to others it has.
  if (/^[1-6]$/u.test(header.kind) && size > 0) walk.starts.push(at + BLOCK_BYTES);
  return at + BLOCK_BYTES + padded(size);
}

/** From the header at `at` to where there is none; answers where that is. */
function walkFrom(walk: Walk, from: number): number {
  let [at, extended] = [from, NONE];
  while (at < walk.source.size && walk.members.length < MEMBERS_MAX && !walk.seen.has(at)) {
    const header = headerIn(peek(walk.source, at, BLOCK_BYTES));
    if (header === null) return at;
    walk.seen.add(at);
    if (header.size === null) {
      walk.to.leave(
        `the size of ${shown(header.name)} is no number of bytes: what follows it cannot be found`,
        at,
      );
      return at;
    }
    const next = extend(walk, header, at + BLOCK_BYTES, extended);
    at = next === null ? readMember(walk, header, extended, at) : at + BLOCK_BYTES + padded(header.size);
    extended = next ?? NONE;
  }
  return at;
}

/** What follows the end, given as a file of its own too: it may be one of another kind. */
function behind(walk: Walk, at: number): void {
  walk.to.odd("tar-behind", "something follows its end", at);
  const source = partOf(walk.source, at, walk.source.size);
  const open = () => ({ source, why: null, inflated: 0, oddities: [] });
  walk.members.push({ name: "behind its end", reading: "unlisted", at, size: source.size, open });
}

/** Behind the end of a tar there is padding; some readers go on where there are headers again. */
function searchBehind(walk: Walk, from: number): void {
  const end = Math.min(walk.source.size, from + BEHIND_BLOCKS_MAX * BLOCK_BYTES);
  let told = false;
  for (let at = from; at < end; at += BLOCK_BYTES) {
    const block = peek(walk.source, at, BLOCK_BYTES);
    if (block.every((byte) => byte === 0)) continue;
    if (!told) behind(walk, at);
    told = true;
    if (headerIn(block) === null || walk.seen.has(at)) continue;
    at = Math.max(at, walkFrom(walk, at) - BLOCK_BYTES);
  }
  if (end < walk.source.size)
    walk.to.leave(`${walk.source.size - end} bytes behind its end were not searched`, end);
}

/**
 * The members of a tar of any form: v7, ustar, GNU, pax. Links and devices are told and never followed. Where two headers give
 * two sizes, both readings are walked.
 */
export function readTar(source: ByteSource): ArchiveOutcome {
  return outcomeOf(() => {
    const walk: Walk = { source, to: notes(), members: [], starts: [], seen: new Set() };
    if (headerIn(peek(source, 0, BLOCK_BYTES)) === null) throw malformed("it has no header of a tar", 0);
    const end = walkFrom(walk, 0);
    let follows = 0;
    for (; follows < STARTS_MAX && follows < walk.starts.length; follows += 1) {
      walkFrom(walk, walk.starts[follows] ?? source.size);
    }
    if (follows < walk.starts.length) walk.to.leave(`it can be read in more than ${STARTS_MAX} ways`, end);
    if (walk.members.length >= MEMBERS_MAX)
      walk.to.leave(`only ${MEMBERS_MAX} of its members were read`, end);
    if (end > source.size) walk.to.leave("its last member goes on past the end", end);
    searchBehind(walk, end);
    return { members: walk.members, oddities: walk.to.oddities(), unread: walk.to.unread };
  });
}
