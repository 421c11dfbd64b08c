import { expect, test } from "vitest";
import type { PolicyId } from "#vocabulary";
import type { EvaluablePolicy, Evaluation, EvaluationRequest, Evaluator } from "./evaluator.ts";
import { actionUid, uid } from "./question.ts";
import { EVALUATIONS_MAX, KEY_CHARACTERS_MAX, remembering } from "./remembering.ts";

const NOTHING: Evaluation = { decision: "deny", reasons: [], errors: [] };

function counting(): { readonly asked: EvaluationRequest[]; readonly evaluator: Evaluator } {
  const asked: EvaluationRequest[] = [];
  const evaluator: Evaluator = {
    evaluate: (_slice, request) => {
      asked.push(request);
      return NOTHING;
    },
    outlook: () => ({ satisfied: [], errored: [], open: [] }),
  };
  return { asked, evaluator: remembering(evaluator) };
}

const policy = (reads: EvaluablePolicy["reads"]): EvaluablePolicy => ({
  id: "p" as PolicyId,
  text: "",
  reads,
});

function requestWith(input: Record<string, string>, agent = "agt_1"): EvaluationRequest {
  return {
    principal: { uid: uid("Agent", agent), attrs: {}, parents: [] },
    action: { uid: actionUid("fs/read"), attrs: {}, parents: [] },
    resource: { uid: uid("Tool", "fs/read"), attrs: {}, parents: [] },
    context: { stage: "enforce", input },
  };
}

test("arguments that no policy reads do not ask again; one that a policy reads does", () => {
  const { asked, evaluator } = counting();
  const slice = { key: "k", policies: [policy(new Set(["path"]))] };
  evaluator.evaluate(slice, requestWith({ path: "/a", text: "1" }));
  evaluator.evaluate(slice, requestWith({ text: "2", path: "/a" }));
  expect(asked).toHaveLength(1);
  evaluator.evaluate(slice, requestWith({ path: "/b", text: "1" }));
  // Absent is not the same as anything present.
  evaluator.evaluate(slice, requestWith({ text: "1" }));
  expect(asked).toHaveLength(3);
});

test.each<[string, EvaluationRequest, string]>([
  ["another argument, where a policy reads all of them", requestWith({ a: "2" }), "k"],
  ["another principal", requestWith({ a: "1" }, "agt_2"), "k"],
  ["another slice", requestWith({ a: "1" }), "other"],
])("%s is another question", (_name, request, key) => {
  const { asked, evaluator } = counting();
  evaluator.evaluate({ key: "k", policies: [policy("all")] }, requestWith({ a: "1" }));
  evaluator.evaluate({ key, policies: [policy("all")] }, request);
  expect(asked).toHaveLength(2);
});

test("the whole request reaches the evaluator, unread arguments included", () => {
  const { asked, evaluator } = counting();
  evaluator.evaluate({ key: "k", policies: [policy(new Set())] }, requestWith({ text: "1" }));
  expect(asked[0]?.context).toEqual({ stage: "enforce", input: { text: "1" } });
});

test("what is kept is bounded, in number and in size", () => {
  const { asked, evaluator } = counting();
  const slice = { key: "k", policies: [policy("all")] };
  const large = requestWith({ a: "x".repeat(KEY_CHARACTERS_MAX) });
  evaluator.evaluate(slice, large);
  evaluator.evaluate(slice, large);
  expect(asked).toHaveLength(2);
  for (let at = 0; at <= EVALUATIONS_MAX; at += 1) evaluator.evaluate(slice, requestWith({ a: String(at) }));
  evaluator.evaluate(slice, requestWith({ a: "0" }));
  expect(asked).toHaveLength(2 + EVALUATIONS_MAX + 2);
});
