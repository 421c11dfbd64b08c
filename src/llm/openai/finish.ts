import type { Finish } from "../turn.ts";

// `finish_reason`: npm `openai` 7.57.0, resources/chat/completions/completions.d.ts, ChatCompletionChunk.Choice. Local
// runtimes add their own words (`eos_token`, `load`, `abort`), all of which mean that the model is done.
const READ: Readonly<Record<string, Finish>> = {
  stop: "stop",
  length: "length",
  max_tokens: "length",
  tool_calls: "calls",
  function_call: "calls",
  content_filter: "filter",
};

export function readFinish(reason: string): Finish {
  return Object.hasOwn(READ, reason) ? (READ[reason] ?? "stop") : "stop";
}

/** The finish of a whole turn: calls are what a client acts on, whatever the runtime called the end. */
export function settledFinish(said: Finish | null, hasCalls: boolean): Finish {
  if (hasCalls && (said === null || said === "stop")) return "calls";
  return said === null || (said === "calls" && !hasCalls) ? "stop" : said;
}

/** What the clients are told; `calls` without a call written would make them wait for one. */
export function writeFinish(finish: Finish, written: "none" | "calls" | "legacy"): string {
  if (finish === "length") return "length";
  if (finish === "filter") return "content_filter";
  if (written === "legacy") return "function_call";
  return written === "calls" ? "tool_calls" : "stop";
}
