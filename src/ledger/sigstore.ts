import { hash } from "node:crypto";
import { assert } from "#base";
import { parseCheckpoint } from "./checkpoint.ts";
import { parseNote } from "./note.ts";
import { pae, RECORD_TYPE, signatureAndKey } from "./record.ts";
import type { ReceiptEntry } from "./receipt.ts";
import { parseProof } from "./tlog-proof.ts";

const MEDIA_TYPE = "application/vnd.dev.sigstore.bundle.v0.3+json";

/**
 * One entry of a receipt as a Sigstore bundle v0.3: the record in a DSSE envelope, its leaf as a Rekor v2 entry.
 * For `@sigstore/verify` and its kin; `docs/formats/ledger.md` section 7 says with which trust material. The entry
 * must have passed `parseReceipt`.
 */
export function sigstoreBundle(entry: ReceiptEntry): string {
  const { signature, verificationMaterial } = signedMaterial(entry);
  const dsseEnvelope = {
    payload: Buffer.from(entry.record).toString("base64"),
    payloadType: RECORD_TYPE,
    signatures: [{ sig: signature }],
  };
  return bundleText({ verificationMaterial, dsseEnvelope });
}

/**
 * The same entry as a signature over a plain file, for `cosign verify-blob`, which takes no payload type but in-toto's:
 * `blob` is the file, the DSSE encoding that was signed, and the bundle goes beside it.
 */
export function sigstoreBlob(entry: ReceiptEntry): { readonly blob: Buffer; readonly bundle: string } {
  const { signature, verificationMaterial } = signedMaterial(entry);
  const blob = pae(RECORD_TYPE, entry.record);
  const messageDigest = { algorithm: "SHA2_256", digest: hash("sha256", blob, "base64") };
  return {
    blob,
    bundle: bundleText({ verificationMaterial, messageSignature: { messageDigest, signature } }),
  };
}

function bundleText(content: object): string {
  return `${JSON.stringify({ mediaType: MEDIA_TYPE, ...content }, null, 2)}\n`;
}

/** The signature in base64, and everything that proves its place in the log. */
function signedMaterial(entry: ReceiptEntry) {
  const { index, hashes, checkpoint } = parseProof(entry.proof);
  const note = parseNote(checkpoint);
  const { origin, size, root } = parseCheckpoint(note.text);
  const signed = signatureAndKey(Buffer.from(entry.leaf));
  // Witnesses sign too, and no order of the lines is promised.
  const logSignature = note.signatures.find(({ name }) => name === origin);
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
  const publicKey = { hint: hash("sha256", signed.spki, "base64") };
  const signature = signed.signature.toString("base64");
  return { signature, verificationMaterial: { publicKey, tlogEntries: [tlogEntry] } };
}
