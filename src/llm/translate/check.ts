import { unreachable } from "#base";
import type { Conversation, Item, Message } from "./conversation.ts";
import { type Content, fateOf, GOES_ON, type Target } from "./fates.table.ts";
import { noPlace, type Notes, translationRefused, withoutIndexes } from "./notes.ts";
import type { Source } from "./rules.table.ts";

/** Whether the target can say what the conversation holds. Notes what is lost; Fault `translation_refused` for what may not be. */
export function checkContent(conversation: Conversation, from: Source, to: Target, notes: Notes): void {
  const { messages, tools, suffix } = conversation;
  const check = (what: Content, path: string): void => judge(what, to, { path, notes });
  if (tools.length > 0) check("tools", "tools");
  if (tools.some(({ isStrict }) => isStrict)) check("strict-tools", "tools[].strict");
  if (suffix !== null) check("suffix", "suffix");
  for (const message of messages) {
    for (const item of message.items) for (const what of contentOf(item)) check(what, message.path);
  }
  if (GOES_ON.has(from) !== GOES_ON.has(to)) checkEnd(messages);
  if (!isOnePrompt(messages, to)) check("history", messages[0]?.path ?? "messages");
}

function judge(
  what: Content,
  to: Target,
  { path, notes }: { readonly path: string; readonly notes: Notes },
): void {
  const fate = fateOf(what, to);
  if (fate === "refused") throw unsayable(what, path);
  if (fate === "lost") notes.lose(withoutIndexes(path), what);
}

function unsayable(what: Content, path: string) {
  return what === "tools" || what === "suffix"
    ? noPlace(path)
    : translationRefused(path, `holds ${WORDS[what]}`);
}

const WORDS: Readonly<Record<Content, string>> = {
  images: "a picture, which what the model's upstream is spoken to in has no place for",
  "image-urls": "a picture by its URL, which the model's upstream would not fetch",
  tools: "tools",
  "strict-tools": "tools that must be called strictly by their schema",
  "result-images": "a picture in a tool's result, where the model's upstream reads text only",
  "result-errors": "a tool's error",
  reasoning: "reasoning",
  suffix: "a suffix",
  history: "a conversation, where the model's upstream reads one prompt only",
};

function checkEnd(messages: readonly Message[]): void {
  const last = messages.at(-1);
  if (last?.role !== "assistant" || last.items.length === 0) return;
  throw translationRefused(
    last.path,
    "ends the conversation with the assistant's own words: where some models go on with them, others answer them",
  );
}

/** Completions know one prompt, and Ollama's a system text before it. */
function isOnePrompt(messages: readonly Message[], to: Target): boolean {
  if (to !== "openai-completions" && to !== "ollama-generate") return true;
  const rest = to === "ollama-generate" && messages[0]?.role === "system" ? messages.slice(1) : messages;
  return rest.length === 1 && rest[0]?.role === "user";
}

function contentOf(item: Item): readonly Content[] {
  switch (item.kind) {
    case "image":
      return ["images"];
    case "image-url":
      return ["image-urls"];
    case "reasoning":
      return ["reasoning"];
    case "result":
      return resultContent(item);
    case "text":
    case "call":
      return [];
    default:
      return unreachable(item);
  }
}

function resultContent(item: Extract<Item, { kind: "result" }>): readonly Content[] {
  const pictures: readonly Content[] = item.items.some(({ kind }) => kind !== "text")
    ? ["result-images"]
    : [];
  return item.isError ? [...pictures, "result-errors"] : pictures;
}
