import { serveAnthropic } from "../../servers/models/anthropic.ts";
import { serveOllama } from "../../servers/models/ollama.ts";
import { serveOpenai } from "../../servers/models/openai.ts";
import { serveResponses } from "../../servers/models/responses.ts";
import type { ModelServer } from "../../servers/models/server.ts";
import { aiAnthropic, aiCompatible, aiOpenaiChat, aiOpenaiResponses } from "./ai-sdk.ts";
import { anthropicBroken, anthropicMessages } from "./anthropic.ts";
import { langchainAnthropic, langchainOllama, langchainOpenai } from "./langchain.ts";
import { ollamaBroken, ollamaNative } from "./ollama.ts";
import { openaiBroken, openaiChat, openaiResponses } from "./openai.ts";
import type { Scenarios } from "./scenario.ts";

export type Spoken = "openai" | "responses" | "anthropic" | "ollama";

/** The scripted upstreams, one per protocol. */
export const UPSTREAMS: Readonly<Record<Spoken, () => Promise<ModelServer>>> = {
  openai: serveOpenai,
  responses: serveResponses,
  anthropic: serveAnthropic,
  ollama: serveOllama,
};

/** The protocols that `upstreams.add` is told each of them speaks. */
export const PROTOCOLS_OF: Readonly<Record<Spoken, readonly string[]>> = {
  openai: ["openai-chat", "openai-completions", "openai-embeddings"],
  responses: ["openai-responses"],
  anthropic: ["anthropic-messages"],
  ollama: ["ollama-chat", "ollama-generate", "ollama-embed"],
};

export interface Client {
  readonly name: string;
  readonly speaks: Spoken;
  readonly scenarios: Scenarios;
}

export const CLIENTS: readonly Client[] = [
  { name: "openai", speaks: "openai", scenarios: openaiChat },
  { name: "openai responses", speaks: "responses", scenarios: openaiResponses },
  { name: "@anthropic-ai/sdk", speaks: "anthropic", scenarios: anthropicMessages },
  { name: "ollama", speaks: "ollama", scenarios: ollamaNative },
  { name: "AI SDK, openai chat", speaks: "openai", scenarios: aiOpenaiChat },
  { name: "AI SDK, openai responses", speaks: "responses", scenarios: aiOpenaiResponses },
  { name: "AI SDK, openai-compatible", speaks: "openai", scenarios: aiCompatible },
  { name: "AI SDK, anthropic", speaks: "anthropic", scenarios: aiAnthropic },
  { name: "LangChain, openai", speaks: "openai", scenarios: langchainOpenai },
  { name: "LangChain, anthropic", speaks: "anthropic", scenarios: langchainAnthropic },
  { name: "LangChain, ollama", speaks: "ollama", scenarios: langchainOllama },
];

/** What the upstream breaks: an error at the client, in whatever words. */
export const BROKEN: readonly Client[] = [
  { name: "openai", speaks: "openai", scenarios: openaiBroken },
  { name: "@anthropic-ai/sdk", speaks: "anthropic", scenarios: anthropicBroken },
  { name: "ollama", speaks: "ollama", scenarios: ollamaBroken },
];
