import { ChatAnthropic } from "@langchain/anthropic";
import type { BaseChatModel } from "@langchain/core/language_models/chat_models";
import {
  AIMessage,
  AIMessageChunk,
  type BaseMessage,
  HumanMessage,
  SystemMessage,
  ToolMessage,
} from "@langchain/core/messages";
import { tool } from "@langchain/core/tools";
import { ChatOllama, OllamaEmbeddings } from "@langchain/ollama";
import { ChatOpenAI, OpenAIEmbeddings } from "@langchain/openai";
import { z } from "zod";
import { ABORT_AFTER, answered, type At, plain, type Scenarios, steady, thrown } from "./scenario.ts";

// LangChain.js: @langchain/core 1.4.0, openai 1.6.0, anthropic 1.5.11, ollama 1.3.0, as their documentation uses them.

type ModelOf = (at: At) => BaseChatModel;

const tools = [
  tool((input) => answered("weather", input), {
    name: "weather",
    description: "Tells the weather",
    schema: z.object({ city: z.string() }),
  }),
  tool((input) => answered("clock", input), {
    name: "clock",
    description: "Tells the time",
    schema: z.object({ zone: z.string().optional() }),
  }),
];
const Person = z.object({ person: z.string(), age: z.number() });

export const langchainOpenai: Scenarios = {
  ...scenarios(
    ({ url, key, model }) =>
      new ChatOpenAI({ model, apiKey: key, maxRetries: 0, configuration: { baseURL: `${url}/v1` } }),
  ),
  embeddings: async ({ url, key, model }) => {
    const asked = { model, apiKey: key, maxRetries: 0, configuration: { baseURL: `${url}/v1` } };
    return new OpenAIEmbeddings(asked).embedDocuments(["one", "three"]);
  },
};
export const langchainAnthropic: Scenarios = scenarios(
  ({ url, key, model }) =>
    new ChatAnthropic({ model, apiKey: key, anthropicApiUrl: url, maxRetries: 0, maxTokens: 100 }),
);
export const langchainOllama: Scenarios = {
  ...scenarios(
    ({ url, key, model }) => new ChatOllama({ model, baseUrl: url, headers: bearer(key), maxRetries: 0 }),
  ),
  embeddings: async ({ url, key, model }) =>
    new OllamaEmbeddings({ model, baseUrl: url, headers: bearer(key), maxRetries: 0 }).embedDocuments([
      "one",
      "three",
    ]),
};

function bearer(key: string): Record<string, string> {
  return { authorization: `Bearer ${key}` };
}

function asking(words: string): BaseMessage[] {
  return [new SystemMessage("You are a test."), new HumanMessage(words)];
}

function scenarios(model: ModelOf): Scenarios {
  return {
    invoke: async (at) => messageOf(await model(at).invoke(asking("say hello"))),
    stream: async (at) => {
      const texts: string[] = [];
      for await (const chunk of await model(at).stream(asking("say hello"))) texts.push(chunk.text);
      return texts.filter((text) => text !== "");
    },
    tools: async (at) => rounds(model(at), asking("call weather")),
    "parallel tools": async (at) => rounds(model(at), asking("call two tools")),
    "parallel tools stream": async (at) => {
      const bound = model(at).bindTools?.(tools);
      if (bound === undefined) throw new Error("this model takes no tools");
      let whole: AIMessageChunk | null = null;
      for await (const chunk of await bound.stream(asking("call two tools"))) {
        whole = whole === null ? asChunk(chunk) : whole.concat(asChunk(chunk));
      }
      return whole === null ? null : steady(messageOf(whole));
    },
    structured: async (at) =>
      plain(await model(at).withStructuredOutput(Person, { name: "person" }).invoke(asking("json please"))),
    "error 400": async (at) => thrown(() => model(at).invoke(asking("fail 400"))),
    "error 429": async (at) => thrown(() => model(at).invoke(asking("fail 429"))),
    "error 500": async (at) => thrown(() => model(at).invoke(asking("fail 500"))),
    "abort mid-stream": async (at) => {
      const aborting = new AbortController();
      const texts: string[] = [];
      const error = await thrown(async () => {
        for await (const chunk of await model(at).stream(asking("never end"), { signal: aborting.signal })) {
          if (chunk.text !== "") texts.push(chunk.text);
          if (texts.length === ABORT_AFTER) aborting.abort();
        }
      });
      return plain([texts.slice(0, ABORT_AFTER), error]);
    },
  };
}

function asChunk(message: AIMessageChunk): AIMessageChunk {
  return message;
}

async function rounds(model: BaseChatModel, messages: BaseMessage[]): Promise<unknown> {
  const bound = model.bindTools?.(tools);
  if (bound === undefined) throw new Error("this model takes no tools");
  const seen: unknown[] = [];
  for (let round = 0; round < 3; round += 1) {
    const answer = await bound.invoke(messages);
    seen.push(messageOf(answer));
    messages.push(answer);
    if (!(answer instanceof AIMessage || answer instanceof AIMessageChunk)) break;
    const calls = answer.tool_calls ?? [];
    if (calls.length === 0) break;
    for (const { id = "", name, args } of calls) {
      messages.push(new ToolMessage({ tool_call_id: id, name, content: answered(name, args) }));
    }
  }
  return steady(seen);
}

/** What a caller reads of a message: words, calls, counts and why it ended. */
function messageOf(message: BaseMessage): unknown {
  const isAnswer = message instanceof AIMessage || message instanceof AIMessageChunk;
  return plain({
    content: message.content,
    calls: isAnswer ? (message.tool_calls ?? []) : [],
    usage: isAnswer ? message.usage_metadata : null,
    metadata: message.response_metadata,
  });
}
