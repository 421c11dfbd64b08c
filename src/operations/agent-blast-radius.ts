import { z } from "zod";
import { knownOf, textOfBound } from "#vault";
import type { Stage } from "#vocabulary";
import { textsOf } from "./accounts/rows.ts";
import { acceptedTools, labelledTools } from "./accepted-tools.ts";
import { type Acting, hostDeed, modelDeed, reachOfDeed, toolDeed } from "./agent-reach.ts";
import { type AgentRow, agentView, bypassable, findAgent, foldersOf } from "./agent-rows.ts";
import { isoTime } from "./change.ts";
import { serverNameOf } from "./columns.ts";
import type { ReadContext } from "./context.ts";
import { delegations, statusOf } from "./delegation-rows.ts";
import { agentReference, effect, stage as stageField, time } from "./fields.ts";
import { hostsInForce } from "./host-rows.ts";
import { manifestsOf } from "./manifest-rows.ts";
import { read } from "./operation.ts";
import { chainOf, chainUnder } from "./policy-chain.ts";

const STAGES = ["observe", "enforce", "isolate"] as const;
const DELEGATIONS_SHOWN_MAX = 50;

const reach = z
  .enum(["allowed", "held", "depends", "denied"])
  .describe(
    "allowed: without a person; held: with one; depends: on the arguments; denied: never. Of a call of which nothing is known but its target",
  );
const under = z
  .string()
  .describe("own: with its own rights; else the delegation under which it gets that far");
const counts = z.object({ allowed: z.int(), held: z.int(), depends: z.int() });

const output = z.object({
  agent: z.string(),
  stage: stageField.describe("For which the reach is shown"),
  bypassable,
  stages: z.array(
    z.object({ stage: stageField, tools: counts, hosts: counts, models: counts, says: z.string() }),
  ),
  tools: z.array(z.object({ tool: z.string(), effects: z.array(effect), reach, under })),
  hosts: z.array(
    z.object({
      host: z.string(),
      read: reach,
      write: reach,
      private: z.boolean(),
      passThrough: z.boolean(),
      under,
    }),
  ),
  models: z.array(z.object({ model: z.string(), local: z.boolean(), reach, under })),
  credentials: z
    .array(z.object({ name: z.string(), kind: z.string(), owner: z.string(), to: z.array(z.string()) }))
    .describe("That could be put into what it sends: names and destinations, never secrets"),
  folders: z.array(z.string()),
  delegations: z.array(z.object({ id: z.string(), user: z.string(), expiresAt: time })),
});

/** What an agent could reach, were it to turn against its owner now: from policy, grants and vault, asked and not guessed. */
export const agentsBlastRadius = read({
  name: "agents.blast-radius",
  summary: "Show what an agent could reach: tools, hosts, models, credentials, folders, at each stage",
  permission: "agents.read",
  input: z.strictObject({
    agent: agentReference,
    stage: stageField.optional().describe("As if it were in this stage; without it, the one it is in"),
  }),
  output,
  positional: ["agent"],
  examples: ["agents blast-radius mailbot", "agents blast-radius mailbot --stage isolate --json"],
  async run(context, input) {
    const row = await findAgent(context, input.agent, "agents.read");
    const view = agentView(row, context.ambient.now());
    const shown = input.stage ?? view.stage;
    const lent = await lentTo(context, row);
    const acting = await actingOf(
      context,
      row,
      lent.map(({ id }) => id),
    );
    const all = await Promise.all(STAGES.map(async (stage) => reachAt(context, row, { acting, stage })));
    const at =
      all.find(({ stage }) => stage === shown) ?? (await reachAt(context, row, { acting, stage: shown }));
    return {
      agent: row.name,
      stage: shown,
      bypassable: view.bypassable,
      stages: all.map(summaryOf),
      tools: at.tools.filter((tool) => tool.reach !== "denied"),
      hosts: at.hosts,
      models: at.models.filter((model) => model.reach !== "denied"),
      credentials: await credentialsFor(context, row, acting),
      folders: foldersOf(row),
      delegations: lent.map(({ id, user, expires_at: at1 }) => ({ id, user, expiresAt: isoTime(at1) })),
    };
  },
});

