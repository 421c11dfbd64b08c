import { Fault } from "#base";
import { decodeBase64 } from "./base64.ts";
import { HASH_BYTES } from "./hash.ts";
import { parseNote, signNote, verifyNote, type VerifiedSignature } from "./note.ts";
import type { NoteSigner, VerifierKey } from "./note-key.ts";

/** C2SP tlog-checkpoint: what the log commits itself to. */
export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
  /** Lines after the third. Ours has none; others' may. */
  readonly extensions: readonly string[];
}

/** A checkpoint whose log signature was verified, with the witnesses' that were. */
export interface OpenedCheckpoint extends Checkpoint {
  readonly signatures: readonly VerifiedSignature[];
}

/** The note text: origin, size, root, one per line. */
export function formatCheckpoint(origin: string, size: number, root: Uint8Array): string {
  return `${origin}\n${size}\n${Buffer.from(root).toString("base64")}\n`;
}

/** The signed checkpoint as the file `checkpoint` holds it. The signer's name is the origin. */
export function signCheckpoint(size: number, root: Uint8Array, signer: NoteSigner): string {
  return signNote(formatCheckpoint(signer.name, size, root), signer);
}

/** Reads a note's text as a checkpoint. Throws `checkpoint_malformed`. */
export function parseCheckpoint(text: string): Checkpoint {
  if (!text.endsWith("\n")) throw malformed("does not end with a newline");
  const [origin, size, encodedRoot, ...extensions] = text.slice(0, -1).split("\n");
  if (origin === undefined || origin === "") throw malformed("has no origin");
  const count = parseCount(size ?? "");
  if (count === null) throw malformed("has no tree size");
  const root = decodeBase64(encodedRoot ?? "");
  if (root === null || root.length !== HASH_BYTES) throw malformed("has no SHA-256 root");
  if (extensions.includes("")) throw malformed("has an empty extension line");
  return { origin, size: count, root, extensions };
}

/**
 * Reads a signed checkpoint and verifies it: the log key must have signed and its name must be the origin.
 * `witnesses` may have. Throws the faults of notes, `checkpoint_malformed`, `checkpoint_foreign`.
 */
export function openCheckpoint(
  note: string,
  logKey: VerifierKey,
  witnesses: readonly VerifierKey[] = [],
): OpenedCheckpoint {
  const signed = parseNote(note);
  const signatures = verifyNote(signed, [logKey, ...witnesses]);
  const checkpoint = parseCheckpoint(signed.text);
  if (checkpoint.origin !== logKey.name || !signatures.some(({ key }) => key === logKey)) {
    throw new Fault(
      "checkpoint_foreign",
      `the checkpoint is of ${JSON.stringify(checkpoint.origin)}, not signed by ${logKey.name}`,
      "Use the verifier key of the log that this checkpoint names.",
    );
  }
  return { ...checkpoint, signatures };
}

/** A decimal without sign or leading zeros, at most 2^53 - 1; null otherwise. */
export function parseCount(text: string): number | null {
  const count = /^(?:0|[1-9]\d{0,15})$/u.test(text) ? Number(text) : Number.NaN;
  return Number.isSafeInteger(count) ? count : null;
}

function malformed(how: string): Fault {
  return new Fault(
    "checkpoint_malformed",
    `the checkpoint ${how}`,
    "Give the checkpoint as the log published it, unchanged.",
  );
}
