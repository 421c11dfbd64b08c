import type { JsonObject } from "#base";
import type { Fact, Found } from "#discovery";
import { type CycloneDxVersion, framed } from "./cyclonedx.ts";
import { uuidOf } from "./identity.ts";
import type { BillFrame } from "./subject.ts";

const SPACE = "doorward:found";
/** What `doorward scan` sees beside models; runtimes and MCP servers answer, so they are services. */
const TYPES: Readonly<Record<Found["kind"], string>> = {
  model: "machine-learning-model",
  agent: "application",
  accelerator: "device",
  runtime: "service",
  server: "service",
};

/**
 * A bill of what was found on one machine (docs/guide/discovery.md): models and agents as components, runtimes and MCP servers as services,
 * accelerators as devices, each with its grounds; a model of one file with its digest, where the scan was to read it whole (`--hash`).
 */
export function hostBill(
  host: string,
  found: readonly Found[],
  frame: BillFrame,
  version: CycloneDxVersion,
): JsonObject {
  const billed = found.map((one, at) => ({ one, ref: refOf(one, at) }));
  const isService = ({ one }: (typeof billed)[number]): boolean => TYPES[one.kind] === "service";
  const components = billed.filter((entry) => !isService(entry)).map(({ one, ref }) => componentOf(one, ref));
  const services = billed.filter(isService).map(({ one, ref }) => serviceOf(one, ref));
  return framed(version, frame, {
    metadata: { component: { type: "device", "bom-ref": "host", name: host } },
    ...(components.length === 0 ? {} : { components }),
    ...(services.length === 0 ? {} : { services }),
    dependencies: [{ ref: "host", dependsOn: billed.map(({ ref }) => ref) }],
  });
}

/** The same for the same thing at the same place; the number keeps two of them apart. */
function refOf({ kind, what, name, where }: Found, at: number): string {
  return `${kind}:${uuidOf({ kind, what, name, where })}:${at}`;
}

function componentOf(one: Found, ref: string): JsonObject {
  const { sha256 } = one.facts;
  const hex = typeof sha256 === "string" ? /^sha256:([0-9a-f]{64})$/.exec(sha256)?.[1] : undefined;
  return {
    type: TYPES[one.kind],
    "bom-ref": ref,
    name: nameOf(one),
    ...(hex === undefined ? {} : { hashes: [{ alg: "SHA-256", content: hex }] }),
    properties: propertiesOf(one),
  };
}

function serviceOf(one: Found, ref: string): JsonObject {
  const isAddress = /^[\w.:[\]-]+:\d{1,5}$/.test(one.where);
  return {
    "bom-ref": ref,
    name: nameOf(one),
    ...(isAddress ? { endpoints: [`http://${one.where}`] } : {}),
    properties: propertiesOf(one),
  };
}

function nameOf({ name, what }: Found): string {
  return name === "" ? what : name;
}

function propertiesOf({ what, where, confidence, grounds, facts, warnings }: Found): readonly JsonObject[] {
  const said: readonly (readonly [string, Fact])[] = [
    ["what", what],
    ["where", where],
    ["confidence", confidence],
    ...grounds.map(({ by, says }) => ["ground", `${by}: ${says}`] as const),
    ...Object.entries(facts).map(([name, fact]) => [`fact:${name}`, fact] as const),
    ...warnings.map((warning) => ["warning", warning] as const),
  ];
  return said.map(([name, fact]) => {
    return { name: `${SPACE}:${name}`, value: Array.isArray(fact) ? fact.join(", ") : String(fact) };
  });
}
