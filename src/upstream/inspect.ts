import { Fault, type JsonObject } from "#base";
import type { UpstreamConnection } from "./connection.ts";
import { RpcFault } from "./faults.ts";
import { LIST_ITEMS_MAX, LIST_PAGES_MAX } from "./limits.ts";
import { isObject } from "./message.ts";
import type { ServerInfo } from "./negotiate.ts";
import { uniqueByName } from "./unique.ts";

/** What a server says of itself, verbatim: material for review, never trusted. */
export interface Inspection {
  readonly serverInfo: ServerInfo;
  readonly protocolVersion: string;
  readonly capabilities: JsonObject;
  readonly instructions: string | null;
  readonly tools: readonly JsonObject[];
  readonly prompts: readonly JsonObject[];
}

const LIST_TIMEOUT_MS = 30_000;
const METHOD_NOT_FOUND = -32601;

export async function inspectConnection(connection: UpstreamConnection): Promise<Inspection> {
  const { serverInfo, protocolVersion, capabilities, instructions } = connection;
  return {
    serverInfo,
    protocolVersion,
    capabilities,
    instructions,
    tools: "tools" in capabilities ? await listAll(connection, "tools") : [],
    prompts: "prompts" in capabilities ? await listAll(connection, "prompts") : [],
  };
}

/**
 * Every page of `tools/list` or `prompts/list`. Throws `upstream_list_too_long` for a list without end, and
 * `upstream_list_refused` where a name stands for two things.
 */
export async function listAll(
  connection: UpstreamConnection,
  what: "tools" | "prompts",
): Promise<readonly JsonObject[]> {
  const items: JsonObject[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < LIST_PAGES_MAX; page += 1) {
    const result = await listPage(connection, what, cursor);
    const listed = result[what];
    if (Array.isArray(listed)) items.push(...listed.filter(isObject));
    if (items.length > LIST_ITEMS_MAX) break;
    const next = result["nextCursor"];
    if (typeof next !== "string" || next === cursor) return uniqueByName(items);
    cursor = next;
  }
  throw new Fault(
    "upstream_list_too_long",
    `${what}/list goes on after ${LIST_PAGES_MAX} pages or ${LIST_ITEMS_MAX} items`,
    "The server is broken or hostile: remove it, or have it list what it really offers.",
  );
}

async function listPage(
  connection: UpstreamConnection,
  what: string,
  cursor: string | undefined,
): Promise<JsonObject> {
  const params = cursor === undefined ? {} : { cursor };
  const options = { signal: new AbortController().signal, timeoutMs: LIST_TIMEOUT_MS };
  return connection.request(`${what}/list`, params, options).catch((cause: unknown) => {
    if (cause instanceof RpcFault && cause.rpc.code === METHOD_NOT_FOUND) return {};
    throw cause;
  });
}
