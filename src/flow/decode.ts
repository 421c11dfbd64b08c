import { Buffer } from "node:buffer";
import { DECODE_DEPTH_MAX } from "./limits.ts";

type Decoder = (text: string) => string | null;

const DECODERS: readonly Decoder[] = [fromUrl, fromJson, fromHex, fromBase64, fromEntities];

/** The value and everything it decodes to (URL, JSON, hex, base64, HTML entities), a few layers deep. */
export function decodings(value: string): string[] {
  const found = new Set([value]);
  let layer = [value];
  for (let depth = 0; depth < DECODE_DEPTH_MAX && layer.length > 0; depth += 1) {
    const next = layer.flatMap((text) => DECODERS.flatMap((decode) => decode(text) ?? []));
    layer = next.filter((text) => !found.has(text));
    for (const text of layer) found.add(text);
  }
  return [...found];
}

/** Pieces of a longer text that decode to other text: what an encoded message says. */
export function encodedWithin(text: string): string[] {
  const pieces = text.match(/[A-Za-z0-9+/=_%-]{12,}/g) ?? [];
  return pieces.flatMap((piece) => decodings(piece).slice(1));
}

function fromUrl(text: string): string | null {
  if (!/%[0-9a-f]{2}/i.test(text)) return null;
  try {
    return readable(decodeURIComponent(text.replaceAll("+", " ")));
  } catch {
    return null;
  }
}

function fromJson(text: string): string | null {
  if (!/\\(?:u[0-9a-f]{4}|["\\/bfnrt])/i.test(text)) return null;
  try {
    const read: unknown = JSON.parse(
      `"${text.replaceAll(/(?<!\\)"/g, '\\"').replaceAll("\n", String.raw`\n`)}"`,
    );
    return typeof read === "string" ? read : null;
  } catch {
    return null;
  }
}

function fromHex(text: string): string | null {
  const digits = text.replaceAll(/(?:0x|\\x|[\s:-])/gi, "");
  if (digits.length < 8 || digits.length % 2 !== 0 || !/^[0-9a-f]+$/i.test(digits)) return null;
  return readable(Buffer.from(digits, "hex").toString("utf8"));
}

function fromBase64(text: string): string | null {
  const body = text.replaceAll(/\s/g, "").replace(/=+$/, "");
  if (body.length < 8 || body.length % 4 === 1 || !/^[A-Za-z0-9+/_-]+$/.test(body)) return null;
  return readable(Buffer.from(body.replaceAll("-", "+").replaceAll("_", "/"), "base64").toString("utf8"));
}

function fromEntities(text: string): string | null {
  if (!/&(?:#\d{1,7}|#x[0-9a-f]{1,6}|amp|lt|gt|quot|apos);/i.test(text)) return null;
  return text.replaceAll(/&(?:#(\d{1,7})|#x([0-9a-f]{1,6})|(amp|lt|gt|quot|apos));/gi, entity);
}

function entity(all: string, decimal?: string, hex?: string, name?: string): string {
  if (name !== undefined) return NAMED[name.toLowerCase()] ?? all;
  const code = decimal === undefined ? Number.parseInt(hex ?? "", 16) : Number(decimal);
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : all;
}

const NAMED: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Only what reads as text is worth looking for. */
function readable(text: string): string | null {
  // oxlint-disable-next-line no-control-regex -- control characters are what tells bytes from text
  return text.length >= 3 && !/[\x00-\x08\x0B\x0C\x0E-\x1F\uFFFD]/.test(text) ? text : null;
}
