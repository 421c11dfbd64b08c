import { Fault, type JsonObject } from "#base";
import { LLM_LIMITS, type ToolCall } from "#llm";
import { isJsonObject, JSON_BODY_LIMITS, parseStrictJson } from "#wire";

/** No deeper than the writers of other protocols read: what is decided is what the client gets. */
const LIMITS = { ...JSON_BODY_LIMITS, depthMax: LLM_LIMITS.nestingMax };

/**
 * A call's arguments, where there is one way to read them (T8): JSON text for a function, `{input: text}` for a custom
 * tool. Nothing at all means no arguments: some models write that for a tool without any. A Fault says why there is none.
 */
export function argumentsOf(call: ToolCall): JsonObject | Fault {
  const { arguments: text, kind } = call;
  if (call.isCut === true) return cutOff();
  // UTF-8 has no lone surrogate: encoding one would make another text of it.
  if (!text.isWellFormed()) return unreadable("half of a surrogate pair");
  if (kind === "custom") return { input: text };
  if (text === "") return {};
  try {
    const read = parseStrictJson(Buffer.from(text, "utf8"), LIMITS);
    return isJsonObject(read) ? read : unreadable("no JSON object");
  } catch (error) {
    if (error instanceof Fault) return unreadable(error.message);
    throw error;
  }
}

function unreadable(why: string): Fault {
  return new Fault(
    "tool_call_unreadable",
    `the arguments of this call cannot be read in exactly one way: ${why}`,
    "Write them as one JSON object: each key once, whole characters, integers within 2^53.",
  );
}

function cutOff(): Fault {
  return new Fault(
    "tool_call_cut",
    "the answer ended at its limit within this call, so nobody knows what the rest of it would have been",
    "Ask again with room for a longer answer, or for less at once.",
  );
}
