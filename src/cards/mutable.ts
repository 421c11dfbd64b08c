import type { Json } from "#base";
import type { FlowEffect } from "#vocabulary";
import type { CardFacts } from "./facts.ts";
import { effectOf } from "./privacy.ts";

/** Effects that go by what an argument names, and not by its name: running it, paying by it, publishing it. */
const GOES_BY_CONTENT: ReadonlySet<FlowEffect> = new Set(["execute", "money", "send", "unknown"]);

/**
 * What says itself which content it means: a git object id (SHA-1 or SHA-256), a `sha256:` or `sha512:` digest, subresource integrity, or the id of a
 * stored version (Amazon S3, Google Cloud Storage). An address or path with one of these in it, too.
 */
const VERSIONED = [
  /(?<![0-9A-Za-z])(?:[0-9a-f]{40}|[0-9a-f]{64})(?![0-9A-Za-z])/u,
  /(?<![0-9A-Za-z])sha(?:256|512):[0-9a-f]{64}(?:[0-9a-f]{64})?(?![0-9A-Za-z])/u,
  /(?<![0-9A-Za-z])sha(?:256-[0-9A-Za-z+/]{43}=|512-[0-9A-Za-z+/]{86}==)(?![0-9A-Za-z])/u,
  /[?&](?:versionId|generation)=[0-9A-Za-z._-]{10,}(?:&|$)/u,
];

/**
 * Arguments that name content which can change after a yes, without saying which of its versions, where the effect goes by that content (T11). What
 * such a request asks for can be read, but not approved. Sorted as the manifest has them.
 */
export function unboundIn(facts: CardFacts): readonly string[] {
  const { manifest, arguments: given } = facts;
  if (manifest === null || given === null || !GOES_BY_CONTENT.has(effectOf(facts))) return [];
  return manifest.mutable.filter((name) => Object.hasOwn(given, name) && !isVersioned(given[name] ?? null));
}

/** Every text in it, so that one with a version does not speak for its neighbour. */
function isVersioned(value: Json): boolean {
  if (value === null || value === "" || typeof value === "boolean") return true;
  if (typeof value === "object") return Object.values(value).every((inner: Json) => isVersioned(inner));
  return VERSIONED.some((pattern) => pattern.test(String(value)));
}
