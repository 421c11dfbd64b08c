import { anthropicMessages } from "./anthropic/messages.ts";
import type { Face } from "./face.ts";
import { ollamaChat, ollamaEmbed, ollamaGenerate } from "./ollama/faces.ts";
import { openaiChat } from "./openai/chat.ts";
import { openaiCompletions } from "./openai/completions.ts";
import { openaiEmbeddings } from "./openai/embeddings.ts";
import type { Protocol } from "./protocol.ts";
import { openaiResponses } from "./responses/responses.ts";

const FACES: Readonly<Record<Protocol, Face>> = {
  "openai-chat": openaiChat,
  "openai-completions": openaiCompletions,
  "openai-embeddings": openaiEmbeddings,
  "openai-responses": openaiResponses,
  "anthropic-messages": anthropicMessages,
  "ollama-chat": ollamaChat,
  "ollama-generate": ollamaGenerate,
  "ollama-embed": ollamaEmbed,
};

export function faceOf(protocol: Protocol): Face {
  return FACES[protocol];
}
