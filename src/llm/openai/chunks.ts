import type { Json, JsonObject } from "#base";
import type { AnswerHead, Piece, Problem } from "../face.ts";
import type { Usage } from "../turn.ts";
import { openaiProblem } from "./problem.ts";
import { writeUsage } from "./usage.ts";

/** What the events of one stream have in common, taken over from those that were passed on as they came. */
export interface ChunkWriter {
  readonly passed: (piece: Piece) => void;
  /** One event with this choice; null: without any. */
  readonly chunk: (choice: JsonObject | null, rest?: JsonObject) => string;
  /** The usage, unless it was passed on or is not wanted, and the last word, unless it was. */
  readonly end: (usage: Usage | null) => string;
  readonly failed: (problem: Problem) => string;
  readonly isFinished: () => boolean;
}

export const KEEP_ALIVE = ": waiting\n\n";
const DONE = "data: [DONE]\n\n";
const HEAD_FIELDS = ["id", "object", "created", "model", "system_fingerprint"];

interface State {
  head: JsonObject;
  /** The last event that was passed on: its head is taken over when there is something to write under it. */
  last: JsonObject | null;
  mark: JsonObject | null;
  isUsageSent: boolean;
  isFinished: boolean;
  isDone: boolean;
}

export function createChunkWriter(head: AnswerHead, object: string): ChunkWriter {
  const state: State = {
    head: { id: head.id, object, created: head.createdAt, model: head.model },
    last: null,
    mark: Object.keys(head.mark).length === 0 ? null : head.mark,
    isUsageSent: false,
    isFinished: false,
    isDone: false,
  };

  function passed({ event, deltas }: Piece): void {
    for (const { kind } of deltas) {
      if (kind === "usage") state.isUsageSent = true;
      if (kind === "finish") state.isFinished = true;
      if (kind === "done") state.isDone = true;
    }
    if (event === null) return;
    if (event["id"] !== undefined) state.last = event;
    if (Object.keys(head.mark).every((name) => event[name] !== undefined)) state.mark = null;
  }

  function chunk(choice: JsonObject | null, rest: JsonObject = {}): string {
    const mark = state.mark ?? {};
    if (state.last !== null) state.head = headOf(state.last, state.head);
    state.last = null;
    state.mark = null;
    const event: JsonObject = { ...state.head, choices: choice === null ? [] : [choice], ...rest, ...mark };
    return `data: ${JSON.stringify(event)}\n\n`;
  }

  function done(): string {
    if (state.isDone) return "";
    state.isDone = true;
    return DONE;
  }

  function end(usage: Usage | null): string {
    const isSent = state.isUsageSent || state.isDone || usage === null || !head.isUsageWanted;
    state.isUsageSent = true;
    return (isSent ? "" : chunk(null, { usage: writeUsage(usage) })) + done();
  }

  /** As OpenAI does mid-stream: npm `openai` 7.57.0, core/streaming.js, raises an event that has an `error`. */
  function failed(problem: Problem): string {
    if (state.isDone) return "";
    return `data: ${JSON.stringify(openaiProblem(problem))}\n\n${done()}`;
  }

  return { passed, chunk, end, failed, isFinished: () => state.isFinished || state.isDone };
}

function headOf(event: JsonObject, before: JsonObject): JsonObject {
  const head: Record<string, Json> = { ...before };
  for (const name of HEAD_FIELDS) {
    const value = event[name];
    if (value !== undefined && value !== "") head[name] = value;
  }
  return head;
}
