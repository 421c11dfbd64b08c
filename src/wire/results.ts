import type { Json, JsonObject } from "#base";
import { META } from "./revisions.table.ts";
import { isJsonObject } from "./json-object.ts";

/** Methods whose modern results say how long they may be kept (2026-07-28 schema, `CacheableResult`). */
const CACHEABLE = new Set([
  "server/discover",
  "tools/list",
  "prompts/list",
  "resources/list",
  "resources/templates/list",
  "resources/read",
]);

/**
 * A result as revision 2026-07-28 wants it: `resultType`, our `serverInfo` in `_meta` unless one is there, and cache
 * fields where they belong. What a caller may see is decided per caller and may change: not kept, and private.
 */
export function asModernResult(method: string, result: JsonObject, serverInfo: JsonObject): JsonObject {
  const meta = isJsonObject(result["_meta"]) ? result["_meta"] : {};
  const stamped: Record<string, Json> = {
    ...result,
    resultType: result["resultType"] ?? "complete",
    _meta: META.serverInfo in meta ? meta : { ...meta, [META.serverInfo]: serverInfo },
  };
  if (CACHEABLE.has(method) && stamped["resultType"] === "complete") {
    stamped["ttlMs"] ??= 0;
    stamped["cacheScope"] ??= "private";
  }
  return stamped;
}

/** A result as the revisions before want it: without `resultType`, which they do not know. */
export function asLegacyResult(result: JsonObject): JsonObject {
  if (!Object.hasOwn(result, "resultType")) return result;
  const { resultType: _dropped, ...rest } = result;
  return rest;
}
