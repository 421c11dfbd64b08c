import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";
import { Fault } from "#base";

/** The files of a key directory; all of them exist, or the directory does not. */
export const KEY_FILES = {
  /** Ed25519, as a note signer key: `PRIVATE+KEY+<origin>+<id>+<base64>`. */
  logKey: "log.key",
  /** Its public half as a vkey, for auditors. */
  logVkey: "log.vkey",
  /** ECDSA P-256, PKCS #8 PEM. */
  receiptKey: "receipt.key",
  /** Its public half, SPKI PEM, for auditors. */
  receiptPublic: "receipt.pub",
  /** 32 bytes, base64: seals the person keys and upstream secrets. */
  dataKey: "data.key",
} as const;

const OTHERS = 0o077;
const KEY_FILE_BYTES_MAX = 16_384;

export function directoryExists(directory: string): boolean {
  return statSync(directory, { throwIfNoEntry: false }) !== undefined;
}

/**
 * Makes the directory with all files, or nothing: they are written aside, made durable, and renamed into place.
 * A crash on the way leaves a `.new` directory, which the next start replaces.
 */
export function createKeyFiles(directory: string, files: Readonly<Record<string, string>>): void {
  const parent = dirname(directory);
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  const aside = join(parent, `.${basename(directory)}.new`);
  rmSync(aside, { recursive: true, force: true });
  mkdirSync(aside, { mode: 0o700 });
  for (const [name, text] of Object.entries(files)) writeDurably(join(aside, name), text);
  syncPath(aside);
  renameSync(aside, directory);
  syncPath(parent);
}

/** The text of one key file. Throws Fault `keys_missing`, or `keys_exposed` when others may read it. */
export function readKeyFile(directory: string, name: string): string {
  refuseExposed(directory);
  const path = join(directory, name);
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) {
    throw new Fault(
      "keys_missing",
      `the key file ${path} is missing, while its directory exists`,
      "Restore the key directory from a backup. Without the keys the ledger cannot go on; never make new ones in their place.",
    );
  }
  refuseExposed(path);
  if (statSync(path).size > KEY_FILE_BYTES_MAX) throw unreadableKey(path);
  return readFileSync(path, "utf8").trim();
}

/** Writes one file of an existing key directory anew: whoever reads it finds the old text or the new one. */
export function replaceKeyFile(directory: string, name: string, text: string): void {
  refuseExposed(directory);
  const aside = join(directory, `.${name}.new`);
  rmSync(aside, { force: true });
  writeDurably(aside, text);
  renameSync(aside, join(directory, name));
  syncPath(directory);
}

export function unreadableKey(path: string, cause?: unknown): Fault {
  return new Fault(
    "keys_unreadable",
    `${path} does not hold the key it should`,
    "Restore the key directory from a backup.",
    cause,
  );
}

/** Windows has no mode bits: there the profile's access list protects the directory. */
function refuseExposed(path: string): void {
  if (process.platform === "win32") return;
  const { mode, uid } = statSync(path);
  const own = process.getuid?.() ?? uid;
  if ((mode & OTHERS) === 0 && (uid === own || uid === 0)) return;
  throw new Fault(
    "keys_exposed",
    `${path} can be read or changed by other users (mode ${(mode & 0o777).toString(8)}, owner ${uid})`,
    `Run: chmod -R go= ${path} and make it yours; if others may have read the keys, start a new installation.`,
  );
}

function writeDurably(path: string, text: string): void {
  const file = openSync(path, "wx", 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Windows cannot open a directory to sync it; its file systems order renames themselves. */
function syncPath(path: string): void {
  if (process.platform === "win32") return;
  const file = openSync(path, "r");
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
