import type { Spending } from "./budget.ts";

/**
 * English text has about four characters to a token (OpenAI, "What are tokens and how to count them?"); code and other
 * languages have fewer. Three errs on the safe side; what was really used is settled afterwards.
 */
export const CHARACTERS_PER_TOKEN = 3;
/** Templates, roles and separators around what the client wrote. */
export const OVERHEAD_TOKENS = 32;
/** Reserved for an answer whose client named no limit, and by how much a longer stream's reservation grows at a time. */
export const OUTPUT_TOKENS_STEP = 1_024;

export interface Estimating {
  /** UTF-16 units of everything the model is given to read. */
  readonly inputCharacters: number;
  /**
   * The same in UTF-8 bytes, where known. Chinese, Japanese and Korean have about one token to a character, which has
   * three bytes: counted by bytes they are not underrated.
   */
  readonly inputBytes?: number;
  /** Null: the client named no limit. 0: the model writes nothing (embeddings). */
  readonly outputTokensMax: number | null;
  readonly inputMicroUsdPerMTok: number;
  readonly outputMicroUsdPerMTok: number;
}

/** What one call may come to, guessed high: ceil(characters / 3) + 32 tokens of input, and the longest answer asked for. */
export function estimateOf(asked: Estimating): Spending {
  const { inputCharacters, inputBytes = 0, outputTokensMax } = asked;
  return {
    requests: 1,
    inputTokens: Math.ceil(Math.max(inputCharacters, inputBytes) / CHARACTERS_PER_TOKEN) + OVERHEAD_TOKENS,
    outputTokens: outputTokensMax ?? OUTPUT_TOKENS_STEP,
    inputMicroUsdPerMTok: asked.inputMicroUsdPerMTok,
    outputMicroUsdPerMTok: asked.outputMicroUsdPerMTok,
  };
}
