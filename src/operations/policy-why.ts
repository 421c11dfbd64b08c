import { z } from "zod";
import { Fault, type JsonObject } from "#base";
import { type AgentFacts, explain, type Explanation, type Question } from "#policy";
import type { Action, AgentId, Effect, Stage } from "#vocabulary";
import { userIdOf } from "./accounts/rows.ts";
import { findAction, keptAction } from "./actions.ts";
import { type AgentRow, agentView, findAgent, grantsOf } from "./agent-rows.ts";
import { effectsOfColumn, serverNameOf } from "./columns.ts";
import type { ReadContext } from "./context.ts";
import { agentReference, id, toolReference } from "./fields.ts";
import { read } from "./operation.ts";

const policyShape = z.object({
  id: z.string(),
  effect: z.string(),
  outcome: z.string().describe("satisfied, not-satisfied or errs"),
  group: z.string().nullable(),
  reason: z.string().nullable(),
  error: z.string().nullable(),
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
    arguments: z.record(z.string(), z.unknown()).default({}).describe("Arguments of the tool, as JSON"),
  }),
  output: z.object({
    verdict: z.string().describe("What the active policy set says now"),
    recorded: z.string().nullable().describe("What was said when it happened; null for one that might"),
    code: z.string().nullable(),
    reason: z.string(),
    remedy: z.string(),
    action: z.string().describe("The Cedar action"),
    resource: z.string(),
    doubtful: z.array(z.string()).describe("Arguments that are missing or not of their declared type"),
    policies: z.array(policyShape).describe("Every policy in scope, and what it says"),
  }),
  positional: ["action"],
  examples: [
    "policy why act_…",
    `policy why --agent mailbot --tool fs/write_file --arguments '{"path":"/srv/a"}'`,
  ],
  async run(context, input) {
    const set = context.policy.current();
    if (set === null)
      throw new Fault(
        "policy_missing",
        "no policy set is active, so nothing is allowed",
        "Activate one: `doorward policy activate FILE`.",
      );
    const { question, recorded } =
      input.action === undefined ? await supposed(context, input) : await happened(context, input.action);
    return told(explain(set, question), recorded);
  },
});

interface Asked {
  readonly question: Question;
  readonly recorded: string | null;
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
  const question = { action: kept, facts, principals: [factsOf(agent)], stage, session: found.view.session };
  return { question, recorded: found.view.verdict };
}

async function supposed(
  context: ReadContext,
  input: {
    readonly agent?: string | undefined;
    readonly tool?: string | undefined;
    readonly arguments: Record<string, unknown>;
  },
): Promise<Asked> {
  if (input.agent === undefined || input.tool === undefined) {
    throw new Fault(
      "why_of_nothing",
      "neither an action nor an agent and a tool were given",
      "Give an action's id, or --agent and --tool.",
    );
  }
  const agent = await findAgent(context, input.agent, "agents.read");
  const { server, name, effects } = await toolNamed(context, input.tool);
  const action: Action = {
    door: "mcp",
    verb: "tools/call",
    target: { server, name },
    arguments: argumentsAsJson(input.arguments),
    destination: { kind: "mcp-server", server, identity: `sha256:${"0".repeat(64)}` },
    chain: { user: null, agents: [agentIdOf(agent)] },
    agentVersion: null,
    model: null,
  };
  const { stage } = agentView(agent, context.ambient.now());
  return {
    question: { action, facts: { fingerprint: null, effects }, principals: [factsOf(agent)], stage },
    recorded: null,
  };
}

function told(explanation: Explanation, recorded: string | null) {
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
    policies: principals.flatMap((principal) =>
      principal.policies.map(({ id: policy, effect, outcome, group, reason, error }) => ({
        id: policy,
        effect,
        outcome,
        group,
        reason,
        error,
      })),
    ),
  };
}

async function toolNamed({ store }: ReadContext, reference: string) {
  const slash = reference.indexOf("/");
  const [server, name] = [serverNameOf(reference.slice(0, slash)), reference.slice(slash + 1)];
  const row = await store.query
    .selectFrom("tools")
    .select("effects")
    .where("server", "=", server)
    .where("kind", "=", "tool")
    .where("name", "=", name)
    .executeTakeFirst();
  if (row === undefined)
    throw new Fault("tool_unknown", `there is no tool ${reference}`, "List them: `doorward tools list`.");
  return { server, name, effects: effectsIn(effectsOfColumn(row.effects)) };
}

function factsOf(row: AgentRow): AgentFacts {
  return {
    type: "Agent",
    id: row.id,
    name: row.name,
    grantedTools: grantsOf(row),
    owner: userIdOf(row.owner_id),
  };
}

const agentId = z.custom<AgentId>((value) => typeof value === "string" && value.startsWith("agt_"));
const json = z.custom<JsonObject>((value) => z.json().safeParse(value).success);
const effectsShape = z.tuple(
  [z.enum(["read", "write", "destructive", "outbound"])],
  z.enum(["read", "write", "destructive", "outbound"]),
);

function agentIdOf(row: AgentRow): AgentId {
  return agentId.parse(row.id);
}

function argumentsAsJson(value: Record<string, unknown>): JsonObject {
  return json.parse(value);
}

function effectsIn(value: readonly string[]): [Effect, ...Effect[]] {
  return effectsShape.parse(value);
}
