import { Fault, type Json, type JsonObject } from "#base";
import { isJsonObject } from "./json-object.ts";
import { RpcError } from "./rpc-error.ts";

export type RequestId = string | number;

export interface RequestMessage {
  readonly kind: "request";
  readonly id: RequestId;
  readonly method: string;
  readonly params: JsonObject;
}

export interface NotificationMessage {
  readonly kind: "notification";
  readonly method: string;
  readonly params: JsonObject;
}

export interface ResponseMessage {
  readonly kind: "response";
  readonly id: RequestId;
  /** The result, or the error the peer answered with. */
  readonly outcome: { readonly result: JsonObject } | { readonly error: RpcError };
}

export type Message = RequestMessage | NotificationMessage | ResponseMessage;

/** Longest id and method name, in UTF-16 units; both are echoed and kept while a request runs. */
const ID_UNITS_MAX = 1024;
const METHOD_UNITS_MAX = 256;

const REQUEST_MEMBERS = new Set(["jsonrpc", "id", "method", "params"]);
const RESPONSE_MEMBERS = new Set(["jsonrpc", "id", "result", "error"]);
const ERROR_MEMBERS = new Set(["code", "message", "data"]);

/**
 * One JSON-RPC 2.0 message as MCP narrows it: no batches, ids are strings or safe integers and never null, params and
 * results are objects, and the envelope holds no member it does not define. Members within `params` are kept as they
 * are. Throws `Fault` `message_...`.
 */
export function readMessage(value: Json): Message {
  if (Array.isArray(value)) throw batch();
  if (!isJsonObject(value)) throw shape("the body is not an object");
  if (value["jsonrpc"] !== "2.0") throw version();
  return "method" in value ? readCall(value) : readResponse(value);
}

/** The id of a message that was refused, where it is one that may be echoed; else undefined. */
export function validIdOf(value: Json): RequestId | undefined {
  if (!isJsonObject(value)) return undefined;
  const { id } = value;
  return isId(id) ? id : undefined;
}

function readCall(value: JsonObject): RequestMessage | NotificationMessage {
  refuseOthers(value, REQUEST_MEMBERS);
  const { method } = value;
  if (typeof method !== "string" || method === "" || method.length > METHOD_UNITS_MAX) throw badMethod();
  const params = value["params"] ?? {};
  if (!isJsonObject(params) || value["params"] === null) throw badParams();
  if (!Object.hasOwn(value, "id")) return { kind: "notification", method, params };
  return { kind: "request", id: readId(value["id"]), method, params };
}

function readResponse(value: JsonObject): ResponseMessage {
  refuseOthers(value, RESPONSE_MEMBERS);
  const hasResult = Object.hasOwn(value, "result");
  if (hasResult === Object.hasOwn(value, "error")) {
    throw shape("it is neither a request, a notification nor a response");
  }
  const id = readId(value["id"]);
  if (!hasResult) return { kind: "response", id, outcome: { error: readError(value["error"]) } };
  const { result } = value;
  if (!isJsonObject(result)) throw shape("its result is not an object");
  return { kind: "response", id, outcome: { result } };
}

function readError(value: Json | undefined): RpcError {
  if (!isJsonObject(value)) throw shape("its error is not an object");
  refuseOthers(value, ERROR_MEMBERS);
  const { code, message, data } = value;
  if (typeof code !== "number" || !Number.isSafeInteger(code) || typeof message !== "string") {
    throw shape("its error needs an integer code and a message");
  }
  return new RpcError(code, message, data);
}

function readId(id: Json | undefined): RequestId {
  if (!isId(id)) throw badId();
  return id;
}

function isId(id: Json | undefined): id is RequestId {
  return typeof id === "string" ? id.length <= ID_UNITS_MAX : Number.isSafeInteger(id);
}

function refuseOthers(value: JsonObject, members: ReadonlySet<string>): void {
  for (const name of Object.keys(value)) if (!members.has(name)) throw unknownMember(name);
}

const REMEDY = "Send one JSON-RPC 2.0 message per request, as the MCP specification describes.";

function batch(): Fault {
  return new Fault(
    "message_batch",
    "the body is a batch of messages",
    "Send each message in its own request; MCP has no batches since revision 2025-06-18.",
  );
}

function shape(what: string): Fault {
  return new Fault("message_shape", `the body is no JSON-RPC message: ${what}`, REMEDY);
}

function version(): Fault {
  return new Fault("message_version", 'the message does not say "jsonrpc": "2.0"', REMEDY);
}

function unknownMember(name: string): Fault {
  const shown = name.length > 40 ? `${name.slice(0, 40)}...` : name;
  return new Fault(
    "message_unknown_member",
    `the message has a member that JSON-RPC does not define: ${JSON.stringify(shown)}`,
    "Leave it out; what belongs to the request goes into params.",
  );
}

function badId(): Fault {
  return new Fault("message_id", "the id is neither a string nor a safe integer", REMEDY);
}

function badMethod(): Fault {
  return new Fault("message_method", "the method is not a name of 1 to 256 characters", REMEDY);
}

function badParams(): Fault {
  return new Fault("message_params", "params is not an object", REMEDY);
}
