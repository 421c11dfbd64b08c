import Anthropic from "@anthropic-ai/sdk";
import { Ollama } from "ollama";
import OpenAI from "openai";
import type { Protocol } from "#llm";

/** What a protocol's official client makes of a stream. */
export interface Said {
  readonly text: string;
  /** Names of the tools it is asked to call, in order. */
  readonly calls: readonly string[];
  /** Whether the client takes it for an answer that ended well, and why it ended fits what is in it. */
  readonly isWhole: boolean;
}

const TOOLS = ["weather", "clock"];
const SCHEMA = { type: "object", properties: {} };

/** A streamed request whose answer may be any of the recordings: the tools that they call are declared. */
export function requestBody(protocol: Protocol, text: string): Record<string, unknown> {
  const messages = [{ role: "user", content: text }];
  const functions = TOOLS.map((name) => ({ type: "function", function: { name, parameters: SCHEMA } }));
  const base = { model: "m", stream: true };
  switch (protocol) {
    case "openai-responses": {
      const tools = TOOLS.map((name) => ({ type: "function", name, parameters: SCHEMA, strict: false }));
      return { ...base, input: text, tools, store: false };
    }
    case "anthropic-messages": {
      const tools = TOOLS.map((name) => ({ name, input_schema: SCHEMA }));
      return { ...base, max_tokens: 9, messages, tools };
    }
    case "openai-chat":
      return { ...base, messages, tools: functions, stream_options: { include_usage: true } };
    case "ollama-chat":
      return { ...base, messages, tools: functions };
    case "openai-completions":
    case "ollama-generate":
    case "openai-embeddings":
    case "ollama-embed":
      return { ...base, prompt: text };
    default:
      return protocol satisfies never;
  }
}

export async function readWithClient(protocol: Protocol, stream: Uint8Array): Promise<Said> {
  const type = protocol.startsWith("ollama") ? "application/x-ndjson" : "text/event-stream";
  const answering = (async () =>
    new Response(Buffer.from(stream), { headers: { "content-type": type } })) as typeof fetch;
  switch (protocol) {
    case "anthropic-messages":
      return readAnthropic(answering);
    case "openai-responses":
      return readResponses(answering);
    case "openai-completions":
      return readCompletions(answering);
    case "ollama-generate":
      return readGenerate(answering);
    case "ollama-chat":
      return readOllama(answering);
    case "openai-chat":
    case "openai-embeddings":
    case "ollama-embed":
      return readChat(answering);
    default:
      return protocol satisfies never;
  }
}

async function readAnthropic(fetch: typeof globalThis.fetch): Promise<Said> {
  const asked = { model: "m", max_tokens: 9, messages: [] };
  const stream = new Anthropic({ apiKey: "k", fetch }).messages.stream(asked);
  const { content, stop_reason } = await stream.finalMessage();
  const calls = content.flatMap((block) => (block.type === "tool_use" ? [block.name] : []));
  return {
    text: content.map((block) => (block.type === "text" ? block.text : "")).join(""),
    calls,
    isWhole: stop_reason === (calls.length === 0 ? "end_turn" : "tool_use"),
  };
}

async function readResponses(fetch: typeof globalThis.fetch): Promise<Said> {
  const asked = { model: "m", input: "x" };
  const client = new OpenAI({ apiKey: "k", fetch });
  const { output, output_text, status } = await client.responses.stream(asked).finalResponse();
  const calls = output.flatMap((item) => (item.type === "function_call" ? [item.name] : []));
  return { text: output_text, calls, isWhole: status === "completed" };
}

async function readCompletions(fetch: typeof globalThis.fetch): Promise<Said> {
  const client = new OpenAI({ apiKey: "k", fetch });
  let [text, finish] = ["", ""];
  for await (const { choices } of await client.completions.create({
    model: "m",
    prompt: "x",
    stream: true,
  })) {
    text += choices[0]?.text ?? "";
    finish = choices[0]?.finish_reason ?? finish;
  }
  return { text, calls: [], isWhole: finish !== "" };
}

/** The SDK's own accumulation, which refuses events out of order, beside a plain reading that knows `function_call`. */
async function readChat(fetch: typeof globalThis.fetch): Promise<Said> {
  const client = new OpenAI({ apiKey: "k", fetch });
  let [text, finish] = ["", ""];
  const calls: string[] = [];
  const asked = { model: "m", messages: [], stream: true as const };
  for await (const { choices } of await client.chat.completions.create(asked)) {
    const { content, refusal, function_call, tool_calls = [] } = choices[0]?.delta ?? {};
    text += `${content ?? ""}${refusal ?? ""}`;
    const named = [...tool_calls.map((call) => call.function?.name), function_call?.name];
    calls.push(...named.filter((name) => name !== undefined));
    finish = choices[0]?.finish_reason ?? finish;
  }
  return { text, calls, isWhole: calls.length === 0 ? finish === "stop" : /_calls?$/.test(finish) };
}

async function readOllama(fetch: typeof globalThis.fetch): Promise<Said> {
  let [text, isWhole] = ["", false];
  const calls: string[] = [];
  const lines = await new Ollama({ fetch }).chat({ model: "m", messages: [], stream: true });
  for await (const { message, done } of lines) {
    text += message.content;
    calls.push(...(message.tool_calls ?? []).map(({ function: called }) => called.name));
    isWhole = done;
  }
  return { text, calls, isWhole };
}

async function readGenerate(fetch: typeof globalThis.fetch): Promise<Said> {
  let [text, isWhole] = ["", false];
  const lines = await new Ollama({ fetch }).generate({ model: "m", prompt: "x", stream: true });
  for await (const { response, done } of lines) {
    text += response ?? "";
    isWhole = done;
  }
  return { text, calls: [], isWhole };
}
