import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import { jsonOf } from "./bundle.ts";
import { type Outcome, outcomeOf, refuse } from "./refusal.ts";

/** How something was built, as an in-toto statement says; believed only as far as whoever signed it. */
export interface Provenance {
  readonly statement: "v0.1" | "v1";
  readonly predicate: "slsa-v0.2" | "slsa-v1" | "other";
  readonly predicateType: string;
  readonly subjects: readonly DigestedThing[];
  /** The builder's id; null where the predicate is none of SLSA's, or names none. */
  readonly builder: string | null;
  readonly buildType: string | null;
  /** What went into it: sources, bases, data. */
  readonly materials: readonly DigestedThing[];
  /** Whether it came in an envelope with a signature, which was not verified here. */
  readonly isInEnvelope: boolean;
}

export interface DigestedThing {
  readonly name: string;
  /** By algorithm, in hex, lower case. */
  readonly digests: Readonly<Record<string, string>>;
}

/** Of a file of provenance; attestations of builds have some hundred materials. */
const LIMITS = { bytesMax: 16 * 1_048_576, depthMax: 64, valuesMax: 500_000 };
const STATEMENTS_MAX = 100;
const THINGS_MAX = 10_000;
const CHARACTERS_MAX = 2000;
const STATEMENT_TYPES: ReadonlyMap<Json | undefined, Provenance["statement"]> = new Map([
  ["https://in-toto.io/Statement/v0.1", "v0.1"],
  ["https://in-toto.io/Statement/v1", "v1"],
]);
const PREDICATES: ReadonlyMap<string, Provenance["predicate"]> = new Map([
  ["https://slsa.dev/provenance/v0.2", "slsa-v0.2"],
  ["https://slsa.dev/provenance/v1", "slsa-v1"],
]);

/**
 * Reads a file of provenance: an in-toto statement (in-toto/attestation, spec/v0.1 and v1), a DSSE envelope or a Sigstore bundle around one, or
 * one of these on each line (`.intoto.jsonl`). Builder and materials of SLSA v0.2 and v1 (slsa.dev/spec, provenance).
 */
export function readProvenance(bytes: Uint8Array): Outcome<{ readonly provenance: readonly Provenance[] }> {
  return outcomeOf(() => ({ provenance: documentsIn(bytes).map(provenanceIn) }));
}

/** Whether one of the subjects has this digest. An algorithm that is not given says nothing. */
export function isSubject({ subjects }: Provenance, algorithm: string, hex: string): boolean {
  return subjects.some(({ digests }) => digests[algorithm] === hex.toLowerCase());
}

function documentsIn(bytes: Uint8Array): readonly JsonObject[] {
  const text = Buffer.from(bytes).toString("utf8").trim();
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const isLines =
    lines.length > 1 &&
    lines.every((line) => line.trimStart().startsWith("{") && line.trimEnd().endsWith("}"));
  const parts = isLines ? lines : [text];
  if (parts.length > STATEMENTS_MAX) throw none(`it has more than ${STATEMENTS_MAX} statements`);
  return parts.map((part) => objectIn(jsonOf(Buffer.from(part), LIMITS, "the provenance")));
}

function provenanceIn(document: JsonObject): Provenance {
  const envelope = isJsonObject(document["dsseEnvelope"]) ? document["dsseEnvelope"] : document;
  const { payload } = envelope;
  const isInEnvelope = typeof payload === "string";
  const statement = isInEnvelope
    ? objectIn(jsonOf(Buffer.from(payload, "base64"), LIMITS, "the statement"))
    : document;
  const version = STATEMENT_TYPES.get(statement["_type"]);
  if (version === undefined) throw none("it is no in-toto statement of version 0.1 or 1");
  const predicateType = textOf(statement["predicateType"]) ?? "";
  const predicate = PREDICATES.get(predicateType) ?? "other";
  return {
    statement: version,
    predicate,
    predicateType,
    subjects: thingsIn(statement["subject"]),
    ...builtBy(predicate, isJsonObject(statement["predicate"]) ? statement["predicate"] : {}),
    isInEnvelope,
  };
}

type Built = Pick<Provenance, "builder" | "buildType" | "materials">;

function builtBy(kind: Provenance["predicate"], predicate: JsonObject): Built {
  if (kind === "other") return { builder: null, buildType: null, materials: [] };
  if (kind === "slsa-v0.2") {
    return {
      builder: textOf(inside(predicate, "builder")["id"]),
      buildType: textOf(predicate["buildType"]),
      materials: thingsIn(predicate["materials"]),
    };
  }
  const definition = inside(predicate, "buildDefinition");
  return {
    builder: textOf(inside(inside(predicate, "runDetails"), "builder")["id"]),
    buildType: textOf(definition["buildType"]),
    materials: thingsIn(definition["resolvedDependencies"]),
  };
}

function inside(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isJsonObject(value) ? value : {};
}

function thingsIn(value: Json | undefined): readonly DigestedThing[] {
  return (Array.isArray(value) ? value : []).slice(0, THINGS_MAX).flatMap((one): DigestedThing[] => {
    if (!isJsonObject(one)) return [];
    const digests = Object.entries(inside(one, "digest")).flatMap(([algorithm, hex]): [string, string][] => {
      return typeof hex === "string" ? [[algorithm, hex.slice(0, CHARACTERS_MAX).toLowerCase()]] : [];
    });
    return [{ name: textOf(one["name"] ?? one["uri"]) ?? "", digests: Object.fromEntries(digests) }];
  });
}

function objectIn(value: Json): JsonObject {
  if (isJsonObject(value)) return value;
  throw none("it is no object");
}

function textOf(value: Json | undefined): string | null {
  return typeof value === "string" ? value.slice(0, CHARACTERS_MAX) : null;
}

function none(why: string): Error {
  return refuse("wrong-payload", `it is no provenance: ${why}`);
}
