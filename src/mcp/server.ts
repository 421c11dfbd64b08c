import type { IncomingMessage, ServerResponse } from "node:http";
import { type ApiOptions, readBody, sendProblem } from "#api";
import { Fault, type Json, type JsonObject } from "#base";
import type { Caller } from "#identity";
import { type Message, readMessage, type RequestMessage, RPC, RpcError, validIdOf } from "#wire";
import { answerTo, type Call } from "./methods.ts";
import { eraOf } from "./era.ts";
import { offered } from "./toolsets.ts";

const PATH = "/mcp";

/** Answers a request to `/mcp`, and says whether it was one. Host and Origin are checked before, by main. */
export type OperationsMcp = (request: IncomingMessage, response: ServerResponse) => boolean;

/**
 * The operations as MCP tools, for assistants of people: a user's token opens it, an agent's key never does. Streamable
 * HTTP without sessions: every POST stands alone and is answered with one JSON body, in each revision we speak.
 */
export function createOperationsMcp(options: ApiOptions): OperationsMcp {
  return (request, response) => {
    const url = new URL(request.url ?? "/", "http://doorward.invalid");
    if (url.pathname !== PATH) return false;
    void receive(options, request, { response, toolset: url.searchParams.get("toolset") });
    return true;
  };
}

interface Visit {
  readonly response: ServerResponse;
  readonly toolset: string | null;
}

async function receive(
  options: ApiOptions,
  request: IncomingMessage,
  { response, toolset }: Visit,
): Promise<void> {
  try {
    const caller = await options.authenticate(request);
    if (caller === null) throw signedOut();
    if (request.method !== "POST") throw notPost();
    const operations = offered(caller, toolset);
    const body = await readBody(request);
    const reply = await replyTo(options, request, { caller: { ...caller, via: "mcp" }, operations, body });
    if (reply === null) response.writeHead(202).end();
    else sendJson(response, reply);
  } catch (cause) {
    if (!(cause instanceof Fault)) options.report("operations_mcp_failed", cause);
    if (cause instanceof Fault && cause.code === "method_not_allowed") response.setHeader("allow", "POST");
    sendProblem(response, cause);
  }
}

interface Arrival {
  readonly caller: Caller;
  readonly operations: Call["operations"];
  readonly body: Buffer;
}

interface Reply {
  readonly status: number;
  readonly body: JsonObject;
}

/** Null where the protocol wants no answer: notifications, and responses to what we never asked. */
async function replyTo(
  options: ApiOptions,
  request: IncomingMessage,
  arrival: Arrival,
): Promise<Reply | null> {
  let json: Json;
  let message: Message;
  try {
    json = options.parseJson(arrival.body);
  } catch (cause) {
    return rejected(null, RPC.parse, cause);
  }
  try {
    message = readMessage(json);
  } catch (cause) {
    return rejected(validIdOf(json) ?? null, RPC.invalidRequest, cause);
  }
  return message.kind === "request" ? answered(options, request, { ...arrival, message }) : null;
}

async function answered(
  options: ApiOptions,
  request: IncomingMessage,
  arrival: Arrival & { readonly message: RequestMessage },
): Promise<Reply> {
  const { message, caller, operations } = arrival;
  try {
    const era = eraOf(request.headers, message);
    const context = options.context(caller, () => {});
    const result = await answerTo({ ...options, context, operations, era }, message);
    return { status: 200, body: { jsonrpc: "2.0", id: message.id, result } };
  } catch (cause) {
    if (!(cause instanceof RpcError)) throw cause;
    return failed(message.id, cause);
  }
}

function rejected(id: string | number | null, code: number, cause: unknown): Reply {
  if (!(cause instanceof Fault)) throw cause;
  const data = { code: cause.code, remedy: cause.remedy };
  return { status: 400, body: { jsonrpc: "2.0", id, error: { code, message: cause.message, data } } };
}

/** Revision 2026-07-28 gives some errors a status; an error within a readable request is otherwise a 200. */
const STATUS: Readonly<Record<number, number>> = {
  [RPC.headerMismatch]: 400,
  [RPC.unsupportedVersion]: 400,
  [RPC.methodNotFound]: 404,
};

function failed(id: string | number, { code, message, data }: RpcError): Reply {
  const error = { code, message, ...(data === undefined ? {} : { data }) };
  return { status: STATUS[code] ?? 200, body: { jsonrpc: "2.0", id, error } };
}

function sendJson(response: ServerResponse, { status, body }: Reply): void {
  const bytes = Buffer.from(JSON.stringify(body));
  const headers = {
    "content-type": "application/json",
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
  };
  response.writeHead(status, { ...headers, "content-length": bytes.length }).end(bytes);
}

function signedOut(): Fault {
  return new Fault(
    "not_signed_in",
    "the request carries no valid credential of a user",
    "Send `Authorization: Bearer dwu_…` with a token of `doorward tokens create`.",
  );
}

function notPost(): Fault {
  return new Fault(
    "method_not_allowed",
    "this endpoint has no sessions and no streams: it takes POST alone",
    "Send each message as a POST.",
  );
}
