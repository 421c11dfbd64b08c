import { expect, test } from "vitest";
import { amountText, overText, scopeText, usageText } from "./words.ts";

test.each([
  ["2000000", "2,000,000"],
  ["21.30", "21.30"],
  ["1234.000001", "1,234.000001"],
  ["9007199254740993", "9007199254740993"],
  ["?", "?"],
])("%s reads as %s", (amount, text) => {
  expect(amountText(amount)).toBe(text);
});

test("a budget in words: whom it counts, how full it is, what then", () => {
  expect(scopeText({ agent: null, user: null, model: null })).toBe("everything");
  expect(scopeText({ agent: "each", user: null, model: "openai/*" })).toBe("each agent, model openai/*");
  expect(usageText({ amount: "100", unit: "requests" }, "40", 40)).toBe("40 of 100 requests, 40 %");
  expect(usageText({ amount: "1000", unit: "requests" }, "3", 0)).toBe("3 of 1,000 requests, under 1 %");
  expect(usageText({ amount: "1000", unit: "requests" }, "0", 0)).toBe("0 of 1,000 requests, 0 %");
  expect(overText({ over: "hold", group: "finance" })).toBe("held for a yes of finance");
  expect(overText({ over: "deny", group: null })).toBe("refused");
});
