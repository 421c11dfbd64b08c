import { malformed } from "../bytes.ts";
import { isObject, jsonText } from "../json-text.ts";
import { type Oddity, oddityList, shown } from "../oddity.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";

const SHARDS_MAX = 10_000;
const NAME_CHARACTERS_MAX = 255;

export interface ShardIndex {
  /** Sorted, each once; all of them plain names beside the index. */
  readonly shards: readonly string[];
  /** Tensor -> the shard that holds it. */
  readonly tensors: ReadonlyMap<string, string>;
  /** `metadata.total_size`, in bytes of data; null where it isn't said. */
  readonly totalBytes: number | null;
  readonly oddities: readonly Oddity[];
}

/**
 * Reads a `*.safetensors.index.json`: which shard holds which tensor. A shard must lie beside the index: a path to elsewhere is malformed,
 * since a loader would follow it. After `save_torch_model` of huggingface_hub (from memory, unverified).
 */
export function readShardIndex(bytes: Uint8Array): Outcome<ShardIndex> {
  return outcomeOf(() => {
    const oddities = oddityList();
    const { value, twice } = jsonText(bytes);
    const map = isObject(value) ? value["weight_map"] : undefined;
    if (!isObject(value) || !isObject(map)) throw malformed(`the index has no "weight_map"`, 0);
    for (const { name, at } of twice)
      oddities.add("index-name-twice", `the index holds ${shown(name)} twice`, at);
    const tensors = new Map(Object.entries(map).map(([name, shard]) => [name, shardName(shard)]));
    const shards = [...new Set(tensors.values())].toSorted();
    if (shards.length > SHARDS_MAX) throw malformed(`the index names more than ${SHARDS_MAX} shards`, 0);
    const total = isObject(value["metadata"]) ? value["metadata"]["total_size"] : undefined;
    const totalBytes = typeof total === "number" && Number.isSafeInteger(total) && total >= 0 ? total : null;
    return { shards, tensors, totalBytes, oddities: oddities.all() };
  });
}

function shardName(said: unknown): string {
  if (typeof said === "string" && isPlainName(said)) return said;
  const name = typeof said === "string" ? shown(said) : "something that is no text";
  throw malformed(`the index points to ${name}, which is no name of a file beside it`, 0);
}

/** One segment of a path, on every system: no separator, drive, stream or control character, and not a folder. */
export function isPlainName(name: string): boolean {
  return name.length > 0 && name.length <= NAME_CHARACTERS_MAX && !/^\.\.?$|[/\\:\p{Cc}]/u.test(name);
}
