import { createHash } from "node:crypto";
import type { Json, JsonObject } from "#base";
import { jsonOf, objectOf, PAYLOAD_LIMITS } from "./bundle.ts";
import { ignoredPath, unsafeName } from "./names.ts";
import { refuse } from "./refusal.ts";

export const HASH_TYPES = ["sha256", "blake2b", "blake3"] as const;
export type HashType = (typeof HASH_TYPES)[number];

/** What was signed of a model: its files, or parts of them. */
export interface SignedManifest {
  readonly name: string;
  /** Of SHA-256 over the digests of all resources, hex; null in version 0.2, which has none. */
  readonly root: string | null;
  readonly resources: readonly Resource[];
  readonly serialization: Serialization;
}

export interface Resource {
  /** As signed: a path, or `path:start:end` of a part. */
  readonly name: string;
  readonly algorithm: HashType;
  /** In hex. */
  readonly digest: string;
}

export interface Serialization {
  readonly method: "files" | "shards";
  readonly hashType: HashType;
  /** In bytes; of shards alone. */
  readonly shardSize: number | null;
  readonly allowSymlinks: boolean;
  readonly ignored: readonly string[];
}

const STATEMENT = "https://in-toto.io/Statement/v1";
const PREDICATE = "https://model_signing/signature/v1.0";
const PREDICATE_02 = "https://model_signing/Digests/v0.1";
const RESOURCES_MAX = 500_000;
const IGNORED_MAX = 10_000;
const DIGEST_CHARACTERS: Readonly<Record<HashType, number>> = { sha256: 64, blake2b: 128, blake3: 64 };

/**
 * Reads the statement in an envelope (spec/v1.0.md, section 5; version 0.2's as in `dsse_payload_to_manifest_compat` of
 * sigstore/model-transparency e343073). Everything in it was signed; all the same nothing leads out of the model, stands there twice, or
 * is hashed in a way that was not said. Throws refusals.
 */
export function readManifest(payload: Uint8Array): SignedManifest {
  const statement = objectOf(jsonOf(payload, PAYLOAD_LIMITS, "the payload"), "the payload");
  if (statement["_type"] !== STATEMENT) throw wrong(`it is no ${STATEMENT}`);
  if (statement["predicateType"] === PREDICATE_02) return manifestOf02(statement);
  if (statement["predicateType"] !== PREDICATE) throw wrong(`its predicate is not ${PREDICATE}`);
  const subjects = listOf(statement["subject"], "its subjects");
  const [subject] = subjects;
  if (subjects.length !== 1) throw wrong("it has not exactly one subject");
  const predicate = objectOf(statement["predicate"], "its predicate");
  const serialization = serializationIn(objectOf(predicate["serialization"], "its serialization"));
  const resources = listOf(predicate["resources"], "its resources").map((one) =>
    resourceIn(one, serialization),
  );
  const { name, digest } = objectOf(subject, "its subject");
  const root = objectOf(digest, "the digest of its subject")["sha256"];
  if (typeof root !== "string" || rootOf(resources) !== root.toLowerCase())
    throw refuse("inconsistent-manifest", "the digest of the model is not that of the files that are listed");
  return { name: textOf(name, "its name"), root, resources: checked(resources), serialization };
}

/** SHA-256 over the bytes of all digests, in their order. */
export function rootOf(resources: readonly Resource[]): string {
  const hash = createHash("sha256");
  for (const { digest } of resources) hash.update(Buffer.from(digest, "hex"));
  return hash.digest("hex");
}

function manifestOf02(statement: JsonObject): SignedManifest {
  const resources = listOf(statement["subject"], "its subjects").map((one): Resource => {
    const { name, digest } = objectOf(one, "a subject");
    const hex = objectOf(digest, "a digest")["sha256"];
    return { name: textOf(name, "a name"), algorithm: "sha256", digest: hexOf(hex, "sha256") };
  });
  const serialization: Serialization = {
    method: "files",
    hashType: "sha256",
    shardSize: null,
    allowSymlinks: false,
    ignored: [],
  };
  return { name: "", root: null, resources: checked(resources), serialization };
}

function resourceIn(value: Json, { hashType }: Serialization): Resource {
  const { name, algorithm, digest } = objectOf(value, "a resource");
  const known = HASH_TYPES.find((one) => one === algorithm);
  if (known === undefined) throw refuse("unknown-algorithm", `a file is hashed with ${shown(algorithm)}`);
  if (known !== hashType)
    throw refuse(
      "inconsistent-manifest",
      `a file is hashed with ${known}, and the manifest says ${hashType}`,
    );
  return { name: textOf(name, "a name"), algorithm: known, digest: hexOf(digest, known) };
}

function serializationIn(said: JsonObject): Serialization {
  const { method, hash_type: hash, shard_size: size, allow_symlinks: links, ignore_paths: ignored } = said;
  if (method !== "files" && method !== "shards") throw wrong("its method is neither files nor shards");
  // Version 0.3 wrote blake2b as `blake2` here.
  const hashType = HASH_TYPES.find((one) => one === (hash === "blake2" ? "blake2b" : hash));
  if (hashType === undefined) throw refuse("unknown-algorithm", `the files are hashed with ${shown(hash)}`);
  const shardSize = typeof size === "number" && Number.isSafeInteger(size) && size > 0 ? size : null;
  if ((method === "shards") !== (shardSize !== null) || (shardSize === null && size !== undefined))
    throw wrong("its shard_size is not that of its method");
  if (typeof links !== "boolean") throw wrong("it does not say whether links are followed");
  return {
    method,
    hashType,
    shardSize,
    allowSymlinks: links,
    ignored: ignored === undefined ? [] : ignoredIn(ignored),
  };
}

function ignoredIn(value: Json): readonly string[] {
  const list = listOf(value, "its ignore_paths");
  if (list.length > IGNORED_MAX) throw wrong(`it ignores more than ${IGNORED_MAX} paths`);
  return list.map((one) => {
    const said = textOf(one, "an ignored path");
    const path = ignoredPath(said);
    if (path === null) throw refuse("unsafe-name", `an ignored path is none: ${said}`, said);
    return path;
  });
}

/** A model that is one file is called `.` in versions before 1.1. */
function checked(resources: readonly Resource[]): readonly Resource[] {
  if (resources.length === 0 || resources.length > RESOURCES_MAX)
    throw wrong(`it lists not 1 to ${RESOURCES_MAX} files`);
  const names = new Set<string>();
  for (const { name } of resources) {
    const why = name === "." && resources.length === 1 ? null : unsafeName(name);
    if (why !== null) throw refuse("unsafe-name", `a file is called ${name}: ${why}`, name);
    if (names.has(name)) throw refuse("inconsistent-manifest", `${name} is listed twice`, name);
    names.add(name);
  }
  return resources;
}

function shown(value: Json | undefined): string {
  return typeof value === "string" ? value : "something that is no text";
}

function hexOf(value: Json | undefined, algorithm: HashType): string {
  const length = DIGEST_CHARACTERS[algorithm];
  if (typeof value === "string" && value.length === length && /^[0-9a-fA-F]+$/.test(value))
    return value.toLowerCase();
  throw wrong(`a digest is no ${algorithm}`);
}

function textOf(value: Json | undefined, what: string): string {
  if (typeof value === "string") return value;
  throw wrong(`${what} is no text`);
}

function listOf(value: Json | undefined, what: string): readonly Json[] {
  if (Array.isArray(value)) return value;
  throw wrong(`${what} are no list`);
}

function wrong(why: string): Error {
  return refuse("wrong-payload", `what was signed is no manifest of a model: ${why}`);
}
