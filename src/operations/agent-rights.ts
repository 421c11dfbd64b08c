import { z } from "zod";
import { canonicalJson, Fault, type JsonObject } from "#base";
import { type AgentRow, agentShape, agentView, findLiveAgent, grantsOf } from "./agent-rows.ts";
import { commitBatch, daysAfter, entry, isoTime, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { agentReference, groupName, toolReference } from "./fields.ts";
import { write } from "./operation.ts";
import { inheritedStage, inheritWrite, scopeOf } from "./stage-rules.ts";

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
    stage: z
      .enum(["observe", "enforce", "isolate", "inherit"])
      .describe("Stage; inherit: its group's, else the default"),
    group: groupName.optional().describe("With inherit: the group of agents whose stage it has"),
    days: z
      .int()
      .min(1)
      .max(OBSERVE_DAYS_MAX)
      .default(7)
      .describe("How long it is only observed; then it enforces"),
  }),
  output: agentShape,
  positional: ["agent", "stage"],
  examples: ["agents set-stage mailbot observe --days 7", "agents set-stage mailbot inherit --group trials"],
  async plan(context, { agent, stage: asked, days, group }) {
    const row = await findLiveAgent(context, agent, "agents.grant");
    if (group !== undefined && asked !== "inherit") throw groupWithout();
    const set = await staged(context, { asked, days, group: group ?? null });
    const { stage: next, observe_until: until } = set;
    return {
      would:
        until === null
          ? `set agent ${row.name} to ${next}`
          : `only observe agent ${row.name} until ${isoTime(until)}`,
      async commit(committing) {
        const { query } = committing.store;
        const change = query.updateTable("agents").set(set);
        const unchanged = change
          .where("id", "=", row.id)
          .where("stage", "=", row.stage)
          .where("revoked_at", "is", null);
        await commitBatch(committing, {
          writes: [stateWrite(unchanged, 1), inheritWrite(row.id)],
          entries: [
            entry(committing, "agent.changed", row.id, {
              change: "stage",
              from: row.stage,
              to: next,
              until: isoTime(until),
              ...(set.stage_from === "own" ? {} : { inherits: scopeOf(set.stage_group ?? "default") }),
            }),
          ],
        });
        committing.live.stagesChanged();
        return agentView({ ...row, ...set }, committing.ambient.now());
      },
    };
  },
});

interface AskedStage {
  readonly asked: "observe" | "enforce" | "isolate" | "inherit";
  readonly days: number;
  readonly group: string | null;
}

async function staged(
  context: ReadContext,
  { asked, days, group }: AskedStage,
): Promise<Pick<AgentRow, "stage" | "observe_until" | "stage_from" | "stage_group">> {
  if (asked !== "inherit") {
    const until = asked === "observe" ? daysAfter(context.ambient, days) : null;
    return { stage: asked, observe_until: until, stage_from: "own", stage_group: null };
  }
  const { stage: inherited, observe_until } = await inheritedStage(context, group);
  return { stage: inherited, observe_until, stage_from: "inherited", stage_group: group };
}

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

function groupWithout(): Fault {
  return new Fault(
    "input_invalid",
    "a group goes with the stage `inherit`",
    "Say `doorward agents set-stage NAME inherit --group GROUP`, or leave the group away.",
  );
}
