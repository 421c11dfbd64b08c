import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import { charactersOf } from "../characters.ts";
import { listAt, objectAt, objectsAt, textAt } from "./fields.ts";
import { fetchedUrl, MEDIA_CHARACTERS } from "./media.ts";

/** What a conversation weighs and what the upstream would fetch for it. */
export interface Conversation {
  readonly characters: number;
  readonly fetches: readonly string[];
  readonly lastAssistantText: string;
}

interface Sums {
  characters: number;
  readonly fetches: string[];
}

/** Reads `messages` of a body that the allow-list has passed. Throws Fault `llm_value_invalid` for a URL of no known scheme. */
export function readConversation(messages: readonly Json[]): Conversation {
  const sums: Sums = { characters: 0, fetches: [] };
  let assistant: JsonObject | null = null;
  for (let at = 0; at < messages.length; at += 1) {
    const message = messages[at];
    if (!isJsonObject(message)) continue;
    if (message["role"] === "assistant") assistant = message;
    addMessage(sums, message, `messages[${at}]`);
  }
  return { ...sums, lastAssistantText: assistant === null ? "" : contentText(assistant["content"]) };
}

function addMessage(sums: Sums, message: JsonObject, path: string): void {
  for (const name in message) {
    const value = message[name];
    if (name === "role") sums.characters += 8;
    else if (name !== "content" || !Array.isArray(value)) sums.characters += charactersOf(value);
    else for (let at = 0; at < value.length; at += 1) addPart(sums, value[at], `${path}.content[${at}]`);
  }
}

function addPart(sums: Sums, part: Json | undefined, path: string): void {
  if (!isJsonObject(part)) return;
  const type = part["type"];
  if (type === "image_url")
    addUrl(sums, textAt(objectAt(part, "image_url") ?? {}, "url"), `${path}.image_url.url`, false);
  else if (type === "input_audio")
    addUrl(sums, textAt(objectAt(part, "input_audio") ?? {}, "data"), `${path}.input_audio.data`, true);
  else if (type === "file")
    addUrl(sums, textAt(objectAt(part, "file") ?? {}, "file_data"), `${path}.file.file_data`, true);
  else sums.characters += charactersOf(part["text"] ?? part["refusal"]);
}

function addUrl(sums: Sums, url: string | null, path: string, isBase64Taken: boolean): void {
  sums.characters += MEDIA_CHARACTERS;
  const fetched = url === null ? null : fetchedUrl(url, path, isBase64Taken);
  if (fetched !== null) sums.fetches.push(fetched);
}

/** The text of a message's content, whichever of its forms it has. */
export function contentText(content: Json | undefined): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return objectsAt({ content }, "content")
    .map((part) => textAt(part, "text") ?? "")
    .join("");
}

export function messagesOf(body: JsonObject): readonly Json[] {
  return listAt(body, "messages");
}
