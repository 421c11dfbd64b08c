import { z } from "zod";
import { reachOf } from "#identity";
import type { StateWrite } from "#ledger";
import { agentShape, agentView, findLiveAgent } from "./agent-rows.ts";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { OperationContext } from "./context.ts";
import { credentialShape, credentialView, credentialWrites, mintCredential } from "./credential.ts";
import { endDelegationsTo } from "./delegation-rows.ts";
import { agentReference } from "./fields.ts";
import { write } from "./operation.ts";

/** Requests withdrawn in one go; more than an agent may have open. */
const REQUESTS_MAX = 1_000;

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
            forgetSeen(committing, row.id),
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
        const open = await openRequests(committing, row.id);
        await commitBatch(committing, {
          writes: [
            stateWrite(revoke.where("revoked_at", "is", null), 1),
            ...endCredentials(committing, row.id),
            ...endDelegationsTo(row.id, at),
            ...open.map(({ id }) => withdrawal(committing, id)),
          ],
          entries: [
            entry(committing, "agent.revoked", row.id, {}),
            ...open.map(({ id, action_id: action }) =>
              entry(committing, "approval.withdrawn", action, { approval: id, why: "agent_revoked" }),
            ),
          ],
        });
        committing.live.revoked("agent", row.id);
        for (const { id } of open) committing.live.approvalDecided(id);
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

/** Nobody will send again what a revoked agent asked for: its requests leave the lists of those who decide. */
function openRequests({ store }: OperationContext, agent: string) {
  return store.query
    .selectFrom("approvals")
    .select(["id", "action_id"])
    .where("agent_id", "=", agent)
    .where("status", "in", ["requested", "approved"])
    .limit(REQUESTS_MAX)
    .execute();
}

function withdrawal({ store }: OperationContext, id: string): StateWrite {
  const withdraw = store.query
    .updateTable("approvals")
    .set((eb) => ({ status: "withdrawn", version: eb("version", "+", 1) }));
  return stateWrite(withdraw.where("id", "=", id).where("status", "in", ["requested", "approved"]));
}

/**
 * With its keys goes what was seen of who held them: an agent moved to another OS user is `bypassable` no longer, one
 * that was not is seen again with the next call. The batch is stale unless the agent still lives.
 */
function forgetSeen(context: OperationContext, id: string): StateWrite {
  const forget = context.store.query.updateTable("agents").set({ seen_as_own_user_at: null });
  return stateWrite(forget.where("id", "=", id).where("revoked_at", "is", null), 1);
}

/** Ends every key and session of an agent. */
function endCredentials(context: OperationContext, agentId: string): StateWrite[] {
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
    stateWrite(
      query
        .updateTable("agent_credentials")
        .set((eb) => ({ revoked_at: at, name: eb.fn<string>("concat", ["name", eb.val(" "), "id"]) }))
        .where("agent_id", "=", agentId)
        .where("revoked_at", "is", null),
    ),
  ];
}
