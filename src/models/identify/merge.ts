import type { ModelFacts } from "./facts.ts";

const BYTES_MAX = 262_144;
const MODELS_MAX = 64;
/** A key and a plain or quoted value; mergekit's own lists are written one to a line. */
const LINE =
  /^[ \t-]*(?<key>merge_method|base_model|model|path):[ \t]*(?:"(?<double>[^"\n]{1,512})"|'(?<single>[^'\n]{1,512})'|(?<plain>[^\s#'"[{&*|>][^\n#]{0,511}))/gmu;

/**
 * What `mergekit_config.yml` says a model was merged of (arcee-ai/mergekit, "Merge configuration"): the method, and each model by its
 * name, once. The lines alone are looked at, since a list of names is all that is wanted of it; null where there are none.
 */
export function mergeIn(file: Uint8Array | undefined): ModelFacts["mergeOf"] {
  if (file === undefined) return null;
  const text = Buffer.from(file.subarray(0, BYTES_MAX)).toString("utf8");
  let method: string | null = null;
  const models = new Set<string>();
  for (const { groups = {} } of text.matchAll(LINE)) {
    const value = (groups["double"] ?? groups["single"] ?? groups["plain"] ?? "").trim();
    if (groups["key"] === "merge_method") method = value;
    else if (models.size < MODELS_MAX) models.add(value);
  }
  return method === null && models.size === 0 ? null : { method, models: [...models] };
}
