import type { Buffer } from "node:buffer";
import { shown } from "../oddity.ts";
import type { Notes } from "./archive.ts";

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A member's name: UTF-8 where the bytes are that, else each byte a character, so that no two names become one. */
export function nameOf(bytes: Buffer): string {
  try {
    return UTF8.decode(bytes);
  } catch {
    return bytes.toString("latin1");
  }
}

/** Python's zipfile ends a name there (Lib/zipfile/__init__.py of CPython, ZipInfo), others take all of it. */
const HAZARDS: readonly (readonly [string, RegExp, string])[] = [
  ["path-traversal", /(?:^|[\\/])\.\.(?:[\\/]|$)/u, "goes up out of the folder it is unpacked into"],
  ["path-absolute", /^[\\/]/u, "is an absolute path"],
  ["path-drive", /^[A-Za-z]:/u, "names a drive"],
  ["path-backslash", /\\/u, "holds a backslash, a separator on one system and a letter on another"],
  ["path-nul", /\0/u, "ends at a byte of zero for one reader, and goes on for another"],
  ["path-control", /[\p{Cc}\p{Cf}]/u, "holds control characters, or such as are not seen"],
];

/** Says of a member's name where it would be unpacked to that its container's user doesn't mean. */
export function judgeName(name: string, at: number, to: Notes): void {
  for (const [rule, pattern, says] of HAZARDS) {
    if (pattern.test(name)) to.odd(rule, `the name ${shown(name)} ${says}`, at);
  }
  if (name === "") to.odd("path-empty", "a member has no name", at);
}
