import type { JsonObject } from "#base";
import { isJsonObject } from "#wire";
import type { Item, Message, Tool } from "./conversation.ts";
import { noPlace, type Notes, sift, withoutIndexes } from "./notes.ts";
import { objectAt, objectsAt, schemaOf, textAt, textItems } from "./reading.ts";

// npm `@anthropic-ai/sdk` 1.12.0, resources/messages/messages.d.ts.

export function readAnthropicMessages(body: JsonObject, notes: Notes): readonly Message[] {
  const system = contentOf(body, "system", { path: "", notes });
  const first: readonly Message[] =
    system.length === 0 ? [] : [{ role: "system", items: system, path: "system" }];
  const rest = objectsAt(body, "messages", "messages").flatMap(([message, path]): readonly Message[] => {
    const role = textAt(message, "role");
    const items = contentOf(message, "content", { path: `${path}.`, notes });
    if (role !== "user") return [{ role: role === "system" ? "system" : "assistant", items, path }];
    return split(items, path);
  });
  return [...first, ...rest];
}

/** Results of tools stand in a user's message here, and in messages of their own elsewhere. */
function split(items: readonly Item[], path: string): readonly Message[] {
  const messages: Message[] = [];
  for (const item of items) {
    const role = item.kind === "result" ? "tool" : "user";
    const last = messages.at(-1);
    if (last?.role === role) messages[messages.length - 1] = { ...last, items: [...last.items, item] };
    else messages.push({ role, items: [item], path });
  }
  return messages.length === 0 ? [{ role: "user", items: [], path }] : messages;
}

interface Place {
  /** With its last point. */
  readonly path: string;
  readonly notes: Notes;
}

function contentOf(holder: JsonObject, name: string, { path, notes }: Place): readonly Item[] {
  const value = holder[name];
  if (typeof value === "string") return textItems(value);
  return objectsAt(holder, name, `${path}${name}`).flatMap(([block, at]) => blockOf(block, at, notes));
}

function blockOf(block: JsonObject, path: string, notes: Notes): readonly Item[] {
  switch (textAt(block, "type")) {
    case "text":
      sift(block, path, { carried: ["type", "text"], lost: ["cache_control", "citations"] }, notes);
      return textItems(textAt(block, "text"));
    case "image":
      return [imageOf(block, path, notes)];
    case "thinking":
      return [{ kind: "reasoning", text: textAt(block, "thinking") }];
    case "redacted_thinking":
      notes.lose(withoutIndexes(path), "thinking that only its provider can read");
      return [];
    case "tool_use":
      return [callOf(block, path, notes)];
    case "tool_result":
      return [resultOf(block, path, notes)];
    default:
      throw noPlace(`${path}.${textAt(block, "type")}`);
  }
}

function imageOf(block: JsonObject, path: string, notes: Notes): Item {
  sift(block, path, { carried: ["type", "source"], lost: ["cache_control", "transformations"] }, notes);
  const source = objectAt(block, "source");
  if (source["type"] === "url") return { kind: "image-url", url: textAt(source, "url") };
  return { kind: "image", mediaType: textAt(source, "media_type"), data: textAt(source, "data") };
}

function callOf(block: JsonObject, path: string, notes: Notes): Item {
  const carried = ["type", "id", "name", "input", "caller"];
  sift(block, path, { carried, lost: ["cache_control"] }, notes);
  return {
    kind: "call",
    id: textAt(block, "id"),
    name: textAt(block, "name"),
    arguments: objectAt(block, "input"),
  };
}

function resultOf(block: JsonObject, path: string, notes: Notes): Item {
  const carried = ["type", "tool_use_id", "content", "is_error"];
  sift(block, path, { carried, lost: ["cache_control"] }, notes);
  return {
    kind: "result",
    callId: textAt(block, "tool_use_id"),
    name: null,
    isError: block["is_error"] === true,
    items: contentOf(block, "content", { path: `${path}.`, notes }),
  };
}

export function readAnthropicTools(body: JsonObject, notes: Notes): readonly Tool[] {
  return objectsAt(body, "tools", "tools").map(([tool, path]) => {
    if (!isJsonObject(tool["input_schema"])) throw noPlace(`${path}.${textAt(tool, "type")}`);
    const carried = ["type", "name", "description", "input_schema", "strict", "allowed_callers"];
    const lost = ["cache_control", "input_examples", "eager_input_streaming", "defer_loading"];
    sift(tool, path, { carried, lost }, notes);
    return {
      name: textAt(tool, "name"),
      description: textAt(tool, "description"),
      schema: schemaOf(tool["input_schema"]),
      isStrict: tool["strict"] === true,
    };
  });
}
