import { z } from "zod";
import { Fault, type JsonObject } from "#base";
import { effectsFor } from "#flow";
import {
  type AgentFacts,
  delegationOf,
  explain,
  type Explanation,
  obstructs,
  type PrincipalFacts,
  type Question,
} from "#policy";
import type { Action, AgentId, Destination, Effect, ServerName, Stage, Verb } from "#vocabulary";
import { rolesOf, textsOf, userIdOf } from "./accounts/rows.ts";
import { flowIn, flowShape, recordedFlow } from "./action-flow.ts";
import { findAction, keptAction } from "./actions.ts";
import { type AgentRow, agentView, findAgent, findAgentById, grantsOf } from "./agent-rows.ts";
import { effectsOfColumn, serverNameOf } from "./columns.ts";
import type { ReadContext } from "./context.ts";
import { factsOfDelegation, findDelegation, pathTo } from "./delegation-rows.ts";
import { agentReference, id, modelReference, toolReference } from "./fields.ts";
import { labelledOne, manifestView } from "./manifest-rows.ts";
import { read } from "./operation.ts";
import { recordOf, recordShape, type RecordView, withOthers } from "./policy-record.ts";
import type { ToolRow } from "./tool-rows.ts";
import { findUpstream } from "./upstreams-view.ts";
import { findUser } from "./users.ts";

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
    const { question, recorded, flow, record } =
      input.action === undefined ? await supposed(context, input) : await happened(context, input.action);
    const now = told(explain(set, question), question, recorded);
    return { ...now, reason: withOthers(now, record), record, flow };
  },
});

interface Asked {
  readonly flow: ReturnType<typeof flowIn>;
  readonly question: Question;
  readonly recorded: string | null;
  readonly record: RecordView;
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
      ? { principals: [factsOf(agent)] }
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
  return { question, recorded: found.view.verdict, flow: flowIn(found), record };
}

interface Supposing {
  readonly agent?: string | undefined;
  readonly tool?: string | undefined;
  readonly model?: string | undefined;
  readonly delegation?: string | undefined;
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
    : toolNamed(context, input.tool, input.arguments));
  const { verb, kind, server, name, effects } = deed;
  const who: Chain =
    input.delegation === undefined
      ? { chain: { user: null, agents: [agentIdOf(agent)] }, principals: [factsOf(agent)] }
      : await chainUnder(context, await heldBy(context, agent, input.delegation));
  const action: Action = {
    door: kind === "mcp-server" ? "mcp" : "llm",
    verb,
    target: { server, name },
    arguments: argumentsAsJson(input.arguments),
    destination: { kind, server, identity: `sha256:${"0".repeat(64)}` },
    chain: who.chain,
    agentVersion: null,
    model: verb === "tools/call" ? null : name,
  };
  const { stage } = agentView(agent, context.ambient.now());
  return {
    question: { action, facts: { fingerprint: null, effects }, principals: who.principals, stage },
    recorded: null,
    record: null,
    flow: null,
  };
}

interface Deed {
  readonly verb: Verb;
  readonly kind: Destination["kind"];
  readonly server: ServerName;
  readonly name: string;
  readonly effects: readonly [Effect, ...Effect[]];
}

interface Chain {
  readonly chain: Action["chain"];
  readonly principals: readonly PrincipalFacts[];
}

/** The chain of a delegation as it stands now, whether or not it is in force. */
async function chainUnder(context: ReadContext, delegation: string): Promise<Chain> {
  const path = await pathTo(context, delegation);
  const agents: AgentFacts[] = [];
  for (const step of path) {
    const row = await findAgentById(context, step.agent_id);
    agents.push({ ...factsOf(row), delegation: factsOfDelegation(step) });
  }
  const [first, ...others] = agents.map(({ id: agent }) => agentId.parse(agent));
  const [top] = path;
  if (first === undefined || top === undefined) throw chainUnknown();
  const user = await findUser(context, top.user_id);
  const facts: PrincipalFacts = {
    type: "User",
    id: user.id,
    name: user.name,
    groups: textsOf(user.groups),
    roles: rolesOf(user.roles),
  };
  return { chain: { user: userIdOf(user.id), agents: [first, ...others] }, principals: [facts, ...agents] };
}

async function heldBy(context: ReadContext, agent: AgentRow, delegation: string): Promise<string> {
  const row = await findDelegation(context, delegation, "delegations.read");
  if (row.agent_id === agent.id) return row.id;
  throw new Fault(
    "delegation_unknown",
    `agent ${agent.name} does not hold the delegation ${delegation}`,
    "Name the agent that it is to: `doorward delegations list`.",
  );
}

async function delegationOfSession({ store }: ReadContext, session: string): Promise<string> {
  const row = await store.query
    .selectFrom("sessions")
    .select("delegation_id")
    .where("id", "=", session)
    .executeTakeFirst();
  return row?.delegation_id ?? "";
}

function chainUnknown(): Fault {
  return new Fault(
    "delegation_unknown",
    "the delegation that this acted under is not on record",
    "Ask with --agent, --tool and --arguments instead.",
  );
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

/** Where a reference ends its first part: a name after it may hold slashes of its own. */
function partsOf(reference: string): { readonly server: ServerName; readonly name: string } {
  const slash = reference.indexOf("/");
  return { server: serverNameOf(reference.slice(0, slash)), name: reference.slice(slash + 1) };
}

async function toolNamed({ store }: ReadContext, reference: string, args: object): Promise<Deed> {
  const { server, name } = partsOf(reference);
  const row = await store.query
    .selectFrom("tools")
    .selectAll()
    .where("server", "=", server)
    .where("kind", "=", "tool")
    .where("name", "=", name)
    .executeTakeFirst();
  if (row === undefined)
    throw new Fault("tool_unknown", `there is no tool ${reference}`, "List them: `doorward tools list`.");
  const kind = server.startsWith("agent:") ? "agent" : "mcp-server";
  return { verb: "tools/call", kind, server, name, effects: await effectsNow({ store }, row, args) };
}

/** What a call is decided by: the manifest in force, else what the tool was accepted with. */
async function effectsNow(
  context: Pick<ReadContext, "store">,
  tool: ToolRow,
  args: object,
): Promise<Deed["effects"]> {
  const of = await labelledOne(context, tool);
  const { effect, effectIf } = manifestView(of);
  const isInForce = of.standing === "in-force" || of.standing === "shipped";
  if (!isInForce || effect === "unknown") return effectsIn(effectsOfColumn(tool.effects));
  // The gravest stands first.
  const graver = Object.entries(effectIf).find(([argument]) => argument in args);
  return effectsFor(graver?.[1] ?? effect);
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
