import type { JsonObject } from "#base";
import { isJsonObject } from "#wire";
import type { AnswerHead, AnswerWriter, Piece } from "../face.ts";
import type { Finish, ToolCall, Usage } from "../turn.ts";
import { createChunkWriter, KEEP_ALIVE } from "./chunks.ts";
import { objectsAt } from "./fields.ts";
import { writeFinish } from "./finish.ts";

interface State {
  isRoleSent: boolean;
  /** The name under which this upstream gives reasoning, so that a client goes on reading one field. */
  reasoningField: "reasoning_content" | "reasoning";
  /** The index of the next call: counts only what was written, for clients place calls by it. */
  calls: number;
  written: "none" | "calls" | "legacy";
}

/** Writes `chat.completion.chunk` events. Calls found in the model's text are not written: the text holds them. */
export function createChatWriter(head: AnswerHead): AnswerWriter {
  const chunks = createChunkWriter(head, "chat.completion.chunk");
  const state: State = {
    isRoleSent: false,
    reasoningField: "reasoning_content",
    calls: 0,
    written: "none",
  };

  function delta(fields: JsonObject, reason: string | null = null): string {
    const whole = state.isRoleSent ? fields : { role: "assistant", ...fields };
    state.isRoleSent = true;
    return chunks.chunk({ index: 0, delta: whole, logprobs: null, finish_reason: reason });
  }

  function passed(piece: Piece): void {
    chunks.passed(piece);
    if (piece.event === null) return;
    for (const choice of objectsAt(piece.event, "choices")) {
      state.isRoleSent = true;
      const said = choice["delta"];
      if (isJsonObject(said) && typeof said["reasoning"] === "string") state.reasoningField = "reasoning";
      if (isJsonObject(said)) countCalls(said);
    }
  }

  function countCalls(said: JsonObject): void {
    for (const { index } of objectsAt(said, "tool_calls")) {
      state.written = "calls";
      state.calls = Math.max(state.calls, (typeof index === "number" ? index : state.calls) + 1);
    }
    if (isJsonObject(said["function_call"])) state.written = "legacy";
  }

  function call(asked: ToolCall): string {
    if (asked.kind === "text") return "";
    if (asked.kind === "legacy") {
      state.written = "legacy";
      return delta({ function_call: { name: asked.name, arguments: asked.arguments } });
    }
    state.written = "calls";
    state.calls += 1;
    return delta({ tool_calls: [{ index: state.calls - 1, ...writtenCall(asked) }] });
  }

  function end(finish: Finish, usage: Usage | null): string {
    const last = chunks.isFinished() ? "" : delta({}, writeFinish(finish, state.written));
    return last + chunks.end(usage);
  }

  return {
    passed,
    text: (text) => (text === "" ? "" : delta({ content: text })),
    reasoning: (text) => (text === "" ? "" : delta({ [state.reasoningField]: text })),
    call,
    end,
    keepAlive: () => KEEP_ALIVE,
    failed: chunks.failed,
  };
}

/** A call as it stands in a message. Source: npm `openai` 7.57.0, ChatCompletionMessageToolCall. */
export function writtenCall({ id, name, arguments: input, kind, extra }: ToolCall): JsonObject {
  return kind === "custom"
    ? { id, type: "custom", custom: { name, input }, ...extra }
    : { id, type: "function", function: { name, arguments: input }, ...extra };
}
