import { Buffer } from "node:buffer";
import type { ByteSource } from "#models";

/** A program, or an archive, that stands in the midst of other bytes. */
export interface Hidden {
  readonly is: string;
  readonly at: number;
}

const WINDOW_BYTES = 1_048_576;
/** Longer than the headers that are looked at below. */
const OVERLAP_BYTES = 512;
const FOUND_MAX = 16;

type Fits = (bytes: Buffer, at: number, source: ByteSource, start: number) => boolean;

interface Needle {
  readonly is: string;
  readonly letters: Buffer;
  readonly fits: Fits;
  /** Whether weights never look like it: archives' letters are too few to say so of them. */
  readonly isProgram: boolean;
}

const letters = (text: string): Buffer => Buffer.from(text, "latin1");

/** e_ident by the System V ABI, "ELF Header": class, order, version 1, then e_type of 1 to 4 and e_version 1. */
const isElf: Fits = (bytes, at) => {
  const [width, order] = [bytes[at + 4] ?? 0, bytes[at + 5] ?? 0];
  if (![1, 2].includes(width) || ![1, 2].includes(order) || bytes[at + 6] !== 1) return false;
  const type = order === 1 ? bytes.readUInt16LE(at + 16) : bytes.readUInt16BE(at + 16);
  const version = order === 1 ? bytes.readUInt32LE(at + 20) : bytes.readUInt32BE(at + 20);
  return type >= 1 && type <= 4 && version === 1;
};

/** The old header leads to the letters PE (PE format, "MS-DOS Stub"), behind which a known machine stands. */
const MACHINES = new Set([0x14c, 0x8664, 0xaa64, 0x1c0, 0x1c4, 0x200, 0x5032, 0x5064]);
const isPe: Fits = (bytes, at, source, start) => {
  const to = bytes.readUInt32LE(at + 60);
  if (to < 64 || to > 65_536) return false;
  const place = start + at + to;
  if (place + 6 > source.size) return false;
  const head = Buffer.from(source.read(place, 6));
  return head.toString("latin1", 0, 4) === "PE\u0000\u0000" && MACHINES.has(head.readUInt16LE(4));
};

/** mach-o/loader.h: a known processor, a known kind of file, and load commands. */
const PROCESSORS = new Set([7, 12, 0x01_00_00_07, 0x01_00_00_0c]);
const isMachO: Fits = (bytes, at) => {
  const kind = bytes.readUInt32LE(at + 12);
  return (
    PROCESSORS.has(bytes.readUInt32LE(at + 4)) && kind >= 1 && kind <= 12 && bytes.readUInt32LE(at + 16) > 0
  );
};

/** APPNOTE 4.3.7: a version, a known method, and a name of letters. */
const isZip: Fits = (bytes, at) => {
  const [version, method, name] = [
    bytes.readUInt16LE(at + 4),
    bytes.readUInt16LE(at + 8),
    bytes.readUInt16LE(at + 26),
  ];
  if (version > 100 || method > 99 || name < 1 || name > 256) return false;
  return /^[\x20-\x7e]+$/u.test(bytes.toString("latin1", at + 30, at + 30 + name));
};

const any: Fits = () => true;

const NEEDLES: readonly Needle[] = [
  { is: "a program of Linux", letters: letters("\u007FELF"), fits: isElf, isProgram: true },
  { is: "a program of Windows", letters: letters("MZ"), fits: isPe, isProgram: true },
  { is: "a program of macOS", letters: letters("\u00CF\u00FA\u00ED\u00FE"), fits: isMachO, isProgram: true },
  { is: "a program of macOS", letters: letters("\u00CE\u00FA\u00ED\u00FE"), fits: isMachO, isProgram: true },
  { is: "a zip", letters: letters("PK\u0003\u0004"), fits: isZip, isProgram: false },
  { is: "a 7z archive", letters: letters("7z\u00BC\u00AF\u0027\u001C"), fits: any, isProgram: false },
  { is: "a rar archive", letters: letters("Rar!\u001A\u0007"), fits: any, isProgram: false },
];

/**
 * Programs, and where `archives` is true archives too, that begin anywhere from `from` to `until`: by their letters, and by what
 * their headers must hold behind these, so that weights are not mistaken for them.
 */
export function hiddenIn(
  source: ByteSource,
  [from, until]: readonly [number, number],
  archives: boolean,
): readonly Hidden[] {
  const found: Hidden[] = [];
  const needles = NEEDLES.filter(({ isProgram }) => isProgram || archives);
  for (let start = from; start < until && found.length < FOUND_MAX; start += WINDOW_BYTES) {
    const length = Math.min(WINDOW_BYTES, until - start) + OVERLAP_BYTES;
    const read = source.read(start, Math.min(length, source.size - start));
    // Headers are read behind letters at the very end, too.
    const bytes = Buffer.concat([read, Buffer.alloc(OVERLAP_BYTES)]);
    const end = Math.min(WINDOW_BYTES, until - start);
    for (const needle of needles) found.push(...placesOf(needle, bytes, end, { source, start }));
  }
  return found.slice(0, FOUND_MAX);
}

function placesOf(
  { is, letters: sought, fits }: Needle,
  bytes: Buffer,
  end: number,
  { source, start }: { readonly source: ByteSource; readonly start: number },
): readonly Hidden[] {
  const found: Hidden[] = [];
  let at = bytes.indexOf(sought);
  while (at >= 0 && at < end && found.length < FOUND_MAX) {
    if (fits(bytes, at, source, start)) found.push({ is, at: start + at });
    at = bytes.indexOf(sought, at + 1);
  }
  return found;
}
