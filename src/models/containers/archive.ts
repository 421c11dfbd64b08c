import { Buffer } from "node:buffer";
import type { ByteSource } from "../bytes.ts";
import { type Oddity, oddityList } from "../oddity.ts";
import type { Outcome } from "../outcome.ts";

/** What was left unread, and why: a file of which something is unread is never clean. */
export interface Unread {
  readonly what: string;
  readonly at: number;
}

/** The bytes of a member. `why` is null where they are all there; else `source` is what could be read of its start. */
export interface Opened {
  readonly source: ByteSource;
  readonly why: string | null;
  readonly oddities: readonly Oddity[];
  /** Bytes of memory that this took: 0 for a view of the container. */
  readonly inflated: number;
}

/**
 * Which reading of the container gives this member: `both` of its indexes alike, only the `central` directory, only the `local`
 * header of a listed member, or a local header that is `unlisted`. A container with one index gives `both`.
 */
export type Reading = "both" | "central" | "local" | "unlisted";

export interface Member {
  readonly name: string;
  readonly reading: Reading;
  /** Where its header is in the container. */
  readonly at: number;
  /** In bytes, as the container claims it. */
  readonly size: number;
  /** At most `most` bytes are inflated; a stored member is a view of its container, whatever its size. */
  readonly open: (most: number) => Opened;
}

export interface Archive {
  readonly members: readonly Member[];
  readonly oddities: readonly Oddity[];
  readonly unread: readonly Unread[];
}

export type ArchiveOutcome = Outcome<Archive>;

/** So many parts that were left unread are named; one is enough to make a file unscannable. */
const UNREAD_MAX = 100;
/** One container is followed for so many members. */
export const MEMBERS_MAX = 100_000;

/** Collects what a reader notices, within bounds. */
export interface Notes {
  readonly odd: (rule: string, what: string, at: number) => void;
  readonly leave: (what: string, at: number) => void;
  readonly oddities: () => readonly Oddity[];
  readonly unread: Unread[];
}

export function notes(): Notes {
  const list = oddityList();
  const unread: Unread[] = [];
  return {
    oddities: list.all,
    unread,
    odd: list.add,
    leave: (what, at) => {
      if (unread.length < UNREAD_MAX) unread.push({ what, at });
    },
  };
}

/** The bytes `at`, as a Buffer over the same memory; shorter where the source ends. */
export function peek(source: ByteSource, at: number, length: number): Buffer {
  if (at < 0 || at >= source.size || length <= 0) return Buffer.alloc(0);
  const bytes = source.read(at, Math.min(length, source.size - at));
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** What `peek` gives where it is all there; null where the source ends before. */
export function exactly(source: ByteSource, at: number, length: number): Buffer | null {
  const bytes = peek(source, at, length);
  return bytes.length === length ? bytes : null;
}
