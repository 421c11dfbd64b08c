import type { Json } from "#base";

/**
 * JSON-RPC error codes. The first five are JSON-RPC 2.0's; -32020 to -32022 are MCP 2026-07-28's (schema.ts, "Error
 * codes"); `refused` is ours, outside the reserved range -32768..-32000 as that revision asks of new codes.
 */
export const RPC = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internal: -32603,
  headerMismatch: -32020,
  missingCapability: -32021,
  unsupportedVersion: -32022,
  refused: -31000,
} as const;

/** An error that the peer should see as it is: JSON-RPC `code`, `message` and `data`. Not a fault of ours. */
export class RpcError extends Error {
  override readonly name = "RpcError";
  readonly code: number;
  readonly data: Json | undefined;

  constructor(code: number, message: string, data?: Json) {
    super(message);
    this.code = code;
    this.data = data;
  }
}
