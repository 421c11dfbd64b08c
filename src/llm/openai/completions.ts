import type { JsonObject } from "#base";
import type { AnswerHead, AnswerWriter, Delta, Face } from "../face.ts";
import type { ModelRequest } from "../request.ts";
import type { TextPlace } from "../stream/alike.ts";
import { answerMalformed } from "../stream/faults.ts";
import { checkHidden } from "../stream/hidden.ts";
import { checkBody } from "../strict.ts";
import { type Finish, type Turn, textOf, type Usage } from "../turn.ts";
import { textOrNull } from "./open-call.ts";
import { nothingHidden, onlyChoice } from "./chat-choice.ts";
import { createEventStreamReader, isChoiceless, readHead, readReason } from "./chat-reader.ts";
import { forwardedBody, isUsageWanted } from "./chat-request.ts";
import { createChunkWriter, KEEP_ALIVE } from "./chunks.ts";
import { COMPLETION_BODY } from "./completions.table.ts";
import { numberAt, objectsAt, textAt } from "./fields.ts";
import { writeFinish } from "./finish.ts";
import { promptCharacters } from "./measure.ts";
import { errorText } from "../stream/errors.ts";
import { openaiProblem } from "./problem.ts";
import { createTurnBuilder, type TurnBuilder } from "./turn-builder.ts";
import { readUsage, writeUsage } from "./usage.ts";

// The legacy POST /v1/completions. Source: npm `openai` 7.57.0, resources/completions.d.ts (Completion, CompletionChoice):
// a stream is made of the same objects as a whole answer.

function readRequest(body: JsonObject): ModelRequest {
  checkBody(body, COMPLETION_BODY);
  return {
    protocol: "openai-completions",
    model: textAt(body, "model") ?? "",
    isStream: body["stream"] === true,
    body,
    tools: [],
    hosted: [],
    fetches: [],
    previous: null,
    outputTokensMax: numberAt(body, "max_tokens"),
    isUsageWanted: isUsageWanted(body),
    inputCharacters: promptCharacters(body["prompt"]) + promptCharacters(body["suffix"]),
    lastAssistantText: "",
  };
}

/** `choices[0].text`. */
const COMPLETION_TEXT: TextPlace = {
  name: "text",
  textOf: (event) => textAt(objectsAt(event, "choices")[0] ?? {}, "text"),
  withText: (event, text) => ({ ...event, choices: [{ ...objectsAt(event, "choices")[0], text }] }),
};

/** Reads one `text_completion`, whole or a part of a stream. */
function readCompletion(event: JsonObject, builder: TurnBuilder): readonly Delta[] {
  const deltas: Delta[] = [];
  readHead(event, builder, deltas);
  const choice = isChoiceless(event) ? null : onlyChoice(event);
  if (choice !== null) readChoice(choice, builder, deltas);
  const usage = readUsage(event["usage"]);
  if (usage !== null) {
    builder.usage(usage);
    deltas.push({ kind: "usage", usage });
  }
  return deltas;
}

function readChoice(choice: JsonObject, builder: TurnBuilder, deltas: Delta[]): void {
  nothingHidden(choice);
  checkHidden(choice);
  for (const name of ["delta", "message"])
    if (choice[name]) throw answerMalformed(`has a \`${name}\` where the protocol has none`);
  const text = textOrNull(choice["text"], "text");
  if (text) {
    builder.text(text);
    deltas.push({ kind: "text", text });
  }
  readReason(choice, builder, deltas);
}

function readAnswer(body: JsonObject): Turn {
  if (body["error"]) throw answerMalformed(`is an error: ${errorText(body["error"])}`);
  const builder = createTurnBuilder();
  if (onlyChoice(body) === null) throw answerMalformed("has no choice");
  readCompletion(body, builder);
  return builder.turn();
}

/** Reasoning and calls have no place in this protocol: nothing is written for them. */
function createWriter(head: AnswerHead): AnswerWriter {
  const chunks = createChunkWriter(head, "text_completion");
  const piece = (text: string, reason: string | null): string =>
    chunks.chunk({ index: 0, text, logprobs: null, finish_reason: reason });
  return {
    passed: chunks.passed,
    text: (text) => (text === "" ? "" : piece(text, null)),
    reasoning: () => "",
    call: () => "",
    end: (finish: Finish, usage: Usage | null) =>
      (chunks.isFinished() ? "" : piece("", writeFinish(finish, "none"))) + chunks.end(usage),
    keepAlive: () => KEEP_ALIVE,
    failed: chunks.failed,
  };
}

function whole(turn: Turn, head: AnswerHead): JsonObject {
  const reason = writeFinish(turn.finish, "none");
  return {
    id: head.id,
    object: "text_completion",
    created: head.createdAt,
    model: head.model,
    choices: [{ index: 0, text: textOf(turn), logprobs: null, finish_reason: reason }],
    ...(turn.usage === null ? {} : { usage: writeUsage(turn.usage) }),
    ...head.mark,
  };
}

/** OpenAI's text completions without a chat. */
export const openaiCompletions: Face = {
  protocol: "openai-completions",
  task: "generate",
  streamType: "text/event-stream",
  readRequest,
  forwarded: forwardedBody,
  readAnswer,
  createReader: () => createEventStreamReader(readCompletion, COMPLETION_TEXT),
  createWriter,
  whole,
  refuseCalls: (body) => body,
  problem: openaiProblem,
};
