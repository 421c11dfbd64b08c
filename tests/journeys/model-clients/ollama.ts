import { type Message, Ollama, type Tool } from "ollama";
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

// `ollama` 0.6.4, as its README uses it; OLLAMA_HOST takes no key, so it goes in a header.

const client = ({ url, key }: At): Ollama =>
  new Ollama({ host: url, headers: { authorization: `Bearer ${key}` } });
const asking = (content: string): Message[] => [{ role: "user", content }];
const tools: Tool[] = [toolOf("weather", WEATHER_SCHEMA), toolOf("clock", CLOCK_SCHEMA)];

function toolOf(name: string, schema: object): Tool {
  const parameters = JSON.parse(JSON.stringify(schema)) as NonNullable<Tool["function"]["parameters"]>;
  return { type: "function", function: { name, description: `The ${name}`, parameters } };
}

export const ollamaNative: Scenarios = {
  chat: async (at) =>
    plain(
      await client(at).chat({
        model: at.model,
        messages: [{ role: "system", content: "You are a test." }, ...asking("say hello")],
        options: { temperature: 0.5, num_predict: 50 },
        keep_alive: "5m",
      }),
    ),

  "chat stream": async (at) =>
    plain(
      await collect(await client(at).chat({ model: at.model, messages: asking("say hello"), stream: true })),
    ),

  generate: async (at) =>
    plain([
      await client(at).generate({ model: at.model, prompt: "say hello", system: "You are a test." }),
      await collect(await client(at).generate({ model: at.model, prompt: "say hello", stream: true })),
    ]),

  thinking: async (at) =>
    plain([
      await client(at).chat({ model: at.model, messages: asking("think first"), think: true }),
      await collect(
        await client(at).chat({
          model: at.model,
          messages: asking("think first"),
          think: true,
          stream: true,
        }),
      ),
    ]),

  tools: async (at) => rounds(at, "call weather"),
  "parallel tools": async (at) => rounds(at, "call two tools"),
  "a tool without arguments": async (at) => rounds(at, "call nothing"),
  "parallel tools stream": async (at) =>
    plain(
      await collect(
        await client(at).chat({ model: at.model, messages: asking("call two tools"), tools, stream: true }),
      ),
    ),

  structured: async (at) => {
    const format = {
      type: "object",
      properties: { person: { type: "string" }, age: { type: "integer" } },
      required: ["person", "age"],
    };
    return plain([
      await client(at).chat({ model: at.model, messages: asking("json please"), format }),
      await client(at).chat({ model: at.model, messages: asking("json please"), format: "json" }),
    ]);
  },

  embeddings: async (at) =>
    plain([
      await client(at).embed({ model: at.model, input: ["one", "three"] }),
      await client(at).embed({ model: at.model, input: "one", truncate: true }),
    ]),

  "error 400": async (at) => failing(at, "fail 400"),
  "error 429": async (at) => failing(at, "fail 429"),
  "error 500": async (at) => failing(at, "fail 500"),

  "abort mid-stream": async (at) => {
    const ollama = client(at);
    const seen: unknown[] = [];
    const error = await thrown(async () => {
      const stream = await ollama.chat({ model: at.model, messages: asking("never end"), stream: true });
      for await (const line of stream) {
        seen.push(line);
        if (seen.length === ABORT_AFTER) ollama.abort();
      }
    });
    return plain([seen.slice(0, ABORT_AFTER), error]);
  },
};

export const ollamaBroken: Scenarios = {
  "broken stream": async (at) =>
    thrown(async () =>
      collect(await client(at).chat({ model: at.model, messages: asking("break off"), stream: true })),
    ),
  "broken answer": async (at) =>
    thrown(() => client(at).chat({ model: at.model, messages: asking("break off") })),
};

async function failing(at: At, words: string): Promise<unknown> {
  const asked = { model: at.model, messages: asking(words) };
  return [
    await thrown(() => client(at).chat(asked)),
    await thrown(async () => collect(await client(at).chat({ ...asked, stream: true }))),
  ];
}

async function rounds(at: At, words: string): Promise<unknown> {
  const messages = asking(words);
  const seen: unknown[] = [];
  for (let round = 0; round < 3; round += 1) {
    const answer = await client(at).chat({ model: at.model, messages, tools });
    seen.push(answer);
    const calls = answer.message.tool_calls ?? [];
    if (calls.length === 0) break;
    messages.push(answer.message);
    for (const { function: called } of calls) {
      const content = answered(called.name, called.arguments);
      messages.push({ role: "tool", content, tool_name: called.name });
    }
  }
  return plain(seen);
}
