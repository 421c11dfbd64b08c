import type { JsonObject } from "#base";
import type { Item, Message, Tool } from "./conversation.ts";
import { noPlace, type Notes, sift, translationRefused, withoutIndexes } from "./notes.ts";
import { argumentsAt, objectAt, objectsAt, pictureAt, schemaOf, textAt, textItems } from "./reading.ts";

// npm `openai` 7.57.0, resources/chat/completions/completions.d.ts.

export function readChatMessages(body: JsonObject, notes: Notes): readonly Message[] {
  return objectsAt(body, "messages", "messages").map(([message, path]) => readMessage(message, path, notes));
}

function readMessage(message: JsonObject, path: string, notes: Notes): Message {
  switch (textAt(message, "role")) {
    case "developer":
    case "system":
      sift(message, path, { carried: ["role", "content"], lost: ["name"] }, notes);
      return { role: "system", items: content(message, path, notes), path };
    case "user":
      sift(message, path, { carried: ["role", "content"], lost: ["name"] }, notes);
      return { role: "user", items: content(message, path, notes), path };
    case "assistant":
      return assistant(message, path, notes);
    case "tool":
      return toolResult(message, path, notes);
    default:
      throw translationRefused(
        `${path}.role`,
        "is of the legacy form of calls, which only OpenAI's chats know",
      );
  }
}

function assistant(message: JsonObject, path: string, notes: Notes): Message {
  const carried = ["role", "content", "refusal", "tool_calls", "reasoning_content", "reasoning"];
  sift(message, path, { carried, lost: ["name", "annotations"] }, notes);
  const reasoning = textAt(message, "reasoning_content") || textAt(message, "reasoning");
  const calls = objectsAt(message, "tool_calls", `${path}.tool_calls`).map(([call, at]) =>
    callOf(call, at, notes),
  );
  const thought: readonly Item[] = reasoning === "" ? [] : [{ kind: "reasoning", text: reasoning }];
  const said = [...content(message, path, notes), ...textItems(textAt(message, "refusal"))];
  return { role: "assistant", items: [...thought, ...said, ...calls], path };
}

function callOf(call: JsonObject, path: string, notes: Notes): Item {
  if (textAt(call, "type") !== "function") throw noPlace(`${path}.${textAt(call, "type")}`);
  sift(call, path, { carried: ["id", "type", "index", "function"], lost: ["extra_content"] }, notes);
  const made = objectAt(call, "function");
  const given = argumentsAt(textAt(made, "arguments"), `${path}.function.arguments`);
  return { kind: "call", id: textAt(call, "id"), name: textAt(made, "name"), arguments: given };
}

function toolResult(message: JsonObject, path: string, notes: Notes): Message {
  sift(message, path, { carried: ["role", "content", "tool_call_id", "name"] }, notes);
  const name = textAt(message, "name");
  return {
    role: "tool",
    items: [
      {
        kind: "result",
        callId: textAt(message, "tool_call_id"),
        name: name === "" ? null : name,
        isError: false,
        items: content(message, path, notes),
      },
    ],
    path,
  };
}

function content(message: JsonObject, path: string, notes: Notes): readonly Item[] {
  if (typeof message["content"] === "string") return textItems(message["content"]);
  return objectsAt(message, "content", `${path}.content`).map(([part, at]) => partOf(part, at, notes));
}

function partOf(part: JsonObject, path: string, notes: Notes): Item {
  const type = textAt(part, "type");
  if (type !== "text" && type !== "refusal" && type !== "image_url") throw noPlace(`${path}.${type}`);
  sift(part, path, { carried: ["type", type], lost: ["prompt_cache_breakpoint"] }, notes);
  if (type !== "image_url") return { kind: "text", text: textAt(part, type) };
  const image = objectAt(part, "image_url");
  if (typeof image["detail"] === "string") notes.lose(withoutIndexes(`${path}.image_url.detail`));
  return pictureAt(textAt(image, "url"), `${path}.image_url.url`);
}

export function readChatTools(body: JsonObject): readonly Tool[] {
  return objectsAt(body, "tools", "tools").map(([tool, path]) => {
    if (textAt(tool, "type") !== "function") throw noPlace(`${path}.${textAt(tool, "type")}`);
    return functionTool(objectAt(tool, "function"));
  });
}

export function functionTool(made: JsonObject): Tool {
  return {
    name: textAt(made, "name"),
    description: textAt(made, "description"),
    schema: schemaOf(made["parameters"]),
    isStrict: made["strict"] === true,
  };
}
