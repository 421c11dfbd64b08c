/** A tensor type: `elements` of a row lie together in a block of `bytes`. */
export interface GgmlType {
  readonly name: string;
  readonly elements: number;
  readonly bytes: number;
}

const type = (name: string, elements: number, bytes: number): GgmlType => ({ name, elements, bytes });

/**
 * Block sizes after ggml-org/ggml d99724f2 (2026-08-21): `type_traits` in src/ggml.c, the blocks' sizes as asserted in
 * src/ggml-common.h. Not in it: 4, 5, 31 to 33 and 36 to 38, whose support was removed.
 */
export const GGML_TYPES: ReadonlyMap<number, GgmlType> = new Map([
  [0, type("F32", 1, 4)],
  [1, type("F16", 1, 2)],
  [2, type("Q4_0", 32, 18)],
  [3, type("Q4_1", 32, 20)],
  [6, type("Q5_0", 32, 22)],
  [7, type("Q5_1", 32, 24)],
  [8, type("Q8_0", 32, 34)],
  [9, type("Q8_1", 32, 36)],
  [10, type("Q2_K", 256, 84)],
  [11, type("Q3_K", 256, 110)],
  [12, type("Q4_K", 256, 144)],
  [13, type("Q5_K", 256, 176)],
  [14, type("Q6_K", 256, 210)],
  [15, type("Q8_K", 256, 292)],
  [16, type("IQ2_XXS", 256, 66)],
  [17, type("IQ2_XS", 256, 74)],
  [18, type("IQ3_XXS", 256, 98)],
  [19, type("IQ1_S", 256, 50)],
  [20, type("IQ4_NL", 32, 18)],
  [21, type("IQ3_S", 256, 110)],
  [22, type("IQ2_S", 256, 82)],
  [23, type("IQ4_XS", 256, 136)],
  [24, type("I8", 1, 1)],
  [25, type("I16", 1, 2)],
  [26, type("I32", 1, 4)],
  [27, type("I64", 1, 8)],
  [28, type("F64", 1, 8)],
  [29, type("IQ1_M", 256, 56)],
  [30, type("BF16", 1, 2)],
  [34, type("TQ1_0", 256, 54)],
  [35, type("TQ2_0", 256, 66)],
  [39, type("MXFP4", 32, 17)],
  [40, type("NVFP4", 64, 36)],
  [41, type("Q1_0", 128, 18)],
  [42, type("Q2_0", 64, 18)],
]);

/** `general.file_type` -> its name and the types that most elements of such a file may have. */
export interface FileType {
  readonly name: string;
  readonly dominant: readonly string[];
}

const file = (name: string, ...dominant: readonly string[]): FileType => ({ name, dominant });

/**
 * After docs/gguf.md of the same commit, and from 19 on `llama_ftype` of llama.cpp's include/llama.h (from memory, unverified).
 * A mixture's dominant type may be that of its bigger layers, so the neighbours of a K mixture are allowed.
 */
export const FILE_TYPES: ReadonlyMap<number, FileType> = new Map([
  [0, file("F32", "F32")],
  [1, file("F16", "F16")],
  [2, file("Q4_0", "Q4_0")],
  [3, file("Q4_1", "Q4_1")],
  [4, file("Q4_1_SOME_F16", "Q4_1", "F16")],
  [7, file("Q8_0", "Q8_0")],
  [8, file("Q5_0", "Q5_0")],
  [9, file("Q5_1", "Q5_1")],
  [10, file("Q2_K", "Q2_K", "Q3_K")],
  [11, file("Q3_K_S", "Q3_K")],
  [12, file("Q3_K_M", "Q3_K", "Q4_K")],
  [13, file("Q3_K_L", "Q3_K", "Q5_K")],
  [14, file("Q4_K_S", "Q4_K")],
  [15, file("Q4_K_M", "Q4_K", "Q6_K")],
  [16, file("Q5_K_S", "Q5_K")],
  [17, file("Q5_K_M", "Q5_K", "Q6_K")],
  [18, file("Q6_K", "Q6_K")],
  [32, file("BF16", "BF16")],
]);

/** The numbers of a value's type, after `gguf_metadata_value_type` in docs/gguf.md. */
export const VALUE_TYPES = [
  "u8",
  "i8",
  "u16",
  "i16",
  "u32",
  "i32",
  "f32",
  "bool",
  "string",
  "array",
  "u64",
  "i64",
  "f64",
] as const;
export type ValueType = (typeof VALUE_TYPES)[number];
export type NumberType = Exclude<ValueType, "string" | "array">;

export const NUMBER_BYTES: Readonly<Record<NumberType, 1 | 2 | 4 | 8>> = {
  u8: 1,
  i8: 1,
  u16: 2,
  i16: 2,
  u32: 4,
  i32: 4,
  f32: 4,
  bool: 1,
  u64: 8,
  i64: 8,
  f64: 8,
};
