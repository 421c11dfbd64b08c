import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseVkey, type Receipt, sigstoreBlob, sigstoreBundle } from "#ledger";
import { bitTurned, type PublishedLog, publishLog } from "./published-log.ts";
import { lackOf, toolPath } from "./tools.ts";

// cosign 3, offline, with a trusted root that holds nothing but our log key: the signature over a plain file, its leaf
// and its place in the log.

interface Signed {
  readonly blob: Uint8Array;
  readonly bundle: string;
}

const otherDigit = (digit: string): string => (digit === "A" ? "B" : "A");

/** A Sigstore trusted root of one log. */
function trustedRoot(vkey: string): string {
  const { name, keyId, key } = parseVkey(vkey);
  const id = Buffer.alloc(4);
  id.writeUInt32BE(keyId);
  const publicKey = {
    rawBytes: key.export({ format: "der", type: "spki" }).toString("base64"),
    keyDetails: "PKIX_ED25519",
    validFor: { start: "2020-01-01T00:00:00Z" },
  };
  return JSON.stringify({
    mediaType: "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    tlogs: [
      {
        baseUrl: `https://${name}`,
        hashAlgorithm: "SHA2_256",
        publicKey,
        logId: { keyId: id.toString("base64") },
      },
    ],
  });
}

const missing = lackOf("cosign", "cosign");

describe.skipIf(missing !== null)(`cosign (${missing ?? "Debian's"})`, () => {
  let log: PublishedLog;
  let receipt: Receipt;
  let stranger: PublishedLog;
  let files: Signed = { blob: Buffer.alloc(0), bundle: "" };
  beforeAll(async () => {
    log = await publishLog();
    stranger = await publishLog();
    await log.grow(400);
    receipt = await log.receipt("act_222");
    files = receipt.entries.map(sigstoreBlob)[0] ?? files;
  });
  afterAll(async () => {
    await log?.close();
    await stranger?.close();
  });

  function verify({ blob, bundle }: Signed, trust = { key: log.receiptKey, vkey: log.vkey }) {
    const key = log.file("receipt.pem", trust.key.export({ format: "pem", type: "spki" }));
    const root = log.file("root.json", trustedRoot(trust.vkey));
    const signed = [log.file("bundle.json", bundle), log.file("blob", blob)];
    const args = ["verify-blob", "--key", key, "--trusted-root", root, "--bundle", ...signed];
    const { status, stderr } = spawnSync(toolPath("cosign", "cosign"), args, { encoding: "utf8" });
    return { status, stderr };
  }

  test("verifies each entry of a receipt as a signed file in the log", () => {
    for (const each of receipt.entries.map(sigstoreBlob)) {
      expect(verify(each)).toEqual({ status: 0, stderr: "Verified OK\n" });
    }
  });

  test.each([
    ["a bit of the file", ({ blob, bundle }: Signed) => ({ blob: bitTurned(blob), bundle })],
    [
      "the size in the checkpoint",
      ({ blob, bundle }: Signed) => ({ blob, bundle: bundle.replace("\\n800\\n", "\\n801\\n") }),
    ],
    ["the index", ({ blob, bundle }: Signed) => ({ blob, bundle: bundle.replaceAll('"444"', '"445"') })],
    [
      "a hash of the proof",
      ({ blob, bundle }: Signed) => ({ blob, bundle: bundle.replace(/(?<="hashes": \[\s*")./, otherDigit) }),
    ],
  ])("refuses when this was changed: %s", (_, change) => {
    expect(change(files)).not.toEqual(files);
    expect(verify(change(files)).status).toBe(1);
  });

  test("makes the leaf anew from file, signature and key, whatever ours says: it is the one that the log holds", () => {
    const other = receipt.entries.map(sigstoreBlob)[1]?.bundle ?? "";
    const [, body = ""] = /"canonicalizedBody": "([^"]+)"/.exec(other) ?? [];
    const bundle = files.bundle.replace(/(?<="canonicalizedBody": ")[^"]+/, body);
    expect(bundle).not.toBe(files.bundle);
    expect(verify({ ...files, bundle }).status).toBe(0);
  });

  test("refuses another log's keys", () => {
    expect(verify(files, { key: stranger.receiptKey, vkey: log.vkey }).status).toBe(1);
    expect(verify(files, { key: log.receiptKey, vkey: stranger.vkey }).status).toBe(1);
  });

  test("takes no DSSE envelope but in-toto's, so not our first form", () => {
    const bundle = receipt.entries.map(sigstoreBundle)[0] ?? "";
    const { status, stderr } = verify({ ...files, bundle });
    expect(stderr).toContain("unsupported DSSE payload type");
    expect(status).toBe(1);
  });
});
