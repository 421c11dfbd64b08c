import { Buffer } from "node:buffer";
import type { ByteSource } from "../bytes.ts";
import { peek } from "./archive.ts";

// Whether bytes begin like a pickle: opcodes and their arguments by CPython's Lib/pickletools.py, stack effects likewise.

/** How an opcode's argument is laid out: bytes, lines, or a length before it. */
type Argument = number | "line" | "2lines" | "len1" | "len4" | "len8";

interface Opcode {
  readonly argument: Argument;
  /** What it takes off the stack; "mark" is all down to the last mark. */
  readonly pops: number | "mark";
  readonly pushes: number;
}

const op = (argument: Argument, pops: Opcode["pops"], pushes: number): Opcode => ({ argument, pops, pushes });

const OPCODES: ReadonlyMap<number, Opcode> = new Map(
  Object.entries({
    I: op("line", 0, 1),
    J: op(4, 0, 1),
    K: op(1, 0, 1),
    M: op(2, 0, 1),
    L: op("line", 0, 1),
    "\u008A": op("len1", 0, 1),
    "\u008B": op("len4", 0, 1),
    S: op("line", 0, 1),
    T: op("len4", 0, 1),
    U: op("len1", 0, 1),
    B: op("len4", 0, 1),
    C: op("len1", 0, 1),
    "\u008E": op("len8", 0, 1),
    "\u0096": op("len8", 0, 1),
    "\u0097": op(0, 0, 1),
    "\u0098": op(0, 1, 1),
    N: op(0, 0, 1),
    "\u0088": op(0, 0, 1),
    "\u0089": op(0, 0, 1),
    V: op("line", 0, 1),
    X: op("len4", 0, 1),
    "\u008C": op("len1", 0, 1),
    "\u008D": op("len8", 0, 1),
    F: op("line", 0, 1),
    G: op(8, 0, 1),
    "]": op(0, 0, 1),
    a: op(0, 2, 1),
    e: op(0, "mark", 0),
    l: op(0, "mark", 1),
    ")": op(0, 0, 1),
    t: op(0, "mark", 1),
    "\u0085": op(0, 1, 1),
    "\u0086": op(0, 2, 1),
    "\u0087": op(0, 3, 1),
    "}": op(0, 0, 1),
    d: op(0, "mark", 1),
    s: op(0, 3, 1),
    u: op(0, "mark", 0),
    "\u008F": op(0, 0, 1),
    "\u0090": op(0, "mark", 0),
    "\u0091": op(0, "mark", 1),
    "0": op(0, 1, 0),
    "2": op(0, 1, 2),
    "1": op(0, "mark", 0),
    g: op("line", 0, 1),
    h: op(1, 0, 1),
    j: op(4, 0, 1),
    p: op("line", 1, 1),
    q: op(1, 1, 1),
    r: op(4, 1, 1),
    "\u0094": op(0, 1, 1),
    "\u0082": op(1, 0, 1),
    "\u0083": op(2, 0, 1),
    "\u0084": op(4, 0, 1),
    c: op("2lines", 0, 1),
    "\u0093": op(0, 2, 1),
    R: op(0, 2, 1),
    b: op(0, 2, 1),
    i: op("2lines", "mark", 1),
    o: op(0, "mark", 1),
    "\u0081": op(0, 2, 1),
    "\u0092": op(0, 3, 1),
    "\u0080": op(1, 0, 0),
    "\u0095": op(8, 0, 0),
    P: op("line", 0, 1),
    Q: op(0, 1, 1),
  }).map(([letter, opcode]) => [letter.codePointAt(0) ?? 0, opcode]),
);

const [STOP, MARK, PROTO] = [0x2e, 0x28, 0x80];
const codes = (signs: string): ReadonlySet<number> => new Set(Buffer.from(signs, "latin1"));
/** GLOBAL, INST, STACK_GLOBAL, EXT1, EXT2, EXT4: loading reaches out of the file. */
const REACHING = codes("ci\u0093\u0082\u0083\u0084");
/** REDUCE, INST, OBJ, NEWOBJ, NEWOBJ_EX, BUILD: loading calls what it reached. */
const CALLING = codes("Rio\u0081\u0092b");
/** So many opcodes that fit one behind the other are no accident. */
const OPCODES_ENOUGH = 48;
const LINE_MAX = 1024;
/** Read at once; an opcode with two lines fits into what is left when more is read. */
const [WINDOW_BYTES, STEP_BYTES] = [8192, 2200];
const NAME = /^[\p{L}_][\p{L}\p{N}_.]*$/u;

