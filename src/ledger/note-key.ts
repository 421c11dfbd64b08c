import { createPrivateKey, createPublicKey, hash, type KeyObject, sign } from "node:crypto";
import { Fault } from "#base";
import { decodeBase64 } from "./base64.ts";

/** Signature types of C2SP signed-note that we verify: 0x01 Ed25519, 0x04 Ed25519 witness cosignature. */
export type NoteAlgorithm = 0x01 | 0x04;

export interface VerifierKey {
  readonly name: string;
  /** First four bytes of SHA-256(name || 0x0A || algorithm || public key), big-endian. */
  readonly keyId: number;
  readonly algorithm: NoteAlgorithm;
  readonly key: KeyObject;
}

export interface NoteSigner {
  readonly name: string;
  readonly keyId: number;
  /** The public half as text: what an auditor is given. */
  readonly vkey: string;
  /** The 64-byte Ed25519 signature of a note's text. */
  readonly sign: (text: string) => Buffer;
}

const ED25519_BYTES = 32;
/** DER prefixes of RFC 8410: the raw 32 bytes follow. */
const PKCS8_PREFIX = Buffer.from("302e020100300506032b657004220420", "hex");
const SPKI_PREFIX = Buffer.from("302a300506032b6570032100", "hex");

const SIGNER_PREFIX = "PRIVATE+KEY+";

/** `name+hex8(keyId)+base64(algorithm || public key)`. Throws `note_key_malformed`. */
export function parseVkey(text: string): VerifierKey {
  const { name, keyId, material } = parseKeyText(text);
  const algorithm = material[0];
  const raw = material.subarray(1);
  if ((algorithm !== 0x01 && algorithm !== 0x04) || raw.length !== ED25519_BYTES) {
    throw malformed("is not an Ed25519 verifier key");
  }
  if (keyId !== keyIdOf(name, material)) throw malformed("has a key id that does not match its key");
  const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: "der", type: "spki" });
  return { name, keyId, algorithm, key };
}

/** `PRIVATE+KEY+name+hex8(keyId)+base64(0x01 || seed)`, as Go's note package has it. Throws `note_key_malformed`. */
export function parseSigner(text: string): NoteSigner {
  if (!text.startsWith(SIGNER_PREFIX)) throw malformed("does not start with PRIVATE+KEY+");
  const { name, keyId, material } = parseKeyText(text.slice(SIGNER_PREFIX.length));
  if (material[0] !== 0x01 || material.length !== ED25519_BYTES + 1) {
    throw malformed("is not an Ed25519 signing key");
  }
  const pair = pairOf(material.subarray(1));
  const publicMaterial = Buffer.concat([Buffer.of(0x01), pair.raw]);
  if (keyId !== keyIdOf(name, publicMaterial)) throw malformed("has a key id that does not match its key");
  const vkey = keyText(name, publicMaterial, publicMaterial);
  return { name, keyId, vkey, sign: (note) => sign(null, Buffer.from(note), pair.secret) };
}

/** The signing key text for a 32-byte seed. Throws `note_key_malformed` on a name that no note could carry. */
export function formatSignerKey(name: string, seed: Uint8Array): string {
  if (!isKeyName(name) || seed.length !== ED25519_BYTES)
    throw malformed("needs a plain name and a 32-byte seed");
  const publicMaterial = Buffer.concat([Buffer.of(0x01), pairOf(seed).raw]);
  const secretMaterial = Buffer.concat([Buffer.of(0x01), seed]);
  return `${SIGNER_PREFIX}${keyText(name, publicMaterial, secretMaterial)}`;
}

/** Key names: not empty, no Unicode space, no plus (C2SP signed-note). */
export function isKeyName(name: string): boolean {
  return name.length > 0 && name.isWellFormed() && !/[\p{White_Space}+\p{Cc}]/u.test(name);
}

function pairOf(seed: Uint8Array): { secret: KeyObject; raw: Buffer } {
  const secret = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: "der", type: "pkcs8" });
  const spki = createPublicKey(secret).export({ format: "der", type: "spki" });
  return { secret, raw: spki.subarray(SPKI_PREFIX.length) };
}

function keyText(name: string, publicMaterial: Uint8Array, material: Uint8Array): string {
  const id = keyIdOf(name, publicMaterial).toString(16).padStart(8, "0");
  return `${name}+${id}+${Buffer.from(material).toString("base64")}`;
}

function parseKeyText(text: string): { name: string; keyId: number; material: Buffer } {
  const [name, id, ...rest] = text.split("+");
  // Base64 has plus signs of its own.
  const material = decodeBase64(rest.join("+"));
  if (name === undefined || id === undefined || material === null || !isKeyName(name)) {
    throw malformed("is not of the form name+hash+key");
  }
  if (!/^[0-9a-f]{8}$/u.test(id)) throw malformed("has a key id that is not 8 hex digits");
  return { name, keyId: Number.parseInt(id, 16), material };
}

function keyIdOf(name: string, material: Uint8Array): number {
  const bytes = Buffer.concat([Buffer.from(`${name}\n`), material]);
  return hash("sha256", bytes, "buffer").readUInt32BE(0);
}

// The text is never quoted in the fault: it may be a signing key.
function malformed(how: string): Fault {
  return new Fault(
    "note_key_malformed",
    `the key text ${how}`,
    "Give a C2SP key as one line, name+hash+key, copied whole.",
  );
}
