import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAI } from "@ai-sdk/openai";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import {
  defaultSettingsMiddleware,
  embedMany,
  type EmbeddingModel,
  generateText,
  Output,
  stepCountIs,
  streamText,
  tool,
  wrapLanguageModel,
} from "ai";
import { z } from "zod";
import { ABORT_AFTER, answered, type At, plain, type Scenarios, steady, thrown } from "./scenario.ts";

// `ai` 7.0.173 with @ai-sdk/openai 4.0.118 (Chat Completions and Responses), @ai-sdk/openai-compatible 3.0.92 and
// @ai-sdk/anthropic 4.0.105, as their documentation uses them.

type ModelOf = (at: At) => Parameters<typeof wrapLanguageModel>[0]["model"];

// Its warnings, such as that it does not know our model, are for people.
Object.assign(globalThis, { AI_SDK_LOG_WARNINGS: false });

const tools = {
  weather: tool({
    description: "Tells the weather",
    inputSchema: z.object({ city: z.string() }),
    execute: async (input) => answered("weather", input),
  }),
  clock: tool({
    description: "Tells the time",
    inputSchema: z.object({ zone: z.string().optional() }),
    execute: async (input) => answered("clock", input),
  }),
};

export const aiOpenaiChat: Scenarios = {
  ...scenarios((at) => openai(at).chat(at.model)),
  embeddings: embeddings((at) => openai(at).embedding(at.model)),
};
/** Without `store: false` it names earlier items by their upstream's ids, which Doorward refuses. */
export const aiOpenaiResponses: Scenarios = scenarios((at) => openai(at).responses(at.model), {
  openai: { store: false },
});
export const aiCompatible: Scenarios = {
  ...scenarios((at) => compatible(at).chatModel(at.model)),
  embeddings: embeddings((at) => compatible(at).embeddingModel(at.model)),
};
export const aiAnthropic: Scenarios = {
  ...scenarios((at) => createAnthropic({ baseURL: `${at.url}/v1`, apiKey: at.key })(at.model)),
  thinking: async (at) =>
    shown(
      await generateText({
        ...asking(
          (one) => createAnthropic({ baseURL: `${one.url}/v1`, apiKey: one.key })(one.model),
          at,
          "think first",
        ),
        providerOptions: { anthropic: { thinking: { type: "enabled", budgetTokens: 1_024 } } },
      }),
    ),
};

function openai({ url, key }: At) {
  return createOpenAI({ baseURL: `${url}/v1`, apiKey: key });
}

function compatible({ url, key }: At) {
  return createOpenAICompatible({
    name: "compatible",
    baseURL: `${url}/v1`,
    apiKey: key,
    includeUsage: true,
    supportsStructuredOutputs: true,
  });
}

type Options = NonNullable<Parameters<typeof generateText>[0]["providerOptions"]>;

function asking(model: ModelOf, at: At, prompt: string) {
  return { model: model(at), prompt, maxRetries: 0, instructions: "You are a test." };
}

function scenarios(of: ModelOf, providerOptions: Options = {}): Scenarios {
  const model: ModelOf = (at) =>
    wrapLanguageModel({
      model: of(at),
      middleware: defaultSettingsMiddleware({ settings: { providerOptions } }),
    });
  return {
    text: async (at) => shown(await generateText(asking(model, at, "say hello"))),
    stream: async (at) => streamed(streamText(asking(model, at, "say hello"))),
    tools: async (at) =>
      shown(await generateText({ ...asking(model, at, "call weather"), tools, stopWhen: stepCountIs(3) })),
    "parallel tools": async (at) =>
      shown(await generateText({ ...asking(model, at, "call two tools"), tools, stopWhen: stepCountIs(3) })),
    "parallel tools stream": async (at) =>
      streamed(streamText({ ...asking(model, at, "call two tools"), tools, stopWhen: stepCountIs(3) })),
    structured: async (at) => {
      const schema = z.object({ person: z.string(), age: z.int() });
      const { output } = await generateText({
        ...asking(model, at, "json please"),
        output: Output.object({ schema }),
      });
      return plain(output);
    },
    "error 400": async (at) => thrown(() => generateText(asking(model, at, "fail 400"))),
    "error 429": async (at) => thrown(() => generateText(asking(model, at, "fail 429"))),
    "error 500": async (at) => thrown(() => generateText(asking(model, at, "fail 500"))),
    "error while streaming": async (at) =>
      streamed(streamText({ ...asking(model, at, "fail 500"), onError: () => {} })),
    "abort mid-stream": async (at) => aborted(model, at),
  };
}

function embeddings(model: (at: At) => EmbeddingModel): Scenarios[string] {
  return async (at) => {
    const asked = { model: model(at), values: ["one", "three"], maxRetries: 0 };
    const { embeddings: found, usage } = await embedMany(asked);
    return plain({ found, usage });
  };
}

/** What a caller of `generateText` reads, without times and made-up ids. */
function shown(result: {
  readonly text: string;
  readonly finishReason: string;
  readonly steps: readonly {
    readonly text: string;
    readonly reasoningText: string | undefined;
    readonly finishReason: string;
    readonly toolCalls: readonly object[];
    readonly toolResults: readonly object[];
    readonly usage: object;
    readonly warnings?: readonly object[] | undefined;
  }[];
}): unknown {
  const steps = result.steps.map(
    ({ text, reasoningText, finishReason, toolCalls, toolResults, usage, warnings }) => ({
      text,
      reasoningText,
      finishReason,
      toolCalls,
      toolResults,
      usage: withoutRaw(usage),
      warnings,
    }),
  );
  return plain({ text: result.text, finishReason: result.finishReason, steps });
}

/** `raw` is what the provider said, whole; the counts beside it are what callers read. */
function withoutRaw(usage: object): object {
  return Object.fromEntries(Object.entries(usage).filter(([name]) => name !== "raw"));
}

type Streamed = Pick<ReturnType<typeof streamText>, "fullStream">;

/** Every part of the stream, without times, made-up ids and what was sent. */
async function streamed({ fullStream }: Streamed): Promise<unknown> {
  const parts: unknown[] = [];
  for await (const part of fullStream) parts.push(partOf(part));
  return steady(parts);
}

function partOf(part: { readonly type: string }): unknown {
  if (part.type === "error" && "error" in part && part.error instanceof Error) {
    const { name, message } = part.error;
    const status = "statusCode" in part.error ? part.error.statusCode : null;
    return { type: part.type, name, message, status };
  }
  const kept = Object.entries(part).filter(
    ([name]) => !["request", "response", "performance", "timestamp"].includes(name),
  );
  return Object.fromEntries(
    kept.map(([name, value]) => [name, /usage$/i.test(name) && isObject(value) ? withoutRaw(value) : value]),
  );
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

async function aborted(model: ModelOf, at: At): Promise<unknown> {
  const aborting = new AbortController();
  const { fullStream } = streamText({
    ...asking(model, at, "never end"),
    abortSignal: aborting.signal,
    onError: () => {},
  });
  const types: string[] = [];
  let texts = 0;
  for await (const part of fullStream) {
    if (part.type === "text-delta") texts += 1;
    if (texts === ABORT_AFTER) aborting.abort();
    if (texts < ABORT_AFTER || part.type !== "text-delta") types.push(part.type);
  }
  return types;
}
