import type { IncomingHttpHeaders } from "node:http";
import type { Json, JsonObject } from "#base";
import {
  headerMismatch,
  isJsonObject,
  META,
  MODERN_REVISIONS,
  RPC,
  type RpcError,
  type RequestMessage,
} from "#wire";
import { unsupportedVersion } from "./refusals.ts";
import { refusalError } from "./replies.ts";

/** What a modern request says of itself in `_meta`, and its params without that. */
export interface Envelope {
  readonly protocolVersion: string;
  readonly clientCapabilities: JsonObject;
  readonly clientInfo: JsonObject;
  readonly params: JsonObject;
}

/**
 * Checks a request of revision 2026-07-28 against its headers: version header and `_meta` agree (-32020) and name a
 * revision spoken here (-32022), the required fields are there (-32602), and the mirror headers mirror (-32020).
 */
export function readEnvelope(headers: IncomingHttpHeaders, message: RequestMessage): Envelope | RpcError {
  const { _meta: meta, ...params } = message.params;
  if (!isJsonObject(meta)) return incomplete("params._meta");
  const version = meta[META.protocolVersion];
  const capabilities = meta[META.clientCapabilities];
  const clientInfo = meta[META.clientInfo] ?? {};
  if (typeof version !== "string") return incomplete(META.protocolVersion);
  if (headers["mcp-protocol-version"] !== version) {
    return mismatch("the MCP-Protocol-Version header is missing or is not the version in _meta");
  }
  if (!MODERN_REVISIONS.includes(version)) return unsupportedVersion(version);
  if (!isJsonObject(capabilities)) return incomplete(META.clientCapabilities);
  if (!isJsonObject(clientInfo)) return incomplete(META.clientInfo);
  const disagreement = headerMismatch((name) => textOf(headers[name]), message);
  if (disagreement !== null) return mismatch(disagreement);
  const kept = withoutProtocolKeys(meta);
  return {
    protocolVersion: version,
    clientCapabilities: capabilities,
    clientInfo,
    params: kept === null ? params : { ...params, _meta: kept },
  };
}

function textOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(", ") : value;
}

/** `_meta` as the road sees it: progress token, log level, trace context and whatever else, but not the envelope. */
function withoutProtocolKeys(meta: JsonObject): JsonObject | null {
  const own: readonly string[] = [META.protocolVersion, META.clientCapabilities, META.clientInfo];
  const kept: [string, Json][] = Object.entries(meta).filter(([name]) => !own.includes(name));
  return kept.length === 0 ? null : Object.fromEntries(kept);
}

function incomplete(field: string): RpcError {
  return refusalError(RPC.invalidParams, {
    code: "request_metadata",
    reason: `the request's ${field} is missing or not of its type`,
    remedy:
      "Send protocolVersion and clientCapabilities in params._meta with every request, or initialize first.",
  });
}

function mismatch(reason: string): RpcError {
  return refusalError(RPC.headerMismatch, {
    code: "header_mismatch",
    reason,
    remedy: "Mirror the body in the request's headers as revision 2026-07-28 describes.",
  });
}
