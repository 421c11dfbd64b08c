import Anthropic from "@anthropic-ai/sdk";
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

// `@anthropic-ai/sdk` 1.12.0, as its README uses it.

const client = ({ url, key }: At): Anthropic =>
  new Anthropic({ baseURL: url, apiKey: key, maxRetries: 0, timeout: 20_000 });
const base = (at: At, content: string) => ({
  model: at.model,
  max_tokens: 100,
  messages: [{ role: "user", content }] as Anthropic.MessageParam[],
});
const tools: Anthropic.Tool[] = [
  { name: "weather", description: "Tells the weather", input_schema: mutable(WEATHER_SCHEMA) },
  { name: "clock", input_schema: mutable(CLOCK_SCHEMA) },
];

function mutable(schema: { readonly type: "object" }): Anthropic.Tool.InputSchema {
  return JSON.parse(JSON.stringify(schema)) as Anthropic.Tool.InputSchema;
}

export const anthropicMessages: Scenarios = {
  message: async (at) =>
    plain(await client(at).messages.create({ ...base(at, "say hello"), system: "You are a test." })),

  "message stream": async (at) =>
    plain(await collect(await client(at).messages.create({ ...base(at, "say hello"), stream: true }))),

  "stream helper": async (at) => {
    const texts: string[] = [];
    const stream = client(at).messages.stream(base(at, "say hello"));
    stream.on("text", (text) => texts.push(text));
    return plain([texts, await stream.finalMessage()]);
  },

  "content blocks": async (at) =>
    plain(
      await client(at).messages.create({
        ...base(at, ""),
        messages: [
          {
            role: "user",
            content: [
              { type: "text", text: "say " },
              { type: "text", text: "hello" },
            ],
          },
          { role: "assistant", content: [{ type: "text", text: "Hm." }] },
          {
            role: "user",
            content: [{ type: "text", text: "say hello", cache_control: { type: "ephemeral" } }],
          },
        ],
        system: [{ type: "text", text: "You are a test." }],
        stop_sequences: ["END"],
        metadata: { user_id: "someone" },
      }),
    ),

  thinking: async (at) => {
    const asked = {
      ...base(at, "think first"),
      max_tokens: 2_000,
      thinking: { type: "enabled", budget_tokens: 1_024 } as const,
    };
    return plain([
      await client(at).messages.create(asked),
      await collect(await client(at).messages.create({ ...asked, stream: true })),
    ]);
  },

  tools: async (at) => rounds(at, "call weather"),
  "parallel tools": async (at) => rounds(at, "call two tools"),
  "a tool without arguments": async (at) => rounds(at, "call nothing"),
  "tools stream": async (at) => streamedRounds(at, "call weather"),
  "parallel tools stream": async (at) => streamedRounds(at, "call two tools"),

  structured: async (at) =>
    plain(
      await client(at).messages.create({
        ...base(at, "json please"),
        tools: [
          {
            name: "person",
            input_schema: {
              type: "object",
              properties: { person: { type: "string" }, age: { type: "integer" } },
            },
          },
        ],
        tool_choice: { type: "tool", name: "person" },
      }),
    ),

  refusal: async (at) =>
    plain([
      await client(at).messages.create(base(at, "refuse")),
      await collect(await client(at).messages.create({ ...base(at, "refuse"), stream: true })),
    ]),

  "error 400": async (at) => failing(at, "fail 400"),
  "error 429": async (at) => failing(at, "fail 429"),
  "error 500": async (at) => failing(at, "fail 500"),

  "abort mid-stream": async (at) => {
    const aborting = new AbortController();
    const seen: unknown[] = [];
    const error = await thrown(async () => {
      const asked = { ...base(at, "never end"), stream: true } as const;
      const stream = await client(at).messages.create(asked, { signal: aborting.signal });
      for await (const event of stream) {
        seen.push(event);
        if (seen.length === ABORT_AFTER) aborting.abort();
      }
    });
    return plain([seen.slice(0, ABORT_AFTER), error]);
  },
};

export const anthropicBroken: Scenarios = {
  "broken stream": async (at) =>
    thrown(async () => collect(await client(at).messages.create({ ...base(at, "break off"), stream: true }))),
  "broken answer": async (at) => thrown(() => client(at).messages.create(base(at, "break off"))),
};

async function failing(at: At, words: string): Promise<unknown> {
  return [
    await thrown(() => client(at).messages.create(base(at, words))),
    await thrown(async () => collect(await client(at).messages.create({ ...base(at, words), stream: true }))),
  ];
}

async function rounds(at: At, words: string): Promise<unknown> {
  const asked = base(at, words);
  const seen: unknown[] = [];
  for (let round = 0; round < 3; round += 1) {
    const answer = await client(at).messages.create({ ...asked, tools });
    seen.push(answer);
    if (!goesOn(asked.messages, answer)) break;
  }
  return plain(seen);
}

async function streamedRounds(at: At, words: string): Promise<unknown> {
  const asked = base(at, words);
  const seen: unknown[] = [];
  for (let round = 0; round < 3; round += 1) {
    const events: unknown[] = [];
    const stream = client(at).messages.stream({ ...asked, tools });
    stream.on("streamEvent", (event) => events.push(event));
    const answer = await stream.finalMessage();
    seen.push({ events, answer });
    if (!goesOn(asked.messages, answer)) break;
  }
  return plain(seen);
}

function goesOn(messages: Anthropic.MessageParam[], { content }: Anthropic.Message): boolean {
  const calls = content.filter((block) => block.type === "tool_use");
  if (calls.length === 0) return false;
  messages.push({ role: "assistant", content: content as Anthropic.ContentBlockParam[] });
  messages.push({
    role: "user",
    content: calls.map(({ id, name, input }) => ({
      type: "tool_result",
      tool_use_id: id,
      content: answered(name, input),
    })),
  });
  return true;
}
