import { z } from "zod";
import { Fault } from "#base";
import { reachOf } from "#identity";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import { time } from "./fields.ts";
import { id } from "./fields.ts";
import { findGrant, grantRows, grantShape, grantView, standingOf } from "./grant-rows.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import { read, write } from "./operation.ts";

const grantId = id("gra", "Grant");
/** As many as a grant can have been used. */
const USES_MAX = 1_000;

export const grantsList = read({
  name: "grants.list",
  summary: "List what approvers let through beyond one call, newest first",
  permission: "grants.read",
  input: z.strictObject({
    ...pageInput,
    status: z.enum(["active", "any"]).default("active").describe("Only what lets calls through now, or all"),
  }),
  output: pageOf(grantShape),
  columns: ["id", "status", "agent", "server", "tool", "scope", "left", "expiresAt"],
  examples: ["grants list", "grants list --status any"],
  async run(context, { after, limit, status }) {
    const { caller, store } = context;
    const key = keyOfCursor(after);
    const now = context.ambient.now();
    let query = grantRows(store.query)
      .orderBy("grants.id", "desc")
      .limit(limit + 1);
    if (key !== "") query = query.where("grants.id", "<", key);
    if (reachOf(caller, "grants.read") === "own") query = query.where("agents.owner_id", "=", caller.user);
    if (status === "active") {
      query = query
        .where("grants.ended_at", "is", null)
        .where("grants.expires_at", ">", now)
        .where("agents.revoked_at", "is", null)
        .where("givers.disabled_at", "is", null)
        .where("sessions.ended_at", "is", null)
        .where("grants.activation_id", "=", (eb) =>
          eb
            .selectFrom("policy_activations as newest")
            .select("newest.id")
            .orderBy("newest.activated_at", "desc")
            .orderBy("newest.id", "desc")
            .limit(1),
        );
    }
    return page(await query.execute(), limit, {
      item: (row) => grantView(row, now),
      keyOf: (row) => row.id,
    });
  },
});

const usedShape = z.object({ action: z.string(), at: time });

export const grantsGet = read({
  name: "grants.get",
  summary: "Show one grant, and every call that it let through",
  permission: "grants.read",
  input: z.strictObject({ grant: grantId }),
  output: grantShape.extend({ uses: z.array(usedShape).describe("Newest first") }),
  positional: ["grant"],
  async run(context, { grant }) {
    const row = await findGrant(context, grant, "grants.read");
    const uses = await context.store.query
      .selectFrom("grant_uses")
      .select(["action_id", "at"])
      .where("grant_id", "=", row.id)
      .orderBy("nth", "desc")
      .limit(USES_MAX)
      .execute();
    return {
      ...grantView(row, context.ambient.now()),
      uses: uses.map((one) => ({ action: one.action_id, at: isoTime(one.at) })),
    };
  },
});

export const grantsRevoke = write({
  name: "grants.revoke",
  summary: "Take a grant back: from this moment each such call waits for a person again",
  permission: "grants.revoke",
  effect: "destructive",
  input: z.strictObject({ grant: grantId }),
  output: grantShape,
  positional: ["grant"],
  examples: ["grants revoke gra_…"],
  async plan(context, { grant }) {
    const row = await findGrant(context, grant, "grants.revoke");
    const { why } = standingOf(row, context.ambient.now());
    if (why !== null) throw grantOver(row.id, why);
    return {
      would: `revoke the grant ${row.id} of ${row.server}/${row.tool} to agent ${row.agent_name}`,
      async commit(committing) {
        const at = committing.ambient.now();
        const ended = { ended_at: at, ended_why: "revoked", ended_by: committing.caller.user };
        const change = committing.store.query
          .updateTable("grants")
          .set(ended)
          .where("id", "=", row.id)
          .where("ended_at", "is", null);
        await commitBatch(committing, {
          writes: [stateWrite(change, 1)],
          entries: [
            entry(committing, "grant.revoked", row.id, { agent: row.agent_id, approval: row.approval_id }),
          ],
        });
        return grantView({ ...row, ...ended }, at);
      },
    };
  },
});

function grantOver(grant: string, why: string): Fault {
  return new Fault(
    "grant_over",
    `the grant ${grant} lets nothing through any more: ${why}`,
    "There is nothing to take back. List those that are left: `doorward grants list`.",
  );
}
