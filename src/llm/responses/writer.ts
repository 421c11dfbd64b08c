import type { JsonObject } from "#base";
import type { AnswerHead, AnswerWriter, Problem } from "../face.ts";
import { KEEP_ALIVE } from "../openai/chunks.ts";
import type { Finish, ToolCall, Usage } from "../turn.ts";
import { partOf, placeOf } from "./closing.ts";
import { isOpaque } from "./output.ts";
import { typeOf } from "./request.ts";
import {
  begin,
  close,
  createTape,
  nextId,
  openItem,
  passed,
  put,
  putAsItIs,
  responseSoFar,
  send,
  start,
  step,
  type Tape,
} from "./tape.ts";
import { callItem, endedFields, messageItem, reasoningItem } from "./whole.ts";

// The events of a streamed response: npm `openai` 7.57.0, resources/responses/responses.d.ts (`ResponseStreamEvent`).

export function createWriter(head: AnswerHead): AnswerWriter {
  const tape = createTape(head);
  let isEnded = false;

  function reasoning(text: string, sealed: string | null = null): string {
    const said = grow(tape, "reasoning", text);
    return sealed === null ? said : said + close(tape, { encrypted_content: sealed });
  }

  function end(finish: Finish, usage: Usage | null): string {
    if (isEnded) return "";
    isEnded = true;
    const before = begin(tape) + close(tape);
    const response: JsonObject = { ...responseSoFar(tape), ...endedFields(finish, usage) };
    const type = response["status"] === "completed" ? "response.completed" : "response.incomplete";
    return before + step(tape, type, { response });
  }

  return {
    passed: (piece) => {
      if (piece.deltas.some(({ kind }) => kind === "done")) isEnded = true;
      passed(tape, piece);
    },
    text: (text) => (text === "" ? begin(tape) : grow(tape, "message", text)),
    reasoning,
    opaque: (json) => (isOpaque(json) ? putAsItIs(tape, json) : ""),
    call: (call) => putCall(tape, call),
    items: () =>
      tape.items
        .all()
        .map(({ done }) => done)
        .filter((done) => done !== null),
    end,
    keepAlive: () => KEEP_ALIVE,
    failed: ({ code, message, parameter }: Problem) =>
      step(tape, "error", { code, message, param: parameter }),
  };
}

interface Shape {
  readonly item: (id: string) => JsonObject;
  readonly place: "content" | "summary";
  readonly part: string;
  readonly added: string;
  readonly delta: string;
  readonly rest: JsonObject;
}

const SHAPES: Readonly<Record<"message" | "reasoning", Shape>> = {
  message: {
    item: (id) => ({ ...messageItem(id, ""), status: "in_progress", content: [] }),
    place: "content",
    part: "output_text",
    added: "response.content_part.added",
    delta: "response.output_text.delta",
    rest: { logprobs: [] },
  },
  reasoning: {
    item: (id) => reasoningItem(id, "", null),
    place: "summary",
    part: "summary_text",
    added: "response.reasoning_summary_part.added",
    delta: "response.reasoning_summary_text.delta",
    rest: {},
  },
};

/** Text in the open item of this type, or in a new one. */
function grow(tape: Tape, type: "message" | "reasoning", text: string): string {
  const { item: itemOf, place, part, added, delta, rest } = SHAPES[type];
  const begun = openItem(tape, type) === null ? start(tape, itemOf(nextId(tape))) : "";
  const item = openItem(tape, type);
  if (item === null || text === "") return begun;
  const parts = item[place];
  const last = parts.at(-1);
  const isNew = last === undefined || last.isDone || last.type !== part;
  const at = { ...placeOf(item), [`${place}_index`]: isNew ? parts.length : parts.length - 1 };
  const first = isNew ? send(tape, added, { ...at, part: partOf(part, "", []) }) : "";
  return begun + first + send(tape, delta, { ...at, delta: text, ...rest });
}

function putCall(tape: Tape, call: ToolCall): string {
  const item = callItem(nextId(tape), call);
  const begun: JsonObject = { ...item, status: "in_progress" };
  const { arguments: text, name } = call;
  switch (typeOf(item)) {
    case "function_call":
      return put(tape, { ...begun, arguments: "" }, item, (at) => {
        const event = "response.function_call_arguments";
        return (
          step(tape, `${event}.delta`, { ...at, delta: text }) +
          step(tape, `${event}.done`, { ...at, name, arguments: text })
        );
      });
    case "custom_tool_call":
      return put(tape, { ...begun, input: "" }, item, (at) => {
        const event = "response.custom_tool_call_input";
        return (
          step(tape, `${event}.delta`, { ...at, delta: text }) +
          step(tape, `${event}.done`, { ...at, input: text })
        );
      });
    default:
      return put(tape, begun, item, () => "");
  }
}
