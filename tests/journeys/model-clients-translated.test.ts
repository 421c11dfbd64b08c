import { OpenAIEmbeddings } from "@langchain/openai";
import { OllamaEmbeddings } from "@langchain/ollama";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Spoken } from "./model-clients/all.ts";
import {
  anthropicConversation,
  type Conversation,
  ollamaConversation,
  openaiConversation,
} from "./model-clients/essence.ts";
import { type At, thrown } from "./model-clients/scenario.ts";
import { openThrough, type Through } from "./model-clients/through.ts";

// Clients whose model's upstream speaks another protocol: the same words and the same calls as from one of their own,
// and errors that their SDK raises as such.

let through: Through;
beforeAll(async () => {
  through = await openThrough();
});
afterAll(async () => {
  await through?.close();
});

const CLIENTS: readonly (readonly [string, Spoken, Conversation])[] = [
  ["openai", "openai", openaiConversation],
  ["anthropic", "anthropic", anthropicConversation],
  ["ollama", "ollama", ollamaConversation],
];
const ALL: readonly Spoken[] = ["openai", "anthropic", "ollama"];
const PAIRS = CLIENTS.flatMap(([client, own, conversation]) =>
  ALL.filter((spoken) => spoken !== own).map((spoken) => [client, spoken, own, conversation] as const),
);

describe.each(PAIRS)("the client %s at an upstream that speaks %s", (client, spoken, own, conversation) => {
  test("has the conversation that it has at its own", async () => {
    const direct = await conversation(through.direct(own));
    expect(await through.run(`${client}-${spoken}`, spoken, conversation)).toEqual(direct);
  });

  test.each(["fail 429", "fail 500"])("%s is an error of its SDK", async (words) => {
    const at = await through.door(`${client}-${spoken}`, spoken);
    const error = await thrown(() => asked(client, at, words));
    expect(error).toMatchObject({ class: expect.stringMatching(/Error$/) });
    expect(JSON.stringify(error)).toContain(words.slice(-3));
  });
});

// Every runtime that speaks the Responses API speaks chat completions too; a model that has nothing else is refused, and
// the upstream is asked nothing.
test.each(CLIENTS)(
  "the client %s is told that it cannot ask a model of the Responses API alone",
  async (client) => {
    const at = await through.door(`${client}-responses`, "responses");
    const before = through.servers.responses.received.length;
    const error = await thrown(() => asked(client, at, "say hello"));
    expect(JSON.stringify(error)).toMatch(client === "ollama" ? /400/ : /translation_refused/);
    expect(through.servers.responses.received).toHaveLength(before);
  },
);

/** Says these words with the SDK of that name. */
async function asked(client: string, at: At, words: string): Promise<unknown> {
  if (client === "openai") {
    const { default: OpenAI } = await import("openai");
    const sdk = new OpenAI({ baseURL: `${at.url}/v1`, apiKey: at.key, maxRetries: 0 });
    return sdk.chat.completions.create({ model: at.model, messages: [{ role: "user", content: words }] });
  }
  if (client === "anthropic") {
    const { default: Anthropic } = await import("@anthropic-ai/sdk");
    const sdk = new Anthropic({ baseURL: at.url, apiKey: at.key, maxRetries: 0 });
    return sdk.messages.create({
      model: at.model,
      max_tokens: 9,
      messages: [{ role: "user", content: words }],
    });
  }
  const { Ollama } = await import("ollama");
  const sdk = new Ollama({ host: at.url, headers: { authorization: `Bearer ${at.key}` } });
  return sdk
    .chat({ model: at.model, messages: [{ role: "user", content: words }] })
    .catch((cause: unknown) => {
      const status = cause instanceof Error && "status_code" in cause ? cause.status_code : null;
      throw Object.assign(new Error(String(status)), { status_code: status });
    });
}

const openai = ({ url, key, model }: At) =>
  new OpenAIEmbeddings({ model, apiKey: key, configuration: { baseURL: `${url}/v1` } });
const ollama = ({ url, key, model }: At) =>
  new OllamaEmbeddings({ model, baseUrl: url, headers: { authorization: `Bearer ${key}` } });

describe("vectors", () => {
  test("of Ollama for a client of OpenAI's, and the other way round", async () => {
    const texts = ["one", "three"];
    const direct = await openai(through.direct("openai")).embedDocuments(texts);
    expect(await openai(await through.door("vectors", "ollama")).embedDocuments(texts)).toEqual(direct);
    expect(await ollama(await through.door("vectors", "openai")).embedDocuments(texts)).toEqual(direct);
  });
});
