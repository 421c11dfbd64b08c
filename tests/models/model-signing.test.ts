// OpenSSF Model Signing, end to end: our own signatures, each way to tamper with one, and the bundles of sigstore/model-transparency e343073
// and ossf/model-signing-spec a0c91e2 in ../shared/data/models/oms. Python's model_signing cannot be had here (no npm, no Debian package).
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  compare,
  type ModelEntry,
  type SignedManifest,
  signModel,
  TRUSTED_ROOT,
  type Trust,
  verifySignature,
} from "#provenance";

const NOW = Date.parse("2026-11-22T08:00:00Z");
const NONE = { ignored: [], unsigned: false };
const pair = (curve = "prime256v1") => generateKeyPairSync("ec", { namedCurve: curve });
const pemOf = (key: KeyObject) =>
  key.export({ type: key.type === "private" ? "pkcs8" : "spki", format: "pem" }).toString();
const sha256 = (text: string | Uint8Array) => createHash("sha256").update(text).digest("hex");

const FILES = new Map([
  ["config.json", sha256("{}")],
  ["a/weights.safetensors", sha256("weights")],
  ["z.txt", sha256("z")],
]);
const SIGNER = pair();
const TRUST: Trust = { by: "key", pem: pemOf(SIGNER.publicKey) };

function signed(files = FILES, key: KeyObject = SIGNER.privateKey): string {
  const model = { name: "wise", files, hashType: "sha256" as const, ignored: ["model.sig"] };
  return signModel(model, { pem: pemOf(key), passphrase: null, certificates: null });
}

function rulesOf(text: string | Uint8Array, trust: Trust = TRUST): readonly string[] {
  const read = verifySignature(Buffer.from(text), trust, NOW);
  return read.ok ? [] : read.refusals.map(({ rule }) => rule);
}

function manifestOf(text: string): SignedManifest {
  const read = verifySignature(Buffer.from(text), TRUST, NOW);
  if (!read.ok) throw new Error(read.refusals[0]?.says);
  return read.manifest;
}

const entry = (path: string, digest: string): ModelEntry => ({
  path,
  is: "file",
  digests: new Map([[path, digest]]),
});
const ENTRIES = [...FILES].map(([path, digest]) => entry(path, digest));

