import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import type { DeclaredTool, ModelRequest } from "../request.ts";
import { checkBody, valueInvalid } from "../strict.ts";
import { CHAT_FIELDS, EMBED_FIELDS, GENERATE_FIELDS } from "./fields.table.ts";

/** What a picture is guessed to weigh, in characters of text: about a thousand tokens. */
const IMAGE_CHARACTERS = 4_000;

export function readChatRequest(body: JsonObject): ModelRequest {
  checkBody(body, CHAT_FIELDS);
  const messages = objectsIn(body["messages"]);
  const tools = toolsIn(body["tools"]);
  return {
    ...common(body),
    protocol: "ollama-chat",
    tools,
    inputCharacters: messages.reduce((sum, message) => sum + weightOf(message), toolsWeight(body["tools"])),
    lastAssistantText: textOf(messages.findLast((message) => message["role"] === "assistant")?.["content"]),
  };
}

export function readGenerateRequest(body: JsonObject): ModelRequest {
  checkBody(body, GENERATE_FIELDS);
  const texts = ["prompt", "system", "suffix"].map((name) => textOf(body[name]).length);
  return {
    ...common(body),
    protocol: "ollama-generate",
    tools: [],
    inputCharacters: texts.reduce((sum, length) => sum + length, imagesWeight(body["images"])),
    lastAssistantText: "",
  };
}

export function readEmbedRequest(body: JsonObject): ModelRequest {
  checkBody(body, EMBED_FIELDS);
  const inputs = isList(body["input"]) ? body["input"] : [body["input"]];
  return {
    ...common(body),
    protocol: "ollama-embed",
    isStream: false,
    outputTokensMax: null,
    tools: [],
    inputCharacters: inputs.reduce<number>((sum, input) => sum + textOf(input).length, 0),
    lastAssistantText: "",
  };
}

type Common = Omit<ModelRequest, "protocol" | "tools" | "inputCharacters" | "lastAssistantText">;

/** A stream unless the client says otherwise, with usage always in its last line (docs/api.md). */
function common(body: JsonObject): Common {
  return {
    model: textOf(body["model"]),
    isStream: body["stream"] !== false,
    body,
    hosted: [],
    fetches: [],
    previous: null,
    outputTokensMax: outputMax(body["options"]),
    isUsageWanted: true,
  };
}

/** `num_predict` below 1 means no limit of the client's (-1 endless, -2 until the context is full). */
function outputMax(options: Json | undefined): number | null {
  const wanted = isJsonObject(options) ? options["num_predict"] : null;
  return typeof wanted === "number" && wanted > 0 ? wanted : null;
}

function toolsIn(value: Json | undefined): readonly DeclaredTool[] {
  const names = new Set<string>();
  return objectsIn(value).map((tool, index) => {
    const made = isJsonObject(tool["function"]) ? tool["function"] : {};
    const name = textOf(made["name"]);
    if (names.has(name))
      throw valueInvalid(`tools[${index}].function.name`, "names a tool twice", "Name each tool once.");
    names.add(name);
    const schema = made["parameters"];
    return {
      name,
      description: textOf(made["description"]),
      inputSchema: isJsonObject(schema) ? schema : {},
    };
  });
}

function weightOf(message: JsonObject): number {
  const calls = objectsIn(message["tool_calls"]);
  const texts = textOf(message["content"]).length + textOf(message["thinking"]).length;
  return texts + imagesWeight(message["images"]) + (calls.length === 0 ? 0 : JSON.stringify(calls).length);
}

function toolsWeight(tools: Json | undefined): number {
  return isList(tools) && tools.length > 0 ? JSON.stringify(tools).length : 0;
}

function imagesWeight(images: Json | undefined): number {
  return isList(images) ? images.length * IMAGE_CHARACTERS : 0;
}

function objectsIn(value: Json | undefined): readonly JsonObject[] {
  return isList(value) ? value.filter((item) => isJsonObject(item)) : [];
}

function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
