import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import type { AnswerReader, Delta, Piece } from "../face.ts";
import { LLM_LIMITS } from "../limits.ts";
import { textAt } from "../openai/fields.ts";
import { settledFinish } from "../openai/finish.ts";
import { parseEvent } from "../stream/event-json.ts";
import { saidError } from "../stream/errors.ts";
import { answerCut, answerMalformed, answerTooLarge } from "../stream/faults.ts";
import { checkHiddenBut } from "../stream/hidden.ts";
import { createSseSplitter, type SsePiece } from "../stream/sse.ts";
import { callsOf, type Finish, type Turn, type Usage } from "../turn.ts";
import {
  checkCalls,
  checkOutputText,
  checkResponse,
  isCall,
  isSameAnswer,
  listed,
  readItem,
  shown,
} from "./output.ts";
import { typeOf } from "./request.ts";
import { createStreamItems, cutItem, partsOf, type StreamItems } from "./stream-items.ts";
import { readFinish, readUsage } from "./whole.ts";

// The events of a streamed response: npm `openai` 7.57.0, resources/responses/responses.d.ts (`ResponseStreamEvent`), and
// how its lib/responses/ResponseStream.mjs and core/streaming.mjs read them.

interface State {
  phase: "before" | "open" | "ended";
  id: string | null;
  model: string | null;
  finish: Finish | null;
  usage: Usage | null;
  readonly items: StreamItems;
  bytes: number;
  /** `[DONE]`, which some servers send: the official client reads nothing after it. */
  isDone: boolean;
}

export function createReader(): AnswerReader {
  const splitter = createSseSplitter(LLM_LIMITS.eventBytesMax);
  const state: State = {
    phase: "before",
    id: null,
    model: null,
    finish: null,
    usage: null,
    items: createStreamItems(),
    bytes: 0,
    isDone: false,
  };

  function push(chunk: Uint8Array): readonly Piece[] {
    state.bytes += chunk.length;
    if (state.bytes > LLM_LIMITS.answerBytesMax) throw answerTooLarge(LLM_LIMITS.answerBytesMax);
    return splitter.push(chunk).map((piece) => readPiece(state, piece));
  }

  function end(): readonly Piece[] {
    const rest = splitter.end();
    const pieces = rest === null ? [] : [readPiece(state, rest)];
    if (state.phase !== "ended") throw answerCut("`response.completed`");
    return pieces;
  }

  return { push, end, turn: () => turnOf(state) };
}

function turnOf(state: State): Turn {
  const turn: Turn = {
    id: state.id,
    model: state.model,
    parts: state.items.all().flatMap(partsOf),
    finish: "stop",
    usage: state.usage,
  };
  return { ...turn, finish: settledFinish(state.finish, callsOf(turn).length > 0) };
}

function readPiece(state: State, { bytes, name, data }: SsePiece): Piece {
  if (data === null) return { bytes, deltas: [], event: null };
  if (state.isDone) throw answerMalformed("goes on after `[DONE]`");
  if (data === "[DONE]") {
    if (state.phase !== "ended") throw answerCut("`response.completed`");
    state.isDone = true;
    return { bytes, deltas: [], event: null };
  }
  const event = parseEvent(data);
  // The official client raises any event that has an error, whatever its type.
  if ((event["error"] ?? null) !== null) return { bytes, deltas: [saidError(event["error"] ?? null)], event };
  // Clients go by the event's name, by its JSON's type, or by both: they must say the same.
  if (name !== "" && name !== event["type"])
    throw answerMalformed(`holds an event named ${shown(name)} of type ${shown(event["type"])}`);
  return { bytes, deltas: readEvent(state, event), event };
}

function readEvent(state: State, event: JsonObject): readonly Delta[] {
  const type = typeOf(event);
  checkHiddenBut(event, readIn(type));
  if (type === "") throw answerMalformed("holds an event without a type");
  if (type === "error") return [saidError(event)];
  if (type === "keepalive") return [];
  if (state.phase === "ended") throw answerMalformed("goes on after its last event");
  if (LIFECYCLE.has(type)) return lifecycle(state, type, event);
  if (state.phase === "before") throw answerMalformed("has an event before `response.created`");
  return state.items.read(event) ?? passOther(event);
}

