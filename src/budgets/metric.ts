import type { Metric, Spending } from "./budget.ts";

/** The most that one call can be counted as: a mad upstream's figures must not run past what numbers can hold. */
export const CALL_AMOUNT_MAX = 1e12;
const TOKENS_PER_PRICE = 1_000_000n;

/**
 * What a call comes to: requests, tokens or micro-USD, a whole number from 0 to `CALL_AMOUNT_MAX`. Cost is tokens times
 * their price per million, exact, and rounded up once.
 */
export function amountOf(metric: Metric, spending: Spending): number {
  const { requests, inputTokens, outputTokens } = spending;
  switch (metric) {
    case "requests":
      return whole(requests);
    case "input-tokens":
      return whole(inputTokens);
    case "output-tokens":
      return whole(outputTokens);
    case "tokens":
      return whole(whole(inputTokens) + whole(outputTokens));
    case "cost":
      return costOf(spending);
    default:
      return metric satisfies never;
  }
}

function costOf({
  inputTokens,
  outputTokens,
  inputMicroUsdPerMTok,
  outputMicroUsdPerMTok,
}: Spending): number {
  const product =
    BigInt(whole(inputTokens)) * BigInt(whole(inputMicroUsdPerMTok)) +
    BigInt(whole(outputTokens)) * BigInt(whole(outputMicroUsdPerMTok));
  return whole(Number((product + TOKENS_PER_PRICE - 1n) / TOKENS_PER_PRICE));
}

/** What is no number counts as the most: figures come from upstreams, and doubt never counts as nothing. */
function whole(value: number): number {
  if (Number.isNaN(value)) return CALL_AMOUNT_MAX;
  return Math.min(CALL_AMOUNT_MAX, Math.max(0, Math.ceil(value)));
}
