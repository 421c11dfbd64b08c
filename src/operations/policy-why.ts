import { z } from "zod";
import { Fault } from "#base";
import { delegationOf, explain, type Explanation, obstructs, type Question } from "#policy";
import type { FlowFacts, Stage } from "#vocabulary";
import { flowIn, flowShape, recordedFlow } from "./action-flow.ts";
import { findAction, keptAction } from "./actions.ts";
import { findAgent } from "./agent-rows.ts";
import type { ReadContext } from "./context.ts";
import { agentReference, id, modelReference, toolReference } from "./fields.ts";
import { read } from "./operation.ts";
import { chainOf, chainUnder } from "./policy-chain.ts";
import { recordOf, recordShape, type RecordView, withOthers } from "./policy-record.ts";
import { effectsIn, supposed, type Supposing } from "./policy-supposed.ts";

const policyShape = z.object({
  id: z.string(),
  principal: z.string().describe("Whom of the chain it was asked about: user:NAME or agent:NAME"),
  effect: z.string(),
  outcome: z.string().describe("satisfied, not-satisfied or errs"),
  group: z.string().nullable(),
  reason: z.string().nullable(),
  error: z.string().nullable(),
});

const principalShape = z.object({
  principal: z
    .string()
    .describe("user:NAME, delegation:ID, or agent:NAME; the user first, the acting agent last"),
  answer: z
    .enum(["allow", "hold", "deny"])
    .describe("What it says by itself; the strictest of the chain counts"),
  why: z.string().nullable().describe("Where it stands in the way"),
});

export const policyWhy = read({
  name: "policy.why",
  summary: "Explain a verdict: of an action that happened, or of one that might",
  permission: "policy.read",
  body: true,
  input: z.strictObject({
    action: id("act", "Action that happened").optional(),
    agent: agentReference.optional(),
    tool: toolReference.optional(),
    model: modelReference.optional(),
    delegation: id("dlg", "As if the agent acted under this delegation").optional(),
    session: id(
      "ses",
      "As if the agent acted in this session, now, with what is known there of the user's words and of values",
    ).optional(),
    arguments: z.record(z.string(), z.unknown()).default({}).describe("Arguments of the tool, as JSON"),
  }),
  output: z.object({
    verdict: z.string().describe("What the active policy set says now"),
    recorded: z.string().nullable().describe("What was said when it happened; null for one that might"),
    record: recordShape,
    code: z.string().nullable(),
    reason: z.string(),
    remedy: z.string(),
    action: z.string().describe("The Cedar action"),
    resource: z.string(),
    doubtful: z.array(z.string()).describe("Arguments that are missing or not of their declared type"),
    principals: z.array(principalShape).describe("The principal chain, and who of it stands in the way"),
    flow: flowShape.shape.flow,
    policies: z.array(policyShape).describe("Every policy in scope, and what it says"),
  }),
  positional: ["action"],
  examples: [
    "policy why act_…",
    `policy why --agent mailbot --tool fs/write_file --arguments '{"path":"/srv/a"}'`,
    `policy why --session ses_… --tool fs/write_file --arguments '{"path":"/srv/a"}'`,
    "policy why --agent mailbot --model ollama/llama3.2",
  ],
  async run(context, input) {
    const set = context.policy.current();
    if (set === null)
      throw new Fault(
        "policy_missing",
        "no policy set is active, so nothing is allowed",
        "Activate one: `doorward policy activate FILE`.",
      );
    const { question, recorded, flow, record, caveat } =
      input.action === undefined ? await supposedly(context, input) : await happened(context, input.action);
    const now = told(explain(set, question), question, recorded);
    const reason = [caveat, withOthers(now, record)].filter((words) => words !== null).join(" ");
    const remedy = caveat === null ? now.remedy : `${ASK_IN_SESSION} ${now.remedy}`;
    return { ...now, reason, remedy, record, flow };
  },
});

const ASK_IN_SESSION = "For what holds in a session, ask with --session SES: `doorward sessions list`.";

interface Asked {
  readonly flow: ReturnType<typeof flowIn>;
  readonly question: Question;
  readonly recorded: string | null;
  readonly record: RecordView;
  readonly caveat: string | null;
}

async function supposedly(context: ReadContext, input: Supposing): Promise<Asked> {
  const { question, caveat } = await supposed(context, input);
  return { question, caveat, recorded: null, record: null, flow: shownFlow(question.flow) };
}

