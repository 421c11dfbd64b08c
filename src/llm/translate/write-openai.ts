import type { Json, JsonObject } from "#base";
import type { Conversation, Format, Item, Message, Tool, ToolChoice, Wishes } from "./conversation.ts";
import { textOf } from "./conversation.ts";
import { translationRefused } from "./notes.ts";
import type { Origins } from "./wishes.ts";
import { set } from "./writing.ts";

// npm `openai` 7.57.0, resources/chat/completions/completions.d.ts and resources/completions.d.ts.

/** As many as OpenAI takes. */
const STOPS_MAX = 4;

export function writeChat(
  { messages, tools, wishes, isStream }: Conversation,
  model: string,
  origins: Origins,
): JsonObject {
  return {
    model,
    messages: messages.flatMap(messageJson),
    ...(tools.length === 0 ? {} : { tools: tools.map(toolJson) }),
    ...sampling(wishes, origins),
    ...set("tool_choice", toolChoiceJson(wishes.toolChoice)),
    ...set("parallel_tool_calls", wishes.serialCalls === true ? false : undefined),
    ...set("response_format", formatJson(wishes.format)),
    ...set("reasoning_effort", wishes.effort),
    ...streaming(isStream),
  };
}

export function writeCompletion(
  { messages, wishes, isStream, suffix }: Conversation,
  model: string,
  origins: Origins,
): JsonObject {
  return {
    model,
    prompt: textOf(messages.flatMap(({ items }) => items)),
    ...set("suffix", suffix ?? undefined),
    ...sampling(wishes, origins),
    ...streaming(isStream),
  };
}

/** Usage is asked for in every stream: what is used must be counted. */
function streaming(isStream: boolean): JsonObject {
  return isStream ? { stream: true, stream_options: { include_usage: true } } : {};
}

/** `max_tokens`, not `max_completion_tokens`: every local runtime knows the older one. */
function sampling(wishes: Wishes, origins: Origins): JsonObject {
  if (wishes.stop !== undefined && wishes.stop.length > STOPS_MAX) {
    throw translationRefused(
      origins.get("stop") ?? "stop",
      `holds more than ${STOPS_MAX} texts, which is all that OpenAI takes`,
    );
  }
  return {
    ...set("max_tokens", wishes.maxTokens),
    ...set("temperature", wishes.temperature),
    ...set("top_p", wishes.topP),
    ...set("seed", wishes.seed),
    ...set("presence_penalty", wishes.presencePenalty),
    ...set("frequency_penalty", wishes.frequencyPenalty),
    ...set("stop", wishes.stop),
  };
}

function messageJson(message: Message): readonly JsonObject[] {
  const { role, items } = message;
  if (role === "tool") return items.flatMap((item) => (item.kind === "result" ? [resultJson(item)] : []));
  if (role === "assistant") return [assistantJson(items)];
  return [{ role, content: role === "system" ? textOf(items) : contentJson(items, message.path) }];
}

function resultJson(item: Extract<Item, { kind: "result" }>): JsonObject {
  return { role: "tool", tool_call_id: item.callId, content: textOf(item.items) };
}

function assistantJson(items: readonly Item[]): JsonObject {
  const text = textOf(items);
  const calls = items.flatMap((item) => (item.kind === "call" ? [callJson(item)] : []));
  if (calls.length === 0) return { role: "assistant", content: text };
  return { role: "assistant", content: text === "" ? null : text, tool_calls: calls };
}

function callJson(item: Extract<Item, { kind: "call" }>): JsonObject {
  return {
    id: item.id,
    type: "function",
    function: { name: item.name, arguments: JSON.stringify(item.arguments) },
  };
}

function contentJson(items: readonly Item[], path: string): Json {
  return items.every(({ kind }) => kind === "text")
    ? textOf(items)
    : items.flatMap((item) => partJson(item, path));
}

function partJson(item: Item, path: string): readonly JsonObject[] {
  if (item.kind === "text") return [{ type: "text", text: item.text }];
  if (item.kind === "image-url") return [{ type: "image_url", image_url: { url: item.url } }];
  if (item.kind !== "image") return [];
  if (item.mediaType === "")
    throw translationRefused(path, "holds a picture that is no PNG, JPEG, GIF or WebP");
  return [{ type: "image_url", image_url: { url: `data:${item.mediaType};base64,${item.data}` } }];
}

function toolJson({ name, description, schema, isStrict }: Tool): JsonObject {
  return {
    type: "function",
    function: {
      name,
      ...(description === "" ? {} : { description }),
      parameters: schema,
      ...(isStrict ? { strict: true } : {}),
    },
  };
}

function toolChoiceJson(choice: ToolChoice | undefined): Json | undefined {
  return typeof choice === "object" ? { type: "function", function: { name: choice.name } } : choice;
}

function formatJson(format: Format | undefined): Json | undefined {
  if (format === undefined) return undefined;
  if (format.kind === "json") return { type: "json_object" };
  const { name, schema, isStrict } = format;
  return { type: "json_schema", json_schema: { name, schema, ...(isStrict ? { strict: true } : {}) } };
}
