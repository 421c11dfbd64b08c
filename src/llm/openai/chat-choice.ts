import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import type { Delta } from "../face.ts";
import { answerMalformed } from "../stream/faults.ts";
import { checkHiddenBut } from "../stream/hidden.ts";
import { onlyKnown } from "./calls.ts";
import { contentSaid } from "./content.ts";
import { type OpenCall, textOrNull } from "./open-call.ts";
import type { TurnBuilder } from "./turn-builder.ts";

// One message or delta of a chat answer. Source: npm `openai` 7.57.0, resources/chat/completions/completions.d.ts,
// ChatCompletionChunk.Choice.Delta and ChatCompletionMessage. Beside them: `reasoning_content` (llama.cpp, vLLM before
// 0.11), `reasoning` (vLLM, Ollama) and what gateways add for show.
const DELTA_FIELDS = new Set([
  "role",
  "content",
  "refusal",
  "tool_calls",
  "function_call",
  "reasoning_content",
  "reasoning",
  "reasoning_details",
  "annotations",
  "citations",
  "images",
  "name",
  "tool_call_id",
  "audio",
  "token_ids",
  "extra_content",
  "provider_specific_fields",
]);

const CALLS = new Set(["tool_calls", "function_call"]);

/** What a delta (or a whole message) says, in the order in which clients show it. */
export function readDelta(delta: JsonObject, builder: TurnBuilder): readonly Delta[] {
  onlyKnown(delta, DELTA_FIELDS, "a message");
  checkHiddenBut(delta, CALLS);
  const role = delta["role"];
  if (role !== undefined && role !== null && role !== "" && role !== "assistant")
    throw answerMalformed(`speaks in the role ${JSON.stringify(role)}`);
  if (isJsonObject(delta["audio"])) throw answerMalformed("holds audio, which was not asked for");
  const deltas: Delta[] = [];
  readReasoning(delta, builder, deltas);
  for (const said of contentSaid(delta["content"])) {
    builder[said.kind](said.text);
    deltas.push(said);
  }
  const refusal = textOrNull(delta["refusal"], "refusal");
  if (refusal) {
    // Text to everybody but this protocol: a turn that is written anew must not lose it.
    builder.refusal(refusal);
    deltas.push({ kind: "text", text: refusal });
  }
  if (delta["tool_calls"] || delta["function_call"]) readCalls(delta, builder, deltas);
  return deltas;
}

function readReasoning(delta: JsonObject, builder: TurnBuilder, deltas: Delta[]): void {
  // Where a runtime sends both, they say the same.
  const text =
    textOrNull(delta["reasoning_content"], "reasoning_content") ||
    textOrNull(delta["reasoning"], "reasoning");
  if (!text) return;
  builder.reasoning(text);
  deltas.push({ kind: "reasoning", text });
}

function readCalls(delta: JsonObject, builder: TurnBuilder, deltas: Delta[]): void {
  const entries = delta["tool_calls"] ?? [];
  if (!Array.isArray(entries)) throw answerMalformed("has tool calls that are no list");
  for (const entry of entries) place(builder, builder.calls.add(entry));
  const legacy = delta["function_call"];
  if (legacy !== undefined && legacy !== null) place(builder, builder.calls.addLegacy(legacy));
  if (entries.length > 0 || legacy)
    deltas.push(builder.calls.isAmbiguous() ? { kind: "call", isAmbiguous: true } : { kind: "call" });
}

function place(builder: TurnBuilder, begun: OpenCall | null): void {
  if (begun !== null) builder.call(begun);
}

/** The one choice of an answer; null where there is none yet. Throws for a second one: it would go undecided (T8). */
export function onlyChoice(body: JsonObject): JsonObject | null {
  const choices = body["choices"];
  if (!Array.isArray(choices)) throw answerMalformed("has no list of choices");
  if (choices.length === 0) return null;
  const choice: Json | undefined = choices[0];
  if (choices.length > 1) throw answerMalformed(`has ${choices.length} choices where one was asked for`);
  if (!isJsonObject(choice)) throw answerMalformed("has a choice that is no object");
  const index = choice["index"] ?? 0;
  if (index !== 0)
    throw answerMalformed(`has a choice at index ${JSON.stringify(index)} where one was asked for`);
  return choice;
}

/** Throws if what stands where clients may look for calls holds some that the reader did not see. */
export function nothingHidden(holder: JsonObject): void {
  for (const name of ["tool_calls", "function_call"]) {
    const value = holder[name];
    if (value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0))
      throw answerMalformed(`has \`${name}\` where the protocol has none`);
  }
}
