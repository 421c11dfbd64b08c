import { Fault, type Json, type JsonObject } from "#base";
import { isJsonObject, parseStrictJson } from "#wire";

/** What somebody else's bill says of one model. It is their word: `declared`, whoever they are. */
export interface ImportedModel {
  readonly name: string;
  /** SHA-256 in hex, lower case. */
  readonly sha256: readonly string[];
  /** Identifiers, expressions and names of licences. */
  readonly licences: readonly string[];
  readonly bases: readonly string[];
}

export type ImportedBill =
  | { readonly ok: true; readonly format: string; readonly models: readonly ImportedModel[] }
  | { readonly ok: false; readonly why: string };

const LIMITS = { bytesMax: 32 * 1_048_576, depthMax: 64, valuesMax: 2_000_000 };
const MODELS_MAX = 10_000;
const LIST_MAX = 256;
const CHARACTERS_MAX = 500;
const DEPTH_MAX = 16;

/** Reads a bill of others: CycloneDX 1.5 to 1.7 in JSON, or SPDX 3.0 in JSON-LD. Only models are taken, bounded, as what somebody declares. */
export function readBill(bytes: Uint8Array): ImportedBill {
  try {
    const json = parseStrictJson(bytes, LIMITS);
    if (!isJsonObject(json)) return { ok: false, why: "it is no object" };
    if (json["bomFormat"] === "CycloneDX") return fromCycloneDx(json);
    if (Array.isArray(json["@graph"])) return fromSpdx(json["@graph"]);
    return { ok: false, why: "it is neither CycloneDX nor SPDX 3 in JSON" };
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    return { ok: false, why: cause.message };
  }
}

function fromCycloneDx(bill: JsonObject): ImportedBill {
  const version = textOf(bill["specVersion"]) ?? "";
  if (!/^1\.[5-7]$/.test(version))
    return { ok: false, why: `its version is ${version}, and 1.5 to 1.7 are read` };
  const metadata = objectOf(bill["metadata"]);
  const roots = [objectOf(metadata["component"]), ...objectsIn(bill["components"])];
  const models = roots.flatMap((root) => [...modelsBelow(root, 0)]).slice(0, MODELS_MAX);
  return { ok: true, format: `CycloneDX ${version}`, models };
}

function* modelsBelow(component: JsonObject, depth: number): Generator<ImportedModel> {
  if (component["type"] === "machine-learning-model") yield modelOf(component);
  if (depth >= DEPTH_MAX) return;
  for (const inner of objectsIn(component["components"])) yield* modelsBelow(inner, depth + 1);
}

function modelOf(component: JsonObject): ImportedModel {
  const group = textOf(component["group"]);
  const name = textOf(component["name"]) ?? "";
  const own = objectsIn(component["hashes"]);
  const files = objectsIn(component["components"]).flatMap((one) => objectsIn(one["hashes"]));
  return {
    name: group === null ? name : `${group}/${name}`,
    sha256: [...own, ...files].flatMap(({ alg, content }) => (alg === "SHA-256" ? hexIn(content) : [])),
    licences: objectsIn(component["licenses"]).flatMap(licencesOf),
    bases: objectsIn(objectOf(component["pedigree"])["ancestors"]).flatMap((one) => {
      const { name: base } = modelNameOf(one);
      return base === "" ? [] : [base];
    }),
  };
}

function modelNameOf(component: JsonObject): { readonly name: string } {
  const group = textOf(component["group"]);
  const name = textOf(component["name"]) ?? "";
  return { name: group === null || name === "" ? name : `${group}/${name}` };
}

function licencesOf(choice: JsonObject): readonly string[] {
  const expression = textOf(choice["expression"]);
  if (expression !== null) return [expression];
  const { id, name } = objectOf(choice["license"]);
  const said = textOf(id) ?? textOf(name);
  return said === null ? [] : [said];
}

function fromSpdx(graph: readonly Json[]): ImportedBill {
  const elements = graph.filter(isJsonObject);
  const byId = new Map(elements.map((one) => [textOf(one["spdxId"]) ?? "", one]));
  const links = elements.filter(({ type }) => type === "Relationship");
  const models = elements
    .filter(({ type }) => type === "ai_AIPackage")
    .slice(0, MODELS_MAX)
    .map((one): ImportedModel => {
      const to = (type: string): readonly JsonObject[] => {
        const mine = links.filter(
          ({ from, relationshipType }) => from === one["spdxId"] && relationshipType === type,
        );
        const ids = mine.flatMap((link) => listOf(link["to"]));
        return ids.slice(0, LIST_MAX).flatMap((id) => {
          const found = byId.get(textOf(id) ?? "");
          return found === undefined ? [] : [found];
        });
      };
      const hashed = [one, ...to("contains")].flatMap((each) => objectsIn(each["verifiedUsing"]));
      return {
        name: textOf(one["name"]) ?? "",
        sha256: hashed.flatMap(({ algorithm, hashValue }) =>
          algorithm === "sha256" ? hexIn(hashValue) : [],
        ),
        licences: to("hasDeclaredLicense").flatMap((licence) => {
          return textOf(licence["simplelicensing_licenseExpression"]) ?? [];
        }),
        bases: to("descendantOf").flatMap((base) => textOf(base["name"]) ?? []),
      };
    });
  return { ok: true, format: "SPDX 3", models };
}

function objectOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return listOf(value).slice(0, MODELS_MAX).filter(isJsonObject);
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? value : [];
}

function hexIn(value: Json | undefined): readonly string[] {
  return typeof value === "string" && /^[0-9a-fA-F]{64}$/.test(value) ? [value.toLowerCase()] : [];
}

function textOf(value: Json | undefined): string | null {
  return typeof value === "string" ? value.slice(0, CHARACTERS_MAX) : null;
}
