import { describe, expect, test } from "vitest";
import { llmPathOf } from "./path.ts";

const SECRET = "dwp_abcdefghijklmnopqrstuvwxyz";

const OWN: readonly (readonly [string, string, string])[] = [
  ["/v1/chat/completions", "call openai-chat", "openai"],
  ["/v1/completions", "call openai-completions", "openai"],
  ["/v1/embeddings", "call openai-embeddings", "openai"],
  ["/v1/responses", "call openai-responses", "openai"],
  ["/v1/responses/resp_1", "response resp_1", "openai"],
  ["/v1/messages", "call anthropic-messages", "anthropic"],
  ["/v1/messages?beta=true", "call anthropic-messages", "anthropic"],
  ["/v1/models", "models", "openai"],
  ["/v1/models?limit=20&after_id=x", "models", "openai"],
  ["/v1/models/up%2Fllama3.2:latest", "models up/llama3.2:latest", "openai"],
  ["/api/chat", "call ollama-chat", "ollama"],
  ["/api/generate", "call ollama-generate", "ollama"],
  ["/api/embed", "call ollama-embed", "ollama"],
  ["/api/tags", "tags", "ollama"],
  ["/api/version", "version", "ollama"],
  ["/door/llm/v1/messages", "call anthropic-messages", "anthropic"],
  [`/door/k/${SECRET}/llm/api/chat`, "call ollama-chat", "ollama"],
];

const CLOSED: readonly string[] = [
  "/api/pull",
  "/api/delete",
  "/api/blobs/sha256:0",
  "/api/show",
  "/v1/load_lora_adapter",
  "/v1/files",
  "/v1/chat/completions?stream=true",
  "/v1/messages?beta=false",
  "/v1/messages/count_tokens",
  "/v1/models?limit=20&evil=1",
  "/v1/models/%ff",
  "/v1/chat/completions/",
  "/v1//chat/completions",
  "/v1/Chat/Completions",
];

/** Somebody else's: operations, the mcp door, the console. */
const OTHERS: readonly (string | undefined)[] = [
  undefined,
  "/",
  "/api/v1/agents",
  "/api/v1",
  "/api/v2/agents",
  "/mcp",
  "/door/mcp",
  "/door/llm",
  "/door/llmx/v1/chat/completions",
  "/door/k/short/llm/v1/messages",
  "/v1",
  "/props",
];

function words(url: string): string {
  const errand = llmPathOf(url)?.errand;
  if (errand === undefined) return "none";
  if (errand.kind === "call") return `call ${errand.protocol}`;
  const id = "id" in errand ? errand.id : null;
  return id === null ? errand.kind : `${errand.kind} ${id}`;
}

describe("paths of the llm door", () => {
  test.each(OWN)("%s is %s", (url, wanted, family) => {
    expect(words(url)).toBe(wanted);
    expect(llmPathOf(url)?.family).toBe(family);
  });

  test.each(CLOSED)("%s is never passed on", (url) => {
    expect(words(url)).toBe("closed");
  });

  test.each(OTHERS)("%s belongs to somebody else", (url) => {
    expect(llmPathOf(url)).toBeNull();
  });

  test("a secret is read from its path alone", () => {
    expect(llmPathOf(`/door/k/${SECRET}/llm/v1/models`)?.secret).toBe(SECRET);
    expect(llmPathOf("/v1/models")?.secret).toBeNull();
  });
});