async function lentTo(context: ReadContext, agent: AgentRow) {
  const now = context.ambient.now();
  const rows = await delegations(context)
    .where("delegations.agent_id", "=", agent.id)
    .where("delegations.revoked_at", "is", null)
    .where("delegations.expires_at", ">", now)
    .orderBy("delegations.id")
    .limit(DELEGATIONS_SHOWN_MAX)
    .execute();
  return rows.filter((row) => statusOf(row, now) === "active");
}

async function actingOf(context: ReadContext, agent: AgentRow, lent: readonly string[]): Promise<Acting[]> {
  const own = { under: "own", who: await chainOf(context, agent) };
  const others = await Promise.all(
    lent.map(async (id) => ({ under: id, who: await chainUnder(context, id) })),
  );
  return [own, ...others];
}

interface Looking {
  readonly acting: readonly Acting[];
  readonly stage: Stage;
}

async function reachAt(context: ReadContext, agent: AgentRow, { acting, stage }: Looking) {
  const set = context.policy.current();
  const manifests = manifestsOf(await labelledTools(context));
  const tools = (await acceptedTools(context.store)).filter(
    ({ kind, server }) =>
      kind === "tool" && (!server.startsWith("agent:") || server === `agent:${agent.name}`),
  );
  const apis = new Set(
    (await context.store.query.selectFrom("apis").select("server").execute()).map((row) => row.server),
  );
  const hosts = await hostsInForce(context, agent.id);
  return {
    stage,
    tools: tools.map((tool) => ({
      tool: `${tool.server}/${tool.name}`,
      effects: [...tool.effects],
      ...reachOfDeed(set, toolDeed(tool, manifests, apis), acting, stage),
    })),
    hosts: hosts.map((row) => {
      const server = serverNameOf(`web:${row.host.replace(/^\*$/, "any.example").replace(/^\*/, "any")}`);
      const reading = reachOfDeed(set, hostDeed(server, "http/read"), acting, stage);
      const writing = reachOfDeed(set, hostDeed(server, "http/write"), acting, stage);
      return {
        host: row.host,
        read: reading.reach,
        write: writing.reach,
        private: row.options.includes('"private"'),
        passThrough: row.options.includes('"passThrough"'),
        under: reading.under,
      };
    }),
    models: context.models.models().map(({ name, upstream, isLocal }) => ({
      model: name,
      local: isLocal,
      ...reachOfDeed(
        set,
        modelDeed(serverNameOf(upstream), name.replace(`${upstream}/`, ""), isLocal),
        acting,
        stage,
      ),
    })),
  };
}

const SAYS: Readonly<Record<Stage, string>> = {
  observe: "recorded only: whatever it says here, nothing but the hard floor is blocked",
  enforce: "as policy says, for what passes the doors; a program that avoids them reaches what its user does",
  isolate: "as policy says, and no way out but the doors",
};

function summaryOf({ stage, tools, hosts, models }: Awaited<ReturnType<typeof reachAt>>) {
  return {
    stage,
    tools: counted(tools.map((tool) => tool.reach)),
    hosts: counted(hosts.map((host) => host.read)),
    models: counted(models.map((model) => model.reach)),
    says: SAYS[stage],
  };
}

function counted(all: readonly z.output<typeof reach>[]): z.input<typeof counts> {
  const of = (which: string): number => all.filter((one) => one === which).length;
  return { allowed: of("allowed"), held: of("held"), depends: of("depends") };
}

/** Those of the organisation, and of the users in whose names it acts and their groups (src/vault/choose.ts). */
async function credentialsFor({ store }: ReadContext, agent: AgentRow, acting: readonly Acting[]) {
  const rows = await store.query
    .selectFrom("vault_credentials")
    .selectAll()
    .where("removed_at", "is", null)
    .orderBy("name")
    .execute();
  const users = acting.flatMap(({ who }) => who.principals.filter((one) => one.type === "User"));
  const isOwned = (kind: string, owner: string): boolean =>
    kind === "organisation" ||
    users.some(({ id, groups }) => (kind === "user" ? id === owner : groups.includes(owner)));
  return rows
    .filter((row) => {
      const agents = textsOf(row.agents);
      return (agents.length === 0 || agents.includes(agent.id)) && isOwned(row.owner_kind, row.owner);
    })
    .map((row) => ({
      name: row.name,
      kind: row.kind,
      owner: row.owner_kind,
      to: knownOf(row).destinations.map(textOfBound),
    }));
}
