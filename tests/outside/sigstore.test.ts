import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { bundleFromJSON } from "@sigstore/bundle";
import { toSignedEntity, VerificationError, Verifier } from "@sigstore/verify";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { leafBody, pae, parseVkey, RECORD_TYPE, sigstoreBlob, sigstoreBundle } from "#ledger";
import { bitTurned, type PublishedLog, publishLog } from "./published-log.ts";

// Sigstore's own verifier, offline, on what a real journal published: the record is in a DSSE envelope, its leaf a
// Rekor v2 entry, its checkpoint signed by the log's own key. Trust is two public keys, no certificate, no timestamp.

let log: PublishedLog;
let bundles: string[] = [];
let plain: ReturnType<typeof sigstoreBlob> = { blob: Buffer.alloc(0), bundle: "" };
beforeAll(async () => {
  log = await publishLog();
  await log.grow(300);
  const { entries } = await log.receipt("act_137");
  bundles = entries.map(sigstoreBundle);
  plain = entries.map(sigstoreBlob)[0] ?? plain;
});
afterAll(async () => log.close());

interface Trust {
  readonly vkey: string;
  readonly receiptKey: KeyObject;
}

/** What `@sigstore/verify` says of a bundle: null, or the code of its refusal. */
function refusal(text: string, { vkey, receiptKey }: Trust = log, file?: Buffer): string | null {
  const { name, keyId, key } = parseVkey(vkey);
  const logID = Buffer.alloc(4);
  logID.writeUInt32BE(keyId);
  const always = { start: new Date(0), end: new Date(8_640_000_000_000_000) };
  const verifier = new Verifier(
    {
      certificateAuthorities: [],
      timestampAuthorities: [],
      ctlogs: [],
      tlogs: [{ logID, baseURL: `https://${name}`, publicKey: key, validFor: always }],
      publicKey: () => ({ publicKey: receiptKey, validFor: () => true }),
    },
    { tlogThreshold: 1, ctlogThreshold: 0, timestampThreshold: 0 },
  );
  try {
    verifier.verify(toSignedEntity(bundleFromJSON(JSON.parse(text)), file));
    return null;
  } catch (error) {
    if (error instanceof VerificationError) return error.code;
    throw error;
  }
}

/** The parts of a bundle that the tests change. */
interface BundleParts {
  readonly verificationMaterial: {
    readonly tlogEntries: {
      logIndex: string;
      logId: { keyId: string };
      canonicalizedBody: string;
      readonly inclusionProof: {
        logIndex: string;
        rootHash: string;
        treeSize: string;
        hashes: string[];
        readonly checkpoint: { envelope: string };
      };
    }[];
  };
  readonly dsseEnvelope: { payload: string; payloadType: string; readonly signatures: { sig: string }[] };
}

function parse(text: string | undefined): BundleParts {
  return JSON.parse(text ?? "null") as BundleParts;
}

function entryOf(bundle: BundleParts) {
  const [entry] = bundle.verificationMaterial.tlogEntries;
  const [signature] = bundle.dsseEnvelope.signatures;
  if (entry === undefined || signature === undefined) throw new Error("a bundle of ours has both");
  return { entry, proof: entry.inclusionProof, signature };
}

const flipped = (base64: string): string => bitTurned(Buffer.from(base64, "base64")).toString("base64");

/** The first bundle after `change`, which is also given the second one. */
function changed(change: (bundle: BundleParts, other: BundleParts) => void): string {
  const bundle = parse(bundles[0]);
  change(bundle, parse(bundles[1]));
  return JSON.stringify(bundle);
}

/** Record, signature and leaf by a stranger's key, all fitting each other, in the place of the true ones. */
function forged(bundle: BundleParts): void {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const record = Buffer.from(bundle.dsseEnvelope.payload, "base64").toString();
  const signature = sign("sha256", pae(RECORD_TYPE, record), privateKey);
  const leaf = leafBody(record, signature, publicKey.export({ format: "der", type: "spki" }));
  const { entry, signature: signed } = entryOf(bundle);
  signed.sig = signature.toString("base64");
  entry.canonicalizedBody = Buffer.from(leaf).toString("base64");
}

