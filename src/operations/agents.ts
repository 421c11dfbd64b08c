import { z } from "zod";
import { Fault } from "#base";
import { reachOf } from "#identity";
import { type AgentRow, agentShape, agentView, findAgent, ownServer } from "./agent-rows.ts";
import { agentSeenShape, agentSeenViews } from "./agent-seen.ts";
import { commitBatch, entry, isoTime, sameName, stateWrite } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { credentialShape, credentialView, credentialWrites, mintCredential } from "./credential.ts";
import { agentName, agentReference, time } from "./fields.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import { read, write } from "./operation.ts";
import { inheritedStage, inheritWrite } from "./stage-rules.ts";
import { countTools, toolCounts } from "./server-rows.ts";

const COLUMNS = [
  "name",
  "stage",
  "stageFrom",
  "bypassable",
  "reaches",
  "stageProof",
  "ownerName",
  "purpose",
  "lastSeenAt",
  "revokedAt",
];

export const agentsList = read({
  name: "agents.list",
  summary: "List agents",
  permission: "agents.read",
  input: z.strictObject({
    ...pageInput,
    revoked: z.boolean().default(false).describe("Show revoked ones too"),
  }),
  output: pageOf(agentSeenShape),
  columns: COLUMNS,
  async run(context, { after, limit, revoked }) {
    const { caller, store } = context;
    const key = keyOfCursor(after);
    let query = store.query
      .selectFrom("agents")
      .selectAll()
      .where("name", ">", key)
      .orderBy("name")
      .limit(limit + 1);
    if (!revoked) query = query.where("revoked_at", "is", null);
    if (reachOf(caller, "agents.read") === "own") query = query.where("owner_id", "=", caller.user);
    return page(await agentSeenViews(context, await query.execute()), limit, {
      item: (view) => view,
      keyOf: ({ name }) => name,
    });
  },
});

export const agentsGet = read({
  name: "agents.get",
  summary: "Show one agent",
  permission: "agents.read",
  input: z.strictObject({ agent: agentReference }),
  output: agentSeenShape.extend({
    keys: z.array(
      z.object({
        id: z.string(),
        kind: z.string(),
        session: z.string(),
        createdAt: time,
        lastUsedAt: time.nullable(),
      }),
    ),
    tools: toolCounts.describe("Tools that it runs itself: `doorward tools list --server agent:NAME`"),
  }),
  positional: ["agent"],
  async run(context, { agent }) {
    const row = await findAgent(context, agent, "agents.read");
    const keys = await context.store.query
      .selectFrom("agent_keys")
      .select(["id", "kind", "session_id", "created_at", "last_used_at"])
      .where("agent_id", "=", row.id)
      .where("revoked_at", "is", null)
      .orderBy("created_at")
      .execute();
    const [view] = await agentSeenViews(context, [row]);
    if (view === undefined)
      throw new Fault("bug", "an agent was lost on its way to its view", "Report this.");
    return {
      ...view,
      keys: keys.map((key) => ({
        id: key.id,
        kind: key.kind,
        session: key.session_id,
        createdAt: isoTime(key.created_at),
        lastUsedAt: isoTime(key.last_used_at),
      })),
      tools: await countTools(context, ownServer(row)),
    };
  },
});

export const agentsAdd = write({
  name: "agents.add",
  summary: "Add an agent and show its key, once",
  permission: "agents.write",
  presence: true,
  input: z.strictObject({
    name: agentName,
    purpose: z.string().max(500).default("").describe("What it is for"),
    keyless: z
      .boolean()
      .default(false)
      .describe("Mint a secret path too, for clients that cannot send a header"),
  }),
  output: agentShape.extend(credentialShape.shape),
  positional: ["name"],
  examples: ["agents add mailbot --purpose 'answers support mail'"],
  async plan(context, { name, purpose, keyless }) {
    await refuseTaken(context, name);
    const id = context.ambient.id("agt");
    const { stage, observe_until } = await inheritedStage(context, null);
    const row: AgentRow = {
      id,
      name,
      owner_id: context.caller.user,
      purpose,
      stage,
      observe_until,
      granted_tools: "[]",
      created_at: context.ambient.now(),
      revoked_at: null,
      seen_as_own_user_at: null,
      tool_dialects: null,
      seen_tools_at: null,
      flow_folders: null,
      relays_words: 0,
      stage_from: "inherited",
      stage_group: null,
    };
    return {
      would: `add agent ${name} in stage ${stage}, with a new key`,
      async commit(committing) {
        const credential = mintCredential(committing, id, { kind: "standing", keyless });
        const { query } = committing.store;
        await commitBatch(committing, {
          writes: [
            stateWrite(query.insertInto("agents").values(row).onConflict(sameName), 1),
            ...credentialWrites(committing, credential),
            inheritWrite(id),
          ],
          entries: [
            entry(committing, "agent.added", id, {
              name,
              owner: row.owner_id,
              stage: row.stage,
              keys: credential.keyIds,
            }),
          ],
        });
        return { ...agentView(row, committing.ambient.now()), ...credentialView(committing, credential) };
      },
    };
  },
});

async function refuseTaken(context: ReadContext, name: string): Promise<void> {
  const taken = await context.store.query
    .selectFrom("agents")
    .select("id")
    .where("name", "=", name)
    .executeTakeFirst();
  if (taken === undefined) return;
  throw new Fault(
    "agent_exists",
    `there is already an agent named ${name}`,
    "Choose another name, or give the one there a new key: `doorward agents rotate-key NAME`.",
  );
}
