import { digestOf, type Json, type JsonObject, unreachable } from "#base";
import type { Conversation, Format, Item, Message, Tool, ToolChoice, Wishes } from "./conversation.ts";
import { textOf } from "./conversation.ts";
import { type Notes, translationRefused } from "./notes.ts";
import type { Origins } from "./wishes.ts";
import { set } from "./writing.ts";

// npm `@anthropic-ai/sdk` 1.12.0, resources/messages/messages.d.ts.

/** Anthropic must be told how long an answer may be; every model of its takes this much. */
const OUTPUT_TOKENS = 4_096;

export function writeMessages(
  conversation: Conversation,
  model: string,
  origins: Origins,
  notes: Notes,
): JsonObject {
  const { messages, tools, wishes, isStream } = conversation;
  const first = messages.findIndex(({ role }) => role !== "system");
  const system = messages.slice(0, first === -1 ? messages.length : first);
  if (wishes.maxTokens === undefined)
    notes.lose("max_tokens", `Anthropic needs one; ${OUTPUT_TOKENS} was said`);
  return {
    model,
    max_tokens: wishes.maxTokens ?? OUTPUT_TOKENS,
    ...set("system", system.length === 0 ? undefined : textOf(system.flatMap(({ items }) => items))),
    messages: joined(messages.slice(system.length)).flatMap(messageJson),
    ...(tools.length === 0 ? {} : { tools: tools.map(toolJson) }),
    ...set("stop_sequences", stopJson(wishes.stop, origins)),
    ...set("tool_choice", toolChoiceJson(wishes, tools.length > 0)),
    ...set("output_config", formatJson(wishes.format, origins)),
    ...(isStream ? { stream: true } : {}),
  };
}

function stopJson(stop: readonly string[] | undefined, origins: Origins): Json | undefined {
  if (stop?.some((text) => text.trim() === "") !== true) return stop;
  throw translationRefused(
    origins.get("stop") ?? "stop",
    "holds a text of white space only, which Anthropic does not take",
  );
}

/** Results of tools stand in a user's message, together with what the user said after them. */
function joined(messages: readonly Message[]): readonly Message[] {
  const out: Message[] = [];
  for (const message of messages) {
    const role = message.role === "tool" ? "user" : message.role;
    const last = out.at(-1);
    if (last?.role === role) out[out.length - 1] = { ...last, items: [...last.items, ...message.items] };
    else out.push({ ...message, role });
  }
  return out;
}

/** An empty message says nothing, and is not taken. */
function messageJson({ role, items, path }: Message): readonly JsonObject[] {
  const content = items.flatMap((item) => blockJson(item, path));
  if (content.length === 0) return [];
  const isText = items.every(({ kind }) => kind === "text");
  return [{ role, content: isText ? textOf(items) : content }];
}

function blockJson(item: Item, path: string): readonly JsonObject[] {
  switch (item.kind) {
    case "text":
      return item.text === "" ? [] : [{ type: "text", text: item.text }];
    case "image":
      return [
        {
          type: "image",
          source: { type: "base64", media_type: mediaTypeOf(item.mediaType, path), data: item.data },
        },
      ];
    case "image-url":
      return [{ type: "image", source: { type: "url", url: item.url } }];
    case "call":
      return [{ type: "tool_use", id: idOf(item.id), name: item.name, input: item.arguments }];
    case "result":
      return [resultJson(item, path)];
    case "reasoning":
      return [];
    default:
      return unreachable(item);
  }
}

function resultJson(item: Extract<Item, { kind: "result" }>, path: string): JsonObject {
  const isText = item.items.every(({ kind }) => kind === "text");
  return {
    type: "tool_result",
    tool_use_id: idOf(item.callId),
    content: isText ? textOf(item.items) : item.items.flatMap((one) => blockJson(one, path)),
    ...(item.isError ? { is_error: true } : {}),
  };
}

const MEDIA_TYPES: ReadonlySet<string> = new Set(["image/jpeg", "image/png", "image/gif", "image/webp"]);

function mediaTypeOf(mediaType: string, path: string): string {
  const known = mediaType === "image/jpg" ? "image/jpeg" : mediaType;
  if (!MEDIA_TYPES.has(known))
    throw translationRefused(path, "holds a picture that is no PNG, JPEG, GIF or WebP");
  return known;
}

/** Anthropic takes ids of letters, digits, `_` and `-`; any other becomes one, the same wherever it stands. */
function idOf(id: string): string {
  return /^[a-zA-Z0-9_-]{1,128}$/.test(id) ? id : `toolu_${digestOf(id).slice(7, 31)}`;
}

function toolJson({ name, description, schema, isStrict }: Tool): JsonObject {
  return {
    name,
    ...(description === "" ? {} : { description }),
    input_schema: { type: "object", ...schema },
    ...(isStrict ? { strict: true } : {}),
  };
}

function toolChoiceJson({ toolChoice, serialCalls }: Wishes, hasTools: boolean): Json | undefined {
  if (!hasTools) return undefined;
  if (toolChoice === "none") return { type: "none" };
  const serial: JsonObject = serialCalls === true ? { disable_parallel_tool_use: true } : {};
  const choice = choiceOf(toolChoice);
  return choice === null && serialCalls !== true ? undefined : { ...(choice ?? { type: "auto" }), ...serial };
}

function choiceOf(choice: ToolChoice | undefined): JsonObject | null {
  if (choice === "required") return { type: "any" };
  return typeof choice === "object" ? { type: "tool", name: choice.name } : null;
}

function formatJson(format: Format | undefined, origins: Origins): Json | undefined {
  if (format === undefined) return undefined;
  if (format.kind === "schema") return { format: { type: "json_schema", schema: format.schema } };
  throw translationRefused(
    origins.get("format") ?? "format",
    "asks for any JSON, where Anthropic needs a schema",
  );
}
