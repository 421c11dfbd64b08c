import {
  closeSync,
  constants,
  fstatSync,
  fsyncSync,
  lstatSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { KEY_FILE_BYTES_MAX } from "../limits.ts";
import { keyExposed, keyUnreadable } from "./faults.ts";
import { type KeyPlace, keysIn, textOf } from "./ring.ts";

const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;

/** Where a new key file is written before it takes the old one's place. */
export function asideOf(path: string): string {
  return join(dirname(path), `.${basename(path)}.new`);
}

/** A file of mode 0600, the process's own user, not a link. Throws Fault `vault_key_exposed`, `vault_key_unreadable`. */
export function keyFile(path: string): KeyPlace {
  const where = `the file ${path}`;
  return {
    where,
    load: async () => {
      const text = readStrictly(path);
      return text === null ? null : keysIn(text, where);
    },
    save: async (keys) => {
      replace(path, textOf(keys));
      return null;
    },
  };
}

function readStrictly(path: string): string | null {
  const there = lstatSync(path, { throwIfNoEntry: false });
  if (there === undefined) return null;
  if (there.isSymbolicLink()) throw keyExposed(path, "is a symbolic link");
  if (!there.isFile()) throw keyExposed(path, "is not a plain file");
  // The file that is checked is the one that is read, whatever is put in its place meanwhile.
  const file = openSync(path, constants.O_RDONLY | NOT_A_LINK);
  try {
    const { mode, uid, size } = fstatSync(file);
    refuseExposed(path, mode, uid);
    if (size > KEY_FILE_BYTES_MAX) throw keyUnreadable(`the file ${path}`, "it is too large");
    return readFileSync(file, "utf8");
  } finally {
    closeSync(file);
  }
}

/** Windows has no mode bits: there the profile's access list protects the folder. */
function refuseExposed(path: string, mode: number, uid: number): void {
  if (process.platform === "win32") return;
  if ((mode & OTHERS) !== 0)
    throw keyExposed(path, `can be read or changed by other users (mode ${modeText(mode)})`);
  if (uid !== (process.getuid?.() ?? uid)) throw keyExposed(path, `belongs to another user (${uid})`);
}

/** The folder of a key file: whoever may write there may put another file in its place. Throws `vault_key_exposed`. */
export function refuseLooseFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = lstatSync(dirname(path), { throwIfNoEntry: false });
  if (folder === undefined) throw keyExposed(path, "lies in a folder that does not exist");
  const isOwn = folder.uid === (process.getuid?.() ?? folder.uid) || folder.uid === 0;
  if ((folder.mode & OTHERS_WRITE) === 0 && isOwn) return;
  throw keyExposed(path, `lies in a folder that other users may write (mode ${modeText(folder.mode)})`);
}

function modeText(mode: number): string {
  return (mode & 0o777).toString(8);
}

/** Windows has no such flag. */
const WRITTEN_THROUGH = process.platform === "win32" ? 0 : constants.O_SYNC;
const NOT_A_LINK = process.platform === "win32" ? 0 : constants.O_NOFOLLOW;

function replace(path: string, text: string): void {
  const aside = asideOf(path);
  rmSync(aside, { force: true });
  // Node's permission model has no fsync: the file is opened so that each write is on the disk when it returns.
  const { O_WRONLY, O_CREAT, O_EXCL } = constants;
  const file = openSync(aside, O_WRONLY | O_CREAT | O_EXCL | WRITTEN_THROUGH, 0o600);
  try {
    writeSync(file, text);
  } finally {
    closeSync(file);
  }
  renameSync(aside, path);
}

/** The parent's part: a rename is on the disk when its folder is. Windows' file systems order renames themselves. */
export function syncFolder(path: string): void {
  if (process.platform === "win32") return;
  const folder = openSync(dirname(path), "r");
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
