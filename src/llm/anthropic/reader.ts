import { Fault, type JsonObject } from "#base";
import type { AnswerReader, Delta, Piece } from "../face.ts";
import { LLM_LIMITS } from "../limits.ts";
import { settledFinish } from "../openai/finish.ts";
import { parseEvent } from "../stream/event-json.ts";
import { saidError } from "../stream/errors.ts";
import { answerCut, answerMalformed, answerTooLarge } from "../stream/faults.ts";
import { checkHiddenBut } from "../stream/hidden.ts";
import { createSseSplitter, type SsePiece } from "../stream/sse.ts";
import { callsOf, type Finish, isAtLimit, type Part, type Turn, type Usage } from "../turn.ts";
import { checkBlock, checkCalls, readStopReason, readUsage, shown, typeOf } from "./blocks.ts";
import {
  addDelta,
  endBlock,
  endCall,
  type EndedCall,
  type OpenBlock,
  openBlock,
  partSoFar,
} from "./open-block.ts";
import { isJsonObject } from "#wire";

// The events of a streamed message: `RawMessageStreamEvent` of @anthropic-ai/sdk 1.12.0, resources/messages/messages.d.ts,
// and how its lib/MessageStream.mjs and core/streaming.mjs read them. What they would take differently is refused.

interface State {
  phase: "before" | "open" | "ended";
  id: string | null;
  model: string | null;
  readonly parts: Part[];
  block: OpenBlock | null;
  /** The call that the last block was; null: it was none. */
  lastCall: EndedCall | null;
  calls: number;
  argumentUnits: number;
  finish: Finish | null;
  usage: Usage | null;
  bytes: number;
}

export function createReader(): AnswerReader {
  const splitter = createSseSplitter(LLM_LIMITS.eventBytesMax);
  const state: State = {
    phase: "before",
    id: null,
    model: null,
    parts: [],
    block: null,
    lastCall: null,
    calls: 0,
    argumentUnits: 0,
    finish: null,
    usage: null,
    bytes: 0,
  };

  function push(chunk: Uint8Array): readonly Piece[] {
    state.bytes += chunk.length;
    if (state.bytes > LLM_LIMITS.answerBytesMax) throw answerTooLarge(LLM_LIMITS.answerBytesMax);
    return splitter.push(chunk).map((piece) => readPiece(state, piece));
  }

  function end(): readonly Piece[] {
    const rest = splitter.end();
    const pieces = rest === null ? [] : [readPiece(state, rest)];
    if (state.phase !== "ended") throw answerCut("`message_stop`");
    return pieces;
  }

  return { push, end, turn: () => turnOf(state) };
}

function turnOf(state: State): Turn {
  const open = state.block === null ? null : partSoFar(state.block);
  const parts = open === null ? [...state.parts] : [...state.parts, open];
  const finish = settledFinish(state.finish, state.calls > 0);
  return { id: state.id, model: state.model, parts, finish, usage: state.usage };
}

function readPiece(state: State, { bytes, name, data }: SsePiece): Piece {
  // The official client skips an empty event; some servers end with `[DONE]`, which it skips for want of a name.
  if (data === null || data === "" || (data === "[DONE]" && name === ""))
    return { bytes, deltas: [], event: null };
  const event = parseEvent(data);
  // Clients go by the event's name, by its JSON's type, or by both: they must say the same.
  if (event["type"] !== name)
    throw answerMalformed(`holds an event named ${shown(name)} of type ${shown(event["type"])}`);
  return { bytes, deltas: readEvent(state, event), event };
}

const BLOCK: ReadonlySet<string> = new Set(["content_block"]);
const NOTHING: ReadonlySet<string> = new Set();

function readEvent(state: State, event: JsonObject): readonly Delta[] {
  checkHiddenBut(event, event["type"] === "content_block_start" ? BLOCK : NOTHING);
  if (event["type"] === "ping") return [];
  if (event["type"] === "error") return [saidError(event["error"] ?? event)];
  if (state.phase === "ended") throw answerMalformed("goes on after `message_stop`");
  switch (typeOf(event)) {
    case "message_start":
      return begin(state, event);
    case "content_block_start":
      return startBlock(state, event);
    case "content_block_delta":
      return addDelta(blockAt(state, event), event);
    case "content_block_stop":
      return stopBlock(state, event);
    case "message_delta":
      return settle(state, event);
    case "message_stop":
      return stop(state);
    default:
      return passUnknown(event);
  }
}

/** The protocol asks clients to skip events that they do not know; one that carries content is not skipped unseen. */
function passUnknown(event: JsonObject): readonly Delta[] {
  const isContent = ["message", "content_block", "delta", "content"].some(
    (name) => event[name] !== undefined,
  );
  if (isContent) throw answerMalformed(`holds content in an event of type ${shown(event["type"])}`);
  return [];
}

