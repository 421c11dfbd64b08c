import { z } from "zod";
import type { Stage } from "#vocabulary";
import { credentialsFor, hostDeeds, reachable, type Reachable, toolsFor } from "./agent-deeds.ts";
import { type Acting, type Deed, reachOfDeed } from "./agent-reach.ts";
import { actingOf, lentTo, STAGES } from "./agent-reach-summary.ts";
import { type AgentRow, agentView, bypassable, findAgent, foldersOf } from "./agent-rows.ts";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { agentReference, effect, stage as stageField, time } from "./fields.ts";
import { hostsInForce } from "./host-rows.ts";
import { read } from "./operation.ts";

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
    const lent = (await lentTo(context, [row])).get(row.id) ?? [];
    const acting = await actingOf(context, row, lent);
    const all = await reachable(context);
    const stages = await Promise.all(
      STAGES.map(async (stage) => reachAt(context, row, { acting, stage, all })),
    );
    const at =
      stages.find(({ stage }) => stage === shown) ??
      (await reachAt(context, row, { acting, stage: shown, all }));
    return {
      agent: row.name,
      stage: shown,
      bypassable: view.bypassable,
      stages: stages.map(summaryOf),
      tools: at.tools.filter((tool) => tool.reach !== "denied"),
      hosts: at.hosts,
      models: at.models.filter((model) => model.reach !== "denied"),
      credentials: credentialsFor(all, row, acting),
      folders: foldersOf(row),
      delegations: lent.map(({ id, user, expires_at: at1 }) => ({ id, user, expiresAt: isoTime(at1) })),
    };
  },
});

interface Looking {
  readonly acting: readonly Acting[];
  readonly stage: Stage;
  readonly all: Reachable;
}

async function reachAt(context: ReadContext, agent: AgentRow, { acting, stage, all }: Looking) {
  const set = context.policy.current();
  const hosts = await hostsInForce(context, agent.id);
  const reached = (deed: Deed) => reachOfDeed(set, deed, acting, stage);
  return {
    stage,
    tools: toolsFor(all, agent).map((tool) => ({
      tool: `${tool.server}/${tool.name}`,
      effects: [...tool.effects],
      ...reached(tool),
    })),
    hosts: hosts.map((row) => {
      const { read: reading, write: writing } = hostDeeds(row);
      const { reach: readingTo, under: in_ } = reached(reading);
      return {
        host: row.host,
        read: readingTo,
        write: reached(writing).reach,
        private: row.options.includes('"private"'),
        passThrough: row.options.includes('"passThrough"'),
        under: in_,
      };
    }),
    models: all.models.map((model) => ({
      model: model.reference,
      local: model.isLocal,
      ...reached(model),
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
