import { describe, expect, it } from "vitest";
import { signedBytesOf02 } from "./encoding.ts";
import { ignoredPath, isIgnored, unsafeName } from "./names.ts";
import { isSubject, readProvenance } from "./provenance.ts";

const bytes = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));

describe("names of a model's files", () => {
  it.each(["a", "a/b.safetensors", "..a", "a:0:1", "ä/ö"])("%s is one", (name) => {
    expect(unsafeName(name)).toBeNull();
  });
  it.each([
    "",
    "/etc/passwd",
    "../a",
    "a/../../b",
    "a//b",
    "./a",
    "a/",
    "C:/a",
    "a\\b",
    "a\0b",
    "x".repeat(5000),
  ])("%j is none", (name) => {
    expect(unsafeName(name)).not.toBeNull();
  });
  it("ignores a path and what is below it, at the top alone", () => {
    expect(isIgnored(".git/config", [".git"])).toBe(true);
    expect(isIgnored("sub/.git/config", [".git"])).toBe(false);
    expect(isIgnored(".gitx", [".git"])).toBe(false);
    expect([ignoredPath("./cache/"), ignoredPath("*"), ignoredPath("../x")]).toEqual(["cache", null, null]);
  });
});

const printed = (payload: string) =>
  signedBytesOf02("t", Buffer.from(payload, "latin1")).toString().slice("DSSEV1 1 t ".length);

describe("the encoding of version 0.2", () => {
  it("prints bytes as Python does", () => {
    expect(printed('{"a": 1}\n')).toBe(`9 b'{"a": 1}\\n'`);
    expect(printed("it's")).toBe(`4 b"it's"`);
    expect(printed(`'"`)).toBe(`2 b'\\'"'`);
    expect(printed("\u0000\u00ff\\")).toBe(`3 b'\\x00\\xff\\\\'`);
  });
});

// After the examples of slsa.dev/spec/v1.0/provenance and /v0.2, and of in-toto/attestation spec/v1/statement.md.
const SUBJECT = [{ name: "model.gguf", digest: { sha256: "AB".repeat(32) } }];
const SLSA_1 = {
  _type: "https://in-toto.io/Statement/v1",
  subject: SUBJECT,
  predicateType: "https://slsa.dev/provenance/v1",
  predicate: {
    buildDefinition: {
      buildType: "https://example.com/train/v1",
      resolvedDependencies: [{ uri: "git+https://example.com/train", digest: { gitCommit: "c0ffee" } }],
    },
    runDetails: { builder: { id: "https://example.com/builder" } },
  },
};
const SLSA_02 = {
  _type: "https://in-toto.io/Statement/v0.1",
  subject: SUBJECT,
  predicateType: "https://slsa.dev/provenance/v0.2",
  predicate: {
    builder: { id: "https://example.com/builder" },
    buildType: "https://example.com/train/v1",
    materials: [{ uri: "git+https://example.com/train", digest: { sha1: "c0ffee" } }],
  },
};

describe("provenance", () => {
  it.each([
    ["v1", SLSA_1],
    ["v0.1", SLSA_02],
  ])("of statement %s: builder, materials, subjects", (statement, document) => {
    const read = readProvenance(bytes(document));
    if (!read.ok) throw new Error(read.refusals[0]?.says);
    const [one] = read.provenance;
    expect(one).toMatchObject({
      statement,
      builder: "https://example.com/builder",
      buildType: "https://example.com/train/v1",
      materials: [{ name: "git+https://example.com/train" }],
      isInEnvelope: false,
    });
    expect(one !== undefined && isSubject(one, "sha256", "ab".repeat(32))).toBe(true);
    expect(one !== undefined && isSubject(one, "sha512", "ab".repeat(32))).toBe(false);
  });

  it("is found in an envelope, a bundle, and on the lines of a file", () => {
    const envelope = {
      payloadType: "application/vnd.in-toto+json",
      payload: bytes(SLSA_1).toString("base64"),
      signatures: [],
    };
    const read = readProvenance(
      bytes([envelope, { dsseEnvelope: envelope }, SLSA_02].map((one) => JSON.stringify(one)).join("\n")),
    );
    expect(read.ok && read.provenance.map(({ isInEnvelope }) => isInEnvelope)).toEqual([true, true, false]);
  });

  it.each([
    ["", "not-a-bundle"],
    ["[]", "wrong-payload"],
    ['{"_type": "https://in-toto.io/Statement/v9"}', "wrong-payload"],
    ['{"_type": 1, "_type": 2}', "not-a-bundle"],
    ['{"payload": "e30="}', "wrong-payload"],
  ])("%s is none", (text, rule) => {
    const read = readProvenance(bytes(text));
    expect(read.ok ? [] : read.refusals.map((one) => one.rule)).toEqual([rule]);
  });

  it("of another kind says who is its subject, and no more", () => {
    const read = readProvenance(bytes({ ...SLSA_1, predicateType: "https://example.com/other" }));
    expect(read.ok && read.provenance[0]).toMatchObject({ predicate: "other", builder: null, materials: [] });
  });
});
