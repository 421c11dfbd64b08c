import type { JsonObject } from "#base";
import type { ModelRequest } from "../request.ts";
import type { Conversation, Message, Tool } from "./conversation.ts";
import type { Target } from "./fates.table.ts";
import { isList, type Notes, translationRefused } from "./notes.ts";
import { readAnthropicMessages, readAnthropicTools } from "./read-anthropic.ts";
import { imagesOf, readOllamaMessages, readOllamaTools } from "./read-ollama.ts";
import { readChatMessages, readChatTools } from "./read-openai.ts";
import { readResponsesMessages, readResponsesTools } from "./read-responses.ts";
import { textAt, textItems } from "./reading.ts";
import { RULES, type Source } from "./rules.table.ts";
import { type Origins, readWishes } from "./wishes.ts";

export interface Read {
  readonly conversation: Conversation;
  readonly origins: Origins;
}

interface Said {
  readonly messages: readonly Message[];
  readonly tools: readonly Tool[];
}

type Reader = (body: JsonObject, notes: Notes, to: Target) => Said;

const READERS: Readonly<Record<Source, Reader>> = {
  "openai-chat": (body, notes) => ({ messages: readChatMessages(body, notes), tools: readChatTools(body) }),
  "openai-responses": (body, notes) => ({
    messages: readResponsesMessages(body, notes),
    tools: readResponsesTools(body, notes),
  }),
  "anthropic-messages": (body, notes) => ({
    messages: readAnthropicMessages(body, notes),
    tools: readAnthropicTools(body, notes),
  }),
  "ollama-chat": (body) => ({ messages: readOllamaMessages(body), tools: readOllamaTools(body) }),
  "openai-completions": readCompletion,
  "ollama-generate": readGenerate,
};

/** A request of a source's face, read strictly before, as far as the target can carry it. */
export function readConversation(request: ModelRequest, from: Source, to: Target, notes: Notes): Read {
  const { body } = request;
  const { wishes, origins } = readWishes(body, RULES[from], to, notes);
  const { messages, tools } = READERS[from](body, notes, to);
  const suffix = textAt(body, "suffix");
  return {
    conversation: {
      messages,
      tools,
      wishes,
      isStream: request.isStream,
      suffix: suffix === "" ? null : suffix,
    },
    origins,
  };
}

/** Without a template of the model's, as its text goes on: only another of these endpoints reads it so. */
function readCompletion(body: JsonObject, notes: Notes, to: Target): Said {
  const { prompt } = body;
  const text = isList(prompt) && prompt.length === 1 ? prompt[0] : prompt;
  if (typeof text !== "string")
    throw translationRefused("prompt", "holds tokens, which only the model's own runtime can read");
  if (to !== "openai-completions") notes.lose("prompt", "the model reads it as a user's message");
  return { messages: [{ role: "user", items: textItems(text), path: "prompt" }], tools: [] };
}

function readGenerate(body: JsonObject, notes: Notes, to: Target): Said {
  if (to === "openai-completions") notes.lose("prompt", "the model reads it without its template");
  const system = textItems(textAt(body, "system"));
  const user: Message = {
    role: "user",
    items: [...textItems(textAt(body, "prompt")), ...imagesOf(body)],
    path: "prompt",
  };
  return {
    messages: system.length === 0 ? [user] : [{ role: "system", items: system, path: "system" }, user],
    tools: [],
  };
}
