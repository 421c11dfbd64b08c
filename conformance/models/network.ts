import { type Random, randomFrom } from "./random.ts";

/**
 * Small transformers with weights that resemble trained ones. They are simulated, not trained: what is measured on them shows that the
 * tests do what they claim, not how often they err on real models.
 */
export interface Size {
  readonly name: string;
  readonly width: number;
  readonly layers: number;
  readonly feedForward: number;
  readonly keyValue: number;
  readonly vocabulary: number;
}

export interface Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;
}

export interface Network {
  readonly size: Size;
  readonly tokenizer: string;
  /** By Hugging Face's names. */
  readonly tensors: ReadonlyMap<string, Matrix>;
}

/** Proportions of Llama, of Qwen2's smaller ones, and deep and narrow. */
export const SIZES: readonly Size[] = [
  { name: "llama-like", width: 256, layers: 8, feedForward: 704, keyValue: 128, vocabulary: 2_048 },
  { name: "wide", width: 512, layers: 4, feedForward: 1_408, keyValue: 128, vocabulary: 3_072 },
  { name: "deep", width: 256, layers: 16, feedForward: 512, keyValue: 64, vocabulary: 1_024 },
];

export const EMBEDDING = "model.embed_tokens.weight";
export const FINAL_NORM = "model.norm.weight";
const MEANING = 32;

export function matrixOf(
  rows: number,
  columns: number,
  value: (row: number, column: number) => number,
): Matrix {
  const values = new Float32Array(rows * columns);
  for (let row = 0; row < rows; row += 1)
    for (let column = 0; column < columns; column += 1) values[row * columns + column] = value(row, column);
  return { rows, columns, values };
}

/**
 * A network of its own: nothing but the seed decides its weights, but for what training gives every model of a tokenizer: the meaning of
 * tokens (up to a turn of its own), how long their embeddings are, and how norms grow with depth.
 */
export function trainedLike(size: Size, seed: number, tokenizer = "shared"): Network {
  const random = randomFrom(seed);
  const channels = Float32Array.from({ length: size.width }, () =>
    Math.exp(0.35 * random.normal() + (random.even() < 0.01 ? 1.5 : 0)),
  );
  const tensors = new Map<string, Matrix>([[EMBEDDING, embeddingOf(size, random, channels, tokenizer)]]);
  for (let layer = 0; layer < size.layers; layer += 1) {
    const depth = 0.3 + (0.7 * layer) / size.layers;
    const at = (name: string): string => `model.layers.${layer}.${name}.weight`;
    tensors.set(at("input_layernorm"), normOf(size, random, channels, depth));
    tensors.set(at("post_attention_layernorm"), normOf(size, random, channels, depth * 0.8));
    tensors.set(at("self_attn.v_proj"), projection(size.keyValue, random, channels));
    tensors.set(at("mlp.up_proj"), projection(size.feedForward, random, channels));
  }
  tensors.set(FINAL_NORM, normOf(size, random, channels, 1.5));
  return { size, tokenizer, tensors };
}

function normOf({ width }: Size, random: Random, channels: Float32Array, depth: number): Matrix {
  return matrixOf(
    1,
    width,
    (_, column) => depth * (channels[column] ?? 1) ** 0.6 * Math.exp(0.1 * random.normal()),
  );
}

/** A random start, a drift of low rank as training makes one, rows and channels of different size. */
function projection(rows: number, random: Random, channels: Float32Array): Matrix {
  const columns = channels.length;
  const rank = 8;
  const left = matrixOf(rows, rank, () => random.normal());
  const right = matrixOf(rank, columns, () => random.normal());
  const sizes = Float32Array.from({ length: rows }, () => Math.exp(0.3 * random.normal()));
  return matrixOf(rows, columns, (row, column) => {
    let drift = 0;
    for (let n = 0; n < rank; n += 1)
      drift += (left.values[row * rank + n] ?? 0) * (right.values[n * columns + column] ?? 0);
    const start = random.normal();
    return (0.02 * (start + 0.25 * drift) * (sizes[row] ?? 1)) / (channels[column] ?? 1) ** 0.3;
  });
}

/** Shared by all models of a tokenizer: what tokens mean, turned by each model its own way, and how often they come. */
function embeddingOf(size: Size, random: Random, channels: Float32Array, tokenizer: string): Matrix {
  const language = randomFrom(
    Array.from(tokenizer).reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7),
  );
  const meaning = matrixOf(size.vocabulary, MEANING, () => language.normal());
  const length = Float32Array.from({ length: size.vocabulary }, () => Math.exp(0.3 * language.normal()));
  const turn = matrixOf(MEANING, size.width, () => random.normal() / Math.sqrt(MEANING));
  const middle = Float32Array.from({ length: size.width }, () => random.normal());
  return matrixOf(size.vocabulary, size.width, (token, column) => {
    let said = 0;
    for (let n = 0; n < MEANING; n += 1)
      said += (meaning.values[token * MEANING + n] ?? 0) * (turn.values[n * size.width + column] ?? 0);
    const value = 0.6 * said + 0.8 * random.normal() + 0.3 * (middle[column] ?? 0);
    return 0.02 * value * (length[token] ?? 1) * (channels[column] ?? 1) ** 0.3;
  });
}
