import { digestOf, type JsonObject } from "#base";
import type { Item, Message, Tool } from "./conversation.ts";
import { isList, translationRefused } from "./notes.ts";
import { functionTool } from "./read-openai.ts";
import { objectAt, objectsAt, textAt, textItems } from "./reading.ts";

// ollama/ollama at fb30760996871fa9460115c753afd2c60d4ab0f7, api/types.go.

interface OpenCall {
  readonly id: string;
  readonly name: string;
}

/** Calls have no id of their own here: each gets one, and a result goes to the first open call of its tool. */
export function readOllamaMessages(body: JsonObject): readonly Message[] {
  const open: OpenCall[] = [];
  return objectsAt(body, "messages", "messages").map(([message, path]): Message => {
    const role = textAt(message, "role");
    const said = [...textItems(textAt(message, "content")), ...imagesOf(message)];
    if (role === "tool") return { role, items: [resultOf(message, { path, items: said, open })], path };
    if (role === "assistant")
      return { role, items: [...thinkingOf(message), ...said, ...callsOf(message, path, open)], path };
    return { role: role === "system" ? "system" : "user", items: said, path };
  });
}

function thinkingOf(message: JsonObject): readonly Item[] {
  const text = textAt(message, "thinking");
  return text === "" ? [] : [{ kind: "reasoning", text }];
}

function callsOf(message: JsonObject, path: string, open: OpenCall[]): readonly Item[] {
  return objectsAt(message, "tool_calls", `${path}.tool_calls`).map(([call, at]): Item => {
    const made = objectAt(call, "function");
    const name = textAt(made, "name");
    const given = objectAt(made, "arguments");
    const id = textAt(call, "id") || `call_${digestOf({ at, name, given }).slice(7, 31)}`;
    open.push({ id, name });
    return { kind: "call", id, name, arguments: given };
  });
}

interface Answering {
  readonly path: string;
  readonly items: readonly Item[];
  readonly open: OpenCall[];
}

function resultOf(message: JsonObject, { path, items, open }: Answering): Item {
  const id = textAt(message, "tool_call_id");
  const name = textAt(message, "tool_name");
  const at = open.findIndex((call) => (id === "" ? name === "" || call.name === name : call.id === id));
  const [call] = at === -1 ? [] : open.splice(at, 1);
  if (call === undefined) throw translationRefused(path, "answers no call of this conversation");
  return { kind: "result", callId: call.id, name: call.name, isError: false, items };
}

/** Ollama takes a picture's bytes and looks at them itself; others must be told what they are. */
export function imagesOf(holder: JsonObject): readonly Item[] {
  const { images } = holder;
  if (!isList(images)) return [];
  return images.flatMap((data) =>
    typeof data === "string" ? [imageOf(data.replaceAll(/[\r\n]/g, ""))] : [],
  );
}

/** First bytes of PNG, JPEG, GIF and RIFF (WebP), in base64. */
const MAGIC: readonly (readonly [start: string, mediaType: string])[] = [
  ["iVBORw0KGgo", "image/png"],
  ["/9j/", "image/jpeg"],
  ["R0lGOD", "image/gif"],
  ["UklGR", "image/webp"],
];

function imageOf(data: string): Item {
  const mediaType = MAGIC.find(([start]) => data.startsWith(start))?.[1] ?? "";
  return { kind: "image", mediaType, data };
}

export function readOllamaTools(body: JsonObject): readonly Tool[] {
  return objectsAt(body, "tools", "tools").map(([tool]) => functionTool(objectAt(tool, "function")));
}
