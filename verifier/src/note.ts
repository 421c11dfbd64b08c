import { createPublicKey, verify } from "node:crypto";
import { fromBase64, need, sha256, toCount } from "./bytes.ts";
import type { Head } from "./tree.ts";

/** A C2SP verifier key: type 1 signs notes, type 4 cosigns checkpoints as a witness. */
export type NoteKey = ReturnType<typeof parseVkey>;

export interface Checkpoint extends Head {
  readonly origin: string;
  /** Names of the witnesses whose cosignatures verified. */
  readonly witnesses: readonly string[];
}

const NOTE_CHARS_MAX = 256 * 1024;
const ED25519_SPKI = Buffer.from("302a300506032b6570032100", "hex");

/** `name+hash+key` (C2SP signed-note, "Verifier keys"). */
export function parseVkey(text: string, type: 1 | 4) {
  const [, name = "", id = "", encoded = ""] = /^([^+\s\p{Cc}]+)\+([0-9a-f]{8})\+(.*)$/u.exec(text) ?? [];
  const material = fromBase64(encoded, "the verifier key");
  need(material[0] === type && material.length === 33, `not a verifier key of type ${type}: ${text}`);
  const hash = sha256(Buffer.from(`${name}\n`), material).toString("hex", 0, 4);
  need(hash === id, `the verifier key of ${name} does not match its hash`);
  const der = Buffer.concat([ED25519_SPKI, material.subarray(1)]);
  return { name, id, type, key: createPublicKey({ key: der, format: "der", type: "spki" }) };
}

/**
 * Opens a signed checkpoint: a key of type 1, named like the origin, must have signed it; every signature of a known
 * key must verify; unknown keys are ignored.
 */
export function openCheckpoint(note: string, keys: readonly NoteKey[]): Checkpoint {
  const split = note.lastIndexOf("\n\n");
  // oxlint-disable-next-line no-control-regex -- the format forbids exactly these.
  const isClean = note.length <= NOTE_CHARS_MAX && !/[\u0000-\u0009\u000B-\u001F]/.test(note);
  need(isClean && split > 0 && note.endsWith("\n"), "the checkpoint is not a signed note");
  const text = note.slice(0, split + 1);
  const lines = note.slice(split + 2, -1).split("\n");
  const signers = lines.flatMap((line) => signerOf(line, text, keys));
  const [origin = "", size = "", root = "", ...extensions] = text.slice(0, -1).split("\n");
  need(origin !== "" && !extensions.includes(""), "the checkpoint has an empty line");
  const isSigned = signers.some((key) => key.type === 1 && key.name === origin);
  need(isSigned, "the checkpoint is not signed by the log key");
  const witnesses = [...new Set(signers.filter((key) => key.type === 4).map((key) => key.name))];
  const count = toCount(size, "the checkpoint's size");
  return { origin, size: count, root: fromBase64(root, "the checkpoint's root", 32), witnesses };
}

function signerOf(line: string, text: string, keys: readonly NoteKey[]): NoteKey[] {
  const [, name = "", encoded = ""] = /^\u2014 ([^+\s]+) (\S+)$/u.exec(line) ?? [];
  const bytes = fromBase64(encoded, "a checkpoint signature");
  need(bytes.length > 4, "the checkpoint has a malformed signature line");
  const key = keys.find((known) => known.name === name && known.id === bytes.toString("hex", 0, 4));
  if (key === undefined) return [];
  const signature = bytes.subarray(key.type === 4 ? 12 : 4);
  need(signature.length === 64, `the signature of ${name} has a wrong length`);
  const message = key.type === 4 ? `cosignature/v1\ntime ${bytes.readBigUInt64BE(4)}\n${text}` : text;
  need(verify(null, Buffer.from(message), key.key, signature), `the signature of ${name} does not verify`);
  return [key];
}