function begin(state: State, event: JsonObject): readonly Delta[] {
  if (state.phase !== "before") throw answerMalformed("begins twice");
  const message = event["message"];
  if (!isJsonObject(message)) throw answerMalformed("begins without a message");
  const content = message["content"] ?? [];
  // The official client starts from this message, so blocks in it would be blocks of the answer.
  if (!Array.isArray(content) || content.length > 0)
    throw answerMalformed("begins with blocks in `message_start`");
  state.phase = "open";
  state.id = typeof message["id"] === "string" ? message["id"] : null;
  state.model = typeof message["model"] === "string" ? message["model"] : null;
  state.usage = readUsage(message["usage"], null);
  const begun: Delta = { kind: "begin", id: state.id, model: state.model };
  return state.usage === null ? [begun] : [begun, { kind: "usage", usage: state.usage }];
}

function startBlock(state: State, event: JsonObject): readonly Delta[] {
  if (state.phase !== "open") throw answerMalformed("has a block before `message_start`");
  if (state.block !== null) throw answerMalformed("begins a block within another");
  if (event["index"] !== state.parts.length)
    throw answerMalformed(`begins block ${shown(event["index"])} where ${state.parts.length} comes next`);
  const block = event["content_block"];
  if (!isJsonObject(block)) throw answerMalformed("begins a block without saying what it is");
  checkBlock(block);
  if (state.parts.length >= LLM_LIMITS.partsMax) throw answerMalformed("has too many blocks");
  settleCall(state, false);
  state.block = openBlock(block);
  if (block["type"] !== "tool_use") return textDelta(state.block);
  state.calls += 1;
  if (state.calls > LLM_LIMITS.callsMax)
    throw answerMalformed(`asks for more than ${LLM_LIMITS.callsMax} tools`);
  return [{ kind: "call" }];
}

function textDelta(block: OpenBlock): readonly Delta[] {
  const part = partSoFar(block);
  if (part === null || part.kind === "call" || part.kind === "opaque" || part.text === "") return [];
  return [{ kind: part.kind, text: part.text }];
}

function blockAt(state: State, event: JsonObject): OpenBlock {
  if (state.block === null || event["index"] !== state.parts.length)
    throw answerMalformed(`goes on in block ${shown(event["index"])}, which is not open`);
  return state.block;
}

function stopBlock(state: State, event: JsonObject): readonly Delta[] {
  const part = endedPart(state, blockAt(state, event));
  if (part.kind === "call") state.argumentUnits += part.call.arguments.length;
  if (state.argumentUnits > LLM_LIMITS.argumentsUnitsMax) throw answerTooLarge(LLM_LIMITS.argumentsUnitsMax);
  state.parts.push(part);
  state.block = null;
  if (part.kind === "opaque") return [part];
  return part.kind === "reasoning" && part.signature !== null
    ? [{ kind: "sealed", signature: part.signature }]
    : [];
}

/** Whether a call is whole is known only by why the answer stopped, which is said after it. */
function endedPart(state: State, block: OpenBlock): Part {
  if (block.type !== "tool_use") return endBlock(block);
  const ended = endCall(block);
  const { whole, cut } = ended;
  state.lastCall = ended;
  if (!(whole instanceof Fault)) return { kind: "call", call: whole };
  if (cut === null) throw whole;
  return { kind: "call", call: cut };
}

/** Takes the last call for what it is. */
function settleCall(state: State, isAtEnd: boolean): void {
  const last = state.lastCall;
  state.lastCall = null;
  if (last === null) return;
  if (isAtEnd && last.cut !== null) state.parts[state.parts.length - 1] = { kind: "call", call: last.cut };
  else if (last.whole instanceof Fault) throw last.whole;
}

function settle(state: State, event: JsonObject): readonly Delta[] {
  if (state.phase !== "open") throw answerMalformed("finishes before `message_start`");
  state.usage = readUsage(event["usage"], state.usage);
  const reason = isJsonObject(event["delta"]) ? event["delta"]["stop_reason"] : null;
  const deltas: Delta[] = state.usage === null ? [] : [{ kind: "usage", usage: state.usage }];
  if (typeof reason !== "string") return deltas;
  state.finish = readStopReason(reason);
  return [...deltas, { kind: "finish", finish: state.finish }];
}

function stop(state: State): readonly Delta[] {
  if (state.phase !== "open") throw answerMalformed("stops before `message_start`");
  if (state.block !== null) throw answerMalformed("stops within a block");
  settleCall(state, isAtLimit(state.finish));
  checkCalls(callsOf(turnOf(state)));
  state.phase = "ended";
  return [{ kind: "done" }];
}
