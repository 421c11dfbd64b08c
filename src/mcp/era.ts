import type { IncomingHttpHeaders } from "node:http";
import type { JsonObject } from "#base";
import {
  headerMismatch,
  isJsonObject,
  isModernRevision,
  META,
  MODERN_REVISIONS,
  type RequestMessage,
  revisionOf,
  RPC,
  RpcError,
} from "#wire";

export type Era = "legacy" | "modern";

/**
 * Which kind of revision a request is of: its header says, or its `_meta`. Throws `RpcError` for a version not spoken
 * here, and where header and body of a modern request disagree.
 */
export function eraOf(headers: IncomingHttpHeaders, message: RequestMessage): Era {
  const header = text(headers["mcp-protocol-version"]);
  const meta: JsonObject = isJsonObject(message.params["_meta"]) ? message.params["_meta"] : {};
  const said = meta[META.protocolVersion];
  const isModern = typeof said === "string" || (header !== undefined && isModernRevision(header));
  if (!isModern) return legacy(header);
  if (said !== header) throw mismatch("the MCP-Protocol-Version header is not the version in _meta");
  if (header === undefined || !MODERN_REVISIONS.includes(header)) throw unsupported(header);
  const disagreement = headerMismatch((name) => text(headers[name]), message);
  if (disagreement !== null) throw mismatch(disagreement);
  return "modern";
}

function legacy(header: string | undefined): Era {
  if (header === undefined || revisionOf(header) !== null) return "legacy";
  throw unsupported(header);
}

function text(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value.join(", ") : value;
}

function mismatch(reason: string): RpcError {
  return new RpcError(RPC.headerMismatch, reason);
}

function unsupported(version: string | undefined): RpcError {
  const data = { supported: [...MODERN_REVISIONS], requested: version ?? null };
  return new RpcError(RPC.unsupportedVersion, "Unsupported protocol version", data);
}