/** Where the argument at `at` ends; -1 where it is none; past the end of `bytes` where it is longer. */
function endOf(bytes: Buffer, at: number, argument: Argument): number {
  if (typeof argument === "number") return at + argument;
  if (argument === "line" || argument === "2lines") {
    const end = bytes.indexOf(10, at) + 1;
    if (end === 0) return bytes.length - at > LINE_MAX ? -1 : bytes.length + 1;
    return argument === "line" ? end : endOf(bytes, end, "line");
  }
  const width = { len1: 1, len4: 4, len8: 8 }[argument];
  if (at + width > bytes.length) return bytes.length + 1;
  return at + width + bytes.readUIntLE(at, Math.min(width, 6));
}

/** Names and numbers are such by their letters: text that happens to begin with opcodes is not. */
function lineFits(bytes: Buffer, code: number, at: number, end: number): boolean {
  const sign = String.fromCodePoint(code);
  // CPython refuses others (Modules/_pickle.c, load_persid); every zip begins with this letter.
  if (sign === "P") return bytes.subarray(at, end).every((byte) => byte < 128);
  const lines = bytes.toString("utf8", at, end).trimEnd().split(/\r?\n/u);
  if (sign === "c" || sign === "i") return lines.every((line) => NAME.test(line));
  if ("Igp".includes(sign)) return /^-?\d+$/u.test(lines[0] ?? "");
  if (sign === "L") return /^-?\d+L?$/u.test(lines[0] ?? "");
  if (sign === "F") return Number.isFinite(Number(lines[0])) && lines[0] !== "";
  return sign !== "S" || /^(?:'.*'|".*")$/u.test(lines[0] ?? "");
}

interface Stack {
  readonly depths: number[];
  reached: boolean;
}

/** Does what the opcode does to the height of the stack; false where there is not enough on it. */
function apply({ depths }: Pick<Stack, "depths">, { pops, pushes }: Opcode): boolean {
  if (pops === "mark") {
    if (depths.length < 2) return false;
    depths.pop();
  }
  const height = (depths.at(-1) ?? 0) - (pops === "mark" ? 0 : pops);
  if (height < 0) return false;
  depths[depths.length - 1] = height + pushes;
  return true;
}

type Shape = "strong" | "weak" | null;

/** What one opcode at the start of `bytes` says: how long it is, or that there is nothing more to ask. */
function step(bytes: Buffer, stack: Stack): number | "calls" | "broken" {
  const code = bytes[0] ?? 0;
  if (code === MARK) {
    stack.depths.push(0);
    return 1;
  }
  const opcode = OPCODES.get(code);
  if (opcode === undefined || !apply(stack, opcode)) return "broken";
  const end = endOf(bytes, 1, opcode.argument);
  const lines = opcode.argument === "line" || opcode.argument === "2lines";
  if (end < 0 || (lines && !lineFits(bytes, code, 1, Math.min(end, bytes.length)))) return "broken";
  stack.reached ||= REACHING.has(code);
  return stack.reached && CALLING.has(code) ? "calls" : end;
}

/**
 * What the start of a file says about its being a pickle: `strong` by the marker of a protocol and an opcode behind it, or by an
 * import and its call (whatever follows: it has run by then); `weak` where it is one to its end, but could be text; null where
 * it is none.
 */
export function pickleShape(source: ByteSource): Shape {
  const stack: Stack = { depths: [0], reached: false };
  const marked = peek(source, 0, 1)[0] === PROTO;
  let [at, start, window] = [0, 0, peek(source, 0, WINDOW_BYTES)];
  for (let n = 0; n < OPCODES_ENOUGH; n += 1) {
    if (start + window.length - at < STEP_BYTES) [start, window] = [at, peek(source, at, WINDOW_BYTES)];
    const bytes = window.subarray(at - start);
    if (bytes[0] === STOP) return stoppedAs(stack, marked);
    const next = bytes.length === 0 ? "broken" : step(bytes, stack);
    if (next === "calls") return "strong";
    if (next === "broken") return marked && n > 1 ? "strong" : null;
    at += next;
  }
  return "strong";
}

function stoppedAs({ depths }: Stack, marked: boolean): Shape {
  if ((depths.at(-1) ?? 0) === 0) return null;
  return marked ? "strong" : "weak";
}