const RESPONSE: ReadonlySet<string> = new Set(["response"]);
const ITEM: ReadonlySet<string> = new Set(["item"]);
const ITEM_EVENTS: ReadonlySet<string> = new Set(["response.output_item.added", "response.output_item.done"]);
const GIVEN: ReadonlySet<string> = new Set(["arguments", "input"]);
const NOTHING: ReadonlySet<string> = new Set();

/** Where an event's own calls stand. */
function readIn(type: string): ReadonlySet<string> {
  if (LIFECYCLE.has(type)) return RESPONSE;
  if (ITEM_EVENTS.has(type)) return ITEM;
  return /_(?:arguments|input)\.done$/.test(type) ? GIVEN : NOTHING;
}

const LIFECYCLE: ReadonlySet<string> = new Set([
  "response.created",
  "response.queued",
  "response.in_progress",
  "response.completed",
  "response.incomplete",
  "response.failed",
]);

/** Progress of hosted tools, and types to come, pass; what carries an item or an answer is not passed unread. */
function passOther(event: JsonObject): readonly Delta[] {
  if (["item", "response", "output"].some((name) => isJsonObject(event[name])))
    throw answerMalformed(`holds an item in an event of type ${shown(event["type"])}`);
  return [];
}

function lifecycle(state: State, type: string, event: JsonObject): readonly Delta[] {
  const response = event["response"];
  if (!isJsonObject(response)) throw answerMalformed(`holds ${type} without a response`);
  checkResponse(response);
  if (type === "response.created") return begin(state, response);
  if (state.phase === "before") throw answerMalformed(`holds ${type} before \`response.created\``);
  if (textAt(response, "id") !== state.id) throw answerMalformed("changes its id");
  switch (type) {
    case "response.completed":
    case "response.incomplete":
      return finish(state, type, response);
    case "response.failed":
      return [saidError(response["error"] ?? null)];
    default:
      noOutput(response["output"]);
      return [];
  }
}

function begin(state: State, response: JsonObject): readonly Delta[] {
  if (state.phase !== "before") throw answerMalformed("begins twice");
  noOutput(response["output"]);
  state.phase = "open";
  state.id = textAt(response, "id");
  state.model = textAt(response, "model");
  return [{ kind: "begin", id: state.id, model: state.model }];
}

/** The official client starts from this response, so items in it would be items of the answer. */
function noOutput(output: Json | undefined): void {
  if (listed({ output: output ?? null }, "output").length > 0)
    throw answerMalformed("has items before they begin");
}

function finish(state: State, type: string, response: JsonObject): readonly Delta[] {
  const isWhole = type === "response.completed";
  const open = state.items.all().filter((item) => item.done === null);
  if (isWhole && open.length > 0) throw answerMalformed("ends within an item");
  for (const item of open) if (isCall(item.start)) item.done = cutItem(item);
  const output = listed(response, "output").map((item) => (isWhole ? item : asEnded(item)));
  const streamed = state.items.all().flatMap(partsOf);
  if (output.length > 0 && !isSameAnswer(output.flatMap(readItem), streamed))
    throw answerMalformed("ends with another answer than it streamed");
  checkOutputText(response);
  state.phase = "ended";
  state.finish = readFinish({ ...response, status: isWhole ? "completed" : "incomplete" });
  state.usage = readUsage(response["usage"]) ?? state.usage;
  const turn = turnOf(state);
  checkCalls(turn);
  const last: readonly Delta[] = [{ kind: "finish", finish: turn.finish }, { kind: "done" }];
  return turn.usage === null ? last : [{ kind: "usage", usage: turn.usage }, ...last];
}

/** A call that is still under way at the end stays so. */
function asEnded(item: JsonObject): JsonObject {
  return isCall(item) && item["status"] === "in_progress" ? { ...item, status: "incomplete" } : item;
}
