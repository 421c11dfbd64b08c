/**
 * Writes GGUF files for tests: sound ones, and by overriding what a sound writer computes, the malformed. After docs/gguf.md of
 * ggml-org/ggml d99724f2 (2026-08-21).
 */
export interface GgufRecipe {
  readonly version?: number;
  readonly bigEndian?: boolean;
  readonly keys?: readonly (readonly [string, GgufWritten])[];
  readonly tensors?: readonly WrittenTensor[];
  /** What the header claims instead of the truth. */
  readonly tensorCount?: bigint;
  readonly keyCount?: bigint;
  readonly alignment?: number;
  readonly trailing?: Uint8Array;
}

export interface WrittenTensor {
  readonly name: string;
  readonly dimensions: readonly (number | bigint)[];
  readonly type: number;
  readonly bytes: number;
  readonly offset?: bigint;
  /** Repeated over the tensor's bytes. */
  readonly fill?: number;
  /** The tensor's bytes instead. */
  readonly data?: Uint8Array;
}

/** A value: the number of its type and how it is written. */
export interface GgufWritten {
  readonly type: number;
  readonly put: (out: GgufOut) => void;
}

interface GgufOut {
  readonly number: (width: 1 | 2 | 4 | 8, value: number | bigint) => void;
  readonly count: (value: number | bigint) => void;
  readonly raw: (bytes: Uint8Array) => void;
  readonly float: (width: 4 | 8, value: number) => void;
}

const integer =
  (type: number, width: 1 | 2 | 4 | 8) =>
  (value: number | bigint): GgufWritten => ({
    type,
    put: (out) => out.number(width, value),
  });

export const u8 = integer(0, 1);
export const i8 = integer(1, 1);
export const u16 = integer(2, 2);
export const i16 = integer(3, 2);
export const u32 = integer(4, 4);
export const i32 = integer(5, 4);
export const bool = integer(7, 1);
export const u64 = integer(10, 8);
export const i64 = integer(11, 8);
export const f32 = (value: number): GgufWritten => ({ type: 6, put: (out) => out.float(4, value) });
export const f64 = (value: number): GgufWritten => ({ type: 12, put: (out) => out.float(8, value) });

export function text(value: string | Uint8Array, claimed?: bigint): GgufWritten {
  const bytes = typeof value === "string" ? Buffer.from(value) : value;
  return {
    type: 8,
    put: (out) => {
      out.count(claimed ?? bytes.length);
      out.raw(bytes);
    },
  };
}

export function list(of: number, items: readonly GgufWritten[], claimed?: bigint): GgufWritten {
  return {
    type: 9,
    put: (out) => {
      out.number(4, of);
      out.count(claimed ?? items.length);
      for (const item of items) item.put(out);
    },
  };
}

export const texts = (items: readonly string[]): GgufWritten =>
  list(
    8,
    items.map((item) => text(item)),
  );

export function writeGguf(recipe: GgufRecipe): Buffer {
  const { version = 3, bigEndian = false, keys = [], tensors = [], alignment = 32 } = recipe;
  const parts: Uint8Array[] = [Buffer.from("GGUF")];
  const out = outOn(parts, version, bigEndian);
  out.number(4, version);
  out.count(recipe.tensorCount ?? tensors.length);
  out.count(recipe.keyCount ?? keys.length);
  for (const [key, value] of keys) {
    text(key).put(out);
    out.number(4, value.type);
    value.put(out);
  }
  const data = putTensors(out, tensors, alignment);
  const header = Buffer.concat(parts);
  const padding = tensors.length === 0 ? 0 : padded(header.length, alignment) - header.length;
  return Buffer.concat([header, Buffer.alloc(padding), ...data, recipe.trailing ?? new Uint8Array()]);
}

/** Writes the infos; answers the data that comes after them. */
function putTensors(
  out: GgufOut,
  tensors: readonly WrittenTensor[],
  alignment: number,
): readonly Uint8Array[] {
  let offset = 0;
  return tensors.flatMap((tensor) => {
    putInfo(out, tensor, tensor.offset ?? BigInt(offset));
    const size = padded(tensor.bytes, alignment);
    offset += size;
    return [tensor.data ?? Buffer.alloc(tensor.bytes, tensor.fill ?? 0), Buffer.alloc(size - tensor.bytes)];
  });
}

const padded = (size: number, alignment: number): number => Math.ceil(size / alignment) * alignment;

function putInfo(out: GgufOut, { name, dimensions, type }: WrittenTensor, offset: bigint): void {
  text(name).put(out);
  out.number(4, dimensions.length);
  for (const dimension of dimensions) out.count(dimension);
  out.number(4, type);
  out.number(8, offset);
}

function outOn(parts: Uint8Array[], version: number, bigEndian: boolean): GgufOut {
  const put = (bytes: Buffer): void => {
    parts.push(bigEndian ? bytes.toReversed() : bytes);
  };
  const number = (width: 1 | 2 | 4 | 8, value: number | bigint): void => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)));
    put(bytes.subarray(0, width));
  };
  return {
    number,
    count: (value) => number(version === 1 ? 4 : 8, value),
    raw: (bytes) => parts.push(bytes),
    float: (width, value) => {
      const bytes = Buffer.alloc(width);
      if (width === 4) bytes.writeFloatLE(value);
      else bytes.writeDoubleLE(value);
      put(bytes);
    },
  };
}

/** A small sound model, as converters write them: a quantised matrix, a norm in F32, a tokenizer and a template. */
export const SMALL: GgufRecipe = {
  keys: [
    ["general.architecture", text("llama")],
    ["general.type", text("model")],
    ["general.name", text("Small")],
    ["general.size_label", text("1K")],
    ["general.file_type", u32(7)],
    ["general.quantization_version", u32(2)],
    ["general.license", text("apache-2.0")],
    ["general.base_model.count", u32(1)],
    ["general.base_model.0.name", text("Big")],
    ["general.base_model.0.repo_url", text("https://huggingface.co/example/big")],
    ["llama.context_length", u32(4096)],
    ["llama.embedding_length", u32(32)],
    ["llama.block_count", u32(1)],
    ["llama.attention.head_count", u32(4)],
    ["tokenizer.ggml.model", text("gpt2")],
    ["tokenizer.ggml.tokens", texts(["a", "b", "ab"])],
    ["tokenizer.ggml.scores", list(6, [f32(0), f32(-1), f32(-2)])],
    ["tokenizer.ggml.merges", texts(["a b"])],
    ["tokenizer.chat_template", text("{{ messages[0].content }}")],
  ],
  tensors: [
    { name: "token_embd.weight", dimensions: [32, 3], type: 8, bytes: 102, fill: 7 },
    { name: "blk.0.attn_norm.weight", dimensions: [32], type: 0, bytes: 128, fill: 1 },
  ],
};
