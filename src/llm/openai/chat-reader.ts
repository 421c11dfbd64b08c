import type { JsonObject } from "#base";
import { Fault } from "#base";
import { isJsonObject } from "#wire";
import type { AnswerReader, Delta, Piece } from "../face.ts";
import { LLM_LIMITS } from "../limits.ts";
import { checkHiddenBut } from "../stream/hidden.ts";
import { createAlikeReader, type TextPlace } from "../stream/alike.ts";
import { parseEvent } from "../stream/event-json.ts";
import { saidError } from "../stream/errors.ts";
import { answerCut, answerMalformed, answerTooLarge } from "../stream/faults.ts";
import { createSseSplitter, type SsePiece } from "../stream/sse.ts";
import { nothingHidden, onlyChoice, readDelta } from "./chat-choice.ts";
import { objectAt, objectsAt, textAt } from "./fields.ts";
import { readFinish } from "./finish.ts";
import { createTurnBuilder, type TurnBuilder } from "./turn-builder.ts";
import { readUsage } from "./usage.ts";

/** Reads one event's JSON into the builder and answers what it says. */
export type EventReader = (event: JsonObject, builder: TurnBuilder) => readonly Delta[];

const DONE: readonly Delta[] = [{ kind: "done" }];
const NOTHING: readonly Delta[] = [];

/** The streams of OpenAI's two endpoints that write text: server-sent events ended by `[DONE]`. */
export function createEventStreamReader(readEvent: EventReader, place: TextPlace): AnswerReader {
  const alike = createAlikeReader(place);
  const splitter = createSseSplitter(LLM_LIMITS.eventBytesMax);
  const builder = createTurnBuilder();
  let bytes = 0;
  let isDone = false;
  /** The upstream said how it ended, in a finish or in an error, even if `[DONE]` never came. */
  let isSettled = false;

  function read(piece: SsePiece): Piece {
    const { data } = piece;
    if (data === null) return { bytes: piece.bytes, deltas: NOTHING, event: null };
    if (isDone) throw answerMalformed("goes on after its end");
    if (data === "[DONE]") {
      builder.check();
      isDone = true;
      return { bytes: piece.bytes, deltas: DONE, event: null };
    }
    const like = piece.name === "" ? alike.read(data) : null;
    if (like !== null) {
      builder.text(like.text);
      return { bytes: piece.bytes, deltas: [{ kind: "text", text: like.text }], event: like.event };
    }
    return { bytes: piece.bytes, ...readWhole(piece.name, data) };
  }

  function readWhole(name: string, data: string): Omit<Piece, "bytes"> {
    const event = parseEvent(data);
    const deltas = named(name, event) ?? readEvent(event, builder);
    if (deltas.some(({ kind }) => kind === "finish" || kind === "error")) isSettled = true;
    if (deltas.length === 1 && deltas[0]?.kind === "text" && name === "") alike.learn(data, event);
    return { deltas, event };
  }

  function push(chunk: Uint8Array): readonly Piece[] {
    bytes += chunk.length;
    if (bytes > LLM_LIMITS.answerBytesMax) throw answerTooLarge(LLM_LIMITS.answerBytesMax);
    return splitter.push(chunk).map(read);
  }

  function end(): readonly Piece[] {
    const pieces = readRest();
    if (!isDone && !isSettled) throw answerCut("`[DONE]`");
    builder.check();
    return pieces;
  }

  /** A last event without its blank line: the official clients differ on whether they read it, so it must be whole. */
  function readRest(): readonly Piece[] {
    try {
      const rest = splitter.end();
      return rest === null ? [] : [read(rest)];
    } catch (error) {
      if (isDone || !(error instanceof Fault)) throw error;
      throw answerCut("its last event was whole");
    }
  }

  return { push, end, turn: builder.turn };
}

/** What the event's own name says; null where it says nothing. Source of `error`: npm `openai`, core/streaming.js. */
function named(name: string, event: JsonObject): readonly Delta[] | null {
  if (name === "" || name === "message") return null;
  if (name === "error") {
    nothingHidden(event);
    const choices = event["choices"];
    if (Array.isArray(choices) && choices.length > 0) throw answerMalformed("has choices within an error");
    return [saidError(event["error"] ?? event)];
  }
  throw answerMalformed(`has an event of the name ${JSON.stringify(name.slice(0, 60))}`);
}

/** `choices[0].delta.content`. */
export const CHAT_TEXT: TextPlace = {
  name: "content",
  textOf: (event) => textAt(deltaOf(event), "content"),
  withText: (event, content) => {
    const [choice] = objectsAt(event, "choices");
    return { ...event, choices: [{ ...choice, delta: { ...deltaOf(event), content } }] };
  },
};

function deltaOf(event: JsonObject): JsonObject {
  return objectAt(objectsAt(event, "choices")[0] ?? {}, "delta") ?? {};
}

/** One `chat.completion.chunk`. */
export function readChatChunk(event: JsonObject, builder: TurnBuilder): readonly Delta[] {
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

/** Errors, and the usage of some runtimes, come without a list of choices. */
export function isChoiceless(event: JsonObject): boolean {
  return event["choices"] === undefined && Boolean(event["error"] ?? event["usage"]);
}

/** What every event of both endpoints has beside its choice. */
export function readHead(event: JsonObject, builder: TurnBuilder, deltas: Delta[]): void {
  const object = event["object"];
  if (object !== undefined && object !== "" && !OBJECTS.has(object))
    throw answerMalformed(`has an event that says it is ${JSON.stringify(object)}`);
  nothingHidden(event);
  checkHiddenBut(event, CHOICES);
  if (builder.begin(idOf(event, "id"), idOf(event, "model")))
    deltas.push({ kind: "begin", id: idOf(event, "id"), model: idOf(event, "model") });
  if (event["error"]) deltas.push(saidError(event["error"]));
}

const CHOICES = new Set(["choices"]);
const DELTA = new Set(["delta"]);

const OBJECTS: ReadonlySet<unknown> = new Set([
  "chat.completion.chunk",
  "chat.completion",
  "text_completion",
]);

function idOf(event: JsonObject, name: string): string | null {
  const value = event[name];
  return typeof value === "string" && value !== "" ? value : null;
}

function readChoice(choice: JsonObject, builder: TurnBuilder, deltas: Delta[]): void {
  nothingHidden(choice);
  // Perplexity repeats the whole message beside each delta; calls in it would be read by some clients.
  if (isJsonObject(choice["message"])) nothingHidden(choice["message"]);
  checkHiddenBut(choice, DELTA);
  const delta = choice["delta"];
  if (isJsonObject(delta)) {
    if (delta["tool_calls"] || delta["function_call"]) builder.numbered(typeof choice["index"] === "number");
    for (const said of readDelta(delta, builder)) deltas.push(said);
  } else if (delta !== undefined && delta !== null) throw answerMalformed("has a delta that is no object");
  readReason(choice, builder, deltas);
}

export function readReason(choice: JsonObject, builder: TurnBuilder, deltas: Delta[]): void {
  const reason = choice["finish_reason"];
  if (typeof reason !== "string" || reason === "") return;
  const finish = readFinish(reason);
  builder.finish(finish);
  builder.check();
  deltas.push({ kind: "finish", finish });
}
