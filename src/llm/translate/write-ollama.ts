import type { Json, JsonObject } from "#base";
import type { Conversation, Format, Item, Message, Tool, Wishes } from "./conversation.ts";
import { textOf } from "./conversation.ts";
import { noPlace } from "./notes.ts";
import type { Origins } from "./wishes.ts";
import { set } from "./writing.ts";

// ollama/ollama at fb30760996871fa9460115c753afd2c60d4ab0f7, api/types.go.

export function writeOllamaChat(conversation: Conversation, model: string, origins: Origins): JsonObject {
  const { messages, wishes } = conversation;
  const names = namesOf(messages);
  const tools = toolsFor(conversation, origins);
  return {
    model,
    messages: messages.flatMap((message) => messageJson(message, names)),
    ...(tools.length === 0 ? {} : { tools: tools.map(toolJson) }),
    ...common(wishes, conversation.isStream),
  };
}

export function writeOllamaGenerate(
  { messages, wishes, isStream, suffix }: Conversation,
  model: string,
): JsonObject {
  const user = messages.filter(({ role }) => role === "user").flatMap(({ items }) => items);
  const system = textOf(messages.filter(({ role }) => role === "system").flatMap(({ items }) => items));
  return {
    model,
    prompt: textOf(user),
    ...set("system", system === "" ? undefined : system),
    ...set("suffix", suffix ?? undefined),
    ...imagesJson(user),
    ...common(wishes, isStream),
  };
}

/** A stream unless it is told otherwise: so it always is. */
function common(wishes: Wishes, isStream: boolean): JsonObject {
  const options = optionsJson(wishes);
  return {
    ...set("format", formatJson(wishes.format)),
    ...set("think", thinkJson(wishes)),
    ...(Object.keys(options).length === 0 ? {} : { options }),
    stream: isStream,
  };
}

function optionsJson(wishes: Wishes): JsonObject {
  return {
    ...set("num_predict", wishes.maxTokens),
    ...set("temperature", wishes.temperature),
    ...set("top_p", wishes.topP),
    ...set("top_k", wishes.topK),
    ...set("min_p", wishes.minP),
    ...set("seed", wishes.seed),
    ...set("presence_penalty", wishes.presencePenalty),
    ...set("frequency_penalty", wishes.frequencyPenalty),
    ...set("repeat_penalty", wishes.repeatPenalty),
    ...set("stop", wishes.stop),
  };
}

/** Without tools none can be called; that one must be called cannot be said. */
function toolsFor({ tools, wishes }: Conversation, origins: Origins): readonly Tool[] {
  if (wishes.toolChoice === undefined) return tools;
  if (wishes.toolChoice !== "none") throw noPlace(origins.get("toolChoice") ?? "tool_choice");
  return [];
}

/** OpenAI's efforts as Ollama itself takes them at its OpenAI endpoint (openai/openai.go, thinkFromReasoningEffort). */
function thinkJson({ effort, thinking }: Wishes): Json | undefined {
  if (effort === undefined) return thinking;
  if (effort === "none") return false;
  if (effort === "minimal") return "low";
  return effort === "xhigh" ? "max" : effort;
}

function formatJson(format: Format | undefined): Json | undefined {
  return format?.kind === "schema" ? format.schema : format?.kind;
}

function messageJson({ role, items }: Message, names: ReadonlyMap<string, string>): readonly JsonObject[] {
  if (role === "tool")
    return items.flatMap((item) => (item.kind === "result" ? [resultJson(item, names)] : []));
  const thinking = items.flatMap((item) => (item.kind === "reasoning" ? [item.text] : [])).join("\n");
  const calls = items.flatMap((item) => (item.kind === "call" ? [item] : []));
  return [
    {
      role,
      content: textOf(items),
      ...set("thinking", thinking === "" ? undefined : thinking),
      ...imagesJson(items),
      ...(calls.length === 0 ? {} : { tool_calls: calls.map(callJson) }),
    },
  ];
}

function callJson(
  { id, name, arguments: given }: Extract<Item, { kind: "call" }>,
  index: number,
): JsonObject {
  return { id, function: { index, name, arguments: given } };
}

/** Templates of many models name the tool beside its result. */
function resultJson(
  { callId, name, items }: Extract<Item, { kind: "result" }>,
  names: ReadonlyMap<string, string>,
): JsonObject {
  return {
    role: "tool",
    content: textOf(items),
    ...set("tool_name", name ?? names.get(callId)),
    tool_call_id: callId,
  };
}

function namesOf(messages: readonly Message[]): ReadonlyMap<string, string> {
  const calls = messages.flatMap(({ items }) => items).filter((item) => item.kind === "call");
  return new Map(calls.map(({ id, name }) => [id, name]));
}

function imagesJson(items: readonly Item[]): JsonObject {
  const images = items.flatMap((item) => (item.kind === "image" ? [item.data] : []));
  return images.length === 0 ? {} : { images };
}

function toolJson({ name, description, schema }: Tool): JsonObject {
  return {
    type: "function",
    function: { name, ...(description === "" ? {} : { description }), parameters: schema },
  };
}
