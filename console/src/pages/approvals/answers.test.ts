import { expect, test } from "vitest";
import { chosenBy } from "./answers.ts";

const answered = {
  approval: "apr_1",
  answer: "approve",
  kept: true,
  status: "approved",
  code: null,
  reason: null,
  drill: null,
} as const;

test("an answer that counts ends its request; one that does not says why, and leaves it open", () => {
  expect(chosenBy(answered)).toEqual({ settled: { how: "Approved, once.", tone: "good" } });
  expect(chosenBy({ ...answered, answer: "deny", drill: "This was a drill." })).toEqual({
    settled: { how: "This was a drill.", tone: "good" },
  });
  const late = {
    ...answered,
    kept: false,
    status: null,
    code: "approval_closed",
    reason: "already\u202E denied",
  };
  expect(chosenBy(late)).toEqual({ choice: null, problem: expect.stringContaining("already") });
  expect(chosenBy(late).problem).not.toContain("\u202E");
});
