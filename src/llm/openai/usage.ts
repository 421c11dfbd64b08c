import type { Json, JsonObject } from "#base";
import { isJsonObject } from "#wire";
import type { Usage } from "../turn.ts";

/**
 * Usage as OpenAI counts it (npm `openai` 7.57.0, resources/completions.d.ts, CompletionUsage); null where there is none.
 * Gemini's OpenAI endpoint leaves reasoning out of `completion_tokens` and not out of `total_tokens`, so the larger
 * reading counts. Nothing negative or broken is believed: it would give a budget back.
 */
export function readUsage(value: Json | undefined): Usage | null {
  if (!isJsonObject(value)) return null;
  const inputTokens = tokens(value["prompt_tokens"]);
  const completion = tokens(value["completion_tokens"]);
  const total = tokens(value["total_tokens"]);
  const rest = total === null || inputTokens === null ? null : total - inputTokens;
  const outputTokens = rest === null || rest < 0 ? completion : Math.max(completion ?? 0, rest);
  return inputTokens === null && outputTokens === null ? null : { inputTokens, outputTokens };
}

export function writeUsage(usage: Usage): JsonObject {
  const prompt = usage.inputTokens ?? 0;
  const completion = usage.outputTokens ?? 0;
  return { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
}

function tokens(value: Json | undefined): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}
