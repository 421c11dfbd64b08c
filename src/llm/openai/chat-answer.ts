import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import type { AnswerHead } from "../face.ts";
import { answerMalformed } from "../stream/faults.ts";
import { checkHiddenBut } from "../stream/hidden.ts";
import { callsOf, type Turn, textOf } from "../turn.ts";
import { nothingHidden, onlyChoice, readDelta } from "./chat-choice.ts";
import { readHead, readReason } from "./chat-reader.ts";
import { writtenCall } from "./chat-writer.ts";
import { objectAt, objectsAt } from "./fields.ts";
import { writeFinish } from "./finish.ts";
import { errorText } from "../stream/errors.ts";
import { createTurnBuilder } from "./turn-builder.ts";
import { readUsage, writeUsage } from "./usage.ts";

/** Reads a whole `chat.completion`. Throws Fault `answer_malformed`. */
export function readChatAnswer(body: JsonObject): Turn {
  if (body["error"]) throw answerMalformed(`is an error: ${errorText(body["error"])}`);
  const builder = createTurnBuilder(true);
  readHead(body, builder, []);
  const choice = onlyChoice(body);
  if (choice === null) throw answerMalformed("has no choice");
  nothingHidden(choice);
  if (isJsonObject(choice["delta"])) nothingHidden(choice["delta"]);
  checkHiddenBut(choice, MESSAGE);
  const message = choice["message"];
  if (!isJsonObject(message)) throw answerMalformed("has no message");
  readDelta(message, builder);
  readReason(choice, builder, []);
  builder.check();
  const usage = readUsage(body["usage"]);
  if (usage !== null) builder.usage(usage);
  return builder.turn();
}

const MESSAGE = new Set(["message"]);

/** A whole `chat.completion`. Source: npm `openai` 7.57.0, resources/chat/completions/completions.d.ts, ChatCompletion. */
export function wholeChat(turn: Turn, head: AnswerHead): JsonObject {
  const calls = callsOf(turn);
  const tools = calls.filter(({ kind }) => kind === "function" || kind === "custom");
  const legacy = calls.find(({ kind }) => kind === "legacy");
  const text = textOf(turn);
  const reasoning = turn.parts.map((part) => (part.kind === "reasoning" ? part.text : "")).join("");
  const hasCalls = tools.length > 0 || legacy !== undefined;
  const message: JsonObject = {
    role: "assistant",
    content: text === "" && hasCalls ? null : text,
    refusal: null,
    ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
    ...(tools.length === 0 ? {} : { tool_calls: tools.map(writtenCall) }),
    ...(legacy === undefined ? {} : { function_call: { name: legacy.name, arguments: legacy.arguments } }),
  };
  const written = tools.length > 0 ? "calls" : legacy === undefined ? "none" : "legacy";
  const reason = writeFinish(turn.finish, written);
  return {
    id: head.id,
    object: "chat.completion",
    created: head.createdAt,
    model: head.model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: reason }],
    ...(turn.usage === null ? {} : { usage: writeUsage(turn.usage) }),
    ...head.mark,
  };
}

/**
 * The upstream's own answer with the calls at these indexes taken out and their texts after what the model said. What
 * else the answer had stays as it was; the finish reason is mended so that no client waits for calls that are gone.
 */
export function refuseChatCalls(body: JsonObject, refused: ReadonlyMap<number, string>): JsonObject {
  const choice = onlyChoice(body);
  const message = choice === null ? null : objectAt(choice, "message");
  if (choice === null || message === null || refused.size === 0) return body;
  const kept = keptCalls(message, refused);
  const { tool_calls: _calls, function_call: _legacy, ...rest } = message;
  const texts = [...refused].toSorted(([a], [b]) => a - b).map(([, text]) => text);
  const content = withTexts(message["content"], texts);
  const reason = mendedReason(choice["finish_reason"], Object.keys(kept).length > 0);
  const mended = { ...rest, content, ...kept };
  // The tokens' probabilities spell the refused call.
  const quiet = choice["logprobs"] === undefined ? {} : { logprobs: null };
  return { ...body, choices: [{ ...choice, ...quiet, message: mended, finish_reason: reason }] };
}

/** In the form that the content has. */
function withTexts(content: Json | undefined, texts: readonly string[]): Json {
  if (Array.isArray(content)) return [...content, { type: "text", text: `\n\n${texts.join("\n\n")}` }];
  return [typeof content === "string" ? content : "", ...texts].filter((text) => text !== "").join("\n\n");
}

/** The fields that hold the calls which stay. Ollama gives calls of a whole answer an index too: it counts what is there. */
function keptCalls(message: JsonObject, refused: ReadonlyMap<number, string>): JsonObject {
  const calls = objectsAt(message, "tool_calls")
    .filter((_call, index) => !refused.has(index))
    .map((call, index) => (call["index"] === undefined ? call : { ...call, index }));
  if (calls.length > 0) return { tool_calls: calls };
  const legacy = objectAt(message, "function_call");
  return legacy === null || refused.has(0) ? {} : { function_call: legacy };
}

function mendedReason(reason: Json | undefined, hasCalls: boolean): Json {
  if (hasCalls || (reason !== "tool_calls" && reason !== "function_call")) return reason ?? null;
  return "stop";
}
