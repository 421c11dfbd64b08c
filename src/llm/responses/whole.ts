import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import { argumentsObject } from "../arguments.ts";
import type { AnswerHead } from "../face.ts";
import { LLM_LIMITS } from "../limits.ts";
import { objectsAt, textAt } from "../openai/fields.ts";
import { settledFinish } from "../openai/finish.ts";
import { answerMalformed } from "../stream/faults.ts";
import { callsOf, type Finish, type Part, type ToolCall, type Turn, type Usage } from "../turn.ts";
import {
  builtInType,
  checkCalls,
  checkOutputText,
  checkResponse,
  isCall,
  isOpaque,
  readItem,
} from "./output.ts";

// A whole response: npm `openai` 7.57.0, resources/responses/responses.d.ts (`Response`).

/** Throws Fault `answer_malformed`, `answer_too_large`. */
export function readAnswer(body: JsonObject): Turn {
  const output = body["output"];
  checkResponse(body);
  const status = body["status"] ?? "completed";
  if (!Array.isArray(output)) throw answerMalformed("is no response");
  if (status !== "completed" && status !== "incomplete")
    throw answerMalformed(`has the status ${JSON.stringify(status)}`);
  if (output.length > LLM_LIMITS.partsMax) throw answerMalformed("has too many items");
  const parts = output.flatMap((item: Json) => {
    if (!isJsonObject(item)) throw answerMalformed("holds an item that is no object");
    return readItem(item);
  });
  const turn: Turn = {
    id: textAt(body, "id"),
    model: textAt(body, "model"),
    parts,
    finish: "stop",
    usage: readUsage(body["usage"]),
  };
  checkCalls(turn);
  checkOutputText(body);
  return { ...turn, finish: settledFinish(readFinish(body), callsOf(turn).length > 0) };
}

export function readFinish(response: JsonObject): Finish {
  const details = response["incomplete_details"];
  const reason = isJsonObject(details) ? details["reason"] : null;
  if (reason === "content_filter") return "filter";
  return reason === "max_output_tokens" || response["status"] === "incomplete" ? "length" : "stop";
}

export function readUsage(value: Json | undefined): Usage | null {
  if (!isJsonObject(value)) return null;
  return { inputTokens: tokens(value["input_tokens"]), outputTokens: tokens(value["output_tokens"]) };
}

/** Nothing negative or broken is believed: it would give a budget back. */
function tokens(value: Json | undefined): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** `ResponseUsage` wants every count as a number: 0 where the upstream did not say. */
function writeUsage(usage: Usage): JsonObject {
  const [input, output] = [usage.inputTokens ?? 0, usage.outputTokens ?? 0];
  return {
    input_tokens: input,
    input_tokens_details: { cached_tokens: 0, cache_write_tokens: 0 },
    output_tokens: output,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: input + output,
  };
}

/** A response that has only begun. */
export function responseOf(head: AnswerHead): JsonObject {
  return {
    id: head.id,
    object: "response",
    created_at: head.createdAt,
    status: "in_progress",
    error: null,
    incomplete_details: null,
    instructions: null,
    metadata: {},
    model: head.model,
    output: [],
    parallel_tool_calls: true,
    temperature: null,
    tool_choice: "auto",
    tools: [],
    top_p: null,
  };
}

/** A response that has ended: the fields that say how. */
export function endedFields(finish: Finish, usage: Usage | null): JsonObject {
  const reason = finish === "length" ? "max_output_tokens" : finish === "filter" ? "content_filter" : null;
  return {
    status: reason === null ? "completed" : "incomplete",
    incomplete_details: reason === null ? null : { reason },
    ...(usage === null ? {} : { usage: writeUsage(usage) }),
  };
}

export function whole(turn: Turn, head: AnswerHead): JsonObject {
  const output = outputOf(turn, head.itemsId ?? head.id);
  return { ...responseOf(head), ...endedFields(turn.finish, turn.usage), output, ...head.mark };
}

/** A turn's items, with ids made of the response's. */
export function outputOf(turn: Turn, responseId: string): readonly JsonObject[] {
  return turn.parts.flatMap((part, index) => itemOf(part, itemId(responseId, index)));
}

/** Ids of items that Doorward makes, the same each time a kept turn is told. */
export function itemId(responseId: string, index: number): string {
  return `${responseId.replace(/^resp_/, "")}_${index}`;
}

/** Opaque parts of other protocols are left out: they have no place here. */
function itemOf(part: Part, id: string): readonly JsonObject[] {
  switch (part.kind) {
    case "text":
      return part.text === "" ? [] : [messageItem(id, part.text)];
    case "reasoning":
      return [reasoningItem(id, part.text, part.signature)];
    case "call":
      return [callItem(id, part.call)];
    case "opaque":
    default:
      return isOpaque(part.json) ? [part.json] : [];
  }
}

export function messageItem(id: string, text: string): JsonObject {
  return {
    id: `msg_${id}`,
    type: "message",
    role: "assistant",
    status: "completed",
    content: [{ type: "output_text", text, annotations: [], logprobs: [] }],
  };
}

export function reasoningItem(id: string, text: string, sealed: string | null): JsonObject {
  return {
    id: `rs_${id}`,
    type: "reasoning",
    summary: text === "" ? [] : [{ type: "summary_text", text }],
    ...(sealed === null ? {} : { encrypted_content: sealed }),
  };
}

export function callItem(id: string, call: ToolCall): JsonObject {
  const builtIn = builtInType(call.name);
  const ended = { status: "completed", call_id: call.id };
  if (builtIn !== null) return { ...argumentsObject(call), id: `ctc_${id}`, type: builtIn, ...ended };
  if (call.kind === "custom")
    return { id: `ctc_${id}`, type: "custom_tool_call", ...ended, name: call.name, input: call.arguments };
  return { id: `fc_${id}`, type: "function_call", ...ended, name: call.name, arguments: call.arguments };
}

/** The upstream's own response with refused calls as messages in their place. */
export function refuseCalls(body: JsonObject, refused: ReadonlyMap<number, string>): JsonObject {
  let calls = 0;
  const output = objectsAt(body, "output").map((item, index): JsonObject => {
    if (!isCall(item)) return withoutTokens(item);
    const words = refused.get(calls);
    calls += 1;
    return words === undefined ? item : messageItem(itemId(textAt(body, "id") ?? "", index), words);
  });
  // Clients join the text of the items themselves; a whole text beside them would be that of before.
  const { output_text: _before, ...rest } = body;
  return { ...rest, output };
}

/** The tokens' probabilities may spell the refused call. */
function withoutTokens(item: JsonObject): JsonObject {
  if (!Array.isArray(item["content"])) return item;
  const content = objectsAt(item, "content").map((part) =>
    part["logprobs"] === undefined ? part : { ...part, logprobs: [] },
  );
  return { ...item, content };
}
