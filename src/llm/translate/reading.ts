import { Fault, type Json, type JsonObject } from "#base";
import { isJsonObject } from "#wire";
import { readArguments } from "../arguments.ts";
import type { Item } from "./conversation.ts";
import { isList, translationRefused } from "./notes.ts";

// What the readers of all protocols share. Bodies have passed their face's allow-list before.

export function textAt(object: JsonObject, name: string): string {
  const value = object[name];
  return typeof value === "string" ? value : "";
}

export function objectAt(object: JsonObject, name: string): JsonObject {
  const value = object[name];
  return isJsonObject(value) ? value : {};
}

/** The objects of a list with their paths. */
export function objectsAt(
  object: JsonObject,
  name: string,
  path: string,
): readonly (readonly [item: JsonObject, path: string])[] {
  const value: Json | undefined = object[name];
  if (!isList(value)) return [];
  return value.flatMap((item, index) => (isJsonObject(item) ? [[item, `${path}[${index}]`] as const] : []));
}

export function textItems(text: string): readonly Item[] {
  return text === "" ? [] : [{ kind: "text", text }];
}

const DATA_URL = /^data:([^;,]*)(?:;[^;,]*)*;base64,/i;

/** A picture by URL: its bytes where the URL holds them. */
export function pictureAt(url: string, path: string): Item {
  if (!/^data:/i.test(url)) return { kind: "image-url", url };
  const head = DATA_URL.exec(url);
  if (head === null) throw translationRefused(path, "is a data: URL that is not in base64");
  return { kind: "image", mediaType: (head[1] ?? "").toLowerCase(), data: url.slice(head[0].length) };
}

/** The arguments of an earlier call, as one object; some models write none as an empty text. */
export function argumentsAt(text: string, path: string): JsonObject {
  if (text.trim() === "") return {};
  try {
    return readArguments(text);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw translationRefused(path, "is no JSON object that can be read in one way");
  }
}

/** A tool without a schema takes nothing (OpenAI's FunctionDefinition says so). */
export function schemaOf(value: Json | undefined): JsonObject {
  return isJsonObject(value) && Object.keys(value).length > 0 ? value : { type: "object", properties: {} };
}
