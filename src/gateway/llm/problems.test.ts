import { expect, test } from "vitest";
import { problemOfRefusal } from "./problems.ts";
import type { Refused } from "../outside.ts";
import { actionIdOf } from "../columns.ts";

const refused = (code: string): Refused => ({
  kind: "refused",
  action: actionIdOf("act_01"),
  code,
  reason: "why",
  rules: [],
  remedy: "what to do",
  approval: null,
});

test.each([
  ["model_pending", 503, "later"],
  ["budget_exceeded", 429, "later"],
  ["model_revoked", 403, "never"],
])("%s is told with a status that SDKs try again by, or do not", (code, status, retry) => {
  const problem = problemOfRefusal(refused(code));
  expect([problem.status, problem.refusal?.["retry"]]).toEqual([status, retry]);
});
