import { Buffer } from "node:buffer";
import { malformed } from "#models";

export function latin1(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

/** What is no UTF-8 (a lone surrogate that Python lets pass) shows as U+FFFD: no name that is on a list has one. */
export function utf8(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

/**
 * `raw-unicode-escape`: only `\uXXXX` and `\UXXXXXXXX` after an odd number of backslashes mean something.
 * Source: `_PyUnicode_DecodeRawUnicodeEscapeStateful` in Objects/unicodeobject.c of CPython.
 */
export function rawUnicodeDecoded(line: string, at: number): string {
  return line.replaceAll(
    /\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([\s\S]?))/g,
    (whole, short, long, other) => {
      const digits: unknown = short ?? long;
      if (typeof digits !== "string") {
        if (other === "u" || other === "U") throw malformed("an escape in a UNICODE is cut", at);
        return whole;
      }
      const point = Number.parseInt(digits, 16);
      if (point > 0x10_ffff) throw malformed("an escape in a UNICODE is no character", at);
      return String.fromCodePoint(point);
    },
  );
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\n": "",
  "\\": "\\",
  "'": "'",
  '"': '"',
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
};

/** `codecs.escape_decode`: the escapes of a bytes literal; an unknown one stands for itself. Source: Objects/bytesobject.c. */
export function escapeDecoded(quoted: string): string {
  return quoted.replaceAll(/\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|([\s\S]))/g, (whole, hex, octal, other) => {
    if (typeof hex === "string") return String.fromCharCode(Number.parseInt(hex, 16));
    if (typeof octal === "string") return String.fromCharCode(Number.parseInt(octal, 8) & 0xff);
    return typeof other === "string" ? (ESCAPES[other] ?? whole) : whole;
  });
}
