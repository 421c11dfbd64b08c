import type { Buffer } from "node:buffer";

// Whether bytes are plausibly one of the protocol buffers that models are written in: they have no magic of their own.
// Numbers of fields: onnx/onnx.proto (ModelProto), tensorflow/core/protobuf/saved_model.proto, coremltools' Model.proto.

const FIELDS_MAX = 4096;

interface Field {
  readonly number: number;
  readonly type: number;
}

function varint(bytes: Buffer, at: number): [number, number] | null {
  let value = 0;
  for (let n = 0; n < 10 && at + n < bytes.length; n += 1) {
    const byte = bytes[at + n] ?? 0;
    value += (byte & 0x7f) * 2 ** (7 * n);
    if (byte < 0x80) return [value, at + n + 1];
  }
  return null;
}

/** Where the value of a field ends; null where it is none. */
function valueEnd(bytes: Buffer, at: number, type: number): number | null {
  if (type === 0) return varint(bytes, at)?.[1] ?? null;
  if (type === 1) return at + 8;
  if (type === 5) return at + 4;
  const length = type === 2 ? varint(bytes, at) : null;
  return length === null ? null : length[0] + length[1];
}

/** The fields at the top, as far as `bytes` show them of a message of `size` bytes; null where it is none. */
function fieldsOf(bytes: Buffer, size: number): Field[] | null {
  const fields: Field[] = [];
  for (let at = 0; at < bytes.length && fields.length < FIELDS_MAX; ) {
    const tag = varint(bytes, at);
    if (tag === null) return at + 10 > bytes.length && bytes.length < size ? fields : null;
    const field = { number: Math.floor(tag[0] / 8), type: tag[0] % 8 };
    const end = valueEnd(bytes, tag[1], field.type);
    if (field.number === 0 || end === null || end > size) return null;
    fields.push(field);
    at = end;
  }
  return fields;
}

const has = (fields: readonly Field[], number: number, type: number): boolean => {
  return fields.some((field) => field.number === number && field.type === type);
};
const within = (fields: readonly Field[], numbers: ReadonlySet<number>): boolean => {
  return fields.every(({ number }) => numbers.has(number));
};

const ONNX = new Set([1, 2, 3, 4, 5, 6, 7, 8, 14, 20, 25, 26]);
const SAVED = new Set([1, 2]);

/** Which of them it may be: by the fields that each must have, and has no others than. */
export function protobufShape(bytes: Buffer, size: number): "onnx" | "savedmodel" | "coreml" | null {
  const fields = size < 4 ? null : fieldsOf(bytes, size);
  if (fields === null || fields.length < 2) return null;
  if (within(fields, ONNX) && has(fields, 7, 2)) return "onnx";
  if (within(fields, SAVED) && has(fields, 1, 0) && has(fields, 2, 2)) return "savedmodel";
  return isCoreMl(fields) ? "coreml" : null;
}

/** A Core ML model has its version, its description, and one field of the hundreds that says what it is. */
function isCoreMl(fields: readonly Field[]): boolean {
  const kind = ({ number }: Field): boolean => number >= 200 && number <= 3000;
  const known = fields.every((field) => field.number <= 10 || kind(field));
  return known && has(fields, 1, 0) && fields.some((field) => kind(field) && field.type === 2);
}
