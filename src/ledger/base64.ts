/**
 * Standard base64 (RFC 4648 section 4, padded) read strictly: null for anything that encoding the result would not
 * give back. `Buffer.from` alone ignores what it does not know, so that one signature would have many spellings.
 */
export function decodeBase64(text: string): Buffer | null {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : null;
}
