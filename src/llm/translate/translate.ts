import { Fault, type JsonObject } from "#base";
import type { Protocol } from "../protocol.ts";
import type { ModelRequest } from "../request.ts";
import { checkContent } from "./check.ts";
import type { Conversation } from "./conversation.ts";
import { embeddingsBody } from "./embeddings.ts";
import { type Target, TARGETS } from "./fates.table.ts";
import { createNotes, noPlace, type Notes } from "./notes.ts";
import { readConversation } from "./read.ts";
import { RULES, type Source } from "./rules.table.ts";
import type { Origins } from "./wishes.ts";
import { writeMessages } from "./write-anthropic.ts";
import { writeOllamaChat, writeOllamaGenerate } from "./write-ollama.ts";
import { writeChat, writeCompletion } from "./write-openai.ts";

/** A request in another protocol. */
export interface Translation {
  /** What `faceOf(to).readRequest` takes. */
  readonly body: JsonObject;
  /** Fields without which the answer is not as it was asked for, but good: by their paths in the client's body. */
  readonly lost: readonly string[];
}

/**
 * A request, read by its own face, in what an upstream speaks. Fault `translation_refused` names the field that matters and
 * has no place there (`parameterOf`), or says that the two protocols cannot be translated at all. What becomes of each
 * field: docs/formats/translations.md.
 */
export function translate(request: ModelRequest, to: Protocol, model: string): Translation {
  const notes = createNotes();
  const { protocol: from } = request;
  if (isEmbedding(from) && isEmbedding(to))
    return { body: embeddingsBody(request, to, { model, notes }), lost: notes.lost() };
  if (!isSource(from) || !isTarget(to)) throw untranslatable(from, to);
  if (request.hosted.length > 0) throw noPlace(request.hosted[0]?.type ?? "tools");
  const { conversation, origins } = readConversation(request, from, to, notes);
  checkContent(conversation, from, to, notes);
  return { body: WRITERS[to]({ conversation, model, origins, notes }), lost: notes.lost() };
}

interface Writing {
  readonly conversation: Conversation;
  readonly model: string;
  readonly origins: Origins;
  readonly notes: Notes;
}

const WRITERS: Readonly<Record<Target, (writing: Writing) => JsonObject>> = {
  "openai-chat": ({ conversation, model, origins }) => writeChat(conversation, model, origins),
  "openai-completions": ({ conversation, model, origins }) => writeCompletion(conversation, model, origins),
  "anthropic-messages": ({ conversation, model, origins, notes }) =>
    writeMessages(conversation, model, origins, notes),
  "ollama-chat": ({ conversation, model, origins }) => writeOllamaChat(conversation, model, origins),
  "ollama-generate": ({ conversation, model }) => writeOllamaGenerate(conversation, model),
};

function isEmbedding(protocol: Protocol): protocol is "openai-embeddings" | "ollama-embed" {
  return protocol === "openai-embeddings" || protocol === "ollama-embed";
}

function isSource(protocol: Protocol): protocol is Source {
  return Object.hasOwn(RULES, protocol);
}

function isTarget(protocol: Protocol): protocol is Target {
  return TARGETS.some((target) => target === protocol);
}

function untranslatable(from: Protocol, to: Protocol): Fault {
  return new Fault(
    "translation_refused",
    `a request in ${from} cannot be said in ${to}`,
    "Ask for a model whose upstream speaks the protocol that you do (`doorward models routes`).",
  );
}
