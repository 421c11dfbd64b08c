import OpenAI from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import { z } from "zod";
import {
  ABORT_AFTER,
  answered,
  type At,
  CLOCK_SCHEMA,
  collect,
  plain,
  type Scenarios,
  thrown,
  WEATHER_SCHEMA,
} from "./scenario.ts";

// `openai` 7.57.0, as its README uses it.

type Message = OpenAI.Chat.Completions.ChatCompletionMessageParam;

const client = ({ url, key }: At): OpenAI =>
  new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0, timeout: 20_000 });
const asking = (content: string): Message[] => [
  { role: "system", content: "You are a test." },
  { role: "user", content },
];
const tools: OpenAI.Chat.Completions.ChatCompletionTool[] = [
  {
    type: "function",
    function: {
      name: "weather",
      description: "Tells the weather",
      parameters: { ...WEATHER_SCHEMA },
      strict: true,
    },
  },
  { type: "function", function: { name: "clock", parameters: { ...CLOCK_SCHEMA } } },
];
const Person = z.object({ person: z.string(), age: z.int() });

/** Chat Completions, Completions and Embeddings. */
export const openaiChat: Scenarios = {
  chat: async (at) =>
    plain(
      await client(at).chat.completions.create({
        model: at.model,
        messages: asking("say hello"),
        temperature: 0.5,
      }),
    ),

  "chat stream": async (at) =>
    plain(
      await collect(
        await client(at).chat.completions.create({
          model: at.model,
          messages: asking("say hello"),
          stream: true,
        }),
      ),
    ),

  "chat stream with usage": async (at) =>
    plain(
      await collect(
        await client(at).chat.completions.create({
          model: at.model,
          messages: asking("say hello"),
          stream: true,
          stream_options: { include_usage: true },
        }),
      ),
    ),

  "content parts": async (at) =>
    plain(
      await client(at).chat.completions.create({
        model: at.model,
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "say " },
              { type: "text", text: "hello" },
            ],
          },
        ],
        max_tokens: 50,
        seed: 7,
        stop: ["END"],
        user: "someone",
      }),
    ),

  tools: async (at) => rounds(at, "call weather"),
  "parallel tools": async (at) => rounds(at, "call two tools"),
  "a tool without arguments": async (at) => rounds(at, "call nothing"),

  "tools stream": async (at) => streamedRounds(at, "call weather"),
  "parallel tools stream": async (at) => streamedRounds(at, "call two tools"),

  "tool runner": async (at) => {
    const weather = {
      name: "weather",
      description: "Weather",
      parameters: z.toJSONSchema(z.strictObject({ city: z.string() })) as object,
      parse: (text: string) => z.object({ city: z.string() }).parse(JSON.parse(text)),
      function: (input: object) => answered("weather", input),
    };
    const runner = client(at).chat.completions.runTools({
      model: at.model,
      messages: asking("call weather"),
      tools: [{ type: "function", function: weather }],
    });
    return plain([await runner.finalContent(), runner.messages]);
  },

  structured: async (at) => {
    const answer = await client(at).chat.completions.parse({
      model: at.model,
      messages: asking("json please"),
      response_format: zodResponseFormat(Person, "person"),
    });
    return plain([answer.choices[0]?.message.parsed, answer]);
  },

  "json object": async (at) =>
    plain(
      await client(at).chat.completions.create({
        model: at.model,
        messages: asking("json please"),
        response_format: { type: "json_object" },
      }),
    ),

  refusal: async (at) =>
    plain([
      await client(at).chat.completions.create({ model: at.model, messages: asking("refuse") }),
      await collect(
        await client(at).chat.completions.create({
          model: at.model,
          messages: asking("refuse"),
          stream: true,
        }),
      ),
    ]),

  embeddings: async (at) =>
    plain(await client(at).embeddings.create({ model: at.model, input: ["one", "three"] })),

  "embeddings as numbers": async (at) =>
    plain(await client(at).embeddings.create({ model: at.model, input: "one", encoding_format: "float" })),

  completions: async (at) =>
    plain([
      await client(at).completions.create({ model: at.model, prompt: "say hello", max_tokens: 9 }),
      await collect(
        await client(at).completions.create({ model: at.model, prompt: "say hello", stream: true }),
      ),
    ]),

  "error 400": async (at) => failing(at, "fail 400"),
  "error 429": async (at) => failing(at, "fail 429"),
  "error 500": async (at) => failing(at, "fail 500"),
  "error 429, retried": async (at) => {
    const again = new OpenAI({ baseURL: `${at.url}/v1`, apiKey: at.key, maxRetries: 1 });
    return thrown(() => again.chat.completions.create({ model: at.model, messages: asking("fail 429") }));
  },

  "abort mid-stream": async (at) => {
    const aborting = new AbortController();
    const seen: unknown[] = [];
    const error = await thrown(async () => {
      const stream = await client(at).chat.completions.create(
        { model: at.model, messages: asking("never end"), stream: true },
        { signal: aborting.signal },
      );
      for await (const chunk of stream) {
        seen.push(chunk);
        if (seen.length === ABORT_AFTER) aborting.abort();
      }
    });
    return plain([seen.slice(0, ABORT_AFTER), error]);
  },
};

/** What the upstream itself breaks: an error in any case, whose words need not be the same. */
export const openaiBroken: Scenarios = {
  "broken stream": async (at) =>
    thrown(async () =>
      collect(
        await client(at).chat.completions.create({
          model: at.model,
          messages: asking("break off"),
          stream: true,
        }),
      ),
    ),
  "broken answer": async (at) =>
    thrown(() => client(at).chat.completions.create({ model: at.model, messages: asking("break off") })),
};

