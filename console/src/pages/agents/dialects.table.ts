import type { Input } from "../../api/client.ts";

type Dialect = NonNullable<Input<"/agents/set-dialects">["dialects"]>[number];

/** Every dialect that can be declared; the compiler misses one that is added to the operation. */
const DIALECTS: { readonly [Name in Dialect]: string } = {
  hermes: "Hermes",
  "qwen-coder": "Qwen Coder",
  glm: "GLM",
  llama: "Llama",
  mistral: "Mistral",
  deepseek: "DeepSeek",
  kimi: "Kimi",
  granite: "Granite",
  "anthropic-xml": "Anthropic XML",
  harmony: "Harmony",
  "qwen-agent": "Qwen-Agent",
  nemotron: "Nemotron",
  cohere: "Cohere",
  internlm: "InternLM",
  functools: "Functools",
  gemma: "Gemma",
  react: "ReAct",
  fenced: "Fenced blocks",
  "bare-json": "Bare JSON",
};

export const DIALECT_OPTIONS = Object.entries(DIALECTS).map(([id, word]) => ({ id, word }));

export function dialectsOf(ids: readonly string[]): Dialect[] {
  return ids.filter((id): id is Dialect => id in DIALECTS);
}
