import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from "node:http";
import type { Fault, Json } from "#base";
import { RPC, RpcError, type RequestId } from "#wire";
import { noteJson } from "../refusal-note.ts";
import type { DoorLimits } from "./limits.ts";
import type { DoorRefusal } from "./road.ts";

/** Serialised JSON-RPC messages and the HTTP responses that carry them. */
export function resultText(id: RequestId, result: Json): string {
  return JSON.stringify({ jsonrpc: "2.0", id, result });
}

export function callText(method: string, params: Json, id?: RequestId): string {
  return JSON.stringify(
    id === undefined ? { jsonrpc: "2.0", method, params } : { jsonrpc: "2.0", id, method, params },
  );
}

/** An error response; without `id` where the request had none that could be read (MCP: the member is left out). */
export function errorText(id: RequestId | undefined, error: RpcError): string {
  const { code, message, data } = error;
  return JSON.stringify({ jsonrpc: "2.0", id, error: { code, message, data } });
}

/** What a client is told of a refusal: a code for programs, a reason and a remedy for people. */
export function refusalError(
  rpcCode: number,
  what: { code: string; reason: string; remedy: string },
): RpcError {
  const note = { ...what, rules: [], approval: null, action: null };
  return new RpcError(rpcCode, what.reason, noteJson("failed", note));
}

export function faultError(rpcCode: number, fault: Fault): RpcError {
  return refusalError(rpcCode, { code: fault.code, reason: fault.message, remedy: fault.remedy });
}

const JSON_HEADERS = {
  "content-type": "application/json",
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
} as const;

/** Sends one JSON body whole. Does nothing where the client is gone or an answer has begun. */
export function sendJson(
  response: ServerResponse,
  status: number,
  text: string,
  headers: OutgoingHttpHeaders = {},
): void {
  if (response.headersSent || response.destroyed) return;
  const bytes = Buffer.byteLength(text);
  response.writeHead(status, { ...JSON_HEADERS, "content-length": bytes, ...headers });
  response.end(text);
}

/** `202 Accepted` or `204 No Content`, without a body. */
export function sendEmpty(response: ServerResponse, status: 202 | 204): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, status === 202 ? { "content-length": 0 } : {});
  response.end();
}

/** Refuses a request whose body may still be on its way: answers, then throws away a bounded rest. */
export function sendRefusal(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: Omit<DoorRefusal, "status" | "kind"> & { status: number; headers?: OutgoingHttpHeaders },
  limits: DoorLimits,
): void {
  const text = errorText(undefined, refusalError(RPC.refused, refusal));
  sendJson(response, refusal.status, text, refusal.headers);
  // At first nothing is read: the sender has to wait, and the answer is there before its connection may end.
  request.pause();
  setTimeout(discardRest, limits.lingerPauseMs, request, limits);
}

/**
 * Reads on for a while after an answer given early: a socket closed with unread bytes is reset, and the reset can
 * overtake the answer. Bounded in bytes and time; a body that goes on beyond loses its connection.
 */
export function discardRest(
  request: IncomingMessage,
  limits: Pick<DoorLimits, "lingerBytesMax" | "lingerMs">,
): void {
  if (request.complete || request.destroyed) return;
  let left = limits.lingerBytesMax;
  const stop = (): void => {
    clearTimeout(timer);
    if (!request.complete) request.socket.destroy();
  };
  const timer = setTimeout(stop, limits.lingerMs);
  request.on("data", (chunk: Buffer) => {
    left -= chunk.length;
    if (left < 0) stop();
  });
  request.on("close", () => clearTimeout(timer));
  request.resume();
}
