import type { JsonObject } from "#base";
import { uuidOf } from "./identity.ts";
import { ancestorsOf, type BilledModel, type BillFrame } from "./subject.ts";

const CONTEXT = "https://spdx.org/rdf/3.0.1/spdx-context.jsonld";
const NOBODY = "https://spdx.org/rdf/3.0.1/terms/Core/NoAssertionElement";
const NO_LICENCE = "https://spdx.org/rdf/3.0.1/terms/ExpandedLicensing/NoAssertionLicense";
const CREATION = "_:creation";

/**
 * The same model as an SPDX 3.0.1 document with the AI profile, in JSON-LD (spdx.github.io/spdx-spec/v3.0.1, profile AI; validated by hand
 * against rdf/schema.json of that version). SPDX demands who supplied it, when it was released and where it can be had: what nobody said
 * stands as no assertion, and the release as the time of the bill.
 */
export function spdxBill(model: BilledModel, frame: BillFrame & { readonly at: string }): JsonObject {
  const seed = uuidOf({
    digest: model.digest,
    name: model.name,
    standing: model.licences.standing,
    ...frame,
  });
  const iri = (part: string): string => `urn:uuid:${seed}#${part}`;
  const tool = element("Tool", iri("doorward"), { name: `doorward ${frame.version}` });
  const supplier = element("Agent", iri("supplier"), { name: supplierOf(model) });
  const bases = ancestorsOf(model).map((name, at) =>
    aiPackage(iri(`base-${at}`), name, iri("supplier"), frame.at),
  );
  const own = ownPackage(model, iri, frame.at);
  const files = fileElements(model, iri);
  const graph = [
    ...files,
    ...bases,
    ...licenceElements(model, iri, bases.length),
    ...links(iri, files.length, bases.length),
  ];
  const elements = [own, tool, supplier, ...graph];
  return {
    "@context": CONTEXT,
    "@graph": [
      {
        type: "CreationInfo",
        "@id": CREATION,
        specVersion: "3.0.1",
        created: frame.at,
        createdBy: [iri("supplier")],
        createdUsing: [iri("doorward")],
      },
      element("SpdxDocument", iri("document"), {
        profileConformance: ["core", "software", "ai", "simpleLicensing"],
        rootElement: [iri("model")],
        element: elements.map(idOf),
      }),
      ...elements,
    ],
  };
}

type Iri = (part: string) => string;

function element(type: string, spdxId: string, said: JsonObject): JsonObject {
  return { type, spdxId, creationInfo: CREATION, ...said };
}

function idOf({ spdxId }: JsonObject): string {
  return typeof spdxId === "string" ? spdxId : "";
}

function supplierOf({ facts, name }: BilledModel): string {
  const [organisation] = /^[^/]+(?=\/)/.exec(name) ?? [null];
  return facts?.declared.author ?? facts?.declared.organization ?? organisation ?? "not stated";
}

function aiPackage(spdxId: string, name: string, suppliedBy: string, at: string): JsonObject {
  return element("ai_AIPackage", spdxId, {
    name,
    suppliedBy,
    releaseTime: at,
    software_downloadLocation: NOBODY,
    software_packageVersion: "not stated",
    software_primaryPurpose: "model",
  });
}

function ownPackage(model: BilledModel, iri: Iri, at: string): JsonObject {
  const { facts, name, digest, licences } = model;
  const types = [facts?.architecture, facts?.kind].filter((one) => typeof one === "string");
  return {
    ...aiPackage(iri("model"), name, iri("supplier"), at),
    ...(facts?.declared.version === null || facts === null
      ? {}
      : { software_packageVersion: facts.declared.version }),
    ...(types.length === 0 ? {} : { ai_typeOfModel: types }),
    comment: `digest ${digest}; licence: ${licences.standing}`,
    ...(model.files.length === 1 ? { verifiedUsing: [hash(model.files[0]?.sha256 ?? digest)] } : {}),
    ai_hyperparameter: hyperparameters(model),
    ai_limitation:
      licences.duties
        .filter(({ when }) => when === "use")
        .map(({ says }) => says)
        .join(" ") || "not stated",
  };
}

function hyperparameters({ facts }: BilledModel): readonly JsonObject[] {
  const said: readonly (readonly [string, string | number | null | undefined])[] = [
    ["parameters", facts?.parameters],
    ["context length", facts?.contextLength],
    ["quantisation", facts?.quantisation.dominant],
  ];
  return said.flatMap(([key, value]) => {
    return value === null || value === undefined
      ? []
      : [{ type: "DictionaryEntry", key, value: String(value) }];
  });
}

function hash(digest: string): JsonObject {
  return { type: "Hash", algorithm: "sha256", hashValue: digest.slice("sha256:".length) };
}

function fileElements({ files }: BilledModel, iri: Iri): readonly JsonObject[] {
  if (files.length < 2) return [];
  return files.map(({ path, sha256 }, at) => {
    return element("software_File", iri(`file-${at}`), { name: path, verifiedUsing: [hash(sha256)] });
  });
}

/** SPDX expressions; what SPDX does not list is a LicenseRef with its address. */
function licenceElements({ licences, name }: BilledModel, iri: Iri, bases: number): readonly JsonObject[] {
  const own = licences.licences.filter(({ model }) => model === name);
  const ids = [...new Map(own.map(({ licence, isSpdx }) => [licence, isSpdx]))].map(([id, isSpdx]) => {
    return isSpdx ? id : `LicenseRef-${id.replaceAll(/[^A-Za-z0-9.-]/g, "-")}`;
  });
  const said = ids.length === 0 ? null : ids.join(" AND ");
  const expression =
    said === null
      ? []
      : [
          element("simplelicensing_LicenseExpression", iri("licence"), {
            simplelicensing_licenseExpression: said,
          }),
        ];
  const isSettled = said !== null && licences.standing !== "unknown";
  return [
    ...expression,
    relationship(iri("declared"), iri("model"), "hasDeclaredLicense", [
      said === null ? NO_LICENCE : iri("licence"),
    ]),
    relationship(iri("concluded"), iri("model"), "hasConcludedLicense", [
      isSettled ? iri("licence") : NO_LICENCE,
    ]),
    ...Array.from({ length: bases }, (_, at) => [
      relationship(iri(`base-${at}-declared`), iri(`base-${at}`), "hasDeclaredLicense", [NO_LICENCE]),
      relationship(iri(`base-${at}-concluded`), iri(`base-${at}`), "hasConcludedLicense", [NO_LICENCE]),
    ]).flat(),
  ];
}

function links(iri: Iri, files: number, bases: number): readonly JsonObject[] {
  const all = (part: string, count: number): readonly string[] =>
    Array.from({ length: count }, (_, at) => iri(`${part}-${at}`));
  return [
    ...(files === 0 ? [] : [relationship(iri("contents"), iri("model"), "contains", all("file", files))]),
    ...(bases === 0 ? [] : [relationship(iri("ancestry"), iri("model"), "descendantOf", all("base", bases))]),
  ];
}

function relationship(id: string, from: string, type: string, to: readonly string[]): JsonObject {
  return element("Relationship", id, { from, relationshipType: type, to });
}
