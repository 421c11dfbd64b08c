import type { Json, JsonObject } from "#base";
import type { RequestMessage } from "./message.ts";
import { RPC, RpcError } from "./rpc-error.ts";
import { isJsonObject } from "./json-object.ts";

/** The value of a header by lower-case name, as the HTTP parser gave it; undefined where it was not sent. */
export type HeaderLookup = (name: string) => string | undefined;

/** Methods of which a parameter is mirrored in `Mcp-Name`; those of tasks by their extension (SEP-2663, "Routing Headers"). */
const NAME_SOURCE: ReadonlyMap<string, "name" | "uri" | "taskId"> = new Map([
  ["tools/call", "name"],
  ["prompts/get", "name"],
  ["resources/read", "uri"],
  ["tasks/get", "taskId"],
  ["tasks/update", "taskId"],
  ["tasks/cancel", "taskId"],
]);

/**
 * Says how the mirror headers of a modern request disagree with its body, or null (2026-07-28 streamable HTTP, "Server
 * Validation"). `Mcp-Method` is required, `Mcp-Name` where the method has one. `MCP-Protocol-Version` is compared by
 * the caller, who knows the `_meta` it must match.
 */
export function headerMismatch(header: HeaderLookup, message: RequestMessage): string | null {
  const method = header("mcp-method");
  if (method === undefined) return "the Mcp-Method header is missing";
  if (method !== message.method) return "the Mcp-Method header is not the body's method";
  const source = NAME_SOURCE.get(message.method);
  if (source === undefined) return null;
  const named = message.params[source];
  const sent = header("mcp-name");
  if (sent === undefined) return named === undefined ? null : "the Mcp-Name header is missing";
  const decoded = decodeHeaderValue(sent);
  if (decoded === null) return "the Mcp-Name header has invalid characters or Base64";
  return decoded === named ? null : `the Mcp-Name header is not the body's params.${source}`;
}

const SENTINEL = /^=\?base64\?(.*)\?=$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
// Visible ASCII, space and tab: what the revision allows in a value that is not encoded.
const PLAIN = /^[\t\x20-\x7e]*$/;

/** The text of a mirrored value: plain ASCII, or `=?base64?...?=` of UTF-8. Null where it is neither. */
export function decodeHeaderValue(value: string): string | null {
  if (!PLAIN.test(value)) return null;
  const encoded = SENTINEL.exec(value)?.[1];
  if (encoded === undefined) return value;
  if (!BASE64.test(encoded)) return null;
  const bytes = Buffer.from(encoded, "base64");
  const text = bytes.toString("utf8");
  // Both ways, so that neither bad UTF-8 nor padding bits give one value two spellings.
  return Buffer.from(text, "utf8").toString("base64") === encoded ? text : null;
}

/** Longest chain of `properties` followed in a schema that a server wrote. */
const SCHEMA_DEPTH_MAX = 32;

/**
 * Checks the `Mcp-Param-*` headers of a modern `tools/call` against its arguments under the tool's `x-mcp-header`
 * declarations; throws `RpcError` -32020 where they disagree. `headers` maps the lower-case name after `mcp-param-` to
 * the raw value. Headers that no property declares are ignored, as the revision asks.
 */
export function checkParameterHeaders(
  inputSchema: JsonObject,
  args: JsonObject,
  headers: ReadonlyMap<string, string>,
): void {
  const reason = checkProperties(inputSchema, args, { headers, depth: 0 });
  if (reason === null) return;
  throw new RpcError(RPC.headerMismatch, reason, {
    code: "header_mismatch",
    reason,
    remedy: "Call tools/list again and mirror the arguments in the headers that the tool's schema names.",
  });
}

interface Walk {
  readonly headers: ReadonlyMap<string, string>;
  readonly depth: number;
}

function checkProperties(schema: JsonObject, args: JsonObject, walk: Walk): string | null {
  const { properties } = schema;
  if (!isJsonObject(properties) || walk.depth > SCHEMA_DEPTH_MAX) return null;
  for (const [name, property] of Object.entries(properties)) {
    if (!isJsonObject(property)) continue;
    const value = Object.hasOwn(args, name) ? args[name] : undefined;
    const declared = property["x-mcp-header"];
    const mismatch =
      typeof declared === "string"
        ? checkOne(declared, value, walk.headers.get(declared.toLowerCase()))
        : null;
    if (mismatch !== null) return mismatch;
    const nested = checkProperties(property, isJsonObject(value) ? value : {}, {
      ...walk,
      depth: walk.depth + 1,
    });
    if (nested !== null) return nested;
  }
  return null;
}

function checkOne(name: string, value: Json | undefined, header: string | undefined): string | null {
  const label = `Mcp-Param-${name}`;
  // Where the arguments carry nothing, a header that claims a value is a second, different reading of the call.
  if (value === undefined || value === null) {
    return header === undefined ? null : `the ${label} header names a value that the arguments do not have`;
  }
  // Not a primitive: the tool's own schema refuses it, and there is nothing to mirror.
  if (typeof value === "object") return null;
  if (header === undefined) return `the ${label} header is missing`;
  const decoded = decodeHeaderValue(header);
  if (decoded === null) return `the ${label} header has invalid characters or Base64`;
  return sameValue(decoded, value) ? null : `the ${label} header is not the body's value`;
}

function sameValue(text: string, value: string | number | boolean): boolean {
  if (typeof value === "number" && /^-?[0-9]+(?:\.[0-9]+)?$/.test(text)) return Number(text) === value;
  return text === String(value);
}
