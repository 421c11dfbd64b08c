import type { Json, JsonObject } from "#base";
import { malformed } from "../bytes.ts";
import { itemDigest } from "../item-digest.ts";
import { isObject } from "../json-text.ts";
import type { TokenizerFacts } from "./facts.ts";

const TOKENS_MAX = 4_000_000;

/**
 * The tokens of a `tokenizer.json` by their ids, as a converter to GGUF writes them: a row without a token is `[PAD17]`, a merge is its two
 * halves with a space between and spaces within written as U+0120. After convert_hf_to_gguf.py and gguf-py/gguf/vocab.py of
 * ggml-org/llama.cpp (the rule of merges from memory, unverified).
 */
export function tokenizerFacts(tokenizer: Json, vocabularySize: number | null): TokenizerFacts | null {
  const model = isObject(tokenizer) ? tokenizer["model"] : undefined;
  if (!isObject(tokenizer) || !isObject(model)) return null;
  const digest = itemDigest();
  const length = eachToken(tokenizer, vocabularySize, (token) => digest.text(token));
  const type = model["type"];
  return {
    model: typeof type === "string" ? type : null,
    tokens: length,
    tokensDigest: digest.end(),
    mergesDigest: mergesDigest(model["merges"]),
    scoresDigest: null,
  };
}

/** Hands out the tokens in the order of their ids, and answers how many there are; none where it is no tokenizer. */
export function eachToken(
  tokenizer: Json,
  vocabularySize: number | null,
  take: (token: Uint8Array) => void,
): number {
  const model = isObject(tokenizer) ? tokenizer["model"] : undefined;
  if (!isObject(tokenizer) || !isObject(model)) return 0;
  const tokens = tokensOf(model, tokenizer["added_tokens"]);
  const highest = tokens.size === 0 ? -1 : [...tokens.keys()].reduce((left, right) => Math.max(left, right));
  const length = Math.max(highest + 1, Math.min(vocabularySize ?? 0, TOKENS_MAX));
  for (let id = 0; id < length; id += 1) take(Buffer.from(tokens.get(id) ?? `[PAD${id}]`));
  return length;
}

function tokensOf(model: JsonObject, added: Json | undefined): ReadonlyMap<number, string> {
  const tokens = new Map<number, string>();
  const put = (id: Json | undefined, token: Json | undefined): void => {
    const isSound = typeof id === "number" && Number.isInteger(id) && id >= 0 && id < TOKENS_MAX;
    if (!isSound || typeof token !== "string") throw malformed("the tokenizer gives a token no sound id", 0);
    tokens.set(id, token);
  };
  const vocabulary = model["vocab"];
  if (isObject(vocabulary)) for (const [token, id] of Object.entries(vocabulary)) put(id, token);
  if (Array.isArray(vocabulary))
    vocabulary.forEach((pair, id) => put(id, Array.isArray(pair) ? pair[0] : undefined));
  for (const token of Array.isArray(added) ? added : [])
    if (isObject(token)) put(token["id"], token["content"]);
  return tokens;
}

function mergesDigest(merges: Json | undefined): TokenizerFacts["mergesDigest"] {
  if (!Array.isArray(merges)) return null;
  const digest = itemDigest();
  for (const merge of merges) digest.text(Buffer.from(mergeOf(merge)));
  return digest.end();
}

function mergeOf(merge: Json): string {
  if (typeof merge === "string") return merge;
  const halves = Array.isArray(merge) ? merge.filter((half) => typeof half === "string") : [];
  if (halves.length !== 2) throw malformed("a merge of the tokenizer is not two texts", 0);
  return halves.map((half) => half.replaceAll(" ", "\u0120")).join(" ");
}
