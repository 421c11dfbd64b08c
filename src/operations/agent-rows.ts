import { z } from "zod";
import { Fault } from "#base";
import { mayTouch, type Permission, reachOf } from "#identity";
import type { Schema } from "#store";
import { textsOf, userIdOf } from "./accounts/rows.ts";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { stage, time } from "./fields.ts";

export type AgentRow = Schema["agents"];

/** Beside every stage (T1): an agent that runs as Doorward's own OS user can go around every door. */
export const bypassable = z
  .enum(["yes", "not seen"])
  .describe(
    "yes: it was seen to run as Doorward's own OS user, outside every sandbox, and can go around the doors",
  );

export const bypassableOf = (seenAt: number | null): z.input<typeof bypassable> =>
  seenAt === null ? "not seen" : "yes";

/** T5: a tool that only the prompt describes is called in a dialect of text, and passes where nobody reads that dialect. */
export const ownTools = z
  .enum(["governed", "not governed"])
  .describe(
    "governed: it declares the tools that it runs itself, or somebody said in which dialects of text it calls them",
  );

export const agentShape = z.object({
  id: z.string(),
  name: z.string(),
  owner: z.string().describe("Id of the user who answers for it"),
  purpose: z.string(),
  stage: stage.describe("Stage in force now: an observe stage past its end counts as enforce"),
  stageFrom: z
    .string()
    .describe("own: it was set for this agent; default, or group NAME: inherited from there"),
  bypassable,
  observeUntil: time.nullable(),
  grantedTools: z.array(z.string()),
  ownTools,
  dialects: z
    .array(z.string())
    .describe("Dialects of text in which its model asks for tools, as somebody declared them"),
  folders: z
    .array(z.string())
    .describe("Folders of its host that are open to it: what lies in them counts as its owner's"),
  relay: z
    .enum(["on", "off"])
    .describe("on: its client passes on what its user types; the llm door takes that for claimed words"),
  createdAt: time,
  revokedAt: time.nullable(),
});

export function agentView(row: AgentRow, now: number): z.input<typeof agentShape> {
  return {
    id: row.id,
    name: row.name,
    owner: row.owner_id,
    purpose: row.purpose,
    stage: stageNow(row, now),
    stageFrom: stageFrom(row),
    bypassable: bypassableOf(row.seen_as_own_user_at),
    observeUntil: isoTime(row.observe_until),
    grantedTools: grantsOf(row),
    ownTools: row.tool_dialects === null && row.seen_tools_at === null ? "not governed" : "governed",
    dialects: dialectsOf(row),
    folders: foldersOf(row),
    relay: row.relays_words === 1 ? "on" : "off",
    createdAt: isoTime(row.created_at),
    revokedAt: isoTime(row.revoked_at),
  };
}

function stageFrom({ stage_from: from, stage_group: group }: AgentRow): string {
  if (from === "own") return "own";
  return group === null ? "default" : `group ${group}`;
}

export function stageNow(
  row: Pick<AgentRow, "stage" | "observe_until">,
  now: number,
): "observe" | "enforce" | "isolate" {
  const isOver = row.observe_until === null || row.observe_until <= now;
  if (row.stage === "observe") return isOver ? "enforce" : "observe";
  return row.stage === "isolate" ? "isolate" : "enforce";
}

export function grantsOf(row: Pick<AgentRow, "granted_tools">): string[] {
  return textsOf(row.granted_tools);
}

export function foldersOf(row: Pick<AgentRow, "flow_folders">): string[] {
  return row.flow_folders === null ? [] : textsOf(row.flow_folders);
}

export function dialectsOf(row: Pick<AgentRow, "tool_dialects">): string[] {
  return row.tool_dialects === null ? [] : textsOf(row.tool_dialects);
}

/** Under which the tools that it runs itself are reviewed. */
export function ownServer(row: Pick<AgentRow, "name">): string {
  return `agent:${row.name}`;
}

/**
 * The agent that a name or id stands for. One that the caller may not see is as unknown as one that isn't there
 * (T2): throws `agent_unknown`; `not_yours` when the caller may see it but not do this to it.
 */
export async function findAgent(
  context: ReadContext,
  reference: string,
  permission: Permission,
): Promise<AgentRow> {
  const { query } = context.store;
  const row = await query
    .selectFrom("agents")
    .selectAll()
    .where((eb) => eb.or([eb("id", "=", reference), eb("name", "=", reference)]))
    .executeTakeFirst();
  if (row === undefined) throw unknownAgent(reference);
  const owner = userIdOf(row.owner_id);
  if (mayTouch(context.caller, permission, owner)) return row;
  if (mayTouch(context.caller, "agents.read", owner)) throw notYours(row.name);
  throw unknownAgent(reference);
}

/** An agent of a chain, whoever's it is: asked about only by those who may see the chain. Throws `agent_unknown`. */
export async function findAgentById({ store }: Pick<ReadContext, "store">, id: string): Promise<AgentRow> {
  const row = await store.query.selectFrom("agents").selectAll().where("id", "=", id).executeTakeFirst();
  if (row === undefined) throw unknownAgent(id);
  return row;
}

/** As `findAgent`, for a change: a revoked agent is not brought back or dressed up. */
export async function findLiveAgent(
  context: ReadContext,
  reference: string,
  permission: Permission,
): Promise<AgentRow> {
  const row = await findAgent(context, reference, permission);
  if (row.revoked_at === null) return row;
  throw new Fault(
    "agent_revoked",
    `agent ${row.name} is revoked`,
    "A revoked agent stays revoked. Add a new one: `doorward agents add NAME`.",
  );
}

/** Ids of the agents the caller may see with `permission`, or null for all of them. */
export async function visibleAgents(
  context: ReadContext,
  permission: Permission,
): Promise<readonly string[] | null> {
  if (reachOf(context.caller, permission) === "all") return null;
  const rows = await context.store.query
    .selectFrom("agents")
    .select("id")
    .where("owner_id", "=", context.caller.user)
    .execute();
  return rows.map((row) => row.id);
}

function unknownAgent(reference: string): Fault {
  return new Fault(
    "agent_unknown",
    `there is no agent ${JSON.stringify(reference)}`,
    "List yours: `doorward agents list`.",
  );
}

function notYours(name: string): Fault {
  return new Fault(
    "not_yours",
    `agent ${name} belongs to somebody else`,
    "Ask its owner or an admin to do it.",
  );
}
