import type { JsonObject } from "#base";
import type { LicenceReport, ModelFacts } from "#models";
import { uuidOf } from "./identity.ts";
import { ancestorsOf, type BilledModel, type BillFrame } from "./subject.ts";

export type CycloneDxVersion = "1.6" | "1.7";

/** Ours, in `properties`, for what CycloneDX has no field for: quantisation, context length, tokenizer, duties. */
const SPACE = "doorward:model";
const FILES_MAX = 10_000;

/**
 * An ML-BOM of one model: CycloneDX 1.6 or 1.7 (bom-1.6.schema.json, bom-1.7.schema.json of CycloneDX/specification e02a34ae). What a model's
 * files say of themselves stands as `declared` licences, as pedigree, and in properties named so. Its serial number is made of its content.
 */
export function modelBill(model: BilledModel, frame: BillFrame, version: CycloneDxVersion): JsonObject {
  return framed(version, frame, {
    metadata: { component: modelComponent(model) },
    dependencies: [{ ref: refOf(model) }],
  });
}

interface BillBody {
  readonly metadata: JsonObject;
  readonly dependencies: readonly JsonObject[];
  readonly components?: readonly JsonObject[];
  readonly services?: readonly JsonObject[];
}

/** Puts what every bill has around what one says. */
export function framed(
  version: CycloneDxVersion,
  { version: ours, at }: BillFrame,
  said: BillBody,
): JsonObject {
  const { metadata, ...rest } = said;
  const tool = { type: "application", name: "doorward", version: ours };
  const document: JsonObject = {
    $schema: `http://cyclonedx.org/schema/bom-${version}.schema.json`,
    bomFormat: "CycloneDX",
    specVersion: version,
    version: 1,
    metadata: {
      ...(at === null ? {} : { timestamp: at }),
      tools: { components: [tool] },
      ...metadata,
    },
    ...rest,
  };
  return { ...document, serialNumber: `urn:uuid:${uuidOf(document)}` };
}

function refOf({ digest }: BilledModel): string {
  return `model:${digest}`;
}

function modelComponent(model: BilledModel): JsonObject {
  const { files, facts, licences } = model;
  const [only] = files;
  const { version = null, author = null } = facts?.declared ?? {};
  const ancestors = ancestorsOf(model).map((one) => ancestorOf(one, licences));
  return {
    type: "machine-learning-model",
    "bom-ref": refOf(model),
    ...nameOf(model),
    ...(version === null ? {} : { version }),
    ...(author === null ? {} : { publisher: author }),
    ...(files.length === 1 && only !== undefined ? { hashes: [hashOf(only.sha256)] } : {}),
    ...some("licenses", licensesOf(licences, model.name)),
    ...(ancestors.length === 0 ? {} : { pedigree: { ancestors } }),
    ...some("components", [...fileComponents(model), ...templateComponents(model)]),
    modelCard: cardOf(facts, licences),
    properties: propertiesOf(model),
  };
}

function some(name: string, list: readonly JsonObject[]): JsonObject {
  return list.length === 0 ? {} : { [name]: list };
}

/** `organisation/name` as Hugging Face has it. */
function nameOf({ name }: BilledModel): JsonObject {
  const found = /^(?<group>[^/]+)\/(?<own>[^/]+)$/.exec(name)?.groups;
  return found === undefined ? { name } : { group: found["group"] ?? "", name: found["own"] ?? "" };
}

function hashOf(digest: string): JsonObject {
  return { alg: "SHA-256", content: digest.slice("sha256:".length) };
}

/** A licence of SPDX by its identifier, any other by its name and where it is published. */
function licensesOf({ licences, duties }: LicenceReport, model: string): readonly JsonObject[] {
  const ids = [...new Set(licences.filter((one) => one.model === model).map(({ licence }) => licence))];
  return ids.flatMap((id): JsonObject[] => {
    const found = licences.find((one) => one.licence === id && one.model === model);
    if (found === undefined) return [];
    const acknowledgement = found.by === "name" ? "concluded" : "declared";
    const url = duties.find(({ licence }) => licence === id)?.source.url;
    const named = found.isSpdx ? { id } : { name: found.name };
    return [{ license: { ...named, acknowledgement, ...(url === undefined ? {} : { url }) } }];
  });
}

function ancestorOf(name: string, licences: LicenceReport): JsonObject {
  const { relation, grounds } = licences.chain.find((one) => one.name === name) ?? {};
  return {
    type: "machine-learning-model",
    name,
    ...some("licenses", licensesOf(licences, name)),
    properties: [property("relation", String(relation)), property("grounds", String(grounds))],
  };
}

function fileComponents({ files, digest }: BilledModel): readonly JsonObject[] {
  if (files.length < 2) return [];
  return files.slice(0, FILES_MAX).map(({ path, size, sha256 }) => ({
    type: "file",
    "bom-ref": `file:${digest}:${path}`,
    name: path,
    hashes: [hashOf(sha256)],
    properties: [property("bytes", String(size))],
  }));
}

function templateComponents({ facts, digest }: BilledModel): readonly JsonObject[] {
  return (facts?.templates ?? []).map(({ name, digest: own }, at) => ({
    type: "data",
    "bom-ref": `template:${digest}:${at}`,
    name: `chat template ${name}`,
    hashes: [hashOf(own)],
    data: [{ type: "configuration", name: "chat template" }],
  }));
}

function cardOf(facts: ModelFacts | null, { duties }: LicenceReport): JsonObject {
  const limits = [...new Set(duties.filter(({ when }) => when === "use").map(({ says }) => says))];
  return {
    modelParameters:
      facts?.architecture === null || facts === null ? {} : { architectureFamily: facts.architecture },
    ...(limits.length === 0
      ? {}
      : { considerations: { useCases: limits.map((says) => `Licence: ${says}`) } }),
  };
}

function property(name: string, value: string): JsonObject {
  return { name: `${SPACE}:${name}`, value };
}

function propertiesOf({ digest, facts, licences }: BilledModel): readonly JsonObject[] {
  const said: readonly (readonly [string, string | number | null | undefined])[] = [
    ["digest", digest],
    ["format", facts?.format],
    ["kind", facts?.kind],
    ["parameters", facts?.parameters],
    ["context-length", facts?.contextLength],
    ["quantisation", facts?.quantisation.dominant],
    ["quantisation-declared", facts?.quantisation.declared],
    ["tokenizer-tokens-digest", facts?.tokenizer?.tokensDigest],
    ["licence-standing", licences.standing],
    ...licences.concerns.map(({ rule, says }) => ["licence-concern", `${rule}: ${says}`] as const),
    ...licences.duties.map(({ kind, licence, says, source }) => {
      return ["licence-duty", `${kind} (${licence}, ${source.section}): ${says}`] as const;
    }),
  ];
  return said.flatMap(([name, value]) => {
    return value === null || value === undefined ? [] : [property(name, String(value))];
  });
}
