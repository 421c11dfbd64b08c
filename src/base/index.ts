// Small things every floor needs. A helper earns its place here by having three users.
export { assert, unreachable } from "./assert.ts";
export { type Digest, digestOf, digestOfBytes, sha256 } from "./digest.ts";
export { Fault } from "./fault.ts";
export { canonicalJson, type Json, type JsonObject } from "./json.ts";
export type { Ambient } from "./ambient.ts";
export { CREDENTIAL_VALUE } from "./credentials.table.ts";