/** What only those see who may read what was kept is left out. */
function shownFlow(flow: FlowFacts | undefined): Asked["flow"] {
  if (flow === undefined) return null;
  const { doubts: _doubts, origins, carries, ...facts } = flow;
  const found = Object.entries(origins).filter(([, ones]) => ones.length > 0);
  return {
    ...facts,
    carries: [...carries],
    origins: Object.fromEntries(found.map(([role, ones]) => [role, [...ones]])),
  };
}

async function happened(context: ReadContext, action: string): Promise<Asked> {
  const found = await findAction(context, action);
  const kept = keptAction(context, found);
  if (kept === null) {
    throw new Fault(
      "action_not_kept",
      `the arguments of ${action} are not kept any more`,
      "Ask with --agent, --tool and --arguments instead.",
    );
  }
  const agent = await findAgent(context, found.agentId, "agents.read");
  const stage: Stage = found.view.stage === "observe" ? "observe" : "enforce";
  const facts = { fingerprint: null, effects: effectsIn(found.view.effects) };
  const { principals } =
    kept.chain.user === null
      ? await chainOf(context, agent)
      : await chainUnder(context, await delegationOfSession(context, found.view.session));
  const flow = recordedFlow(found);
  const question = {
    action: kept,
    facts,
    principals,
    stage,
    session: found.view.session,
    ...(flow === null ? {} : { flow }),
  };
  const record = await recordOf(context, found);
  return { question, recorded: found.view.verdict, flow: flowIn(found), record, caveat: null };
}

async function delegationOfSession({ store }: ReadContext, session: string): Promise<string> {
  const row = await store.query
    .selectFrom("sessions")
    .select("delegation_id")
    .where("id", "=", session)
    .executeTakeFirst();
  return row?.delegation_id ?? "";
}

/** Each principal of the chain and what it says by itself; the delegation of an agent stands before the agent. */
function principalsOf({ principals: explained }: Explanation, question: Question) {
  return question.principals.flatMap((facts) => {
    const own = explained.find((one) => one.type === facts.type && one.id === facts.id);
    const answer = own?.answer ?? "deny";
    const firm = own?.policies.find(
      (policy) => policy.effect === "forbid" && policy.outcome !== "not-satisfied",
    );
    const why = answer === "allow" ? null : (firm?.reason ?? firm?.error ?? "No policy permits it.");
    const self = { principal: `${facts.type.toLowerCase()}:${facts.name}`, answer, why };
    const delegation = delegationOf(facts);
    if (delegation === null) return [self];
    const how = obstructs(delegation, question.action, question.facts);
    const lent = {
      principal: `delegation:${delegation.id}`,
      answer: how === null ? ("allow" as const) : ("deny" as const),
    };
    return [{ ...lent, why: how === null ? null : OBSTACLES[how] }, self];
  });
}

const OBSTACLES = {
  "not-covered": "It does not cover this action.",
  narrowed: "The token was narrowed below it.",
  spent: "As many actions as it allows have left under it.",
} as const;

function told(explanation: Explanation, question: Question, recorded: string | null) {
  const { verdict, action, resource, doubtful, principals } = explanation;
  const isAllowed = verdict.kind === "allow";
  return {
    verdict: verdict.kind,
    recorded,
    code: verdict.kind === "deny" ? verdict.code : null,
    reason: isAllowed ? "The policy set allows it." : verdict.reason,
    remedy: isAllowed ? "Nothing needs to be done." : verdict.remedy,
    action,
    resource,
    doubtful: [...doubtful],
    principals: principalsOf(explanation, question),
    policies: principals
      .flatMap((principal) =>
        principal.policies.map(({ id: policy, effect, outcome, group, reason, error }) => ({
          id: policy,
          principal: `${principal.type.toLowerCase()}:${principal.name}`,
          effect,
          outcome,
          group,
          // What it would say if it were satisfied reads as if it were.
          reason: outcome === "not-satisfied" ? null : reason,
          error,
        })),
      )
      .toSorted((one, other) => Number(isIdle(one)) - Number(isIdle(other))),
  };
}

/** Said nothing on the question; listed after those that did. */
const isIdle = ({ outcome }: { readonly outcome: string }): boolean => outcome === "not-satisfied";
