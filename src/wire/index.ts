// MCP bytes <-> messages, read strictly: what one reader could take differently from another is refused (T8).
// Pure functions, no I/O; the doors and the upstream connections hold the sockets.
export { missingCapabilities, requiredCapabilities } from "./capabilities.ts";
export { checkParameterHeaders, decodeHeaderValue, headerMismatch, type HeaderLookup } from "./headers.ts";
export { isJsonObject } from "./json-object.ts";
export { JSON_BODY_LIMITS, type JsonLimits, parseStrictJson } from "./strict-json.ts";
export {
  type Message,
  type NotificationMessage,
  readMessage,
  type RequestId,
  type RequestMessage,
  type ResponseMessage,
  validIdOf,
} from "./message.ts";
export { asLegacyResult, asModernResult } from "./results.ts";
export {
  isModernRevision,
  LATEST_LEGACY_REVISION,
  LATEST_MODERN_REVISION,
  META,
  MODERN_REVISIONS,
  negotiateLegacy,
  type Revision,
  REVISIONS,
  revisionOf,
} from "./revisions.table.ts";
export { RPC, RpcError } from "./rpc-error.ts";
export { createSseParser, SSE_KEEP_ALIVE, type SseEvent, sseEvent, type SseParser } from "./sse.ts";
