import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import type { Protocol } from "./protocol.ts";
import type { ModelRequest } from "./request.ts";

/** What stands in a request for the model to read, and whose it is said to be. */
export type Heard =
  /** The client's own program speaks: system and developer messages. */
  | { readonly kind: "instruction"; readonly text: string }
  /** User-role text: the user's words, or whatever the client put among them. */
  | { readonly kind: "user"; readonly text: string }
  /** What a tool answered, by the call that it is said to answer. */
  | {
      readonly kind: "result";
      readonly callId: string;
      readonly texts: readonly string[];
      readonly isError: boolean;
    }
  /** Anything else: documents, results of tools that an upstream ran, blocks that are not known here. Null: no text (a picture). */
  | { readonly kind: "other"; readonly text: string | null };

/**
 * Everything of a request that a model reads and did not write itself, in its order. What a block is not known for is still
 * read, as `other`: no text is passed over because of where it stands. Shapes: the request tables of each protocol.
 */
export function heardIn({ protocol, body }: ModelRequest): readonly Heard[] {
  return READERS[protocol](body);
}

const chat = (body: JsonObject): readonly Heard[] => listAt(body, "messages").flatMap(chatMessage);

const READERS: Readonly<Record<Protocol, (body: JsonObject) => readonly Heard[]>> = {
  "openai-chat": chat,
  "ollama-chat": chat,
  "anthropic-messages": (body) => [
    ...instructions(body["system"]),
    ...listAt(body, "messages").flatMap(anthropicMessage),
  ],
  "openai-responses": (body) => [...instructions(body["instructions"]), ...responsesInput(body["input"])],
  "openai-completions": promptTexts,
  "ollama-generate": (body) => [
    ...instructions(body["system"]),
    ...instructions(body["template"]),
    ...promptTexts(body),
    ...pictures(body),
  ],
  "openai-embeddings": () => [],
  "ollama-embed": () => [],
};

function chatMessage(message: JsonObject): readonly Heard[] {
  const { role = "", content = null } = message;
  if (role === "system" || role === "developer") return instructions(content);
  if (role === "assistant") return assistantContent(content);
  if (role === "tool" || role === "function") {
    const callId = text(message["tool_call_id"]) || text(message["tool_name"]) || text(message["name"]);
    return [result(callId, content)];
  }
  return [...userContent(content), ...pictures(message)];
}

/** A prompt given as numbers of tokens has no text that could be found again. */
function promptTexts({ prompt = null, suffix = null }: JsonObject): readonly Heard[] {
  const isTokens = list(prompt).some((one) => typeof one !== "string");
  return [...userTexts([prompt, suffix]), ...(isTokens ? [NO_TEXT] : [])];
}

/** Ollama's, beside the text. */
function pictures({ images }: JsonObject): readonly Heard[] {
  return list(images).length > 0 ? [NO_TEXT] : [];
}

const NO_TEXT: Heard = { kind: "other", text: null };

function anthropicMessage({ role = "", content = null }: JsonObject): readonly Heard[] {
  if (role === "system") return instructions(content);
  return role === "assistant" ? assistantContent(content) : userContent(content);
}

function responsesInput(input: Json | undefined): readonly Heard[] {
  if (typeof input === "string") return userTexts([input]);
  return list(input).flatMap((item): readonly Heard[] => {
    if (!isJsonObject(item)) return others(item);
    const type = text(item["type"]);
    if (type.endsWith("_call_output")) return [result(text(item["call_id"]), item["output"] ?? null)];
    if (OWN_ITEMS.has(type)) return [];
    return type === "message" || type === "" ? chatMessage(item) : others(item);
  });
}

/** What the model itself wrote before, and gets back. */
const OWN_ITEMS: ReadonlySet<string> = new Set(["reasoning", "function_call", "custom_tool_call"]);
const OWN_BLOCKS: ReadonlySet<string> = new Set([
  "text",
  "output_text",
  "refusal",
  "thinking",
  "redacted_thinking",
  "tool_use",
]);

/** An answer of the model's own; what an upstream's tools put into it is others' words. */
function assistantContent(content: Json): readonly Heard[] {
  return list(content).flatMap((block) =>
    isJsonObject(block) && OWN_BLOCKS.has(text(block["type"])) ? [] : others(block),
  );
}

function userContent(content: Json): readonly Heard[] {
  if (typeof content === "string") return userTexts([content]);
  return list(content).flatMap((block): readonly Heard[] => {
    if (!isJsonObject(block)) return others(block);
    const type = text(block["type"]);
    if (type === "text" || type === "input_text") return userTexts([block["text"] ?? null]);
    if (type !== "tool_result") return others(block);
    const isError = block["is_error"] === true;
    return [{ ...result(text(block["tool_use_id"]), block["content"] ?? null), isError }];
  });
}

function result(callId: string, content: Json): Extract<Heard, { kind: "result" }> {
  return { kind: "result", callId, texts: leavesOf(content), isError: false };
}

function instructions(content: Json | undefined): readonly Heard[] {
  return leavesOf(content ?? null).map((said) => ({ kind: "instruction", text: said }));
}

function userTexts(texts: readonly Json[]): readonly Heard[] {
  return texts.flatMap(leavesOf).map((said) => ({ kind: "user", text: said }));
}

function others(block: Json): readonly Heard[] {
  const texts = leavesOf(block);
  return texts.length === 0 ? [NO_TEXT] : texts.map((said) => ({ kind: "other", text: said }));
}

/** Bytes in base64 are no text, and marks of caching and types are the client's. */
const WITHOUT_TEXT: ReadonlySet<string> = new Set([
  "data",
  "file_data",
  "image_url",
  "type",
  "cache_control",
  "id",
]);
const DEPTH_MAX = 16;

function leavesOf(value: Json, depth = 0): string[] {
  if (typeof value === "string") return value === "" ? [] : [value];
  if (value === null || typeof value !== "object" || depth >= DEPTH_MAX) return [];
  if (isList(value)) return value.flatMap((item) => leavesOf(item, depth + 1));
  // Anthropic's documents may hold their text where others hold bytes.
  const isPlain = value["media_type"] === "text/plain";
  return Object.entries(value).flatMap(([name, member]) =>
    WITHOUT_TEXT.has(name) && !(isPlain && name === "data") ? [] : leavesOf(member, depth + 1),
  );
}

function listAt(body: JsonObject, name: string): readonly JsonObject[] {
  return list(body[name]).filter((item) => isJsonObject(item));
}

function list(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

function text(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}
