import { Buffer } from "node:buffer";
import { type ByteSource, bytesIn, partOf } from "#models";
import { type Finding, verdictOf } from "../finding.ts";
import type { Bytes, Text } from "./value.ts";

/** `\x80` and a protocol of 2 to 5, `cos\n` and the like, in Base64; and in hexadecimal. */
const BASE64 = /^(?:gA[I-X]|Y[0-9A-Za-z]|K[A-Z])[A-Za-z0-9+/_-]+={0,2}$/;
const HEXADECIMAL = /^(?:800[2-5]|63|28)(?:[0-9a-f]{2})+$/i;
/** Code that decodes and runs what it decoded, in one text. */
const DECODED_AND_RUN =
  /\b(?:exec|eval|compile)\s*\(.{0,200}\b(?:b64decode|fromhex|unhexlify|decompress|marshal|__import__)\b/s;
const PROTOCOLS = new Set([2, 3, 4, 5]);

/** The findings of bytes that are a pickle. */
export type Within = (source: ByteSource) => readonly Finding[];

/** What text or bytes hold besides themselves, as a phrase; null where that is nothing. `within` is null where it is deep enough. */
export function hiddenIn(source: ByteSource, value: Text | Bytes, within: Within | null): string | null {
  if (value.kind === "text" && DECODED_AND_RUN.test(value.text))
    return "code that decodes other code and runs it";
  if (within === null) return null;
  const inside =
    value.kind === "bytes" ? pickleIn(source, value) : decoded(value.text.replaceAll(/\s+/g, ""));
  if (inside === null) return null;
  const shown = within(inside).filter(({ rule }) => rule !== "pickle-unread");
  if (verdictOf(shown) === "clean") return null;
  return `a pickle within its data: ${shown[0]?.says ?? ""}`;
}

function pickleIn(source: ByteSource, { at, size }: Bytes): ByteSource | null {
  const [first, protocol = 0] = source.read(at, 2);
  return first === 0x80 && PROTOCOLS.has(protocol) ? partOf(source, at, size) : null;
}

function decoded(text: string): ByteSource | null {
  if (HEXADECIMAL.test(text)) return bytesIn(Uint8Array.from(Buffer.from(text, "hex")));
  return BASE64.test(text) ? bytesIn(Uint8Array.from(Buffer.from(text, "base64"))) : null;
}
