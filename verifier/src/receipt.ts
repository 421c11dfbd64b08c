import { createPublicKey, type KeyObject, verify } from "node:crypto";
import { canonical, fromBase64, need, parseJson, Refusal, sha256, toCount, toMembers } from "./bytes.ts";
import type { Checkpoint } from "./note.ts";
import { openTrusted, type Trust } from "./policy.ts";
import { isIncluded, leafHash } from "./tree.ts";

const TYPE = "application/vnd.doorward.entry+json";
const ENTRIES_MAX = 1_000;
const PROOF_HASHES_MAX = 63;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const LEAF =
  /^\{"apiVersion":"0\.0\.2","kind":"hashedrekord","spec":\{"hashedRekordV002":\{"data":\{"algorithm":"SHA2_256","digest":"([^"]+)"\},"signature":\{"content":"([^"]+)","verifier":\{"keyDetails":"PKIX_ECDSA_P256_SHA_256","publicKey":\{"rawBytes":"([^"]+)"\}\}\}\}\}\}$/;

/** What a verified record says of itself. */
export type Entry = ReturnType<typeof verifyEntry>;

/** Checks a `doorward-receipt@v1` file. `keys` are the ECDSA P-256 keys that may have signed its records. */
export function verifyReceipt(text: string, trust: Trust, keys: readonly KeyObject[]) {
  const { format, subject, log, entries: items } = parseJson(text, "the receipt");
  need(format === "doorward-receipt@v1" && typeof subject === "string", "not a doorward-receipt@v1");
  const isFilled = Array.isArray(items) && items.length > 0 && items.length <= ENTRIES_MAX;
  need(isFilled, "the receipt has no entries, or too many");
  const parts = items.map(toParts);
  const notes = new Set(parts.map(({ note }) => note));
  const [note = ""] = notes;
  need(notes.size === 1, "its proofs are not all under one checkpoint");
  const checkpoint = openTrusted(note, trust);
  need(log === checkpoint.origin, "receipt and checkpoint name different logs");
  const entries = parts.map((part, n) => {
    try {
      return verifyEntry(part, subject, checkpoint, keys);
    } catch (cause) {
      if (cause instanceof Refusal) cause.message = `entry ${n + 1} of ${parts.length}: ${cause.message}`;
      throw cause;
    }
  });
  verifyOrder(entries);
  return { subject, entries, checkpoint };
}

type Part = ReturnType<typeof toParts>;

/** Splits an entry; its proof is a C2SP tlog-proof@v1. */
function toParts(item: unknown) {
  const { record, leaf, proof } = toMembers(item, "an entry");
  const isText = typeof record === "string" && typeof leaf === "string" && typeof proof === "string";
  need(isText && proof.includes("\n\n"), "an entry lacks its record, leaf or proof");
  const split = proof.indexOf("\n\n");
  const [first, ...lines] = proof.slice(0, split).split("\n");
  need(first === "c2sp.org/tlog-proof@v1", "a proof is not a c2sp.org/tlog-proof@v1");
  if (lines[0]?.startsWith("extra ")) fromBase64((lines.shift() ?? "").slice(6), "a proof's extra line");
  const place = lines.shift() ?? "";
  const isPlaced = place.startsWith("index ") && lines.length <= PROOF_HASHES_MAX;
  need(isPlaced, "a proof has no index, or too many hashes");
  const path = lines.map((line) => fromBase64(line, "a line of a proof", 32));
  const index = toCount(place.slice(6), "a proof's index");
  return { record, leaf, index, path, note: proof.slice(split + 2) };
}

function verifyEntry(part: Part, subject: string, head: Checkpoint, keys: readonly KeyObject[]) {
  const { record, leaf, index, path } = part;
  const isThere = isIncluded(index, leafHash(Buffer.from(leaf)), path, head);
  need(isThere, "its leaf is not in the log where its proof says");
  const pae = Buffer.from(`DSSEv1 ${TYPE.length} ${TYPE} ${Buffer.byteLength(record)} ${record}`);
  const { digest, signature, key } = parseLeaf(leaf, keys);
  need(sha256(pae).equals(digest), "its leaf is of another record");
  need(verify("sha256", pae, key, signature), "the signature on its record does not verify");
  const value = parseJson(record, "its record");
  const { at, body, id, kind, log, v } = value;
  const isWhole = Object.keys(value).join() === "at,body,id,index,kind,log,v" && v === 1;
  need(isWhole && canonical(value) === record, "its record is not of version 1");
  toMembers(body, "its body");
  need(typeof at === "string" && TIME.test(at), "its record has no time");
  need(value["index"] === index, `its record says index ${String(value["index"])}, its proof ${index}`);
  need(id === subject, "its record is about another subject");
  need(log === head.origin && typeof kind === "string", "its record names another log, or no kind");
  return { index, kind, at };
}

/** Reads a leaf: exactly the canonical hashedrekord 0.0.2 body, made with one of `keys`. */
export function parseLeaf(leaf: string, keys: readonly KeyObject[]) {
  const [, digest = "", content = "", spki = ""] = LEAF.exec(leaf) ?? [];
  need(digest !== "", "its leaf is not a hashedrekord 0.0.2 with an ECDSA P-256 signature");
  const key = keys.find((known) => known.export({ format: "der", type: "spki" }).toString("base64") === spki);
  need(key !== undefined, "its leaf is signed by a receipt key that you did not name");
  const signature = fromBase64(content, "the leaf's signature");
  return { digest: fromBase64(digest, "the leaf's digest", 32), signature, key };
}

/** In log order; at most one intent and one outcome; an intent before its outcome. */
function verifyOrder(entries: readonly Entry[]): void {
  const isRising = entries.every(({ index }, n) => n === 0 || index > (entries[n - 1]?.index ?? 0));
  need(isRising, "its entries are not in log order");
  const kinds = entries.map(({ kind }) => kind);
  const [intent, outcome] = [kinds.indexOf("intent"), kinds.indexOf("outcome")];
  const isSingle = kinds.lastIndexOf("intent") === intent && kinds.lastIndexOf("outcome") === outcome;
  need(isSingle, "one action has more than one intent or outcome");
  need(outcome < 0 || (intent >= 0 && intent < outcome), "an outcome has no intent before it");
}

/** A receipt key as PEM, or as base64 of its SPKI DER. Only ECDSA P-256. */
export function parseReceiptKey(text: string): KeyObject {
  const der = { key: Buffer.from(text.trim(), "base64"), format: "der", type: "spki" } as const;
  try {
    const key = createPublicKey(text.includes("-----BEGIN") ? text : der);
    if (key.asymmetricKeyDetails?.namedCurve === "prime256v1") return key;
  } catch {
    // Falls through: whatever it is, it is not such a key.
  }
  throw new Refusal("the receipt key is not an ECDSA P-256 public key (PEM, or base64 of its DER)");
}
