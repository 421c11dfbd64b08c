import { hash } from "node:crypto";
import { canonicalJson, type Json } from "./json.ts";

/** `sha256:` and 64 lower-case hex digits. */
export type Digest = `sha256:${string}`;

export function sha256(bytes: Uint8Array | string): Buffer {
  return hash("sha256", bytes, "buffer");
}

export function digestOfBytes(bytes: Uint8Array | string): Digest {
  return `sha256:${hash("sha256", bytes, "hex")}`;
}

/** SHA-256 over the RFC 8785 form of `value`. */
export function digestOf(value: Json): Digest {
  return digestOfBytes(canonicalJson(value));
}
