import { z } from "zod";
import { Fault, type JsonObject } from "#base";
import { type AgentFacts, explain, type Explanation, type Question } from "#policy";
import type { Action, AgentId, Destination, Effect, ServerName, Stage, Verb } from "#vocabulary";
import { userIdOf } from "./accounts/rows.ts";
import { findAction, keptAction } from "./actions.ts";
import { type AgentRow, agentView, findAgent, grantsOf } from "./agent-rows.ts";
import { effectsOfColumn, serverNameOf } from "./columns.ts";
import type { ReadContext } from "./context.ts";
import { agentReference, id, modelReference, toolReference } from "./fields.ts";
import { read } from "./operation.ts";
import { findUpstream } from "./upstreams-view.ts";

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
    model: modelReference.optional(),
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

interface Supposing {
  readonly agent?: string | undefined;
  readonly tool?: string | undefined;
  readonly model?: string | undefined;
  readonly arguments: Record<string, unknown>;
}

async function supposed(context: ReadContext, input: Supposing): Promise<Asked> {
  if (input.agent === undefined || (input.tool === undefined) === (input.model === undefined)) {
    throw new Fault(
      "why_of_nothing",
      "neither an action nor an agent and either a tool or a model were given",
      "Give an action's id, or --agent and one of --tool and --model.",
    );
  }
  const agent = await findAgent(context, input.agent, "agents.read");
  const deed = await (input.tool === undefined
    ? modelNamed(context, input.model ?? "")
    : toolNamed(context, input.tool));
  const { verb, kind, server, name, effects } = deed;
  const action: Action = {
    door: kind === "mcp-server" ? "mcp" : "llm",
    verb,
    target: { server, name },
    arguments: argumentsAsJson(input.arguments),
    destination: { kind, server, identity: `sha256:${"0".repeat(64)}` },
    chain: { user: null, agents: [agentIdOf(agent)] },
    agentVersion: null,
    model: verb === "tools/call" ? null : name,
  };
  const { stage } = agentView(agent, context.ambient.now());
  return {
    question: { action, facts: { fingerprint: null, effects }, principals: [factsOf(agent)], stage },
    recorded: null,
  };
}

interface Deed {
  readonly verb: Verb;
  readonly kind: Destination["kind"];
  readonly server: ServerName;
  readonly name: string;
  readonly effects: readonly [Effect, ...Effect[]];
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

/** Where a reference ends its first part: a name after it may hold slashes of its own. */
function partsOf(reference: string): { readonly server: ServerName; readonly name: string } {
  const slash = reference.indexOf("/");
  return { server: serverNameOf(reference.slice(0, slash)), name: reference.slice(slash + 1) };
}

async function toolNamed({ store }: ReadContext, reference: string): Promise<Deed> {
  const { server, name } = partsOf(reference);
  const row = await store.query
    .selectFrom("tools")
    .select("effects")
    .where("server", "=", server)
    .where("kind", "=", "tool")
    .where("name", "=", name)
    .executeTakeFirst();
  if (row === undefined)
    throw new Fault("tool_unknown", `there is no tool ${reference}`, "List them: `doorward tools list`.");
  const kind = server.startsWith("agent:") ? "agent" : "mcp-server";
  return { verb: "tools/call", kind, server, name, effects: effectsIn(effectsOfColumn(row.effects)) };
}

/** Any model of an upstream: which it has is the upstream's to say, and policy is asked before it is. */
async function modelNamed(context: ReadContext, reference: string): Promise<Deed> {
  const { server, name } = partsOf(reference);
  const row = await findUpstream(context, server);
  const effects: Deed["effects"] = row.allow_private === 1 ? ["read"] : ["outbound", "read"];
  return { verb: "models/generate", kind: "model-upstream", server, name, effects };
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
