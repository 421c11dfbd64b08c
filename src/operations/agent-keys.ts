import { z } from "zod";
import { reachOf } from "#identity";
import type { StateWrite } from "#ledger";
import { type AgentRow, agentShape, agentView, findLiveAgent } from "./agent-rows.ts";
import { entry, stateWrite } from "./change.ts";
import type { OperationContext } from "./context.ts";
import { credentialShape, credentialView, credentialWrites, mintCredential } from "./credential.ts";
import { endDelegationsTo } from "./delegation-rows.ts";
import { agentReference } from "./fields.ts";
import { write } from "./operation.ts";
import { commitEnding } from "./request-ends.ts";

/** Agents stopped in one batch: with their requests far below what a batch may hold. */
const STOPPED_AT_ONCE = 100;

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
        await commitEnding(
          committing,
          { agents: [row.id] },
          {
            why: "keys_rotated",
            cut: () => committing.live.revoked("agent", row.id),
            writes: [
              forgetSeen(committing, row.id),
              ...endCredentials(committing, row.id),
              ...credentialWrites(committing, credential),
            ],
            entries: [
              entry(committing, "agent.changed", row.id, { change: "keys_rotated", keys: credential.keyIds }),
            ],
          },
        );
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
        await commitEnding(
          committing,
          { gone: row.id },
          {
            why: "agent_revoked",
            cut: () => committing.live.revoked("agent", row.id),
            writes: [
              stateWrite(revoke.where("revoked_at", "is", null), 1),
              ...endCredentials(committing, row.id),
              ...endDelegationsTo(row.id, at),
            ],
            entries: [entry(committing, "agent.revoked", row.id, {})],
          },
        );
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
        for (let at = 0; at < rows.length; at += STOPPED_AT_ONCE)
          await stop(committing, rows.slice(at, at + STOPPED_AT_ONCE));
        return { stopped: rows.map((row) => row.name) };
      },
    };
  },
});

/** Ends the keys and sessions of some agents, and withdraws what they asked for. */
async function stop(context: OperationContext, rows: readonly AgentRow[]): Promise<void> {
  const [first, ...others] = rows.map((row) =>
    entry(context, "agent.changed", row.id, { change: "stopped" }),
  );
  if (first === undefined) return;
  const ending = { agents: rows.map(({ id }) => id) };
  await commitEnding(context, ending, {
    why: "agent_stopped",
    cut: () => rows.forEach((row) => context.live.revoked("agent", row.id)),
    writes: rows.flatMap((row) => endCredentials(context, row.id)),
    entries: [first, ...others],
  });
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
