import type { Input } from "../../api/client.ts";

export type Kind = Input<"/upstreams/add">["kind"];

/** Every kind of upstream as people know it; the compiler misses one that is added to the operation. */
const KINDS: { readonly [Name in Kind]: string } = {
  ollama: "Ollama",
  "llama.cpp": "llama.cpp",
  vllm: "vLLM",
  "lm-studio": "LM Studio",
  nim: "NVIDIA NIM",
  tgi: "Text Generation Inference",
  vertex: "Google Vertex AI",
  openai: "OpenAI, or any service compatible with it",
  anthropic: "Anthropic",
};

export const KIND_OPTIONS = Object.entries(KINDS).map(([value, word]) => ({ value, word }));

export function kindOf(value: string): Kind {
  return KINDS_ALL.find((kind) => kind === value) ?? "openai";
}

const KINDS_ALL = Object.keys(KINDS).filter((kind): kind is Kind => kind in KINDS);
