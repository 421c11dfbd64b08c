import { isUtf8 } from "node:buffer";
import type { Json, JsonObject } from "#base";

/** A JSON-RPC 2.0 message of an MCP server, told apart but not otherwise looked into: contents pass as they came. */
export type Message =
  | {
      readonly kind: "request";
      readonly id: string | number;
      readonly method: string;
      readonly params: JsonObject;
    }
  | { readonly kind: "notification"; readonly method: string; readonly params: JsonObject }
  | { readonly kind: "result"; readonly id: string | number; readonly result: JsonObject }
  | { readonly kind: "error"; readonly id: string | number; readonly error: RpcError }
  /** An answer by its id, but neither a result object nor an error. */
  | { readonly kind: "broken"; readonly id: string | number };

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: Json;
}

/**
 * The JSON value of one line or event, or undefined when it is not JSON in valid UTF-8. Half a surrogate pair, which
 * servers make by cutting a text within an emoji, reads as U+FFFD: it has no canonical form, so no outcome could hold it.
 */
export function parseJson(bytes: Uint8Array | string): unknown {
  if (typeof bytes !== "string" && !isUtf8(bytes)) return undefined;
  const text =
    typeof bytes === "string"
      ? bytes
      : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8");
  try {
    return SURROGATE_ESCAPE.test(text) ? JSON.parse(text, wellFormed) : JSON.parse(text);
  } catch {
    return undefined;
  }
}

const SURROGATE_ESCAPE = /\\u[dD][89a-fA-F]/;

function wellFormed(_name: string, value: unknown): unknown {
  if (typeof value === "string") return value.toWellFormed();
  if (!isObject(value) || Object.keys(value).every((name) => name.isWellFormed())) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toWellFormed(), inner]));
}

/** Containers within containers. Beyond, writing the value again would overflow the stack. */
const DEPTH_MAX = 128;

/**
 * Whether a value can be written again, and canonically, into the ledger above all: not too deep, no number out of range.
 * Walked without recursion, since depth is what it looks for.
 */
function isWritable(value: Json): boolean {
  let level: readonly Json[] = [value];
  for (let depth = 0; depth <= DEPTH_MAX; depth += 1) {
    if (level.some((one) => typeof one === "number" && !Number.isFinite(one))) return false;
    level = level.flatMap(within);
    if (level.length === 0) return true;
  }
  return false;
}

function within(value: Json): readonly Json[] {
  return typeof value === "object" && value !== null ? Object.values(value) : [];
}

/** Reads a message, or null when the value is none (a batch is none). An answer that cannot be written again is `broken`. */
export function readMessage(value: unknown): Message | null {
  if (!isObject(value) || value["jsonrpc"] !== "2.0") return null;
  const { id, method, params, result, error } = value;
  if (!isWritable(value)) {
    return method === undefined && isId(id) ? { kind: "broken", id } : null;
  }
  if (typeof method === "string") return readCall(method, id, params);
  if (!isId(id)) return null;
  if (isObject(result)) return { kind: "result", id, result };
  return isRpcError(error) ? { kind: "error", id, error } : { kind: "broken", id };
}

function readCall(method: string, id: Json | undefined, params: Json | undefined): Message | null {
  if (params !== undefined && !isObject(params)) return null;
  if (id === undefined) return { kind: "notification", method, params: params ?? {} };
  return isId(id) ? { kind: "request", id, method, params: params ?? {} } : null;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isId(id: unknown): id is string | number {
  return typeof id === "string" || Number.isSafeInteger(id);
}

function isRpcError(error: unknown): error is JsonObject & RpcError {
  return isObject(error) && Number.isSafeInteger(error["code"]) && typeof error["message"] === "string";
}

/** A copy of `value` as plain JSON data: what a library typed more narrowly than it is. */
export function plainJson(value: object): JsonObject {
  const copy: JsonObject = JSON.parse(JSON.stringify(value));
  return copy;
}
