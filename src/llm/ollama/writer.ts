import type { Json, JsonObject } from "#base";
import { argumentsObject } from "../arguments.ts";
import type { AnswerHead, AnswerWriter } from "../face.ts";
import { callsOf, type Finish, textOf, type ToolCall, type Turn, type Usage } from "../turn.ts";
import type { OllamaShape } from "./shape.ts";

/** Writes a stream of JSON objects, one a line. Nothing continues from line to line but the calls' count. */
export function createOllamaWriter(head: AnswerHead, shape: OllamaShape): AnswerWriter {
  let hasBegun = false;
  let calls = 0;

  function line(bearer: JsonObject, rest: JsonObject): string {
    const mark = hasBegun ? {} : head.mark;
    hasBegun = true;
    return `${JSON.stringify({ ...shape.withBearer(opening(head), asBearer(bearer, shape)), ...rest, ...mark })}\n`;
  }

  return {
    passed: (piece) => {
      if (piece.event === null) return;
      hasBegun = true;
      if (piece.deltas.some((delta) => delta.kind === "call")) calls += callCount(piece.event, shape);
    },
    text: (text) => (text === "" ? "" : line({ [shape.textField]: text }, { done: false })),
    reasoning: (text) => (text === "" ? "" : line({ thinking: text }, { done: false })),
    opaque: ({ images }) => (isList(images) ? line({ images }, { done: false }) : ""),
    call: (call) => {
      const made = callJson(call, calls);
      calls += 1;
      return line({ tool_calls: [made] }, { done: false });
    },
    end: (finish, usage) => line({}, ending(finish, usage)),
    keepAlive: () => line({}, { done: false }),
    failed: (problem) => `${JSON.stringify({ error: problem.message })}\n`,
  };
}

/** A whole answer as /api/chat and /api/generate give with `"stream": false`. */
export function wholeAnswer(turn: Turn, head: AnswerHead, shape: OllamaShape): JsonObject {
  const reasoning = turn.parts.map((part) => (part.kind === "reasoning" ? part.text : "")).join("");
  const calls = callsOf(turn).map(callJson);
  const bearer: JsonObject = {
    [shape.textField]: textOf(turn),
    ...(reasoning === "" ? {} : { thinking: reasoning }),
    ...imagesOf(turn),
    ...(calls.length === 0 ? {} : { tool_calls: calls }),
  };
  return {
    ...shape.withBearer(opening(head), asBearer(bearer, shape)),
    ...ending(turn.finish, turn.usage),
    ...head.mark,
  };
}

function imagesOf(turn: Turn): JsonObject {
  const images = turn.parts.flatMap((part) => (part.kind === "opaque" ? (part.json["images"] ?? []) : []));
  return images.length === 0 ? {} : { images };
}

/** RFC 3339, as Go writes a time. */
function opening(head: AnswerHead): JsonObject {
  return { model: head.model, created_at: new Date(head.createdAt * 1000).toISOString() };
}

function asBearer(fields: JsonObject, shape: OllamaShape): JsonObject {
  const role: JsonObject = shape.protocol === "ollama-chat" ? { role: "assistant" } : {};
  return { ...role, [shape.textField]: "", ...fields };
}

/** Durations are nanoseconds that Doorward does not know of another's run; clients divide by some, none by all. */
function ending(finish: Finish, usage: Usage | null): JsonObject {
  return {
    done: true,
    done_reason: doneReason(finish),
    total_duration: 0,
    load_duration: 0,
    prompt_eval_count: usage?.inputTokens ?? 0,
    prompt_eval_duration: 0,
    eval_count: usage?.outputTokens ?? 0,
    eval_duration: 0,
  };
}

/** Ollama ends a turn that calls tools with `stop`; it has no word for a filtered one, so OpenAI's is said. */
function doneReason(finish: Finish): string {
  if (finish === "length") return "length";
  return finish === "filter" ? "content_filter" : "stop";
}

function callCount(event: JsonObject, shape: OllamaShape): number {
  const calls = shape.bearerOf(event)["tool_calls"];
  return isList(calls) ? calls.length : 0;
}

function callJson(call: ToolCall, index: number): JsonObject {
  return { id: call.id, function: { index, name: call.name, arguments: givenArguments(call) } };
}

/** Ollama knows arguments only as an object; an empty text is how others write no arguments. */
function givenArguments(call: ToolCall): JsonObject {
  return call.kind !== "custom" && call.arguments.trim() === "" ? {} : argumentsObject(call);
}

/**
 * The upstream's own whole answer with the calls at these indexes taken out and said in text instead. The tokens'
 * probabilities go too: they spell the refused call.
 */
export function withoutCalls(
  body: JsonObject,
  refused: ReadonlyMap<number, string>,
  shape: OllamaShape,
): JsonObject {
  if (refused.size === 0) return body;
  const { logprobs: _logprobs, ...bare } = body;
  const { tool_calls: calls, ...bearer } = shape.bearerOf(bare);
  const { tool_calls: _calls, ...rest } = bare;
  const list: readonly Json[] = isList(calls) ? calls : [];
  const kept = list.filter((_, index) => !refused.has(index));
  const said = bearer[shape.textField];
  const texts = [typeof said === "string" ? said : "", ...refusedTexts(refused)].filter(
    (text) => text !== "",
  );
  const left: JsonObject = { ...bearer, [shape.textField]: texts.join("\n\n") };
  return shape.withBearer(rest, kept.length === 0 ? left : { ...left, tool_calls: kept });
}

function refusedTexts(refused: ReadonlyMap<number, string>): readonly string[] {
  return [...refused].toSorted(([a], [b]) => a - b).map(([, text]) => text);
}

function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}