/** Signed anew with the right key: only what is in it is wrong. */
function resigned(
  change: (statement: Record<string, never>) => unknown,
  payloadType = "application/vnd.in-toto+json",
): string {
  const bundle = JSON.parse(signed());
  const statement = JSON.parse(Buffer.from(bundle.dsseEnvelope.payload, "base64").toString());
  const payload = Buffer.from(JSON.stringify(change(statement) ?? statement));
  const over = Buffer.concat([
    Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `),
    payload,
  ]);
  bundle.dsseEnvelope = {
    payload: payload.toString("base64"),
    payloadType,
    signatures: [{ sig: sign("sha256", over, SIGNER.privateKey).toString("base64") }],
  };
  return JSON.stringify(bundle);
}

describe("our own signatures", () => {
  it.each(["prime256v1", "secp384r1", "secp521r1"])("verify with a key of %s, and with no other", (curve) => {
    const key = pair(curve);
    const text = signed(FILES, key.privateKey);
    expect(rulesOf(text, { by: "key", pem: pemOf(key.publicKey) })).toEqual([]);
    expect(rulesOf(text)).toEqual(["other-key"]);
  });

  it("list the files in the order of their code points, and have the digest of all", () => {
    const { resources, root } = manifestOf(
      signed(
        new Map([
          ["\u{1F600}", "00".repeat(32)],
          ["\uFF5E", "11".repeat(32)],
          ["A", "22".repeat(32)],
        ]),
      ),
    );
    expect(resources.map(({ name }) => name)).toEqual(["A", "\uFF5E", "\u{1F600}"]);
    expect(root).toBe(sha256(Buffer.from(`${"22".repeat(32)}${"11".repeat(32)}${"00".repeat(32)}`, "hex")));
  });

  it("are not made by an Ed25519 key, a public key, or of names that lead out", () => {
    const { privateKey, publicKey } = generateKeyPairSync("ed25519");
    expect(() => signed(FILES, privateKey)).toThrow(/Ed25519/);
    expect(() => signed(FILES, publicKey)).toThrow(/cannot sign/);
    expect(() => signed(new Map([["../x", "00"]]))).toThrow(/leads out/);
    expect(() => signed(new Map())).toThrow(/no file/);
  });

  it("match the files that were signed, and name each that is extra, missing, changed or a link", () => {
    const manifest = manifestOf(signed());
    expect(compare(manifest, ENTRIES, NONE)).toEqual({ refusals: [], ignored: [], same: 3 });
    const others: ModelEntry[] = [
      entry("config.json", sha256("{ }")),
      entry("a/weights.safetensors", sha256("weights")),
      entry("evil.py", sha256("")),
      { path: "loop", is: "link", digests: new Map() },
      entry(".git", ""),
      entry("model.sig", sha256("")),
    ];
    const { refusals, ignored } = compare(manifest, others, NONE);
    expect(refusals.map(({ rule, file }) => [rule, file])).toEqual([
      ["extra-file", "evil.py"],
      ["link", "loop"],
      ["changed-file", "config.json"],
      ["missing-file", "z.txt"],
    ]);
    expect(ignored).toEqual([".git", "model.sig"]);
    expect(
      compare(manifest, [...ENTRIES, entry("evil.py", "")], { ignored: [], unsigned: true }).refusals,
    ).toEqual([]);
  });

  it("do not let a signed file be left out by ignoring it", () => {
    const changed = [entry("config.json", sha256("other")), ...ENTRIES.slice(1)];
    const { refusals } = compare(manifestOf(signed()), changed, {
      ignored: ["config.json"],
      unsigned: false,
    });
    expect(refusals.map(({ rule }) => rule)).toEqual(["changed-file"]);
  });
});

describe("a tampered signature", () => {
  it("fails wherever a bit of it is flipped, unless it says the same", () => {
    const text = Buffer.from(signed());
    const said = JSON.parse(text.toString());
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.nat(7), (at, bit) => {
        const other = Buffer.from(text);
        other[at] = (other[at] ?? 0) ^ (1 << bit);
        const read = verifySignature(other, TRUST, NOW);
        if (!read.ok) return;
        // What may differ: the key's name for itself, which is empty and never used, and names nobody reads.
        expect(JSON.parse(other.toString()).dsseEnvelope.payload).toBe(said.dsseEnvelope.payload);
      }),
      { numRuns: 3000 },
    );
  }, 120_000);

  const twice = JSON.parse(signed());
  twice.dsseEnvelope.signatures.push(twice.dsseEnvelope.signatures[0]);
  const none = JSON.parse(signed());
  none.dsseEnvelope.signatures = [];
  const both = JSON.parse(signed());
  both.verificationMaterial.certificate = { rawBytes: "AAAA" };
  const type = JSON.parse(signed());
  type.dsseEnvelope.payloadType = "application/json";
  const media = JSON.parse(signed());
  media.mediaType = "application/vnd.dev.sigstore.bundle+json;version=0.1";
  const nameless = JSON.parse(signed());
  nameless.verificationMaterial.publicKey = {};
  const message = JSON.parse(signed());
  message.messageSignature = {
    messageDigest: { algorithm: "SHA2_256", digest: "AAAA" },
    signature: "AAAA",
  };
  const loose = JSON.parse(signed());
  loose.dsseEnvelope.payload += "\n";

  it.each([
    ["two signatures", JSON.stringify(twice), "not-a-bundle"],
    ["no signature", JSON.stringify(none), "not-a-bundle"],
    ["two kinds of material", JSON.stringify(both), "not-a-bundle"],
    ["another payload type", JSON.stringify(type), "wrong-payload"],
    ["another media type", JSON.stringify(media), "not-a-bundle"],
    ["no name of its key", JSON.stringify(nameless), "not-a-bundle"],
    ["a message's signature beside it", JSON.stringify(message), "not-a-bundle"],
    ["base64 with space", JSON.stringify(loose), "not-a-bundle"],
    ["a name twice", signed().replace('"payloadType"', '"payload":"e30=","payloadType"'), "not-a-bundle"],
    ["nothing", "", "not-a-bundle"],
    ["a list", "[]", "not-a-bundle"],
    ["a million brackets", "[".repeat(1_000_000), "not-a-bundle"],
  ])("with %s fails", (_, text, rule) => {
    expect(rulesOf(text)).toEqual([rule]);
  });

  type Statement = { [name: string]: Statement } & Statement[] & string;
  const change = (edit: (statement: Statement) => void) =>
    resigned((statement) => {
      edit(statement as never);
      return undefined;
    });

  it.each([
    ["another payload type", resigned(() => undefined, "application/json"), "wrong-payload"],
    [
      "another statement",
      change((one) => Object.assign(one, { _type: "https://in-toto.io/Statement/v0.1" })),
      "wrong-payload",
    ],
    [
      "another predicate",
      change((one) => Object.assign(one, { predicateType: "https://example.com/x" })),
      "wrong-payload",
    ],
    [
      "a file left out of the list",
      change((one) => one["predicate"]?.["resources"]?.pop()),
      "inconsistent-manifest",
    ],
    [
      "another algorithm",
      change((one) => Object.assign(one["predicate"]?.["resources"]?.[0] ?? {}, { algorithm: "md5" })),
      "unknown-algorithm",
    ],
    [
      "an algorithm that was not said",
      change((one) => Object.assign(one["predicate"]?.["resources"]?.[0] ?? {}, { algorithm: "blake3" })),
      "inconsistent-manifest",
    ],
    [
      "a name that leads out",
      change((one) =>
        Object.assign(one["predicate"]?.["resources"]?.[0] ?? {}, { name: "../../etc/passwd" }),
      ),
      "unsafe-name",
    ],
    [
      "a name twice",
      change((one) => Object.assign(one["predicate"]?.["resources"]?.[0] ?? {}, { name: "z.txt" })),
      "inconsistent-manifest",
    ],
    [
      "shards without a size",
      change((one) => Object.assign(one["predicate"]?.["serialization"] ?? {}, { method: "shards" })),
      "wrong-payload",
    ],
    [
      "a pattern to ignore",
      change((one) => Object.assign(one["predicate"]?.["serialization"] ?? {}, { ignore_paths: ["*"] })),
      "unsafe-name",
    ],
    ["two subjects", change((one) => one["subject"]?.push({} as never)), "wrong-payload"],
  ])("signed anew with %s fails", (_, text, rule) => {
    expect(rulesOf(text)).toEqual([rule]);
  });

  it("is not taken where another way was to be trusted", () => {
    expect(
      rulesOf(signed(), { by: "sigstore", identity: "a", issuer: "b", trustedRoot: TRUSTED_ROOT }),
    ).toEqual(["wrong-method"]);
    expect(rulesOf(signed(), { by: "key", pem: "no key" })).toEqual(["weak-key"]);
    const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
    expect(
      rulesOf(signed().replace(/"hint":"[0-9a-f]+"/, '"rawBytes":"AAAA"'), {
        by: "key",
        pem: pemOf(rsa.publicKey),
      }),
    ).toEqual(["weak-key"]);
  });
});

const SAMPLES = "../shared/data/models/oms";
const MODELS = join(SAMPLES, "sigstore__model-transparency");
const VECTORS = join(SAMPLES, "ossf__model-signing-spec");
const certificateFile = (name: string) =>
  readFileSync(join(MODELS, `scripts__tests__keys__certificate__${name}.pem`), "utf8");

function trustFor(method: string): Trust {
  if (method === "sigstore")
    return {
      by: "sigstore",
      identity: "stefanb@us.ibm.com",
      issuer: "https://sigstore.verify.ibm.com/oauth2",
      trustedRoot: TRUSTED_ROOT,
    };
  if (method === "certificate") return { by: "certificate", roots: certificateFile("ca-cert") };
  const text = certificateFile("signing-key-pub");
  return { by: "key", pem: text.slice(text.indexOf("-----BEGIN")) };
}

const methodOf = (name: string) =>
  /sigstore\.|-sigstore|certificate|key/.exec(name)?.[0].replace(/[-.]/g, "") ?? "";
const bundleOf = (name: string) => readFileSync(join(MODELS, `scripts__tests__v1.1.0-${name}__model.sig`));
const has = existsSync(SAMPLES);
const bundles = has ? readdirSync(MODELS).filter((name) => name.endsWith("model.sig")) : [];

describe.skipIf(!has)("samples of others (skipped: no ../shared/data)", () => {
  it("are thirteen bundles of versions 0.2 to 1.1", () => {
    expect(bundles.length).toBe(13);
  });

  it.each(bundles)("%s verifies, with its files, and not with any of them changed", (name) => {
    const prefix = name.slice(0, -"model.sig".length);
    const trust = trustFor(methodOf(prefix.replace("elliptic-", "")));
    const bytes = readFileSync(join(MODELS, name));
    const read = verifySignature(bytes, trust, NOW);
    if (!read.ok) throw new Error(read.refusals[0]?.says);
    const files = readdirSync(MODELS).filter((file) => file.startsWith(prefix) && file !== name);
    const entries = files.map((file) =>
      entry(file.slice(prefix.length), sha256(readFileSync(join(MODELS, file)))),
    );
    const leave = { ignored: ["ignore-me"], unsigned: false };
    const signedOnes = entries.filter(({ path }) => path !== "ignore-me");
    expect(compare(read.manifest, entries, leave).refusals).toEqual([]);
    expect(read.isOldEncoding).toBe(name.includes("v0.2.0"));
    for (const { path } of signedOnes) {
      const changed = entries.map((one) => (one.path === path ? entry(path, sha256("other")) : one));
      expect(compare(read.manifest, changed, leave).refusals.map(({ rule }) => rule)).toEqual([
        "changed-file",
      ]);
    }
    expect(
      compare(read.manifest, [...entries, entry("evil.py", sha256(""))], leave).refusals.map(
        ({ rule }) => rule,
      ),
    ).toContain("extra-file");
  });

  it.each(bundles)(
    "%s fails with a bit of its payload or its signature flipped",
    (name) => {
      const trust = trustFor(methodOf(name.replace("elliptic-", "")));
      const text = readFileSync(join(MODELS, name), "utf8");
      for (const field of ["payload", "sig"]) {
        const value = new RegExp(`"${field}": ?"([^"]+)"`).exec(text)?.[1] ?? "";
        const bytes = Buffer.from(value, "base64");
        for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 40)) {
          const other = Buffer.from(bytes);
          other[at] = (other[at] ?? 0) ^ 1;
          expect(rulesOf(text.replace(value, other.toString("base64")), trust)).toHaveLength(1);
        }
      }
    },
    120_000,
  );

  it.each(has ? readdirSync(VECTORS) : [])("%s is judged as the specification's test vectors say", (name) => {
    const method = name.includes("valid__certificate")
      ? "certificate"
      : name.includes("tlog") || name.includes("__sigstore")
        ? "sigstore"
        : "key";
    const rules = rulesOf(readFileSync(join(VECTORS, name)), trustFor(method));
    expect(rules.length === 0).toBe(name.includes("__valid__"));
  });

  it("do not verify for another identity, issuer, key, authority, time or trusted root", () => {
    const keyless = trustFor("sigstore");
    expect(rulesOf(bundleOf("sigstore"), { ...keyless, identity: "stefanb@us.ibm.co." } as Trust)).toEqual([
      "other-identity",
    ]);
    expect(rulesOf(bundleOf("sigstore"), { ...keyless, identity: ".*" } as Trust)).toEqual([
      "other-identity",
    ]);
    expect(
      rulesOf(bundleOf("sigstore"), { ...keyless, issuer: "https://accounts.google.com" } as Trust),
    ).toEqual(["other-identity"]);
    expect(
      rulesOf(bundleOf("sigstore"), { ...keyless, trustedRoot: { ...TRUSTED_ROOT, tlogs: [] } } as Trust),
    ).toEqual(["bad-signature"]);
    expect(
      rulesOf(bundleOf("sigstore"), {
        ...keyless,
        trustedRoot: { ...TRUSTED_ROOT, certificateAuthorities: [] },
      } as Trust),
    ).toEqual(["bad-signature"]);
    expect(rulesOf(bundleOf("elliptic-key"))).toEqual(["other-key"]);
    expect(rulesOf(bundleOf("certificate"), { by: "certificate", roots: "" })).toEqual(["not-trusted"]);
    const other = { by: "certificate", roots: certificateFile("ca-cert") } as const;
    expect(verifySignature(bundleOf("certificate"), other, Date.parse("2036-01-01")).ok).toBe(false);
    expect(verifySignature(bundleOf("certificate"), other, Date.parse("2020-01-01")).ok).toBe(false);
  });
});
