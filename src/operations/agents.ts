import { z } from "zod";
import { canonicalJson, Fault, type JsonObject } from "#base";
import { reachOf } from "#identity";
import type { StateWrite } from "#ledger";
import { type AgentRow, agentShape, agentView, findAgent, findLiveAgent, grantsOf } from "./agent-rows.ts";
import { commitBatch, daysAfter, entry, isoTime, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { credentialShape, credentialView, credentialWrites, mintCredential } from "./credential.ts";
import { agentName, agentReference, stage, time, toolReference } from "./fields.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import { read, write } from "./operation.ts";

export const OBSERVE_DAYS_MAX = 30;
const GRANTS_MAX = 500;
const COLUMNS = ["name", "stage", "owner", "purpose", "revokedAt"];

export const agentsList = read({
  name: "agents.list",
  summary: "List agents",
  permission: "agents.read",
  input: z.strictObject({
    ...pageInput,
    revoked: z.boolean().default(false).describe("Show revoked ones too"),
  }),
  output: pageOf(agentShape),
  columns: COLUMNS,
  async run(context, { after, limit, revoked }) {
    const { caller, store, ambient } = context;
    const key = keyOfCursor(after);
    let query = store.query
      .selectFrom("agents")
      .selectAll()
      .where("name", ">", key)
      .orderBy("name")
      .limit(limit + 1);
    if (!revoked) query = query.where("revoked_at", "is", null);
    if (reachOf(caller, "agents.read") === "own") query = query.where("owner_id", "=", caller.user);
    const now = ambient.now();
    return page(await query.execute(), limit, {
      item: (row) => agentView(row, now),
      keyOf: (row) => row.name,
    });
  },
});

export const agentsGet = read({
  name: "agents.get",
  summary: "Show one agent",
  permission: "agents.read",
  input: z.strictObject({ agent: agentReference }),
  output: agentShape.extend({
    keys: z.array(
      z.object({
        id: z.string(),
        kind: z.string(),
        session: z.string(),
        createdAt: time,
        lastUsedAt: time.nullable(),
      }),
    ),
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
    return {
      ...agentView(row, context.ambient.now()),
      keys: keys.map((key) => ({
        id: key.id,
        kind: key.kind,
        session: key.session_id,
        createdAt: isoTime(key.created_at),
        lastUsedAt: isoTime(key.last_used_at),
      })),
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
    const row: AgentRow = {
      id,
      name,
      owner_id: context.caller.user,
      purpose,
      stage: "enforce",
      observe_until: null,
      granted_tools: "[]",
      created_at: context.ambient.now(),
      revoked_at: null,
    };
    return {
      would: `add agent ${name} in stage enforce, with a new key`,
      async commit(committing) {
        const credential = mintCredential(committing, id, { kind: "standing", keyless });
        const { query } = committing.store;
        await commitBatch(committing, {
          writes: [
            stateWrite(query.insertInto("agents").values(row), 1),
            ...credentialWrites(committing, credential),
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

export const agentsRotateKey = write({
  name: "agents.rotate-key",
  summary: "Replace every key of an agent by a new one, shown once",
  permission: "agents.write",
  presence: true,
  effect: "destructive",
  input: z.strictObject({
    agent: agentReference,
    keyless: z.boolean().default(false).describe("Mint a secret path too"),
  }),
  output: credentialShape,
  positional: ["agent"],
  async plan(context, { agent, keyless }) {
    const row = await findLiveAgent(context, agent, "agents.write");
    return {
      would: `revoke every key of agent ${row.name} and mint a new one`,
      async commit(committing) {
        const credential = mintCredential(committing, row.id, { kind: "standing", keyless });
        await commitBatch(committing, {
          writes: [
            stillLive(committing, row.id),
            ...endCredentials(committing, row.id),
            ...credentialWrites(committing, credential),
          ],
          entries: [
            entry(committing, "agent.changed", row.id, { change: "keys_rotated", keys: credential.keyIds }),
          ],
        });
        committing.live.revoked("agent", row.id);
        return credentialView(committing, credential);
      },
    };
  },
});

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

export const agentsRevoke = write({
  name: "agents.revoke",
  summary: "Revoke an agent for good: its keys die and its work in flight is cut",
  permission: "agents.stop",
  effect: "destructive",
  input: z.strictObject({ agent: agentReference }),
  output: agentShape,
  positional: ["agent"],
  async plan(context, { agent }) {
    const row = await findLiveAgent(context, agent, "agents.stop");
    return {
      would: `revoke agent ${row.name} for good`,
      async commit(committing) {
        const at = committing.ambient.now();
        const { query } = committing.store;
        const revoke = query.updateTable("agents").set({ revoked_at: at }).where("id", "=", row.id);
        await commitBatch(committing, {
          writes: [
            stateWrite(revoke.where("revoked_at", "is", null), 1),
            ...endCredentials(committing, row.id),
          ],
          entries: [entry(committing, "agent.revoked", row.id, {})],
        });
        committing.live.revoked("agent", row.id);
        return agentView({ ...row, revoked_at: at }, at);
      },
    };
  },
});

export const agentsStopAll = write({
  name: "agents.stop-all",
  summary: "Stop every agent you may stop, now: keys die, sessions end, work in flight is cut",
  permission: "agents.stop",
  effect: "destructive",
  input: z.strictObject({}),
  output: z.object({ stopped: z.array(z.string()) }),
  async plan(context) {
    let query = context.store.query.selectFrom("agents").selectAll().where("revoked_at", "is", null);
    if (reachOf(context.caller, "agents.stop") === "own")
      query = query.where("owner_id", "=", context.caller.user);
    const rows = await query.orderBy("name").execute();
    return {
      would: `end every session and key of ${rows.length} agents; \`agents rotate-key\` lets one back in`,
      async commit(committing) {
        const [first, ...others] = rows.map((row) =>
          entry(committing, "agent.changed", row.id, { change: "stopped" }),
        );
        if (first === undefined) return { stopped: [] };
        const writes = rows.flatMap((row) => endCredentials(committing, row.id));
        await commitBatch(committing, { writes, entries: [first, ...others] });
        for (const row of rows) committing.live.revoked("agent", row.id);
        return { stopped: rows.map((row) => row.name) };
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

/** Changes nothing; the batch is stale unless the agent still lives. */
function stillLive(context: OperationContext, id: string): StateWrite {
  const { query } = context.store;
  return stateWrite(
    query.updateTable("agents").set({ id }).where("id", "=", id).where("revoked_at", "is", null),
    1,
  );
}

/** Ends every key and session of an agent. */
export function endCredentials(context: OperationContext, agentId: string): StateWrite[] {
  const at = context.ambient.now();
  const { query } = context.store;
  return [
    stateWrite(
      query
        .updateTable("agent_keys")
        .set({ revoked_at: at })
        .where("agent_id", "=", agentId)
        .where("revoked_at", "is", null),
    ),
    stateWrite(
      query
        .updateTable("sessions")
        .set({ ended_at: at })
        .where("agent_id", "=", agentId)
        .where("ended_at", "is", null),
    ),
  ];
}

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
