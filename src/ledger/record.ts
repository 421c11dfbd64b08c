import { createPublicKey, hash, verify } from "node:crypto";
import { canonicalJson, Fault, type Json, type JsonObject } from "#base";
import type { EntryDraft } from "./journal.ts";
import { isObject, tryJson } from "./json.ts";

/** DSSE payload type of a record. */
export const RECORD_TYPE = "application/vnd.doorward.entry+json";
/** Records hold metadata and commitments; payloads live apart. */
export const RECORD_BYTES_MAX = 65_536;
export const SALT_BYTES = 32;

/** One entry as it is recorded, signed and, through its leaf, logged. `docs/formats/ledger.md` section 2. */
export interface LedgerRecord {
  /** ISO 8601 in UTC with milliseconds. */
  readonly at: string;
  readonly body: JsonObject;
  /** The draft's subject. */
  readonly id: string;
  readonly index: number;
  readonly kind: string;
  /** The log's origin. */
  readonly log: string;
  readonly v: 1;
}

/**
 * The record of a draft at its final index: RFC 8785 text, ready to keep. Throws `json_not_canonical`, or
 * `record_too_large` above 64 KiB.
 */
export function recordOf(draft: EntryDraft, index: number, origin: string): string {
  const at = new Date(draft.at).toISOString();
  const { body, subject: id, kind } = draft;
  const record = canonicalJson({ at, body, id, index, kind, log: origin, v: 1 });
  if (Buffer.byteLength(record) <= RECORD_BYTES_MAX) return record;
  throw new Fault(
    "record_too_large",
    `a ${kind} entry would have ${Buffer.byteLength(record)} bytes; at most ${RECORD_BYTES_MAX} are recorded`,
    "Record a commitment to the long value and keep the value as a payload.",
  );
}

const AT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/u;

/** Reads a record and holds it to its form, canonical bytes included. Throws `record_malformed`. */
export function parseRecord(text: string): LedgerRecord {
  if (text.length > RECORD_BYTES_MAX) throw malformed(`is longer than ${RECORD_BYTES_MAX} bytes`);
  const value = tryJson(text);
  if (value === undefined || canonicalOrNull(value) !== text)
    throw malformed("is not canonical JSON (RFC 8785)");
  if (!isRecord(value)) throw malformed("lacks one of at, body, id, index, kind, log, v, or has more");
  return value;
}

function isRecord(value: Json): value is JsonObject & LedgerRecord {
  if (!isObject(value) || Object.keys(value).join() !== "at,body,id,index,kind,log,v") return false;
  const { at, body, id, index, kind, log, v } = value;
  const isTimed = typeof at === "string" && AT.test(at);
  const isPlaced = Number.isSafeInteger(index) && Number(index) >= 0 && v === 1;
  return isTimed && isPlaced && isObject(body) && [id, kind, log].every((word) => typeof word === "string");
}

/** DSSE pre-authentication encoding: what the receipt key signs. `body` as UTF-8. */
export function pae(type: string, body: string): Buffer {
  return Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${Buffer.byteLength(body)} ${body}`);
}

/**
 * The log entry of a record: the canonical body of a Rekor v2 `hashedrekord` 0.0.2 over the record's PAE.
 * `signature` is ECDSA P-256 with SHA-256 over that PAE, in DER; `spki` the receipt public key in DER.
 */
export function leafBody(record: string, signature: Uint8Array, spki: Uint8Array): Buffer {
  const digest = hash("sha256", pae(RECORD_TYPE, record), "base64");
  const content = Buffer.from(signature).toString("base64");
  const rawBytes = Buffer.from(spki).toString("base64");
  // Written out in canonical key order: base64 needs no escapes, and this runs once per entry.
  return Buffer.from(
    `{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"SHA2_256",` +
      `"digest":"${digest}"},"signature":{"content":"${content}","verifier":{"keyDetails":` +
      `"PKIX_ECDSA_P256_SHA_256","publicKey":{"rawBytes":"${rawBytes}"}}}}}}`,
  );
}

const LEAF_PARTS = /"content":"([A-Za-z0-9+/=]+)".*"rawBytes":"([A-Za-z0-9+/=]+)"/u;

/** The signature (DER) and public key (SPKI DER) that a leaf names, not judged; null where it names none. */
export function signatureAndKey(leaf: Uint8Array): { signature: Buffer; spki: Buffer } | null {
  const [, content, rawBytes] = LEAF_PARTS.exec(Buffer.from(leaf).toString("latin1")) ?? [];
  if (content === undefined || rawBytes === undefined) return null;
  return { signature: Buffer.from(content, "base64"), spki: Buffer.from(rawBytes, "base64") };
}

/**
 * Is `leaf` the log entry of `record`, signed by the receipt key `spki` (DER)? The leaf is compared byte for byte
 * with the one its signature would yield, so it has one spelling only.
 */
export function verifyLeaf(leaf: Uint8Array, record: string, spki: Uint8Array): boolean {
  const parts = signatureAndKey(leaf);
  if (parts === null || !leafBody(record, parts.signature, spki).equals(leaf)) return false;
  const key = createPublicKey({ key: Buffer.from(spki), format: "der", type: "spki" });
  return verify("sha256", pae(RECORD_TYPE, record), key, parts.signature);
}

/** The commitment to a value: base64 of SHA-256(salt || bytes). Throws `salt_length` unless the salt has 32 bytes. */
export function commit(bytes: Uint8Array, salt: Uint8Array): string {
  if (salt.length !== SALT_BYTES) {
    throw new Fault(
      "salt_length",
      `a salt of ${salt.length} bytes`,
      "Give 32 random bytes, fresh for each value.",
    );
  }
  return hash("sha256", Buffer.concat([salt, bytes]), "base64");
}

function canonicalOrNull(value: Json): string | null {
  try {
    return canonicalJson(value);
  } catch {
    return null;
  }
}

function malformed(how: string): Fault {
  return new Fault("record_malformed", `the record ${how}`, "Give the record as it was issued, unchanged.");
}
