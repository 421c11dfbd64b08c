import { Fault, type JsonObject } from "#base";
import { isJsonObject } from "#wire";
import { readArguments } from "../arguments.ts";
import type { Delta } from "../face.ts";
import { LLM_LIMITS } from "../limits.ts";
import { answerMalformed, answerTooLarge } from "../stream/faults.ts";
import type { Part, ToolCall } from "../turn.ts";
import { cutCall, objectOf, readBlock, readCall, shown, textOf, typeOf } from "./blocks.ts";

/** A block between `content_block_start` and `content_block_stop`. */
export interface OpenBlock {
  readonly type: "text" | "thinking" | "tool_use" | "opaque";
  readonly start: JsonObject;
  /** Text, thinking, or JSON of the input: what the deltas said so far. */
  readonly written: string[];
  units: number;
  signature: string | null;
}

export function openBlock(start: JsonObject): OpenBlock {
  const type = start["type"];
  const isOwn = type === "text" || type === "thinking" || type === "tool_use";
  const block: OpenBlock = {
    type: isOwn ? type : "opaque",
    start,
    written: [],
    units: 0,
    signature:
      typeof start["signature"] === "string" && start["signature"] !== "" ? start["signature"] : null,
  };
  if (type === "text" || type === "thinking") write(block, textOf(start, type));
  // Throws where the type is not known, and where a call says nothing of whom it is for.
  else if (type === "tool_use") readCall(start, "");
  else readBlock(start);
  return block;
}

function write(block: OpenBlock, text: string): void {
  if (text === "") return;
  block.units += text.length;
  if (block.type === "tool_use" && block.units > LLM_LIMITS.argumentsUnitsMax)
    throw answerTooLarge(LLM_LIMITS.argumentsUnitsMax);
  block.written.push(text);
}

/** One `content_block_delta` (`RawContentBlockDelta`), which must fit the block that it goes on. */
export function addDelta(block: OpenBlock, event: JsonObject): readonly Delta[] {
  const delta = event["delta"];
  if (!isJsonObject(delta)) throw answerMalformed("goes on without saying how");
  switch (`${block.type} ${typeOf(delta)}`) {
    case "text text_delta":
      return say(block, "text", textOf(delta, "text"));
    case "thinking thinking_delta":
      return say(block, "reasoning", textOf(delta, "thinking"));
    case "thinking signature_delta":
      // The official client keeps the last one.
      block.signature = textOf(delta, "signature");
      return [];
    case "tool_use input_json_delta":
      write(block, textOf(delta, "partial_json"));
      return [{ kind: "call" }];
    case "opaque input_json_delta":
      write(block, textOf(delta, "partial_json"));
      return [];
    case "text citations_delta":
      return [];
    default:
      throw answerMalformed(`goes on in a block of type ${shown(block.start["type"])} with ${typeOf(delta)}`);
  }
}

function say(block: OpenBlock, kind: "text" | "reasoning", text: string): readonly Delta[] {
  write(block, text);
  return text === "" ? [] : [{ kind, text }];
}

/** What can be told of a block that goes on: its text; of a call nothing before its end. */
export function partSoFar(block: OpenBlock): Part | null {
  const text = block.written.join("");
  if (block.type === "text") return { kind: "text", text };
  if (block.type === "thinking") return { kind: "reasoning", text, signature: block.signature };
  return null;
}

/** A call that was stopped: by its model, or by the end of the answer, which says so later. */
export interface EndedCall {
  /** Fault `answer_malformed` where what was written is no call. */
  readonly whole: ToolCall | Fault;
  /** What it is if the answer ended at its limit here; null: it is whole all the same. */
  readonly cut: ToolCall | null;
}

/** Throws Fault `answer_malformed` where it can be neither. */
export function endCall(block: OpenBlock): EndedCall {
  const text = inputOf(block, block.written.join(""));
  const cut = cutCall(block.start, text);
  try {
    return { whole: readCall(block.start, text), cut: text === "" ? cut : null };
  } catch (error) {
    if (error instanceof Fault) return { whole: error, cut };
    throw error;
  }
}

/** Any block but a call. */
export function endBlock(block: OpenBlock): Part {
  const sofar = partSoFar(block);
  if (sofar !== null) return sofar;
  const written = block.written.join("");
  return readBlock(written === "" ? block.start : { ...block.start, input: readArguments(written) });
}

/** The official client takes the deltas and forgets the input that the block began with: both is two readings. */
function inputOf(block: OpenBlock, written: string): string {
  const begun = block.start["input"];
  if (!isJsonObject(begun) || Object.keys(begun).length === 0) {
    if (begun !== undefined) objectOf(block.start, "input");
    return written;
  }
  if (written !== "") throw answerMalformed("gives a call's arguments twice");
  return JSON.stringify(begun);
}
