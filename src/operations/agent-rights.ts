import { z } from "zod";
import { canonicalJson, Fault, type JsonObject } from "#base";
import { type AgentRow, agentShape, agentView, findLiveAgent, grantsOf } from "./agent-rows.ts";
import { commitBatch, daysAfter, entry, isoTime, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { agentReference, stage, toolReference } from "./fields.ts";
import { write } from "./operation.ts";

const OBSERVE_DAYS_MAX = 30;
const GRANTS_MAX = 500;

export const agentsGrant = write({
  name: "agents.grant",
  summary: "Let an agent ask for a tool that the policy forbids by default",
  permission: "agents.grant",
  presence: true,
  input: z.strictObject({
    agent: agentReference,
    tools: z.array(toolReference).min(1).max(GRANTS_MAX).describe("Tools, each as SERVER/TOOL"),
  }),
  output: agentShape,
  positional: ["agent", "tools"],
  examples: ["agents grant mailbot fs/move_file"],
  async plan(context, { agent, tools }) {
    const row = await findLiveAgent(context, agent, "agents.grant");
    for (const tool of tools) await demandTool(context, tool);
    const next = [...new Set([...grantsOf(row), ...tools])].toSorted();
    if (next.length > GRANTS_MAX) throw tooManyGrants();
    return {
      would: `grant ${tools.join(", ")} to agent ${row.name}`,
      commit: (c) => setGrants(c, row, next),
    };
  },
});

export const agentsUngrant = write({
  name: "agents.ungrant",
  summary: "Take a granted tool away from an agent",
  permission: "agents.write",
  input: z.strictObject({
    agent: agentReference,
    tools: z.array(toolReference).min(1).max(GRANTS_MAX).describe("Tools, each as SERVER/TOOL"),
  }),
  output: agentShape,
  positional: ["agent", "tools"],
  async plan(context, { agent, tools }) {
    const row = await findLiveAgent(context, agent, "agents.write");
    const next = grantsOf(row).filter((tool) => !tools.includes(tool));
    return {
      would: `take ${tools.join(", ")} from agent ${row.name}`,
      commit: (c) => setGrants(c, row, next),
    };
  },
});

export const agentsSetStage = write({
  name: "agents.set-stage",
  summary: "Set what a verdict does to an agent: observe, enforce or isolate",
  permission: "agents.grant",
  presence: true,
  input: z.strictObject({
    agent: agentReference,
    stage,
    days: z
      .int()
      .min(1)
      .max(OBSERVE_DAYS_MAX)
      .default(7)
      .describe("How long it is only observed; then it enforces"),
  }),
  output: agentShape,
  positional: ["agent", "stage"],
  examples: ["agents set-stage mailbot observe --days 7"],
  async plan(context, { agent, stage: next, days }) {
    const row = await findLiveAgent(context, agent, "agents.grant");
    if (next === "isolate") throw noSandbox();
    const until = next === "observe" ? daysAfter(context.ambient, days) : null;
    return {
      would:
        until === null
          ? `set agent ${row.name} to ${next}`
          : `only observe agent ${row.name} until ${isoTime(until)}`,
      async commit(committing) {
        const { query } = committing.store;
        const change = query.updateTable("agents").set({ stage: next, observe_until: until });
        const unchanged = change
          .where("id", "=", row.id)
          .where("stage", "=", row.stage)
          .where("revoked_at", "is", null);
        await commitBatch(committing, {
          writes: [stateWrite(unchanged, 1)],
          entries: [
            entry(committing, "agent.changed", row.id, {
              change: "stage",
              from: row.stage,
              to: next,
              until: isoTime(until),
            }),
          ],
        });
        return agentView({ ...row, stage: next, observe_until: until }, committing.ambient.now());
      },
    };
  },
});

async function setGrants(context: OperationContext, row: AgentRow, next: readonly string[]) {
  const granted = canonicalJson(next);
  const change = context.store.query
    .updateTable("agents")
    .set({ granted_tools: granted })
    .where("id", "=", row.id);
  const unchanged = change.where("granted_tools", "=", row.granted_tools).where("revoked_at", "is", null);
  const body: JsonObject = { change: "granted_tools", granted: [...next] };
  await commitBatch(context, {
    writes: [stateWrite(unchanged, 1)],
    entries: [entry(context, "agent.changed", row.id, body)],
  });
  return agentView({ ...row, granted_tools: granted }, context.ambient.now());
}

async function demandTool(context: ReadContext, reference: string): Promise<void> {
  const slash = reference.indexOf("/");
  const tool = await context.store.query
    .selectFrom("tools")
    .select("name")
    .where("server", "=", reference.slice(0, slash))
    .where("name", "=", reference.slice(slash + 1))
    .executeTakeFirst();
  if (tool === undefined)
    throw new Fault("tool_unknown", `there is no tool ${reference}`, "List them: `doorward tools list`.");
}

function tooManyGrants(): Fault {
  return new Fault(
    "grants_full",
    `an agent can be granted at most ${GRANTS_MAX} tools`,
    "Write a policy for it instead: `doorward policy show`.",
  );
}

function noSandbox(): Fault {
  return new Fault(
    "stage_unavailable",
    "stage isolate needs the sandbox, which this Doorward does not have; the agent would not be isolated",
    "Use `enforce`, and run the agent as another OS user or in a container whose only way out is Doorward.",
  );
}
