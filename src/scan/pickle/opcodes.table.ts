/** How an opcode's argument stands in the file; the names are those of `pickletools`. */
export type ArgumentForm =
  | "none"
  | "uint1"
  | "uint2"
  | "uint4"
  | "uint8"
  | "int4"
  | "float8"
  | "decimal-int"
  | "decimal-long"
  | "decimal-index"
  | "decimal-float"
  | "line"
  | "two-lines"
  | "quoted"
  | "raw-unicode"
  | "string1"
  | "string4"
  | "bytes1"
  | "bytes4"
  | "bytes8"
  | "bytearray8"
  | "unicode1"
  | "unicode4"
  | "unicode8"
  | "long1"
  | "long4";

export interface Opcode {
  readonly code: number;
  readonly name: string;
  /** The protocol that brought it; a loader takes it in a file of any. */
  readonly protocol: number;
  readonly form: ArgumentForm;
}

const row = (character: string, name: string, protocol: number, form: ArgumentForm = "none"): Opcode => ({
  code: character.charCodeAt(0),
  name,
  protocol,
  form,
});

/** All 68 opcodes of protocols 0 to 5. Source: `opcodes` in Lib/pickletools.py of CPython 3.13. */
export const OPCODES: readonly Opcode[] = [
  row("I", "INT", 0, "decimal-int"),
  row("J", "BININT", 1, "int4"),
  row("K", "BININT1", 1, "uint1"),
  row("M", "BININT2", 1, "uint2"),
  row("L", "LONG", 0, "decimal-long"),
  row("\x8a", "LONG1", 2, "long1"),
  row("\x8b", "LONG4", 2, "long4"),
  row("S", "STRING", 0, "quoted"),
  row("T", "BINSTRING", 1, "string4"),
  row("U", "SHORT_BINSTRING", 1, "string1"),
  row("B", "BINBYTES", 3, "bytes4"),
  row("C", "SHORT_BINBYTES", 3, "bytes1"),
  row("\x8e", "BINBYTES8", 4, "bytes8"),
  row("\x96", "BYTEARRAY8", 5, "bytearray8"),
  row("\x97", "NEXT_BUFFER", 5),
  row("\x98", "READONLY_BUFFER", 5),
  row("N", "NONE", 0),
  row("\x88", "NEWTRUE", 2),
  row("\x89", "NEWFALSE", 2),
  row("V", "UNICODE", 0, "raw-unicode"),
  row("\x8c", "SHORT_BINUNICODE", 4, "unicode1"),
  row("X", "BINUNICODE", 1, "unicode4"),
  row("\x8d", "BINUNICODE8", 4, "unicode8"),
  row("F", "FLOAT", 0, "decimal-float"),
  row("G", "BINFLOAT", 1, "float8"),
  row("]", "EMPTY_LIST", 1),
  row("a", "APPEND", 0),
  row("e", "APPENDS", 1),
  row("l", "LIST", 0),
  row(")", "EMPTY_TUPLE", 1),
  row("t", "TUPLE", 0),
  row("\x85", "TUPLE1", 2),
  row("\x86", "TUPLE2", 2),
  row("\x87", "TUPLE3", 2),
  row("}", "EMPTY_DICT", 1),
  row("d", "DICT", 0),
  row("s", "SETITEM", 0),
  row("u", "SETITEMS", 1),
  row("\x8f", "EMPTY_SET", 4),
  row("\x90", "ADDITEMS", 4),
  row("\x91", "FROZENSET", 4),
  row("0", "POP", 0),
  row("2", "DUP", 0),
  row("(", "MARK", 0),
  row("1", "POP_MARK", 1),
  row("g", "GET", 0, "decimal-index"),
  row("h", "BINGET", 1, "uint1"),
  row("j", "LONG_BINGET", 1, "uint4"),
  row("p", "PUT", 0, "decimal-index"),
  row("q", "BINPUT", 1, "uint1"),
  row("r", "LONG_BINPUT", 1, "uint4"),
  row("\x94", "MEMOIZE", 4),
  row("\x82", "EXT1", 2, "uint1"),
  row("\x83", "EXT2", 2, "uint2"),
  row("\x84", "EXT4", 2, "int4"),
  row("c", "GLOBAL", 0, "two-lines"),
  row("\x93", "STACK_GLOBAL", 4),
  row("R", "REDUCE", 0),
  row("b", "BUILD", 0),
  row("i", "INST", 0, "two-lines"),
  row("o", "OBJ", 1),
  row("\x81", "NEWOBJ", 2),
  row("\x92", "NEWOBJ_EX", 4),
  row("\x80", "PROTO", 2, "uint1"),
  row(".", "STOP", 0),
  row("\x95", "FRAME", 4, "uint8"),
  row("P", "PERSID", 0, "line"),
  row("Q", "BINPERSID", 1),
];

const BY_CODE: readonly (Opcode | undefined)[] = Array.from({ length: 256 }, (_, code) =>
  OPCODES.find((opcode) => opcode.code === code),
);

/** The opcode of a byte; undefined where no loader knows one. */
export function opcodeOf(code: number): Opcode | undefined {
  return BY_CODE[code];
}
