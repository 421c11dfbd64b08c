import { hash } from "node:crypto";
import { assert } from "#base";
import { parseCheckpoint } from "./checkpoint.ts";
import { parseNote } from "./note.ts";
import { RECORD_TYPE, signatureAndKey } from "./record.ts";
import type { ReceiptEntry } from "./receipt.ts";
import { parseProof } from "./tlog-proof.ts";

const MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

/**
 * One entry of a receipt as a Sigstore bundle v0.3: the record in a DSSE envelope, its leaf as a Rekor v2 entry.
 * For `@sigstore/verify` and its kin; `docs/formats/ledger.md` section 7 says with which trust material. The entry
 * must have passed `parseReceipt`.
 */
export function sigstoreBundle(entry: ReceiptEntry): string {
  const { index, hashes, checkpoint } = parseProof(entry.proof);
  const note = parseNote(checkpoint);
  const { size, root } = parseCheckpoint(note.text);
  const signed = signatureAndKey(Buffer.from(entry.leaf));
  const [logSignature] = note.signatures;
  assert(signed !== null && logSignature !== undefined, "the entry of a receipt is well formed");
  const keyId = Buffer.allocUnsafe(4);
  keyId.writeUInt32BE(logSignature.keyId);
  const tlogEntry = {
    logIndex: String(index),
    logId: { keyId: keyId.toString("base64") },
    kindVersion: { kind: "hashedrekord", version: "0.0.2" },
    inclusionProof: {
      logIndex: String(index),
      rootHash: root.toString("base64"),
      treeSize: String(size),
      hashes: hashes.map((each) => each.toString("base64")),
      checkpoint: { envelope: checkpoint },
    },
    canonicalizedBody: Buffer.from(entry.leaf).toString("base64"),
  };
  const bundle = {
    mediaType: MEDIA_TYPE,
    verificationMaterial: {
      publicKey: { hint: hash("sha256", signed.spki, "base64") },
      tlogEntries: [tlogEntry],
    },
    dsseEnvelope: {
      payload: Buffer.from(entry.record).toString("base64"),
      payloadType: RECORD_TYPE,
      signatures: [{ sig: signed.signature.toString("base64") }],
    },
  };
  return `${JSON.stringify(bundle, null, 2)}\n`;
}
