import { malformed } from "#models";
import { escapeDecoded, latin1, rawUnicodeDecoded, utf8 } from "./decode.ts";
import type { ArgumentForm } from "./opcodes.table.ts";
import type { Tape } from "./tape.ts";
import { type Bytes, FLOAT, intOf, NONE, type Text, TRUTH, type Value } from "./value.ts";

/** No name, nor any other text that is looked at, is longer. */
export const TEXT_BYTES_MAX = 65_536;
const DIGITS_MAX = 1000;
const LONG_BYTES_MAX = 64;
/** What has one of these is a number for no loader. */
const NO_INTEGER = /[^\s\d_+\-a-fox\0]/i;
const NO_FLOAT = /[^\s\d._+\-einfaty\0]/i;

/** The two lines of GLOBAL and INST. */
export interface Names {
  readonly kind: "names";
  readonly module: string;
  readonly name: string;
}

export type Argument = Value | Names;

type Reader = (tape: Tape) => Argument;

/**
 * Reads an opcode's argument as CPython's unpicklers do (`load_*` in Lib/pickle.py and Modules/_pickle.c, 3.13). Where those two
 * differ it does as the more lenient: what one of them goes on after must not end the scan.
 */
export function argumentOn(tape: Tape, form: ArgumentForm): Argument {
  return READERS[form](tape);
}

const READERS: Readonly<Record<ArgumentForm, Reader>> = {
  none: () => NONE,
  uint1: (tape) => intOf(tape.u8()),
  uint2: (tape) => intOf(tape.u16()),
  uint4: (tape) => intOf(tape.u32()),
  uint8: (tape) => intOf(tape.u64()),
  int4: (tape) => intOf(tape.i32()),
  float8: (tape) => {
    tape.skip(8);
    return FLOAT;
  },
  "decimal-int": (tape) => {
    const digits = latin1(tape.line());
    return digits === "00" || digits === "01" ? TRUTH : intOf(integerIn(digits, tape.at()));
  },
  "decimal-long": (tape) => intOf(integerIn(latin1(tape.line()).replace(/L$/, ""), tape.at())),
  "decimal-index": (tape) => intOf(indexIn(latin1(tape.line()))),
  "decimal-float": (tape) => {
    if (NO_FLOAT.test(latin1(tape.line()))) throw malformed("a FLOAT is no number", tape.at());
    return FLOAT;
  },
  line: (tape) => textIn(tape, () => latin1(tape.line())),
  "two-lines": namesOn,
  quoted: (tape) => textIn(tape, () => quotedIn(latin1(tape.line()), tape.at())),
  "raw-unicode": (tape) => textIn(tape, () => rawUnicodeDecoded(latin1(tape.line()), tape.at())),
  string1: (tape) => stringOf(tape, tape.u8(), latin1),
  string4: (tape) => stringOf(tape, signed(tape), latin1),
  bytes1: (tape) => bytesOf(tape, tape.u8()),
  bytes4: (tape) => bytesOf(tape, tape.u32()),
  bytes8: (tape) => bytesOf(tape, length8(tape)),
  bytearray8: (tape) => bytesOf(tape, length8(tape)),
  unicode1: (tape) => stringOf(tape, tape.u8(), utf8),
  unicode4: (tape) => stringOf(tape, tape.u32(), utf8),
  unicode8: (tape) => stringOf(tape, length8(tape), utf8),
  long1: (tape) => longOf(tape, tape.u8()),
  long4: (tape) => longOf(tape, signed(tape)),
};

/** GLOBAL is UTF-8 for every loader of Python 3, and an import of anything else fails in Python 2. */
function namesOn(tape: Tape): Names {
  const at = tape.at();
  const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  try {
    const module = strict.decode(tape.line());
    return { kind: "names", module, name: strict.decode(tape.line()) };
  } catch (error) {
    if (error instanceof TypeError) throw malformed("the name of an import is not text", at);
    throw error;
  }
}

function signed(tape: Tape): number {
  const length = tape.i32();
  if (length < 0) throw malformed("a length is negative", tape.at() - 4);
  return length;
}

function length8(tape: Tape): number {
  const length = tape.u64();
  if (length > BigInt(tape.left())) throw malformed("the pickle goes on past the end", tape.at());
  return Number(length);
}

function bytesOf(tape: Tape, size: number): Bytes {
  const at = tape.at();
  tape.skip(size);
  return { kind: "bytes", at, size };
}

function stringOf(tape: Tape, size: number, decode: (bytes: Uint8Array) => string): Text {
  const at = tape.at();
  if (size <= TEXT_BYTES_MAX) return { kind: "text", text: decode(tape.take(size)), isWhole: true, at, size };
  const text = size > tape.left() ? "" : decode(tape.take(TEXT_BYTES_MAX));
  tape.jump(at);
  tape.skip(size);
  return { kind: "text", text, isWhole: false, at, size };
}

function textIn(tape: Tape, read: () => string): Text {
  const at = tape.at();
  const text = read();
  const isWhole = text.length <= TEXT_BYTES_MAX;
  return {
    kind: "text",
    text: isWhole ? text : text.slice(0, TEXT_BYTES_MAX),
    isWhole,
    at,
    size: tape.at() - at,
  };
}

/** Loaders of Python 2 drop white space at the end before they look for the quotes; those of Python 3 then fail. */
function quotedIn(line: string, at: number): string {
  const trimmed = line.trimEnd();
  const quote = trimmed[0];
  if (trimmed.length < 2 || quote !== trimmed.at(-1) || (quote !== "'" && quote !== '"'))
    throw malformed("a STRING stands in no quotes", at);
  return escapeDecoded(trimmed.slice(1, -1));
}

/** Both the `int(x, 0)` of Python and the `strtol` of C, of which the latter reads "010" as octal. */
function integerIn(digits: string, at: number): bigint | null {
  if (NO_INTEGER.test(digits)) throw malformed("an INT is no number", at);
  const text = digits.trim().replaceAll("_", "");
  const parts = /^(?<sign>[+-]?)(?<digits>0x[0-9a-f]+|0o?[0-7]+|0b[01]+|\d+)$/i.exec(text)?.groups;
  if (parts === undefined || text.length > DIGITS_MAX) return null;
  const plain = (parts["digits"] ?? "").replace(/^0(?=\d)/, "0o");
  const size = /^0o.*[89]/.test(plain) ? BigInt(parts["digits"] ?? "0") : BigInt(plain);
  return parts["sign"] === "-" ? -size : size;
}

/** The key of GET and PUT: `int(x)`, with zeros in front, underscores between and white space around. */
function indexIn(digits: string): number | null {
  const text = digits.trim();
  if (!/^[+-]?\d+(?:_\d+)*$/.test(text)) return null;
  const index = Number(text.replaceAll("_", ""));
  return Number.isSafeInteger(index) && index >= 0 ? index : null;
}

/** Little-endian two's complement (`decode_long` in Lib/pickle.py). */
function longOf(tape: Tape, size: number): Value {
  if (size > LONG_BYTES_MAX) {
    tape.skip(size);
    return intOf(null);
  }
  const bytes = tape.take(size);
  const value = bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return intOf(size === 0 ? 0 : BigInt.asIntN(size * 8, value));
}
