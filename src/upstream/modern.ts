import {
  CLIENT_CAPABILITIES_META_KEY,
  CLIENT_INFO_META_KEY,
  type ClientCapabilities,
  LOG_LEVEL_META_KEY,
  PROTOCOL_VERSION_META_KEY,
  SUBSCRIPTION_ID_META_KEY,
} from "@modelcontextprotocol/client";
import type { JsonObject } from "#base";
import { isObject, plainJson } from "./message.ts";
import { CLIENT_INFO } from "./negotiate.ts";

/** The `_meta` that every request of revision 2026-07-28 carries (basic/index.mdx, "Per-request metadata"). */
export function enveloped(
  params: JsonObject,
  protocolVersion: string,
  capabilities: ClientCapabilities,
  logLevel: string | null,
): JsonObject {
  const meta = isObject(params["_meta"]) ? params["_meta"] : {};
  const envelope: JsonObject = {
    ...meta,
    [PROTOCOL_VERSION_META_KEY]: protocolVersion,
    [CLIENT_INFO_META_KEY]: CLIENT_INFO,
    [CLIENT_CAPABILITIES_META_KEY]: plainJson(capabilities),
    ...(logLevel === null ? {} : { [LOG_LEVEL_META_KEY]: logLevel }),
  };
  return { ...params, _meta: envelope };
}

/** A notification of a listen stream as a 2025 server would have sent it: without the stream's id. */
export function withoutSubscription(params: JsonObject): JsonObject {
  const meta = params["_meta"];
  if (!isObject(meta) || !(SUBSCRIPTION_ID_META_KEY in meta)) return params;
  const { [SUBSCRIPTION_ID_META_KEY]: _id, ...kept } = meta;
  const { _meta, ...rest } = params;
  return Object.keys(kept).length === 0 ? rest : { ...rest, _meta: kept };
}

/** Filter of `subscriptions/listen`: the list changes the server announces, and the resources asked for. */
export function listenFilter(capabilities: JsonObject, uris: ReadonlySet<string>): JsonObject {
  const announces = (of: string): boolean => {
    const capability = capabilities[of];
    return isObject(capability) && capability["listChanged"] === true;
  };
  return {
    ...(announces("tools") ? { toolsListChanged: true } : {}),
    ...(announces("prompts") ? { promptsListChanged: true } : {}),
    ...(announces("resources") ? { resourcesListChanged: true } : {}),
    ...(uris.size > 0 ? { resourceSubscriptions: [...uris] } : {}),
  };
}
