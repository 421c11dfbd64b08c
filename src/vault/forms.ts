import { SECRET_CHARS_MIN } from "./limits.ts";

/**
 * Every form in which a secret could come back in an answer: as it is, in hex, percent-encoded, as JSON writes it, and in
 * base64 at each of the three places it can have within a longer text (the part that does not depend on its neighbours).
 * Shorter than SECRET_CHARS_MIN: none, for it could not be told from ordinary words.
 */
export function formsOf(secret: string): readonly string[] {
  const bytes = Buffer.from(secret, "utf8");
  if (bytes.length < SECRET_CHARS_MIN) return [];
  const hex = bytes.toString("hex");
  const forms = [
    secret,
    encodeURIComponent(secret),
    encodeURIComponent(secret).replaceAll(/%[0-9A-F]{2}/g, (escape) => escape.toLowerCase()),
    encodeURIComponent(secret).replaceAll("%20", "+"),
    JSON.stringify(secret).slice(1, -1),
    hex,
    hex.toUpperCase(),
    ...[0, 1, 2].flatMap((offset) => base64At(bytes, offset)),
  ];
  return [...new Set(forms)];
}

/** Each character of base64 stands for 6 bits: those that also hold bits of what stands before or after are left out. */
function base64At(bytes: Buffer, offset: number): readonly string[] {
  const text = Buffer.concat([Buffer.alloc(offset), bytes])
    .toString("base64")
    .replaceAll("=", "");
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor(((offset + bytes.length) * 8) / 6);
  const core = text.slice(first, last);
  return [core, core.replaceAll("+", "-").replaceAll("/", "_")];
}
