import { describe, expect, test } from "vitest";
import type { Metric, Spending } from "./budget.ts";
import { estimateOf } from "./estimate.ts";
import { amountOf, CALL_AMOUNT_MAX } from "./metric.ts";
import { amountText, readAmount } from "./words.ts";

const spent = (over: Partial<Spending>): Spending => ({
  requests: 1,
  inputTokens: 10,
  outputTokens: 3,
  inputMicroUsdPerMTok: 150_000,
  outputMicroUsdPerMTok: 600_000,
  ...over,
});

describe("what a call comes to", () => {
  test.each<[Metric, Partial<Spending>, number]>([
    ["requests", {}, 1],
    ["input-tokens", {}, 10],
    ["output-tokens", {}, 3],
    ["tokens", {}, 13],
    // 10 x 0.15 + 3 x 0.60 USD per million: 3.3 micro-USD, rounded up once.
    ["cost", {}, 4],
    ["cost", { inputTokens: 1_000_000, outputTokens: 0 }, 150_000],
    ["cost", { inputTokens: 1, outputTokens: 0, inputMicroUsdPerMTok: 1 }, 1],
    ["cost", { inputMicroUsdPerMTok: 0, outputMicroUsdPerMTok: 0 }, 0],
    // 9,007,199,254 x 1,000,001: numbers alone would round it.
    ["cost", { inputTokens: 9_007_199_254, inputMicroUsdPerMTok: 1_000_001, outputTokens: 0 }, 9_007_208_262],
    ["tokens", { inputTokens: -5, outputTokens: 2.2 }, 3],
    ["tokens", { inputTokens: Number.NaN, outputTokens: 0 }, CALL_AMOUNT_MAX],
    ["tokens", { inputTokens: Number.POSITIVE_INFINITY, outputTokens: 1e300 }, CALL_AMOUNT_MAX],
    ["cost", { inputTokens: 1e300, inputMicroUsdPerMTok: 1e300 }, CALL_AMOUNT_MAX],
  ])("%s of %o", (metric, over, amount) => {
    expect(amountOf(metric, spent(over))).toBe(amount);
  });
});

describe("what a call is guessed to come to", () => {
  const free = { inputMicroUsdPerMTok: 0, outputMicroUsdPerMTok: 0 };
  const price = { inputMicroUsdPerMTok: 1, outputMicroUsdPerMTok: 2 };

  test.each([
    [{ inputCharacters: 0, outputTokensMax: null, ...free }, 32, 1_024, 0],
    [{ inputCharacters: 100, outputTokensMax: 50, ...price }, 66, 50, 1],
    // 100 Chinese characters are 300 bytes, and about 100 tokens.
    [{ inputCharacters: 100, inputBytes: 300, outputTokensMax: 0, ...price }, 132, 0, 1],
  ])("%o", (asked, inputTokens, outputTokens, inputMicroUsdPerMTok) => {
    const guess = { requests: 1, inputTokens, outputTokens, inputMicroUsdPerMTok };
    expect(estimateOf(asked)).toMatchObject(guess);
  });
});

describe("amounts as people write them", () => {
  test.each<[Metric, string, number, string]>([
    ["cost", "5.00", 5_000_000, "5.00"],
    ["cost", "5", 5_000_000, "5.00"],
    ["cost", "0.000001", 1, "0.000001"],
    ["cost", "12.3456", 12_345_600, "12.3456"],
    ["cost", "9007199254.740991", 9_007_199_254_740_991, "9007199254.740991"],
    ["tokens", "1000000", 1_000_000, "1000000"],
    ["requests", "1", 1, "1"],
  ])("%s %s", (metric, text, amount, again) => {
    expect(readAmount(metric, text)).toBe(amount);
    expect(amountText(metric, amount)).toBe(again);
  });

  test.each<[Metric, string]>([
    ["cost", "0"],
    ["cost", "0.0000001"],
    ["cost", "9007199254.740992"],
    ["cost", "-1"],
    ["cost", "1e3"],
    ["cost", "5,00"],
    ["cost", ".5"],
    ["cost", "$5"],
    ["tokens", "1.0"],
    ["tokens", "0"],
    ["tokens", "9007199254740993"],
    ["requests", ""],
    ["requests", " 1"],
  ])("%s %s is no amount", (metric, text) => {
    expect(readAmount(metric, text)).toBeNull();
  });
});
