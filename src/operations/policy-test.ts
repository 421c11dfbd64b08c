import { z } from "zod";
import { Fault } from "#base";
import { createBeginnings } from "#flow";
import { runPolicyTests } from "#policy";
import { acceptedTools, labelledTools } from "./accepted-tools.ts";
import { manifestsOf } from "./manifest-rows.ts";
import { policyText } from "./policy-text.ts";
import { read } from "./operation.ts";

const TESTS_CHARS_MAX = 500_000;

export const policyTest = read({
  name: "policy.test",
  summary: "Run policy tests (YAML) against the active policy set, or against another text",
  permission: "policy.read",
  body: true,
  input: z.strictObject({
    tests: z
      .string()
      .max(TESTS_CHARS_MAX)
      .meta({ description: "YAML; on the command line a file, or - for standard input", "x-file": true }),
    policy: policyText.optional(),
  }),
  output: z.object({
    passed: z.int(),
    failed: z.int(),
    items: z.array(
      z.object({
        name: z.string(),
        passed: z.boolean(),
        expected: z.string(),
        got: z.string(),
        because: z.string().nullable(),
        line: z.int().nullable(),
      }),
    ),
  }),
  positional: ["tests"],
  isFailure: ({ failed }) => failed > 0,
  columns: ["passed", "name", "expected", "got", "because"],
  examples: ["policy test policy-tests.yaml --policy policy.cedar"],
  async run(context, { tests, policy }) {
    const text = policy ?? context.policy.current()?.text;
    if (text === undefined) {
      throw new Fault("policy_missing", "no policy set is active", "Give a text: `--policy FILE`.");
    }
    const labels = createBeginnings(manifestsOf(await labelledTools(context)));
    const report = runPolicyTests(tests, text, await acceptedTools(context.store), labels);
    if (!report.ok) {
      const [first] = report.problems;
      const where = first?.line === undefined ? "" : `line ${first.line}: `;
      throw new Fault(
        "policy_tests_invalid",
        `the tests or the policy text cannot be read: ${where}${first?.message ?? "no reason given"}`,
        "Mend it and run them again; `doorward policy check FILE` shows every problem of a policy text.",
      );
    }
    return { passed: report.passed, failed: report.failed, items: [...report.results] };
  },
});
