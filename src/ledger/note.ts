import { verify } from "node:crypto";
import { Fault } from "#base";
import { decodeBase64 } from "./base64.ts";
import { isKeyName, type NoteSigner, type VerifierKey } from "./note-key.ts";

/** A note of ours has under 1 KiB; room for witnesses, and for post-quantum signatures of others (C2SP: at least 16). */
export const NOTE_CHARS_MAX = 256 * 1024;
export const NOTE_SIGNATURES_MAX = 64;

export interface NoteSignature {
  readonly name: string;
  readonly keyId: number;
  /** What follows the key id: 64 bytes for Ed25519, timestamp and 64 bytes for a cosignature. */
  readonly bytes: Buffer;
}

/** C2SP signed-note. `text` ends with a newline, which is signed too. */
export interface SignedNote {
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
}

export interface VerifiedSignature {
  readonly key: VerifierKey;
  /** When a witness cosigned, in seconds since the Unix epoch; null for a plain signature. */
  readonly cosignedAtSeconds: number | null;
}

const SEPARATOR = "\n\n";
const LINE = /^\u2014 (?<name>[^ ]+) (?<signature>[^ ]+)$/u;
const KEY_ID_BYTES = 4;
const TIMESTAMP_BYTES = 8;

/** Signs `text`, which must end with a newline. Ed25519 is deterministic: same key and text, same note. */
export function signNote(text: string, signer: NoteSigner): string {
  return formatNote({
    text,
    signatures: [{ name: signer.name, keyId: signer.keyId, bytes: signer.sign(text) }],
  });
}

/** Throws `note_malformed` for a text that no note can carry. */
export function formatNote(note: SignedNote): string {
  if (!isNoteText(note.text))
    throw malformed("its text must end with a newline and hold no control characters");
  return `${note.text}\n${note.signatures.map(signatureLine).join("")}`;
}

/** One signature as its line, newline included: what a witness answers with. */
export function signatureLine({ name, keyId, bytes }: NoteSignature): string {
  const id = Buffer.allocUnsafe(KEY_ID_BYTES);
  id.writeUInt32BE(keyId);
  return `\u2014 ${name} ${Buffer.concat([id, bytes]).toString("base64")}\n`;
}

/** Reads a note without trusting it. Throws `note_malformed`. */
export function parseNote(note: string): SignedNote {
  if (note.length > NOTE_CHARS_MAX) throw malformed(`it is longer than ${NOTE_CHARS_MAX} characters`);
  const split = note.lastIndexOf(SEPARATOR);
  const text = note.slice(0, split + 1);
  const block = note.slice(split + SEPARATOR.length);
  if (split < 0 || !isNoteText(text)) throw malformed("it has no signed text");
  if (!block.endsWith("\n")) throw malformed("it does not end with a signature line");
  const lines = block.slice(0, -1).split("\n");
  if (lines.length > NOTE_SIGNATURES_MAX)
    throw malformed(`it has more than ${NOTE_SIGNATURES_MAX} signatures`);
  return { text, signatures: lines.map(parseSignatureLine) };
}

function parseSignatureLine(line: string): NoteSignature {
  const { name, signature } = LINE.exec(line)?.groups ?? {};
  const bytes = decodeBase64(signature ?? "");
  if (name === undefined || !isKeyName(name) || bytes === null || bytes.length <= KEY_ID_BYTES) {
    throw malformed("a signature line is not of the form: dash, key name, base64");
  }
  return { name, keyId: bytes.readUInt32BE(0), bytes: bytes.subarray(KEY_ID_BYTES) };
}

/**
 * The signatures of known keys, each verified once. Unknown keys are ignored, as the format demands. Throws
 * `note_signature_bad` when a known key's signature fails, `note_unsigned` when no known key signed.
 */
export function verifyNote(note: SignedNote, keys: readonly VerifierKey[]): readonly VerifiedSignature[] {
  const verified = new Map<VerifierKey, VerifiedSignature>();
  for (const signature of note.signatures) {
    const key = keys.find((known) => known.name === signature.name && known.keyId === signature.keyId);
    if (key === undefined || verified.has(key)) continue;
    verified.set(key, verifySignature(note.text, signature, key));
  }
  if (verified.size > 0) return [...verified.values()];
  throw new Fault(
    "note_unsigned",
    "no known key signed this note",
    "Check that it comes from this log, and that you were given the log's verifier key.",
  );
}

function verifySignature(text: string, signature: NoteSignature, key: VerifierKey): VerifiedSignature {
  const isCosignature = key.algorithm === 0x04;
  const { bytes } = signature;
  if (bytes.length !== 64 + (isCosignature ? TIMESTAMP_BYTES : 0)) throw badSignature(key);
  const time = isCosignature ? bytes.readBigUInt64BE(0) : null;
  const message = time === null ? text : `cosignature/v1\ntime ${time}\n${text}`;
  const isGood = verify(
    null,
    Buffer.from(message),
    key.key,
    bytes.subarray(time === null ? 0 : TIMESTAMP_BYTES),
  );
  if (!isGood || (time !== null && time > BigInt(Number.MAX_SAFE_INTEGER))) throw badSignature(key);
  return { key, cosignedAtSeconds: time === null ? null : Number(time) };
}

function isNoteText(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- the format forbids exactly these.
  return text.endsWith("\n") && text.isWellFormed() && !/[\u0000-\u0009\u000B-\u001F]/u.test(text);
}

function badSignature(key: VerifierKey): Fault {
  return new Fault(
    "note_signature_bad",
    `the signature of ${key.name} does not verify`,
    "The note was changed or forged: keep it, and compare it with a copy from elsewhere.",
  );
}

function malformed(how: string): Fault {
  return new Fault(
    "note_malformed",
    `not a signed note: ${how}`,
    "Give the note as it was published, unchanged.",
  );
}
