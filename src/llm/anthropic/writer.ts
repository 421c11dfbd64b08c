import { assert, type Json, type JsonObject } from "#base";
import { readArguments } from "../arguments.ts";
import type { AnswerHead, AnswerWriter, Piece, Problem } from "../face.ts";
import type { Finish, ToolCall, Usage } from "../turn.ts";
import { isOpaque, nameFields, stopReasonOf, typeOf } from "./blocks.ts";
import { problem } from "./problem.ts";
import { messageOf, usageOf } from "./whole.ts";
import { isJsonObject } from "#wire";

// The events of a streamed message: `RawMessageStreamEvent` of @anthropic-ai/sdk 1.12.0, resources/messages/messages.d.ts.

interface State {
  isBegun: boolean;
  isFinished: boolean;
  isStopped: boolean;
  /** Index of the next block to begin. */
  next: number;
  /** What the open block is, at index `next - 1`; null: none is open. */
  open: string | null;
  calls: number;
  /** The open block is a call that was passed on and has not ended. */
  isCallPassed: boolean;
}

export function createWriter(head: AnswerHead): AnswerWriter {
  const state = newState();

  function begin(): string {
    if (state.isBegun) return "";
    state.isBegun = true;
    return written("message_start", { message: { ...messageOf(head, [], null, null), ...head.mark } });
  }

  function startBlock(block: JsonObject): string {
    const events = begin() + closeBlock(state);
    state.open = typeOf(block);
    state.next += 1;
    return events + written("content_block_start", { index: state.next - 1, content_block: block });
  }

  function ensure(block: JsonObject): string {
    return state.open === block["type"] ? "" : startBlock(block);
  }

  const add = (delta: JsonObject): string => written("content_block_delta", { index: state.next - 1, delta });

  function call(asked: ToolCall): string {
    const { id, name } = asked;
    state.calls += 1;
    const block = { type: "tool_use", id, ...nameFields(name), input: {}, caller: { type: "direct" } };
    const input = inputText(asked);
    return startBlock(block) + add({ type: "input_json_delta", partial_json: input }) + closeBlock(state);
  }

  function reasoning(text: string, signature: string | null = null): string {
    const events = ensure({ type: "thinking", thinking: "", signature: "" });
    const said = text === "" ? "" : add({ type: "thinking_delta", thinking: text });
    if (signature === null) return events + said;
    return events + said + add({ type: "signature_delta", signature }) + closeBlock(state);
  }

  function end(finish: Finish, usage: Usage | null): string {
    if (state.isStopped) return "";
    const events = begin() + closeBlock(state);
    const reason = stopReasonOf(finish, state.calls);
    const delta = { stop_reason: reason, stop_sequence: null, stop_details: null, container: null };
    const finished = state.isFinished ? "" : written("message_delta", { delta, usage: deltaUsage(usage) });
    state.isFinished = true;
    state.isStopped = true;
    return events + finished + written("message_stop", {});
  }

  return {
    passed: (piece) => notePassed(state, piece),
    text: (text) =>
      text === ""
        ? begin()
        : ensure({ type: "text", text: "", citations: null }) + add({ type: "text_delta", text }),
    reasoning,
    opaque: (json) => (isOpaque(json) ? startBlock(json) + closeBlock(state) : ""),
    call,
    end,
    keepAlive: () => written("ping", {}),
    failed: (failure: Problem) => written("error", problem(failure)),
  };
}

function newState(): State {
  return {
    isBegun: false,
    isFinished: false,
    isStopped: false,
    next: 0,
    open: null,
    calls: 0,
    isCallPassed: false,
  };
}

/** The model's own text where it is an object; what is none (a custom tool's) still reaches the client. */
function inputText({ arguments: text, kind }: ToolCall): string {
  if (kind === "custom") return JSON.stringify({ input: text });
  if (text === "") return "{}";
  try {
    readArguments(text);
    return text;
  } catch {
    return JSON.stringify({ input: text });
  }
}

function closeBlock(state: State): string {
  if (state.open === null) return "";
  // INVARIANT: what was decided is the whole call; a client would run half of one.
  assert(!state.isCallPassed, "a call is passed on whole or not at all");
  state.open = null;
  return written("content_block_stop", { index: state.next - 1 });
}

/** Counters of a whole message, which the type wants as numbers: 0 where the upstream did not say. */
function deltaUsage(usage: Usage | null): JsonObject {
  const { input_tokens, output_tokens } = usageOf(usage);
  const input: JsonObject =
    usage === null || usage.inputTokens === null ? {} : { input_tokens: input_tokens ?? 0 };
  return { ...input, output_tokens: output_tokens ?? 0 };
}

function written(type: string, members: JsonObject): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...members })}\n\n`;
}

/** Follows an event that went out as it came, so that what is written next goes on from it. */
function notePassed(state: State, { event }: Piece): void {
  if (event === null) return;
  switch (typeOf(event)) {
    case "message_start":
      state.isBegun = true;
      break;
    case "content_block_start":
      notePassedStart(state, event["index"], event["content_block"]);
      break;
    case "content_block_stop":
      state.open = null;
      state.isCallPassed = false;
      break;
    case "message_delta":
      state.isFinished = true;
      break;
    case "message_stop":
      state.isStopped = true;
      break;
    default:
      break;
  }
}

function notePassedStart(state: State, index: Json | undefined, block: Json | undefined): void {
  state.next = typeof index === "number" ? index + 1 : state.next + 1;
  const type = isJsonObject(block) ? block["type"] : null;
  state.open = typeof type === "string" ? type : "unknown";
  state.isCallPassed = type === "tool_use";
  if (state.isCallPassed) state.calls += 1;
}
