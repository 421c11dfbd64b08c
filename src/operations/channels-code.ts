import { type Ambient, digestOfBytes } from "#base";

// Codes that people type into a chat: eight letters of Crockford's base32, 40 bits, read whatever their case and hyphens.

/** https://www.crockford.com/base32.html: no I, L, O, U. */
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CODE_LETTERS = 8;
const CODE_BYTES = 5;
const WHOLE = /^[0-9A-HJKMNP-TV-Z]{8}$/;

/** From five bytes, as people read it: `4F7K-2Q9M`. */
export function codeOf(bytes: Uint8Array): string {
  let left = bytes.subarray(0, CODE_BYTES).reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  let letters = "";
  for (let n = 0; n < CODE_LETTERS; n += 1) {
    letters = LETTERS.charAt(Number(left % 32n)) + letters;
    left /= 32n;
  }
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

export function mintCode({ random }: Pick<Ambient, "random">): string {
  return codeOf(random(CODE_BYTES));
}

/** The code as it was minted, however it was typed; null where it is none. `O` is zero, `I` and `L` are one, as Crockford reads them. */
export function readCode(text: string): string | null {
  const letters = text.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  if (!WHOLE.test(letters)) return null;
  return `${letters.slice(0, 4)}-${letters.slice(4)}`;
}

/** What the store keeps of a code or a token; `purpose` keeps the two kinds of codes apart. */
export function codeDigest(purpose: "link" | "answer", code: string): string {
  return digestOfBytes(`${purpose}:${code}`);
}
