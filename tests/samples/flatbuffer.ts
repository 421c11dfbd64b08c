import { Buffer } from "node:buffer";

// Flatbuffers for tests, after flatbuffers.dev, "FlatBuffer Internals". Written from the end: what is referred to lies behind.

/** A field: a number of one, four or eight bytes; a text; a list of numbers, of bytes or of tables; a table. */
export type Value =
  | { readonly u8: number }
  | { readonly i32: number }
  | { readonly u64: number | bigint }
  | { readonly text: string }
  | { readonly integers: readonly number[] }
  | { readonly bytes: Uint8Array }
  | { readonly tables: readonly Fields[] };
export type Fields = Readonly<Record<number, Value>>;

const u16 = (value: number): Buffer => Buffer.from([value & 255, value >> 8]);
const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

interface Written {
  readonly bytes: Buffer;
  /** Where in them it begins. */
  readonly start: number;
}

function inline(value: Value): Buffer | null {
  if ("u8" in value) return Buffer.from([value.u8]);
  if ("i32" in value) return u32(value.i32);
  if (!("u64" in value)) return null;
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value.u64));
  return bytes;
}

function outOfLine(value: Value): Written {
  if ("text" in value) {
    const text = Buffer.from(value.text);
    return { bytes: Buffer.concat([u32(text.length), text, Buffer.from([0])]), start: 0 };
  }
  if ("integers" in value)
    return {
      bytes: Buffer.concat([u32(value.integers.length), ...value.integers.map((one) => u32(one))]),
      start: 0,
    };
  if ("bytes" in value) return { bytes: Buffer.concat([u32(value.bytes.length), value.bytes]), start: 0 };
  const tables = "tables" in value ? value.tables.map((fields) => tableOf(fields)) : [];
  const offsets: Buffer[] = [];
  let at = 4 + 4 * tables.length;
  for (const [n, { bytes, start }] of tables.entries()) {
    offsets.push(u32(at + start - (4 + 4 * n)));
    at += bytes.length;
  }
  return {
    bytes: Buffer.concat([u32(tables.length), ...offsets, ...tables.map(({ bytes }) => bytes)]),
    start: 0,
  };
}

/** A table, the offsets of its fields before it, what they refer to behind it. */
function tableOf(fields: Fields): Written {
  const entries = Object.entries(fields).map(([field, value]) => ({ field: Number(field), value }));
  const slots = Math.max(-1, ...entries.map(({ field }) => field)) + 1;
  const offsets = Array.from({ length: slots }, () => 0);
  const sizes = entries.map(({ value }) => inline(value)?.length ?? 4);
  const size = 4 + sizes.reduce((sum, one) => sum + one, 0);
  const body: Buffer[] = [];
  const behind: Buffer[] = [];
  let [at, end] = [4, size];
  for (const [n, { field, value }] of entries.entries()) {
    offsets[field] = at;
    const written = inline(value);
    const far = written === null ? outOfLine(value) : null;
    body.push(written ?? u32(end + (far?.start ?? 0) - at));
    if (far !== null) {
      behind.push(far.bytes);
      end += far.bytes.length;
    }
    at += sizes[n] ?? 4;
  }
  const table = [u16(4 + 2 * slots), u16(size), ...offsets.map((one) => u16(one))];
  const start = 4 + 2 * slots;
  return { bytes: Buffer.concat([...table, u32(start), ...body, ...behind]), start };
}

/** A file: where its root is, four letters, the root. */
export function flatBufferOf(letters: string, fields: Fields): Buffer {
  const { bytes, start } = tableOf(fields);
  return Buffer.concat([u32(8 + start), Buffer.from(letters, "latin1"), bytes]);
}
