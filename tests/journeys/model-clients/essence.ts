import Anthropic from "@anthropic-ai/sdk";
import { Ollama, type Message } from "ollama";
import OpenAI from "openai";
import { type At, collect, plain, WEATHER_SCHEMA } from "./scenario.ts";

// What is left of an answer when it has gone through another protocol: its words, its calls, and why it ended. One
// conversation per client: words, words streamed, two calls at once and what came of them, the same streamed.

export interface Said {
  readonly text: string;
  readonly calls: readonly { readonly name: string; readonly input: unknown }[];
  /** Whether the client is told to go on with the calls. */
  readonly isAsking: boolean;
}

export type Conversation = (at: At) => Promise<readonly Said[]>;

const RESULTS = { weather: "4 °C", clock: "12:00" } as const;
const resultOf = (name: string): string => (name === "weather" ? RESULTS.weather : RESULTS.clock);
const schema = (): Record<string, unknown> => plain(WEATHER_SCHEMA) as Record<string, unknown>;
const CLOCK = (): Record<string, unknown> => ({ type: "object", properties: { zone: { type: "string" } } });

const openaiAsked = (words: string): OpenAI.Chat.Completions.ChatCompletionMessageParam[] => [
  { role: "system", content: "You are a test." },
  { role: "user", content: words },
];
const openaiSaid = ({ choices }: OpenAI.Chat.Completions.ChatCompletion): Said => {
  const message = choices[0]?.message;
  const calls = (message?.tool_calls ?? []).filter((call) => call.type === "function");
  return {
    text: message?.content ?? "",
    calls: calls.map(({ function: { name, arguments: text } }) => ({
      name,
      input: JSON.parse(text) as unknown,
    })),
    isAsking: choices[0]?.finish_reason === "tool_calls",
  };
};

export const openaiConversation: Conversation = async (at) => {
  const client = new OpenAI({ baseURL: `${at.url}/v1`, apiKey: at.key, maxRetries: 0 });
  const tools: OpenAI.Chat.Completions.ChatCompletionTool[] = [
    { type: "function", function: { name: "weather", description: "Weather", parameters: schema() } },
    { type: "function", function: { name: "clock", parameters: CLOCK() } },
  ];
  const whole = async (messages: ReturnType<typeof openaiAsked>) =>
    client.chat.completions.create({ model: at.model, messages, tools });
  const streamed = async (messages: ReturnType<typeof openaiAsked>) =>
    client.chat.completions.stream({ model: at.model, messages, tools }).finalChatCompletion();
  const seen: Said[] = [];
  for (const ask of [whole, streamed]) {
    seen.push(openaiSaid(await ask(openaiAsked("say hello"))));
    const messages = openaiAsked("call two tools");
    const first = await ask(messages);
    seen.push(openaiSaid(first));
    const calls = (first.choices[0]?.message.tool_calls ?? []).filter((call) => call.type === "function");
    messages.push({
      role: "assistant",
      content: first.choices[0]?.message.content ?? null,
      tool_calls: calls.map(({ id, type, function: { name, arguments: text } }) => ({
        id,
        type,
        function: { name, arguments: text },
      })),
    });
    for (const { id, function: called } of calls) {
      messages.push({ role: "tool", tool_call_id: id, content: resultOf(called.name) });
    }
    seen.push(openaiSaid(await ask(messages)));
  }
  return seen;
};

export const anthropicConversation: Conversation = async (at) => {
  const client = new Anthropic({ baseURL: at.url, apiKey: at.key, maxRetries: 0 });
  const tools: Anthropic.Tool[] = [
    { name: "weather", description: "Weather", input_schema: { ...schema(), type: "object" } },
    { name: "clock", input_schema: { ...CLOCK(), type: "object" } },
  ];
  const base = { model: at.model, max_tokens: 100, system: "You are a test.", tools };
  const whole = async (messages: Anthropic.MessageParam[]) => client.messages.create({ ...base, messages });
  const streamed = async (messages: Anthropic.MessageParam[]) =>
    client.messages.stream({ ...base, messages }).finalMessage();
  const seen: Said[] = [];
  for (const ask of [whole, streamed]) {
    seen.push(saidByAnthropic(await ask([{ role: "user", content: "say hello" }])));
    const messages: Anthropic.MessageParam[] = [{ role: "user", content: "call two tools" }];
    const first = await ask(messages);
    seen.push(saidByAnthropic(first));
    messages.push({ role: "assistant", content: first.content as Anthropic.ContentBlockParam[] });
    messages.push({
      role: "user",
      content: first.content.flatMap((block) =>
        block.type === "tool_use"
          ? [{ type: "tool_result" as const, tool_use_id: block.id, content: resultOf(block.name) }]
          : [],
      ),
    });
    seen.push(saidByAnthropic(await ask(messages)));
  }
  return seen;
};

function saidByAnthropic({ content, stop_reason }: Anthropic.Message): Said {
  return {
    text: content.map((block) => (block.type === "text" ? block.text : "")).join(""),
    calls: content.flatMap((block) =>
      block.type === "tool_use" ? [{ name: block.name, input: block.input }] : [],
    ),
    isAsking: stop_reason === "tool_use",
  };
}

export const ollamaConversation: Conversation = async (at) => {
  const client = new Ollama({ host: at.url, headers: { authorization: `Bearer ${at.key}` } });
  const tools = [
    { type: "function", function: { name: "weather", description: "Weather", parameters: schema() } },
    { type: "function", function: { name: "clock", description: "Clock", parameters: CLOCK() } },
  ];
  const whole = async (messages: Message[]) => [await client.chat({ model: at.model, messages, tools })];
  const streamed = async (messages: Message[]) =>
    collect(await client.chat({ model: at.model, messages, tools, stream: true }));
  const seen: Said[] = [];
  for (const ask of [whole, streamed]) {
    seen.push(saidByOllama(await ask([{ role: "user", content: "say hello" }])));
    const messages: Message[] = [{ role: "user", content: "call two tools" }];
    const lines = await ask(messages);
    const first = saidByOllama(lines);
    seen.push(first);
    const calls = lines.flatMap(({ message }) => message.tool_calls ?? []);
    messages.push({ role: "assistant", content: first.text, tool_calls: calls });
    for (const { function: called } of calls) {
      messages.push({ role: "tool", content: resultOf(called.name), tool_name: called.name });
    }
    seen.push(saidByOllama(await ask(messages)));
  }
  return seen;
};

/** Ollama ends with `stop` also where it asks for calls: that it does is all there is to see. */
function saidByOllama(lines: readonly { readonly message: Message }[]): Said {
  const calls = lines
    .flatMap(({ message }) => message.tool_calls ?? [])
    .map(({ function: { name, arguments: input } }) => ({ name, input: plain(input) }));
  return { text: lines.map(({ message }) => message.content).join(""), calls, isAsking: calls.length > 0 };
}
