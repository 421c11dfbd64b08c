/** Writes safetensors files for tests, sound ones and by recipes malformed. After huggingface/safetensors 24b0b28 (2026-05-12). */
export interface WrittenSafeTensor {
  readonly name: string;
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Otherwise after the one before, of `bytes`. */
  readonly offsets?: readonly [number, number];
  readonly bytes: number;
  /** Its bytes; zeros otherwise. */
  readonly data?: Uint8Array;
}

export interface SafetensorsRecipe {
  readonly tensors?: readonly WrittenSafeTensor[];
  readonly metadata?: unknown;
  /** The header's text instead of the one that the tensors make. */
  readonly header?: string;
  readonly headerLength?: bigint;
  readonly trailing?: Uint8Array;
}

export function writeSafetensors({ tensors = [], ...recipe }: SafetensorsRecipe): Buffer {
  const entries: [string, unknown][] =
    recipe.metadata === undefined ? [] : [["__metadata__", recipe.metadata]];
  let end = 0;
  for (const { name, dtype, shape, offsets, bytes } of tensors) {
    entries.push([name, { dtype, shape, data_offsets: offsets ?? [end, end + bytes] }]);
    end += bytes;
  }
  const header = Buffer.from(recipe.header ?? JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(recipe.headerLength ?? BigInt(header.length));
  const data = tensors.map((tensor) => tensor.data ?? Buffer.alloc(tensor.bytes));
  return Buffer.concat([length, header, ...data, recipe.trailing ?? new Uint8Array()]);
}

/** A small sound file. */
export const SMALL_SAFETENSORS: SafetensorsRecipe = {
  metadata: { format: "pt" },
  tensors: [
    { name: "model.embed_tokens.weight", dtype: "BF16", shape: [4, 8], bytes: 64 },
    { name: "model.norm.weight", dtype: "F32", shape: [8], bytes: 32 },
  ],
};
