import { secretForms } from "./forms.ts";

/** Removes secrets from bytes that come in pieces, however they are cut. */
export interface Scrubber {
  /** What can be passed on by now: what may still become a secret is kept back. */
  readonly push: (chunk: Uint8Array) => Uint8Array;
  readonly end: () => Uint8Array;
  /** How many were removed. */
  readonly removed: () => number;
}

/** Put in the place of each byte of a secret, so that lengths stay what the upstream said. */
const FILL = "*";
/** The beginning of a secret that an answer ends with; of fewer bytes, ordinary words begin so. */
const BROKEN_BYTES_MIN = 8;

/**
 * INVARIANT: whatever the chunks, the bytes that come out are those of one `push` of everything, and hold no form of a
 * secret. At most one form's length is kept back.
 */
export function createScrubber(secrets: readonly string[]): Scrubber {
  const needles = needlesOf(secrets);
  const longest = needles[0]?.length ?? 0;
  /** As they came; the first `covered` of them are of a secret that is gone already. */
  let kept: Buffer = Buffer.alloc(0);
  let covered = 0;
  let removed = 0;
  return {
    push: (chunk) => {
      if (longest === 0) return chunk;
      const bytes = Buffer.concat([kept, chunk]);
      const open = openEnd(bytes, needles);
      const out = Buffer.from(bytes.subarray(0, open));
      let reach = covered;
      out.fill(FILL, 0, Math.min(reach, open));
      for (const { from, to } of matchesIn(bytes, needles)) {
        if (from >= open) continue;
        out.fill(FILL, from, Math.min(to, open));
        reach = Math.max(reach, to);
        removed += 1;
      }
      kept = bytes.subarray(open);
      covered = Math.max(0, reach - open);
      return out;
    },
    end: () => {
      const rest = Buffer.from(kept);
      // What broke off in a secret gives away as much of it.
      rest.fill(FILL, 0, rest.length < BROKEN_BYTES_MIN ? Math.min(covered, rest.length) : rest.length);
      kept = Buffer.alloc(0);
      covered = 0;
      return rest;
    },
    removed: () => removed,
  };
}

const made = new WeakMap<readonly string[], readonly Buffer[]>();

/** Each header of an answer is looked through by itself: the forms are made once for all of them. */
function needlesOf(secrets: readonly string[]): readonly Buffer[] {
  const needles = made.get(secrets) ?? secretForms(secrets);
  made.set(secrets, needles);
  return needles;
}

interface Match {
  readonly from: number;
  readonly to: number;
}

/** All of them, also where one lies in another or overlaps it. */
function matchesIn(bytes: Buffer, needles: readonly Buffer[]): readonly Match[] {
  return needles.flatMap((needle) => {
    const found: Match[] = [];
    for (let at = bytes.indexOf(needle); at >= 0; at = bytes.indexOf(needle, at + 1))
      found.push({ from: at, to: at + needle.length });
    return found;
  });
}

/** From where on the bytes may be the beginning of a secret that goes on in the next chunk. */
function openEnd(bytes: Buffer, needles: readonly Buffer[]): number {
  return needles.reduce((open, needle) => Math.min(open, beginningOf(needle, bytes)), bytes.length);
}

const SEED_BYTES = 4;

/** Where the bytes end with the beginning of a needle; their length: nowhere. The first bytes are looked for at once, since tokens can be long. */
function beginningOf(needle: Buffer, bytes: Buffer): number {
  const isBeginning = (at: number): boolean =>
    needle.subarray(0, bytes.length - at).equals(bytes.subarray(at));
  const seed = needle.subarray(0, SEED_BYTES);
  const from = Math.max(0, bytes.length - needle.length + 1);
  for (let at = bytes.indexOf(seed, from); at >= 0; at = bytes.indexOf(seed, at + 1))
    if (isBeginning(at)) return at;
  for (let at = Math.max(from, bytes.length - seed.length + 1); at < bytes.length; at += 1)
    if (isBeginning(at)) return at;
  return bytes.length;
}

/** The same of bytes that are all there. */
export function scrubbedBytes(secrets: readonly string[], bytes: Uint8Array): Buffer {
  const scrubber = createScrubber(secrets);
  return Buffer.concat([scrubber.push(bytes), scrubber.end()]);
}

export function scrubbed(secrets: readonly string[], text: string): string {
  return secrets.length === 0 ? text : scrubbedBytes(secrets, Buffer.from(text, "utf8")).toString("utf8");
}
