import { Buffer } from "node:buffer";
import { type ByteSource, malformed } from "../bytes.ts";

/** A stretch of a file: a message without its tag and length. */
export interface Message {
  readonly at: number;
  readonly end: number;
}

/** 0 a varint, 1 eight bytes, 2 bytes with a length, 5 four bytes. */
export type WireType = 0 | 1 | 2 | 5;

/** One field of a message; `at` to `end` is its payload. */
export interface WireField extends Message {
  readonly number: number;
  readonly type: WireType;
  /** Of a varint, as a signed number of 64 bits (rounded beyond 2^53); of the others 0, or the payload's length. */
  readonly value: number;
}

export interface Wire {
  /** The whole file as one message. */
  readonly whole: Message;
  /** The fields of a message one after the other, those that come twice too. Throws `model_malformed` where it is none. */
  readonly fields: (message: Message) => Generator<WireField>;
  /** A payload's first `max` bytes. */
  readonly bytes: (field: Message, max: number) => Buffer;
  /** A payload as text, cut after `max` bytes; what is no UTF-8 stands as U+FFFD. */
  readonly text: (field: Message, max?: number) => string;
  /** The varints of a repeated field, packed or not, at most `max`. */
  readonly varints: (field: WireField, max: number) => readonly number[];
}

const WINDOW_BYTES = 65_536;
/** All fields of all messages that are walked of one file; the largest known graphs have a tenth of it. */
const FIELDS_MAX = 8_000_000;
const NUMBER_MAX = 2 ** 29 - 1;
const VARINT_BYTES_MAX = 10;
const TEXT_BYTES_MAX = 4096;
/** All texts that are taken out of one file, together. */
const TEXTS_BYTES_MAX = 64 * 1_048_576;
const EXACT_BYTES = 7;

interface Varint {
  readonly value: number;
  readonly next: number;
}

type VarintAt = (from: number, end: number) => Varint;

/** Reads varints through a window, that moves forwards and back as nested messages do. */
function varintsOn(source: ByteSource): VarintAt {
  let window: Uint8Array = new Uint8Array();
  let start = 0;
  const byteAt = (at: number): number => {
    const known = at >= start ? window[at - start] : undefined;
    if (known !== undefined) return known;
    window = source.read(at, Math.min(WINDOW_BYTES, source.size - at));
    start = at;
    const [byte] = window;
    if (byte === undefined) throw malformed("a message goes on past the end", at);
    return byte;
  };
  return (from, end) => {
    let value = 0;
    let wide: bigint | null = null;
    for (let n = 0; n < VARINT_BYTES_MAX; n += 1) {
      if (from + n >= end) throw malformed("a number goes on past its message", from);
      const byte = byteAt(from + n);
      if (n < EXACT_BYTES) value += (byte & 0x7f) * 2 ** (7 * n);
      else wide = (wide ?? BigInt(value)) | (BigInt(byte & 0x7f) << BigInt(7 * n));
      if (byte < 0x80)
        return { value: wide === null ? value : Number(BigInt.asIntN(64, wide)), next: from + n + 1 };
    }
    throw malformed(`a number has more than ${VARINT_BYTES_MAX} bytes`, from);
  };
}

/** Where the payload of a field begins and ends; within its message, or malformed. */
function payloadAt(varint: VarintAt, type: number, at: number, end: number) {
  if (type === 0) {
    const { value, next } = varint(at, end);
    return { at, end: next, value };
  }
  if (type !== 1 && type !== 2 && type !== 5) throw malformed(`a field has the wire type ${type}`, at);
  const length = type === 2 ? varint(at, end) : { value: type === 1 ? 8 : 4, next: at };
  if (length.value < 0 || length.value > end - length.next)
    throw malformed(`a field of ${length.value} bytes goes on past its message`, at);
  return { at: length.next, end: length.next + length.value, value: length.value };
}

/**
 * Reads protocol buffers by their wire format alone, without a schema, and without recursion: whoever walks says which fields
 * are messages. Lengths are checked against the message that they stand in; groups, which no model's format has, are malformed.
 * After protobuf.dev, "Encoding".
 */
export function wireOn(source: ByteSource): Wire {
  const varint = varintsOn(source);
  let walked = 0;
  let texts = 0;

  const bytes = ({ at, end }: Message, max: number): Buffer => {
    const read = source.read(at, Math.min(end - at, max));
    return Buffer.from(read.buffer, read.byteOffset, read.byteLength);
  };

  return {
    whole: { at: 0, end: source.size },
    *fields({ at: from, end }) {
      for (let at = from; at < end; ) {
        walked += 1;
        if (walked > FIELDS_MAX) throw malformed(`it has more than ${FIELDS_MAX} fields`, at);
        const tag = varint(at, end);
        const number = Math.floor(tag.value / 8);
        if (number < 1 || number > NUMBER_MAX) throw malformed("a field has no number", at);
        const type = tag.value % 8;
        const found = payloadAt(varint, type, tag.next, end);
        at = found.end;
        yield { ...found, number, type: wireType(type) };
      }
    },
    bytes,
    text: (field, max = TEXT_BYTES_MAX) => {
      const found = bytes(field, max);
      texts += found.length;
      if (texts > TEXTS_BYTES_MAX)
        throw malformed(`it has more than ${TEXTS_BYTES_MAX} bytes of texts`, field.at);
      return found.toString("utf8");
    },
    varints: (field, max) => {
      if (field.type === 0) return [field.value];
      const values: number[] = [];
      for (let at = field.at; field.type === 2 && at < field.end && values.length < max; ) {
        const { value, next } = varint(at, field.end);
        values.push(value);
        at = next;
      }
      return values;
    },
  };
}

/** Hands each field that has a length to what `by` has for its number; all others are passed over. */
export function eachIn(
  wire: Wire,
  message: Message,
  by: Readonly<Record<number, (field: WireField) => void>>,
): void {
  for (const field of wire.fields(message)) {
    if (field.type === 2) by[field.number]?.(field);
  }
}

function wireType(type: number): WireType {
  return type === 0 || type === 1 || type === 5 ? type : 2;
}
