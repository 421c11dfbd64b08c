import { z } from "zod";
import { Fault, type Json, type JsonObject } from "#base";
import type { Operation, OperationContext, PerformOnce } from "#operations";
import {
  asModernResult,
  isJsonObject,
  META,
  MODERN_REVISIONS,
  negotiateLegacy,
  type RequestMessage,
  RPC,
  RpcError,
} from "#wire";
import type { Era } from "./era.ts";
import { readArguments, toolName, toolOf } from "./tools.ts";

/** One request of one caller. */
export interface Call {
  readonly version: string;
  readonly context: OperationContext;
  readonly operations: readonly Operation[];
  readonly performOnce: PerformOnce;
  readonly report: (event: string, detail: unknown) => void;
  readonly era: Era;
}

type Method = (call: Call, params: JsonObject) => JsonObject | Promise<JsonObject>;

const METHODS: { readonly [E in Era]: Readonly<Record<string, Method>> } = {
  legacy: { initialize, ping: () => ({}), "tools/list": listTools, "tools/call": callTool },
  modern: { "server/discover": discover, "tools/list": listTools, "tools/call": callTool },
};

const INSTRUCTIONS =
  "Doorward's own operations, with the rights of the person whose token this is. Try dryRun before you change anything.";

/** The result of a request. Throws `RpcError` where the protocol has an error for it. */
export async function answerTo(call: Call, message: RequestMessage): Promise<JsonObject> {
  const methods = METHODS[call.era];
  const method = Object.hasOwn(methods, message.method) ? methods[message.method] : undefined;
  if (method === undefined) throw new RpcError(RPC.methodNotFound, `Method not found: ${message.method}`);
  const result = await method(call, message.params);
  return call.era === "modern" ? asModernResult(message.method, result, serverInfo(call)) : result;
}

function serverInfo({ version }: Call): JsonObject {
  return { name: "doorward-operations", title: "Doorward operations", version };
}

function initialize(call: Call, params: JsonObject): JsonObject {
  const asked = params["protocolVersion"];
  if (typeof asked !== "string")
    throw new RpcError(RPC.invalidParams, "params.protocolVersion must be a string");
  const { version } = negotiateLegacy(asked);
  return {
    protocolVersion: version,
    capabilities: { tools: {} },
    serverInfo: serverInfo(call),
    instructions: INSTRUCTIONS,
  };
}

function discover(call: Call): JsonObject {
  return {
    supportedVersions: [...MODERN_REVISIONS],
    capabilities: { tools: {} },
    instructions: INSTRUCTIONS,
    _meta: { [META.serverInfo]: serverInfo(call) },
  };
}

function listTools({ operations }: Call): JsonObject {
  return { tools: operations.map(toolOf) };
}

async function callTool(call: Call, params: JsonObject): Promise<JsonObject> {
  const operation = call.operations.find((one) => toolName(one) === params["name"]);
  if (operation === undefined) throw new RpcError(RPC.invalidParams, "there is no such tool for you here");
  const given = params["arguments"] ?? {};
  if (!isJsonObject(given)) throw new RpcError(RPC.invalidParams, "params.arguments must be an object");
  try {
    const { input, dryRun } = readArguments(operation, given);
    const { performed } = await call.performOnce(call.context, { operation, input, dryRun }, null);
    const answer = performed.kind === "done" ? performed.output : { dryRun: true, would: performed.would };
    return {
      content: [{ type: "text", text: JSON.stringify(answer, null, 2) }],
      structuredContent: jsonOf(answer),
    };
  } catch (cause) {
    return told(call, cause);
  }
}

/** What an operation throws is an answer that the assistant can read, and act on; a bug's own words stay in the log. */
function told({ report }: Call, cause: unknown): JsonObject {
  const isFault = cause instanceof Fault && cause.code !== "bug";
  if (!isFault) report("operation_failed", cause);
  const { code, message, remedy } = isFault
    ? cause
    : { code: "bug", message: "Doorward failed to do this", remedy: "Report this; include the log line." };
  const text = `${message}\nWhat to do: ${remedy}\n(${code})`;
  return {
    content: [{ type: "text", text }],
    isError: true,
    _meta: { "doorward.dev/fault": { code, remedy } },
  };
}

function jsonOf(answer: unknown): Json {
  return z.json().parse(JSON.parse(JSON.stringify(answer)));
}
