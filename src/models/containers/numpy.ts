import { type ByteSource, malformed } from "../bytes.ts";
import { cursorOn } from "../cursor.ts";
import { type Oddity, shown } from "../oddity.ts";
import { type Outcome, outcomeOf } from "../outcome.ts";
import { peek } from "./archive.ts";
import { type Literal, readLiteral } from "./literal.ts";

// NumPy's own format, by numpy/lib/format.py: magic, version, length, a dict as text, the array.

const MAGIC = "\u0093NUMPY";
/** NumPy itself refuses more than 10,000 characters, unless told to trust the file. */
const HEADER_BYTES_MAX = 1_048_576;
const DIMENSIONS_MAX = 64;
const FIELDS_MAX = 4096;
/** Kinds of values that are bytes of a fixed size: everything else may be Python objects, which are pickled. */
const PLAIN = /^[<>=|]?(?:\?|[bhilqpnefdgBHILQPNFDG]|[biufcSUVaMm]\d{1,6}|[Mm]8\[\d*[a-zA-Zμ]{1,3}\])$/u;

export interface NumpyFacts {
  /** As the header writes it: `<f4`, or the fields of a record. */
  readonly descr: Literal;
  readonly shape: readonly number[];
  readonly columnsFirst: boolean;
  /** Where the array is; where it holds objects, the pickle of it. */
  readonly dataAt: number;
  /** Whether loading it unpickles: its values are Python objects, or of a kind that isn't known to be none. */
  readonly pickled: boolean;
  readonly oddities: readonly Oddity[];
}

function plain(descr: Literal, depth = 0): boolean {
  if (typeof descr === "string") return PLAIN.test(descr);
  if (!Array.isArray(descr) || depth > 8 || descr.length > FIELDS_MAX) return false;
  return descr.every((field: Literal) => Array.isArray(field) && plain(field[1] ?? null, depth + 1));
}

function shapeOf(value: Literal | undefined): readonly number[] {
  const list = Array.isArray(value) ? value : [value];
  const sizes = list.filter((size) => typeof size === "number" && Number.isSafeInteger(size) && size >= 0);
  if (sizes.length !== list.length || sizes.length > DIMENSIONS_MAX) throw malformed("the shape is none", 10);
  return sizes.map(Number);
}

/** The bytes of one value, of kinds that name them. */
function widthOf(descr: Literal): number | null {
  const found = typeof descr === "string" ? /^[<>=|]?([biufcSVa])(\d+)$/u.exec(descr) : null;
  return found === null ? null : Number(found[2]);
}

function judged(facts: Omit<NumpyFacts, "oddities">, source: ByteSource): NumpyFacts {
  const oddities: Oddity[] = [];
  const width = widthOf(facts.descr);
  if (!facts.pickled && width !== null) {
    const needs = facts.shape.reduce((product, size) => product * size, width);
    const has = source.size - facts.dataAt;
    const what = `the array takes ${needs} bytes, ${has} are there`;
    if (needs !== has) oddities.push({ rule: "npy-extent", what, at: facts.dataAt });
  }
  return { ...facts, oddities };
}

/** Reads the header of an `.npy` file. */
export function readNumpy(source: ByteSource): Outcome<NumpyFacts> {
  return outcomeOf(() => {
    if (peek(source, 0, 6).toString("latin1") !== MAGIC) throw malformed("it is no array of NumPy", 0);
    const cursor = cursorOn(source, 6);
    const version = cursor.u8();
    if (cursor.u8() !== 0 || version < 1 || version > 3) throw malformed("its version is not 1.0 to 3.0", 6);
    const length = version === 1 ? cursor.u16() : cursor.u32();
    if (length > HEADER_BYTES_MAX) {
      throw malformed(`its header has ${length} bytes, of ${HEADER_BYTES_MAX} at most`, 8);
    }
    const text = new TextDecoder(version === 3 ? "utf-8" : "latin1").decode(
      cursor.take(length, "the header"),
    );
    const header = readLiteral(text);
    if (!(header instanceof Map)) throw malformed(`its header is no dict: ${shown(text)}`, 10);
    const descr: Literal = header.get("descr") ?? null;
    const shape = shapeOf(header.get("shape"));
    const columnsFirst = header.get("fortran_order") === true;
    return judged({ descr, shape, columnsFirst, dataAt: cursor.at(), pickled: !plain(descr) }, source);
  });
}
