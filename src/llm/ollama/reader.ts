import { assert, type JsonObject } from "#base";
import type { AnswerReader, Delta, Piece } from "../face.ts";
import { LLM_LIMITS } from "../limits.ts";
import { parseEvent } from "../stream/event-json.ts";
import { saidError } from "../stream/errors.ts";
import { answerCut, answerMalformed, answerTooLarge } from "../stream/faults.ts";
import { createLineSplitter, type LinePiece } from "../stream/lines.ts";
import type { Finish, Part, Usage } from "../turn.ts";
import { finishOf, noneTwice, type OllamaAnswer, partsOf, readOllamaAnswer } from "./answer.ts";
import type { OllamaShape } from "./shape.ts";

interface Gathered {
  model: string | null;
  hasBegun: boolean;
  isDone: boolean;
  calls: number;
  argumentUnits: number;
  bytes: number;
  finish: Finish;
  usage: Usage | null;
  readonly parts: Part[];
  /** Of its calls. */
  readonly ids: Set<string>;
}

/** Reads Ollama's stream of JSON objects, one a line, the last of them with `"done":true`. */
export function createOllamaReader(shape: OllamaShape): AnswerReader {
  const splitter = createLineSplitter(LLM_LIMITS.eventBytesMax);
  const gathered: Gathered = {
    model: null,
    hasBegun: false,
    isDone: false,
    calls: 0,
    argumentUnits: 0,
    bytes: 0,
    finish: "stop",
    usage: null,
    parts: [],
    ids: new Set(),
  };
  const read = (line: LinePiece) => readPiece(line, shape, gathered);
  return {
    push: (chunk) => {
      gathered.bytes += chunk.length;
      if (gathered.bytes > LLM_LIMITS.answerBytesMax) throw answerTooLarge(LLM_LIMITS.answerBytesMax);
      return splitter.push(chunk).map(read);
    },
    end: () => {
      const last = splitter.end();
      const pieces = last === null ? [] : [read(last)];
      if (!gathered.isDone) throw answerCut('its line with "done": true');
      return pieces;
    },
    turn: () => ({
      id: null,
      model: gathered.model,
      parts: [...gathered.parts],
      finish: gathered.finish,
      usage: gathered.usage,
    }),
  };
}

function readPiece(line: LinePiece, shape: OllamaShape, gathered: Gathered): Piece {
  if (line.data === null) return { bytes: line.bytes, deltas: [], event: null };
  if (gathered.isDone) throw answerMalformed("goes on after its last line");
  const event = parseEvent(line.data);
  const deltas = event["error"] === undefined ? gather(event, shape, gathered) : [failureOf(event, gathered)];
  return { bytes: line.bytes, deltas, event };
}

/** `{"error": ...}` in place of a line: nothing follows (server/routes.go, streamResponse). */
function failureOf(event: JsonObject, gathered: Gathered): Delta {
  gathered.isDone = true;
  return saidError(event["error"] ?? null);
}

function gather(event: JsonObject, shape: OllamaShape, gathered: Gathered): readonly Delta[] {
  const answer = readOllamaAnswer(event, shape, gathered.calls);
  const deltas: Delta[] = [];
  if (!gathered.hasBegun) deltas.push({ kind: "begin", id: null, model: answer.model });
  gathered.hasBegun = true;
  gathered.model ??= answer.model;
  for (const part of partsOf(answer)) join(gathered, part);
  if (answer.reasoning !== "") deltas.push({ kind: "reasoning", text: answer.reasoning });
  if (answer.text !== "") deltas.push({ kind: "text", text: answer.text });
  for (const part of partsOf(answer)) if (part.kind === "opaque") deltas.push(part);
  if (answer.calls.length > 0) deltas.push({ kind: "call" });
  if (answer.isDone) deltas.push(...finish(answer, gathered));
  return deltas;
}

function join(gathered: Gathered, part: Part): void {
  const last = gathered.parts.at(-1);
  if (part.kind === "text" && last?.kind === "text") {
    gathered.parts[gathered.parts.length - 1] = { kind: "text", text: last.text + part.text };
  } else if (part.kind === "reasoning" && last?.kind === "reasoning") {
    gathered.parts[gathered.parts.length - 1] = { ...last, text: last.text + part.text };
  } else {
    gathered.parts.push(part);
  }
  if (part.kind !== "call") return;
  noneTwice(gathered.ids, part.call.id);
  gathered.calls += 1;
  gathered.argumentUnits += part.call.arguments.length;
  if (gathered.argumentUnits > LLM_LIMITS.argumentsUnitsMax)
    throw answerTooLarge(LLM_LIMITS.argumentsUnitsMax);
}

function finish(answer: OllamaAnswer, gathered: Gathered): readonly Delta[] {
  assert(!gathered.isDone, "an answer ends once");
  gathered.isDone = true;
  gathered.finish = finishOf(answer.doneReason, gathered.calls > 0);
  gathered.usage = answer.usage;
  const usage: readonly Delta[] = answer.usage === null ? [] : [{ kind: "usage", usage: answer.usage }];
  return [...usage, { kind: "finish", finish: gathered.finish }, { kind: "done" }];
}
