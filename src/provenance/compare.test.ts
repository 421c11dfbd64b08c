import { expect, it } from "vitest";
import { compare, type ModelEntry } from "./compare.ts";
import type { SignedManifest } from "./manifest.ts";

const SHARD_BYTES = 4;

/** Digests that say what was hashed, by the names that model_signing gives shards (`path:start:end`). */
function entry(parts: readonly string[]): ModelEntry {
  const digests = parts.map((part, at): [string, string] => {
    const from = at * SHARD_BYTES;
    return [`w.bin:${from}:${from + part.length}`, part];
  });
  return { path: "w.bin", is: "file", digests: new Map(digests) };
}

const MANIFEST: SignedManifest = {
  name: "wise",
  root: null,
  resources: [...entry(["aaaa", "bbbb"]).digests].map(([name, digest]) => ({
    name,
    digest,
    algorithm: "sha256",
  })),
  serialization: {
    method: "shards",
    hashType: "sha256",
    shardSize: SHARD_BYTES,
    allowSymlinks: false,
    ignored: [],
  },
};

it.each([
  ["as it was", ["aaaa", "bbbb"], []],
  ["with more behind its last shard", ["aaaa", "bbbb", "evil"], ["changed-file"]],
  ["with less", ["aaaa"], ["missing-file"]],
  ["with a changed shard", ["aaaa", "bbbB"], ["changed-file"]],
  ["with nothing", [], ["missing-file", "missing-file"]],
])("a file that fills its shards, %s", (_, parts, rules) => {
  for (const leave of [
    { ignored: [], unsigned: false },
    { ignored: ["w.bin"], unsigned: true },
  ])
    expect(compare(MANIFEST, [entry(parts)], leave).refusals.map(({ rule }) => rule)).toEqual(rules);
});
