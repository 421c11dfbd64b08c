import type { JsonObject } from "#base";
import type { Item, Message, Tool } from "./conversation.ts";
import { isList, noPlace, type Notes, sift, withoutIndexes } from "./notes.ts";
import { functionTool } from "./read-openai.ts";
import { argumentsAt, objectsAt, pictureAt, textAt, textItems } from "./reading.ts";

// npm `openai` 7.57.0, resources/responses/responses.d.ts.

/** Ids and states that the upstream gave an item: they mean nothing to another. */
const OWN = ["type", "id", "status", "created_by", "caller", "namespace", "async"];

/** What the model said and called in one go stands in several items here, and in one message elsewhere. */
export function readResponsesMessages(body: JsonObject, notes: Notes): readonly Message[] {
  checkIncluded(body, notes);
  const instructions = textItems(textAt(body, "instructions"));
  const messages: Message[] =
    instructions.length === 0 ? [] : [{ role: "system", items: instructions, path: "instructions" }];
  if (typeof body["input"] === "string") {
    return [...messages, { role: "user", items: textItems(body["input"]), path: "input" }];
  }
  for (const [item, path] of objectsAt(body, "input", "input")) join(messages, itemOf(item, path, notes));
  return messages;
}

function join(messages: Message[], next: Message): void {
  const last = messages.at(-1);
  const isOneTurn = last?.role === next.role && (next.role === "assistant" || next.role === "tool");
  if (last === undefined || !isOneTurn) messages.push(next);
  else messages[messages.length - 1] = { ...last, items: [...last.items, ...next.items] };
}

function itemOf(item: JsonObject, path: string, notes: Notes): Message {
  const type = textAt(item, "type");
  if (type === "" || type === "message") return messageOf(item, path, notes);
  if (type === "function_call") return { role: "assistant", items: [callOf(item, path, notes)], path };
  if (type === "function_call_output") return { role: "tool", items: [resultOf(item, path, notes)], path };
  if (type === "reasoning") return { role: "assistant", items: reasoningOf(item, path, notes), path };
  throw noPlace(`${path}.${type}`);
}

function messageOf(item: JsonObject, path: string, notes: Notes): Message {
  sift(item, path, { carried: [...OWN, "role", "content"], lost: ["phase"] }, notes);
  const role = textAt(item, "role");
  const items = partsOf(item, "content", { path, notes });
  return { role: role === "user" || role === "assistant" ? role : "system", items, path };
}

function callOf(item: JsonObject, path: string, notes: Notes): Item {
  sift(item, path, { carried: [...OWN, "call_id", "name", "arguments"] }, notes);
  const given = argumentsAt(textAt(item, "arguments"), `${path}.arguments`);
  return { kind: "call", id: textAt(item, "call_id"), name: textAt(item, "name"), arguments: given };
}

function resultOf(item: JsonObject, path: string, notes: Notes): Item {
  sift(item, path, { carried: [...OWN, "call_id", "output", "name"] }, notes);
  const name = textAt(item, "name");
  return {
    kind: "result",
    callId: textAt(item, "call_id"),
    name: name === "" ? null : name,
    isError: false,
    items: partsOf(item, "output", { path, notes }),
  };
}

function reasoningOf(item: JsonObject, path: string, notes: Notes): readonly Item[] {
  sift(item, path, { carried: [...OWN, "summary", "content"], lost: ["encrypted_content"] }, notes);
  const texts = [...objectsAt(item, "content", path), ...objectsAt(item, "summary", path)];
  const text = texts.map(([part]) => textAt(part, "text")).join("\n");
  return text === "" ? [] : [{ kind: "reasoning", text }];
}

interface Place {
  readonly path: string;
  readonly notes: Notes;
}

function partsOf(item: JsonObject, name: string, { path, notes }: Place): readonly Item[] {
  const value = item[name];
  if (typeof value === "string") return textItems(value);
  return objectsAt(item, name, `${path}.${name}`).map(([part, at]) => partOf(part, at, notes));
}

function partOf(part: JsonObject, path: string, notes: Notes): Item {
  const type = textAt(part, "type");
  if (type === "input_image") {
    sift(part, path, { carried: ["type", "image_url"], lost: ["detail", "prompt_cache_breakpoint"] }, notes);
    return pictureAt(textAt(part, "image_url"), `${path}.image_url`);
  }
  if (type === "refusal") return { kind: "text", text: textAt(part, "refusal") };
  if (type !== "input_text" && type !== "output_text" && type !== "text") throw noPlace(`${path}.${type}`);
  if (isList(part["annotations"]) && part["annotations"].length > 0)
    notes.lose(withoutIndexes(`${path}.annotations`));
  return { kind: "text", text: textAt(part, "text") };
}

/** Encrypted reasoning is the upstream's own; anything else that is asked to be included would be missed. */
function checkIncluded(body: JsonObject, notes: Notes): void {
  const { include } = body;
  if (!isList(include)) return;
  for (const [index, what] of include.entries()) {
    if (what === "reasoning.encrypted_content") notes.lose("include: reasoning.encrypted_content");
    else throw noPlace(`include[${index}]`);
  }
}

export function readResponsesTools(body: JsonObject, notes: Notes): readonly Tool[] {
  return objectsAt(body, "tools", "tools").map(([tool, path]) => {
    if (textAt(tool, "type") !== "function") throw noPlace(`${path}.${textAt(tool, "type")}`);
    const carried = [
      "type",
      "name",
      "description",
      "parameters",
      "strict",
      "allowed_callers",
      "async",
      "defer_loading",
    ];
    sift(tool, path, { carried, lost: ["output_schema"] }, notes);
    return functionTool(tool);
  });
}
