import { z } from "zod";
import { Fault } from "#base";
import { withoutCallback } from "./agent-callback.ts";
import { agentShape, agentView, findLiveAgent } from "./agent-rows.ts";
import { commitBatch, entry, stateWrite } from "./change.ts";
import { agentReference, userReference } from "./fields.ts";
import { write } from "./operation.ts";
import { findUser } from "./users.ts";

export const agentsSetOwner = write({
  name: "agents.set-owner",
  summary: "Let another user answer for an agent from now on; its keys and sessions stay, its webhook goes",
  permission: "agents.grant",
  presence: true,
  input: z.strictObject({ agent: agentReference, owner: userReference }),
  output: agentShape,
  positional: ["agent", "owner"],
  examples: ["agents set-owner mailbot ana"],
  async plan(context, input) {
    const row = await findLiveAgent(context, input.agent, "agents.grant");
    const owner = await findUser(context, input.owner);
    if (owner.disabled_at !== null)
      throw new Fault(
        "user_disabled",
        "this user is disabled",
        "Choose somebody who is still here: `doorward users list`.",
      );
    return {
      would: `let user ${owner.id} answer for agent ${row.name}`,
      async commit(committing) {
        const { query } = committing.store;
        const change = query
          .updateTable("agents")
          .set({ owner_id: owner.id })
          .where("id", "=", row.id)
          .where("owner_id", "=", row.owner_id)
          .where("revoked_at", "is", null);
        const present = query
          .updateTable("users")
          .set((eb) => ({ name: eb.ref("name") }))
          .where("id", "=", owner.id)
          .where("disabled_at", "is", null);
        // Where the one before wanted to hear of it is not for the next one's calls.
        const callbacks = withoutCallback(query, row.id);
        const body = { change: "owner", from: row.owner_id, to: owner.id };
        await commitBatch(committing, {
          writes: [stateWrite(present, 1), stateWrite(change, 1), ...callbacks],
          entries: [entry(committing, "agent.changed", row.id, body)],
        });
        return agentView({ ...row, owner_id: owner.id }, committing.ambient.now());
      },
    };
  },
});
