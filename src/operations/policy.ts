import { z } from "zod";
import { Fault } from "#base";
import { compilePolicies, type PolicySet } from "#policy";
import { acceptedTools } from "./accepted-tools.ts";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import { read } from "./operation.ts";
import { demandCompiled, policyText } from "./policy-text.ts";
import { summaries, summaryShape } from "./policy-summary.ts";

export const problemShape = z.object({
  message: z.string(),
  help: z.string().optional(),
  policy: z.string().optional(),
  line: z.int().optional(),
  column: z.int().optional(),
});

export const policyShow = read({
  name: "policy.show",
  summary: "Show the active policy set, or an earlier one by digest",
  permission: "policy.read",
  input: z.strictObject({ digest: z.string().max(100).optional().describe("sha256:…, of `policy history`") }),
  output: z.object({
    digest: z.string(),
    active: z.boolean(),
    policies: z.array(summaryShape),
    text: z.string(),
  }),
  positional: ["digest"],
  piped: "text",
  examples: ["policy show", "policy show > policy.cedar"],
  async run(context, { digest }) {
    const set = await setOf(context, digest);
    const isActive = set.digest === context.policy.current()?.digest;
    return { digest: set.digest, active: isActive, policies: summaries(set), text: set.text };
  },
});

export const policyCheck = read({
  name: "policy.check",
  summary: "Say whether a policy text parses and fits the accepted tools",
  permission: "policy.read",
  body: true,
  input: z.strictObject({ text: policyText }),
  output: z.object({
    ok: z.boolean(),
    digest: z.string().nullable(),
    policies: z.array(summaryShape),
    problems: z.array(problemShape),
    warnings: z.array(problemShape),
  }),
  positional: ["text"],
  isFailure: ({ ok }) => !ok,
  examples: ["policy check policy.cedar"],
  async run({ store }, { text }) {
    const compiled = compilePolicies(text, await acceptedTools(store));
    if (!compiled.ok)
      return { ok: false, digest: null, policies: [], problems: [...compiled.problems], warnings: [] };
    const { set, warnings } = compiled;
    return { ok: true, digest: set.digest, policies: summaries(set), problems: [], warnings: [...warnings] };
  },
});

export const policyHistory = read({
  name: "policy.history",
  summary: "List activations of policy sets, newest first",
  permission: "policy.read",
  input: z.strictObject(pageInput),
  output: pageOf(
    z.object({
      id: z.string(),
      digest: z.string(),
      activatedAt: time,
      activatedBy: z.string(),
      note: z.string(),
    }),
  ),
  columns: ["activatedAt", "digest", "activatedBy", "note"],
  async run({ store }, { after, limit }) {
    const key = keyOfCursor(after);
    let query = store.query
      .selectFrom("policy_activations")
      .innerJoin("policy_sets", "policy_sets.digest", "policy_activations.digest")
      .select(["policy_activations.id", "policy_activations.digest", "activated_at", "activated_by", "note"])
      .orderBy("policy_activations.id", "desc")
      .limit(limit + 1);
    if (key !== "") query = query.where("policy_activations.id", "<", key);
    return page(await query.execute(), limit, {
      keyOf: (row) => row.id,
      item: (row) => ({
        id: row.id,
        digest: row.digest,
        activatedAt: isoTime(row.activated_at),
        activatedBy: row.activated_by,
        note: row.note,
      }),
    });
  },
});

async function setOf(context: ReadContext, digest: string | undefined): Promise<PolicySet> {
  const current = context.policy.current();
  if (current !== null && (digest === undefined || digest === current.digest)) return current;
  if (digest === undefined) {
    throw new Fault(
      "policy_missing",
      "no policy set is active, so nothing is allowed",
      "Activate one: `doorward policy activate FILE`.",
    );
  }
  const { query } = context.store;
  const row = await query
    .selectFrom("policy_sets")
    .select("text")
    .where("digest", "=", digest)
    .executeTakeFirst();
  if (row === undefined)
    throw new Fault(
      "policy_unknown",
      `there is no policy set ${digest}`,
      "List them: `doorward policy history`.",
    );
  return demandCompiled(compilePolicies(row.text, await acceptedTools(context.store), "reload")).set;
}
