/** What a client speaks at the llm door, and what an upstream is spoken to in. One per request and answer shape. */
export type Protocol =
  | "openai-chat"
  | "openai-completions"
  | "openai-embeddings"
  | "openai-responses"
  | "anthropic-messages"
  | "ollama-chat"
  | "ollama-generate"
  | "ollama-embed";

/** Whether the model writes a turn, or turns text into vectors. */
export type Task = "generate" | "embed";

/** Path under an upstream's base URL (and under the door) for each protocol; what a management route is not. */
export const PROTOCOL_PATHS: Readonly<Record<Protocol, string>> = {
  "openai-chat": "/v1/chat/completions",
  "openai-completions": "/v1/completions",
  "openai-embeddings": "/v1/embeddings",
  "openai-responses": "/v1/responses",
  "anthropic-messages": "/v1/messages",
  "ollama-chat": "/api/chat",
  "ollama-generate": "/api/generate",
  "ollama-embed": "/api/embed",
};

export const PROTOCOLS: readonly Protocol[] = [
  "openai-chat",
  "openai-completions",
  "openai-embeddings",
  "openai-responses",
  "anthropic-messages",
  "ollama-chat",
  "ollama-generate",
  "ollama-embed",
];
