// Bills of materials against the official schemas of CycloneDX (as @cyclonedx/cyclonedx-library 10.3.0 packs them, snapshots of
// CycloneDX/specification) and, where they are there, the samples and schemas in ../shared/data/models/mlbom.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "#base";
import { type BilledModel, hostBill, modelBill, readBill, spdxBill } from "#bills";
import type { Found } from "#discovery";
import { licenceReport, type ModelFacts, taggedClaims } from "#models";

const SCHEMAS = "node_modules/@cyclonedx/cyclonedx-library/res/schema";
const SAMPLES = "../shared/data/models/mlbom/CycloneDX__specification";

const schemaOf = (name: string): JsonObject =>
  JSON.parse(readFileSync(join(SCHEMAS, `${name}.SNAPSHOT.schema.json`), "utf8"));

function validatorOf(version: "1.6" | "1.7") {
  // The formats are checked by the tests below, where they matter; the schemas use draft 7 with a few words of their own.
  const ajv = new Ajv({ strict: false, validateFormats: false, addUsedSchema: false });
  for (const name of ["spdx", "jsf-0.82", "cryptography-defs"]) {
    ajv.addSchema(schemaOf(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  }
  const validate = ajv.compile(schemaOf(`bom-${version}`));
  return (document: unknown): readonly string[] => {
    return validate(document)
      ? []
      : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
  };
}

const VALIDATORS = { "1.6": validatorOf("1.6"), "1.7": validatorOf("1.7") };
const VERSIONS = ["1.6", "1.7"] as const;
const FRAME = { version: "0.1.0", at: null };
const digest = (letter: string) => `sha256:${letter.repeat(64)}` as const;

const FACTS: ModelFacts = {
  format: "gguf",
  kind: "model",
  architecture: "llama",
  parameters: 8_000_000_000,
  contextLength: 131_072,
  quantisation: { dominant: "Q4_K", types: [], declared: "Q4_K_M", isContradicted: false },
  tokenizer: { model: "gpt2", tokens: 3, tokensDigest: digest("a"), mergesDigest: null, scoresDigest: null },
  templates: [{ name: "default", digest: digest("b"), text: "{{ messages }}" }],
  declared: {
    name: "Wise",
    author: "Acme",
    organization: null,
    version: "1.0",
    sizeLabel: null,
    quantizedBy: null,
    licence: "apache-2.0",
    licenceName: null,
    licenceLink: null,
    repository: null,
    baseModels: [],
  },
  adapterOf: null,
  mergeOf: null,
  part: null,
};

function model(change: Partial<BilledModel> = {}): BilledModel {
  const claims = {
    claims: taggedClaims(["apache-2.0", "llama3.1", "nobody-knows"], "README.md"),
    bases: ["meta-llama/Llama-3.1-8B"],
    names: [],
    blobs: [],
  };
  return {
    name: "acme/wise-7b",
    digest: digest("c"),
    files: [
      { path: "config.json", size: 2, sha256: digest("d") },
      { path: "model.gguf", size: 20, sha256: digest("e") },
    ],
    facts: FACTS,
    licences: licenceReport("acme/wise-7b", [claims]),
    ...change,
  };
}

const MODELS: readonly (readonly [string, BilledModel])[] = [
  ["a model of two files with a base", model()],
  ["one file", model({ files: [{ path: "m.gguf", size: 1, sha256: digest("f") }], name: "m.gguf" })],
  ["files that are no model", model({ facts: null, licences: licenceReport("x", []) })],
  [
    "hostile names",
    model({ name: "\u001b[31m\u202e/../../x", files: [{ path: "a\nb", size: 0, sha256: digest("0") }] }),
  ],
];

const found = (kind: Found["kind"], where: string, name = "x"): Found => {
  return {
    kind,
    what: "ollama",
    name,
    where,
    confidence: "certain",
    grounds: [{ by: "answer", says: "it says so" }],
    facts: { size: 1, tags: ["a"], sha256: digest("9") },
    warnings: ["open to all"],
  };
};

describe.each(VERSIONS)("CycloneDX %s", (version) => {
  it.each(MODELS)("of %s fits the official schema, and is the same each time", (_, one) => {
    const bill = modelBill(one, FRAME, version);
    expect(VALIDATORS[version](bill)).toEqual([]);
    expect(modelBill(one, FRAME, version)).toEqual(bill);
    expect(bill["serialNumber"]).toMatch(
      /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  });

  it("has another serial number for another model, and a time where one is given", () => {
    const serials = MODELS.map(([, one]) => modelBill(one, FRAME, version)["serialNumber"]);
    expect(new Set(serials).size).toBe(MODELS.length);
    const timed = modelBill(model(), { ...FRAME, at: "2026-11-22T10:00:00Z" }, version);
    expect(timed["metadata"]).toMatchObject({ timestamp: "2026-11-22T10:00:00Z" });
    expect(VALIDATORS[version](timed)).toEqual([]);
  });

  it("of a machine fits the official schema: models, agents and accelerators, runtimes as services", () => {
    const all = [
      found("model", "/m"),
      found("agent", "/a"),
      found("accelerator", "0"),
      found("runtime", "127.0.0.1:11434"),
      found("server", "pid 1", ""),
      found("model", "/m"),
    ];
    const bill = hostBill("box", all, FRAME, version);
    expect(VALIDATORS[version](bill)).toEqual([]);
    expect(bill["services"]).toMatchObject([{ endpoints: ["http://127.0.0.1:11434"] }, { name: "ollama" }]);
    expect(bill["components"]).toMatchObject([{ hashes: [{ content: "9".repeat(64) }] }, {}, {}, {}]);
    expect(VALIDATORS[version](hostBill("bare", [], FRAME, version))).toEqual([]);
  });

  it("the schema does refuse what is wrong", () => {
    expect(VALIDATORS[version]({ ...modelBill(model(), FRAME, version), serialNumber: "1" })).not.toEqual([]);
    expect(
      VALIDATORS[version]({ ...modelBill(model(), FRAME, version), components: [{ name: "x" }] }),
    ).not.toEqual([]);
  });
});

it("a bill says what is declared, of what it was made, and what is owed", () => {
  const bill = modelBill(model(), FRAME, "1.7");
  expect(bill["metadata"]).toMatchObject({
    component: {
      type: "machine-learning-model",
      group: "acme",
      name: "wise-7b",
      licenses: [
        { license: { id: "Apache-2.0", acknowledgement: "declared" } },
        { license: { name: "Llama 3.1 Community License Agreement", acknowledgement: "declared" } },
      ],
      pedigree: {
        ancestors: [
          { name: "meta-llama/Llama-3.1-8B", licenses: [{ license: { acknowledgement: "concluded" } }] },
        ],
      },
    },
  });
  expect(JSON.stringify(bill)).toContain('doorward:model:licence-standing","value":"unknown');
});

describe("SPDX 3.0.1", () => {
  const bill = spdxBill(model(), { version: "0.1.0", at: "2026-11-22T10:00:00Z" });
  const graph = bill["@graph"] as readonly JsonObject[];
  const of = (type: string) => graph.filter((one) => one["type"] === type);

  it("has what the AI profile demands of each model", () => {
    // Required by the SHACL of model/AI/Classes/AIPackage.md, spdx/spdx-3-model 3.0.1.
    for (const one of of("ai_AIPackage")) {
      expect(Object.keys(one)).toEqual(
        expect.arrayContaining([
          "suppliedBy",
          "releaseTime",
          "software_downloadLocation",
          "software_packageVersion",
          "software_primaryPurpose",
        ]),
      );
      for (const type of ["hasDeclaredLicense", "hasConcludedLicense"])
        expect(
          of("Relationship").filter(
            ({ from, relationshipType }) => from === one["spdxId"] && relationshipType === type,
          ),
        ).toHaveLength(1);
    }
    expect(of("ai_AIPackage")).toHaveLength(2);
  });

  it("names each element once, and refers to none that is not there", () => {
    const ids = graph.flatMap(({ spdxId }) => (typeof spdxId === "string" ? [spdxId] : []));
    expect(new Set(ids).size).toBe(ids.length);
    const referred = JSON.stringify(graph).match(/urn:uuid:[^"]+/g) ?? [];
    expect(referred.filter((one) => !ids.includes(one))).toEqual([]);
  });

  it("is the same each time, and concludes nothing where the licence is unknown", () => {
    expect(spdxBill(model(), { version: "0.1.0", at: "2026-11-22T10:00:00Z" })).toEqual(bill);
    expect(
      of("Relationship").find(({ relationshipType }) => relationshipType === "hasConcludedLicense"),
    ).toMatchObject({
      to: ["https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense"],
    });
  });
});

const bytes = (value: unknown) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value));

describe("bills of others", () => {
  it.each([
    ["our CycloneDX", modelBill(model(), FRAME, "1.7")],
    ["our SPDX", spdxBill(model(), { version: "0.1.0", at: "2026-11-22T10:00:00Z" })],
  ])("%s is read back: names, hashes, licences, bases", (_, bill) => {
    const read = readBill(bytes(bill));
    const one = read.ok ? read.models.find(({ name }) => name === "acme/wise-7b") : undefined;
    expect(one?.sha256).toEqual(expect.arrayContaining(["d".repeat(64), "e".repeat(64)]));
    expect(one?.licences.join(" ")).toContain("Apache-2.0");
    expect(one?.bases).toEqual(["meta-llama/Llama-3.1-8B"]);
  });

  it.each([
    "",
    "[]",
    "{}",
    '{"bomFormat":"CycloneDX"}',
    '{"bomFormat":"CycloneDX","specVersion":"1.2"}',
    '{"a":1,"a":2}',
    "[".repeat(100_000),
  ])("%.40s is none", (text) => {
    expect(readBill(bytes(text)).ok).toBe(false);
  });

  it("whatever is in its fields, nothing but text is taken, bounded", () => {
    fc.assert(
      fc.property(fc.jsonValue({ depthSize: "medium" }), fc.jsonValue(), (inner, other) => {
        const read = readBill(
          bytes({
            bomFormat: "CycloneDX",
            specVersion: "1.6",
            metadata: inner,
            components: [
              {
                type: "machine-learning-model",
                name: other,
                hashes: inner,
                licenses: inner,
                pedigree: other,
                components: [inner],
              },
            ],
          }),
        );
        if (!read.ok) return;
        for (const one of read.models)
          expect([typeof one.name, Array.isArray(one.licences)]).toEqual(["string", true]);
      }),
    );
    const deep = (depth: number): unknown =>
      depth === 0
        ? { type: "machine-learning-model", name: "deep" }
        : { type: "library", name: "x", components: [deep(depth - 1)] };
    const read = readBill(bytes({ bomFormat: "CycloneDX", specVersion: "1.6", components: [deep(20)] }));
    expect(read.ok && read.models).toEqual([]);
  });
});

const files = existsSync(SAMPLES)
  ? readdirSync(SAMPLES).filter((name) => name.includes("valid-machine-learning"))
  : [];

describe.skipIf(files.length === 0)("samples of others (skipped: no ../shared/data)", () => {
  it.each(files)("%s fits the schema here too, and its model is read", (name) => {
    const text = readFileSync(join(SAMPLES, name));
    const version = name.includes("-1.7") ? "1.7" : "1.6";
    expect(VALIDATORS[version](JSON.parse(text.toString()))).toEqual([]);
    const read = readBill(text);
    expect(read.ok && read.models.length).toBeGreaterThan(0);
  });
});