describe("@sigstore/verify", () => {
  test("accepts each entry of a receipt, intent and outcome", () => {
    expect(bundles.map((bundle) => refusal(bundle))).toEqual([null, null]);
  });

  const changes: [string, string, (bundle: BundleParts, other: BundleParts) => void][] = [
    [
      "a bit of the record",
      "TLOG_BODY_ERROR",
      ({ dsseEnvelope }) => (dsseEnvelope.payload = flipped(dsseEnvelope.payload)),
    ],
    [
      "the record of another entry",
      "TLOG_BODY_ERROR",
      ({ dsseEnvelope }, other) => (dsseEnvelope.payload = other.dsseEnvelope.payload),
    ],
    [
      "the payload type",
      "TLOG_BODY_ERROR",
      ({ dsseEnvelope }) => (dsseEnvelope.payloadType = "application/vnd.in-toto+json"),
    ],
    [
      "a bit of the signature",
      "TLOG_BODY_ERROR",
      (bundle) => (entryOf(bundle).signature.sig = flipped(entryOf(bundle).signature.sig)),
    ],
    [
      "a bit of the leaf",
      "TLOG_INCLUSION_PROOF_ERROR",
      (bundle) =>
        (entryOf(bundle).entry.canonicalizedBody = flipped(entryOf(bundle).entry.canonicalizedBody)),
    ],
    ["record, signature and leaf, by a stranger", "TLOG_INCLUSION_PROOF_ERROR", forged],
    [
      "a bit of the proof",
      "TLOG_INCLUSION_PROOF_ERROR",
      (bundle) => (entryOf(bundle).proof.hashes[3] = flipped(entryOf(bundle).proof.hashes[3] ?? "")),
    ],
    [
      "a proof that lost a hash",
      "TLOG_INCLUSION_PROOF_ERROR",
      (bundle) => entryOf(bundle).proof.hashes.pop(),
    ],
    [
      "the index",
      "TLOG_INCLUSION_PROOF_ERROR",
      (bundle) => {
        entryOf(bundle).entry.logIndex = "275";
        entryOf(bundle).proof.logIndex = "275";
      },
    ],
    [
      "the size in the checkpoint",
      "TLOG_INCLUSION_PROOF_ERROR",
      (bundle) => {
        const { checkpoint } = entryOf(bundle).proof;
        checkpoint.envelope = checkpoint.envelope.replace("\n600\n", "\n601\n");
      },
    ],
    [
      "the root in the checkpoint and the proof",
      "TLOG_INCLUSION_PROOF_ERROR",
      (bundle) => {
        const { proof } = entryOf(bundle);
        const root = flipped(proof.rootHash);
        proof.checkpoint.envelope = proof.checkpoint.envelope.replace(proof.rootHash, root);
        proof.rootHash = root;
      },
    ],
    [
      "the checkpoint's signature",
      "TLOG_INCLUSION_PROOF_ERROR",
      (bundle) => {
        const { checkpoint } = entryOf(bundle).proof;
        const [, signature = ""] = / (\S+)\n$/u.exec(checkpoint.envelope) ?? [];
        checkpoint.envelope = checkpoint.envelope.replace(signature, flipped(signature));
      },
    ],
    [
      "the log's id",
      "TLOG_INCLUSION_PROOF_ERROR",
      (bundle) => (entryOf(bundle).entry.logId.keyId = flipped(entryOf(bundle).entry.logId.keyId)),
    ],
  ];

  test.each(changes)("refuses when this was changed: %s", (_, code, change) => {
    expect(refusal(changed(() => {}))).toBeNull();
    expect(refusal(changed(change))).toBe(code);
  });

  test("accepts a signature over the plain file as well", () => {
    expect(refusal(plain.bundle, log, plain.blob)).toBeNull();
    expect(refusal(plain.bundle, log, bitTurned(plain.blob))).not.toBeNull();
  });

  test("accepts a checkpoint that a witness signed, in whatever order its lines come", async () => {
    const { entries } = await log.receipt("act_137");
    const line = `\u2014 witness.example ${Buffer.alloc(76, 7).toString("base64")}\n`;
    const cosigned = entries.map((entry) => ({
      ...entry,
      proof: entry.proof.replace("\u2014 ", `${line}\u2014 `),
    }));
    expect(cosigned.map((entry) => refusal(sigstoreBundle(entry)))).toEqual([null, null]);
  });

  test("refuses under the log key or the receipt key of another log", async () => {
    const stranger = await publishLog();
    const [bundle = ""] = bundles;
    expect(refusal(bundle, { vkey: stranger.vkey, receiptKey: log.receiptKey })).toBe(
      "TLOG_INCLUSION_PROOF_ERROR",
    );
    expect(refusal(bundle, { vkey: log.vkey, receiptKey: stranger.receiptKey })).toBe("SIGNATURE_ERROR");
    await stranger.close();
  });
});
