import { createPublicKey, hash, verify } from "node:crypto";
import { afterAll, describe, expect, test } from "vitest";
import { canonicalJson } from "#base";
import { leafHash, pae, parseVkey, sigstoreBundle, verifyInclusion } from "#ledger";
import { draft, openTestLog, ORIGIN } from "./tlog-fixture.ts";

const log = openTestLog(10);
log.log([draft("verdict", "act_0"), draft("intent", "act_1"), draft("outcome", "act_1")]);
afterAll(() => log.close());

const bytes = (text: string) => Buffer.from(text, "base64");

/**
 * The steps that `@sigstore/verify` takes with a bundle (sigstore-js at 769a53d8, packages/verify/src), written out
 * here because it is no dependency of ours: tlog/checkpoint.ts, tlog/merkle.ts, tlog/index.ts and hashedrekord.ts,
 * bundle/dsse.ts. Answers the step that fails, or null.
 */
function failingStep(text: string): string | null {
  const bundle = JSON.parse(text);
  const [entry] = bundle.verificationMaterial.tlogEntries;
  const { checkpoint, hashes, treeSize, rootHash } = entry.inclusionProof;
  const [head, signatures] = checkpoint.envelope.split("\n\n");
  const logKey = parseVkey(log.signer.vkey);
  const authority = { logID: bytes(entry.logId.keyId), baseURL: `https://${ORIGIN}`, key: logKey.key };
  const isSigned = [...signatures.matchAll(/\u2014 (\S+) (\S+)\n/gu)].some(([, name, signature]) => {
    const isKnown =
      authority.logID.equals(bytes(signature).subarray(0, 4)) && authority.baseURL.includes(name);
    return isKnown && verify(null, Buffer.from(`${head}\n`), authority.key, bytes(signature).subarray(4));
  });
  if (!isSigned) return "checkpoint";
  const root = bytes(head.split("\n")[2]);
  const claim = { index: Number(entry.logIndex), size: Number(treeSize), root, proof: hashes.map(bytes) };
  const leaf = leafHash(bytes(entry.canonicalizedBody));
  if (!bytes(rootHash).equals(root) || !verifyInclusion({ ...claim, leaf })) return "inclusion";
  const body = JSON.parse(bytes(entry.canonicalizedBody).toString());
  const { kind, version } = entry.kindVersion;
  if (kind !== body.kind || version !== body.apiVersion) return "kind";
  const { data, signature } = body.spec.hashedRekordV002;
  const envelope = bundle.dsseEnvelope;
  const signed = pae(envelope.payloadType, bytes(envelope.payload).toString());
  if (signature.content !== envelope.signatures[0].sig) return "signature mismatch";
  if (data.digest !== hash("sha256", signed, "base64")) return "digest mismatch";
  return verify("sha256", signed, log.receiptKey, bytes(envelope.signatures[0].sig)) ? null : "signature";
}

const bundles = () => log.receipt("act_1").entries.map(sigstoreBundle);

describe("an entry as a Sigstore bundle", () => {
  test("passes every step of @sigstore/verify", () => {
    expect(bundles().map(failingStep)).toEqual([null, null]);
  });

  test("does not when payload, signature, body, proof or checkpoint is another's", () => {
    const [one, two] = bundles().map((text) => JSON.parse(text));
    const [entryOne] = one.verificationMaterial.tlogEntries;
    const [entryTwo] = two.verificationMaterial.tlogEntries;
    const withEntry = (entry: object) =>
      JSON.stringify({ ...one, verificationMaterial: { ...one.verificationMaterial, tlogEntries: [entry] } });
    const { payload } = two.dsseEnvelope;
    expect(failingStep(JSON.stringify({ ...one, dsseEnvelope: { ...one.dsseEnvelope, payload } }))).toBe(
      "digest mismatch",
    );
    expect(failingStep(JSON.stringify({ ...one, dsseEnvelope: two.dsseEnvelope }))).toBe(
      "signature mismatch",
    );
    expect(failingStep(withEntry(entryTwo))).toBe("signature mismatch");
    expect(failingStep(withEntry({ ...entryOne, inclusionProof: entryTwo.inclusionProof }))).toBe(
      "inclusion",
    );
    const stale = { envelope: entryOne.inclusionProof.checkpoint.envelope.replace("\n3\n", "\n4\n") };
    expect(
      failingStep(
        withEntry({ ...entryOne, inclusionProof: { ...entryOne.inclusionProof, checkpoint: stale } }),
      ),
    ).toBe("checkpoint");
  });

  test("its body is the canonical JSON of a hashedrekord 0.0.2 with a P-256 key", () => {
    const [logged] = log.log([draft("intent", "act_2")]);
    const leaf = logged!.leaf;
    const value = JSON.parse(leaf.toString());
    expect(canonicalJson(value)).toBe(leaf.toString());
    const { data, signature } = value.spec.hashedRekordV002;
    expect(data.algorithm).toBe("SHA2_256");
    expect(signature.verifier.keyDetails).toBe("PKIX_ECDSA_P256_SHA_256");
    const key = createPublicKey({
      key: bytes(signature.verifier.publicKey.rawBytes),
      format: "der",
      type: "spki",
    });
    expect(key.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
  });
});
