import { z } from "zod";
import { Fault } from "#base";
import type { AgentFacts, PrincipalFacts } from "#policy";
import type { Action, AgentId } from "#vocabulary";
import { rolesOf, textsOf, userIdOf } from "./accounts/rows.ts";
import { type AgentRow, findAgentById, grantsOf } from "./agent-rows.ts";
import type { ReadContext } from "./context.ts";
import { factsOfDelegation, findDelegation, pathTo } from "./delegation-rows.ts";
import { hostsInForce } from "./host-rows.ts";
import { findUser } from "./users.ts";

/** Who acts, and what policies may know of them. */
export interface Chain {
  readonly chain: Action["chain"];
  readonly principals: readonly PrincipalFacts[];
}

/** An agent with its own rights alone. */
export async function chainOf(context: ReadContext, agent: AgentRow): Promise<Chain> {
  const facts = await factsOf(context, agent);
  return { chain: { user: null, agents: [agentId.parse(agent.id)] }, principals: [facts] };
}

/** The chain of a delegation as it stands now, whether or not it is in force. Throws `delegation_unknown`. */
export async function chainUnder(context: ReadContext, delegation: string): Promise<Chain> {
  const path = await pathTo(context, delegation);
  const agents: AgentFacts[] = [];
  for (const step of path) {
    const row = await findAgentById(context, step.agent_id);
    agents.push({ ...(await factsOf(context, row)), delegation: factsOfDelegation(step) });
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

/** The delegation's id, where this agent holds it. Throws `delegation_unknown`. */
export async function heldBy(context: ReadContext, agent: AgentRow, delegation: string): Promise<string> {
  const row = await findDelegation(context, delegation, "delegations.read");
  if (row.agent_id === agent.id) return row.id;
  throw new Fault(
    "delegation_unknown",
    `agent ${agent.name} does not hold the delegation ${delegation}`,
    "Name the agent that it is to: `doorward delegations list`.",
  );
}

async function factsOf(context: ReadContext, row: AgentRow): Promise<AgentFacts> {
  const hosts = await hostsInForce(context, row.id);
  const named = (some: typeof hosts): string[] => some.map(({ host }) => `web:${host}`);
  return {
    type: "Agent",
    id: row.id,
    name: row.name,
    grantedTools: grantsOf(row),
    readHosts: named(hosts),
    writeHosts: named(hosts.filter(({ access }) => access === "write")),
    owner: userIdOf(row.owner_id),
  };
}

const agentId = z.custom<AgentId>((value) => typeof value === "string" && value.startsWith("agt_"));

function chainUnknown(): Fault {
  return new Fault(
    "delegation_unknown",
    "the delegation that this acted under is not on record",
    "Ask with --agent, --tool and --arguments instead.",
  );
}