export const openaiResponses: Scenarios = {
  response: async (at) =>
    plain(
      await client(at).responses.create({
        model: at.model,
        instructions: "You are a test.",
        input: "say hello",
        store: false,
      }),
    ),

  "response stream": async (at) =>
    plain(
      await collect(
        await client(at).responses.create({
          model: at.model,
          input: "say hello",
          stream: true,
          store: false,
        }),
      ),
    ),

  tools: async (at) => responseRounds(at, "call weather"),
  "parallel tools": async (at) => responseRounds(at, "call two tools"),
  "parallel tools stream": async (at) =>
    plain(
      await client(at)
        .responses.stream({ model: at.model, input: "call two tools", tools: responseTools, store: false })
        .finalResponse(),
    ),
  "reasoning stream": async (at) =>
    plain(
      await collect(
        await client(at).responses.create({
          model: at.model,
          input: "think first",
          stream: true,
          store: false,
          reasoning: { summary: "auto" },
        }),
      ),
    ),
  refusal: async (at) =>
    plain(
      await collect(
        await client(at).responses.create({ model: at.model, input: "refuse", stream: true, store: false }),
      ),
    ),
  structured: async (at) => {
    const answer = await client(at).responses.parse({
      model: at.model,
      input: "json please",
      store: false,
      text: { format: { type: "json_schema", name: "person", strict: true, schema: z.toJSONSchema(Person) } },
    });
    return plain(answer);
  },
  "error 429": async (at) =>
    thrown(() => client(at).responses.create({ model: at.model, input: "fail 429", store: false })),
  "abort mid-stream": async (at) => {
    const aborting = new AbortController();
    const seen: string[] = [];
    const error = await thrown(async () => {
      const asked = { model: at.model, input: "never end", stream: true, store: false } as const;
      const stream = await client(at).responses.create(asked, { signal: aborting.signal });
      for await (const { type } of stream) {
        seen.push(type);
        if (seen.length === ABORT_AFTER + 2) aborting.abort();
      }
    });
    return plain([seen.slice(0, ABORT_AFTER + 2), error]);
  },
};

const responseTools: OpenAI.Responses.FunctionTool[] = [
  {
    type: "function",
    name: "weather",
    parameters: { ...WEATHER_SCHEMA },
    strict: true,
    description: "Weather",
  },
  { type: "function", name: "clock", parameters: { ...CLOCK_SCHEMA }, strict: false },
];

async function failing(at: At, words: string): Promise<unknown> {
  const asked = { model: at.model, messages: asking(words) };
  return [
    await thrown(() => client(at).chat.completions.create(asked)),
    await thrown(async () => collect(await client(at).chat.completions.create({ ...asked, stream: true }))),
  ];
}

/** Asks, runs what the model asks for, answers, until it asks for nothing more. */
async function rounds(at: At, words: string): Promise<unknown> {
  const messages = asking(words);
  const seen: unknown[] = [];
  for (let round = 0; round < 3; round += 1) {
    const answer = await client(at).chat.completions.create({ model: at.model, messages, tools });
    seen.push(answer);
    if (!goesOn(messages, answer.choices[0]?.message)) break;
  }
  return plain(seen);
}

async function streamedRounds(at: At, words: string): Promise<unknown> {
  const messages = asking(words);
  const seen: unknown[] = [];
  for (let round = 0; round < 3; round += 1) {
    const chunks: unknown[] = [];
    const stream = client(at).chat.completions.stream({ model: at.model, messages, tools });
    stream.on("chunk", (chunk) => chunks.push(chunk));
    const answer = await stream.finalChatCompletion();
    seen.push({ chunks, answer });
    if (!goesOn(messages, answer.choices[0]?.message)) break;
  }
  return plain(seen);
}

function goesOn(
  messages: Message[],
  said: OpenAI.Chat.Completions.ChatCompletionMessage | undefined,
): boolean {
  const calls = said?.tool_calls ?? [];
  if (said === undefined || calls.length === 0) return false;
  const functions = calls.filter((call) => call.type === "function");
  // What the SDK's stream helper adds (`parsed_arguments`) is no field of the API, which refuses it too
  // (github.com/openai/openai-python/pull/3146).
  const asked = functions.map(({ id, type, function: { name, arguments: text } }) => ({
    id,
    type,
    function: { name, arguments: text },
  }));
  messages.push({ role: "assistant", content: said.content, tool_calls: asked });
  for (const { id, function: called } of asked) {
    const content = answered(called.name, JSON.parse(called.arguments));
    messages.push({ role: "tool", tool_call_id: id, content });
  }
  return true;
}

async function responseRounds(at: At, words: string): Promise<unknown> {
  const input: OpenAI.Responses.ResponseInputItem[] = [{ role: "user", content: words }];
  const seen: unknown[] = [];
  for (let round = 0; round < 3; round += 1) {
    const answer = await client(at).responses.create({
      model: at.model,
      input,
      tools: responseTools,
      store: false,
    });
    seen.push(answer);
    const calls = answer.output.filter((item) => item.type === "function_call");
    if (calls.length === 0) break;
    input.push(...calls);
    for (const { call_id, name, arguments: text } of calls) {
      input.push({ type: "function_call_output", call_id, output: answered(name, JSON.parse(text)) });
    }
  }
  return plain(seen);
}
