import { z } from "zod";
import { reachOf } from "#identity";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";
import { read, write } from "./operation.ts";

const NOTICES_MAX = 200;

const what = z.enum([
  "observe-began",
  "observe-ended",
  "outcome-unknown",
  "owner-left",
  "engines-disagree",
  "undelivered",
  "glass-broken",
  "glass-reviewed",
  "linked",
  "group-observed",
  "stopped",
  "resumed",
  "connection-ended",
]);

const WORDS = {
  "observe-began": "is only observed from now on: nothing but the hard floor stops it",
  "observe-ended": "is no longer only observed: what policy says counts",
  "outcome-unknown":
    "did something that was approved, and whether it arrived is not known; it is not sent again",
  "owner-left":
    "A user with agents was shut out. Somebody has to answer for those: `doorward agents set-owner`.",
  "engines-disagree":
    "The two policy engines said different things of one action; both must allow from now on.",
  undelivered: "asks for something that could be shown to nobody on any channel; it waits in the console",
  "glass-broken":
    "had a held action let through by somebody who broke the glass: look at it with `doorward approvals reviews`",
  "glass-reviewed": "had an action let through with broken glass, and somebody else has looked at that now",
  linked:
    "An account on a channel was linked as you and answers as you from now on. If that was not you: `doorward channels unlink`, and tell an admin.",
  "group-observed":
    "Agents without a stage of their own are only observed from now on: `doorward stages list` says which, and until when.",
  stopped: "Something was stopped: `doorward stops list` says what, by whom and why.",
  "connection-ended":
    "has ended: its provider gives no new tokens. Nothing is sent with it; connect it again with `doorward connect`.",
  resumed: "A stop was ended: `doorward stops list --ended`.",
} as const satisfies { readonly [What in z.output<typeof what>]: string };

const noticeShape = z.object({
  entry: z.int().describe("Index of the ledger entry that says it"),
  what,
  agent: z.string().nullable().describe("Name of the agent"),
  subject: z.string(),
  approval: z.string().nullable(),
  says: z.string(),
  isNew: z.boolean().describe("You have not put it away"),
  at: time,
});

export const noticesList = read({
  name: "notices.list",
  summary: "List what began, ended or went wrong without you, newest first",
  permission: "approvals.read",
  input: z.strictObject({
    all: z.boolean().default(false).describe("Show those too that you have put away"),
  }),
  output: z.object({ items: z.array(noticeShape) }),
  columns: ["at", "what", "agent", "says"],
  async run(context, { all }) {
    const upTo = await readUpTo(context);
    const rows = (await visible(context)).filter((row) => all || row.entry > upTo);
    const items = rows.map((row) => {
      const kind = what.parse(row.what);
      return {
        entry: row.entry,
        what: kind,
        agent: row.name,
        subject: row.subject,
        approval: row.approval_id,
        says: saying(kind, row),
        isNew: row.entry > upTo,
        at: isoTime(row.at),
      };
    });
    return { items };
  },
});

function saying(
  kind: z.output<typeof what>,
  row: { name: string | null; connection: string | null },
): string {
  if (kind === "connection-ended") return `The connection ${row.connection ?? "of somebody"} ${WORDS[kind]}`;
  return row.name === null ? WORDS[kind] : `Agent ${row.name} ${WORDS[kind]}.`;
}

export const noticesDismiss = write({
  name: "notices.dismiss",
  summary: "Put your notices away, up to one of them",
  permission: "self.write",
  input: z.strictObject({ entry: z.int().min(0).describe("The newest that you have read, by its entry") }),
  output: z.object({ entry: z.int() }),
  positional: ["entry"],
  async plan(context, { entry: wanted }) {
    const upTo = Math.max(wanted, await readUpTo(context));
    return {
      would: `put away your notices up to entry ${upTo}`,
      async commit(committing) {
        const row = { user_id: committing.caller.user, entry: upTo };
        const keep = committing.store.query
          .insertInto("notice_reads")
          .values(row)
          .onConflict((one) => one.column("user_id").doUpdateSet({ entry: upTo }));
        const body = { change: "notices_read", upTo };
        await commitBatch(committing, {
          writes: [stateWrite(keep)],
          entries: [entry(committing, "user.changed", committing.caller.user, body)],
        });
        return { entry: upTo };
      },
    };
  },
});

async function readUpTo({ store, caller }: ReadContext): Promise<number> {
  const row = await store.query
    .selectFrom("notice_reads")
    .select("entry")
    .where("user_id", "=", caller.user)
    .executeTakeFirst();
  return row?.entry ?? -1;
}

/** An owner hears of own agents and own connections; what is about no agent is for those who see everything, and what is about one person for them alone. */
function visible({ store, caller }: ReadContext) {
  const rows = store.query
    .selectFrom("notices")
    .leftJoin("agents", "agents.id", "notices.agent_id")
    .leftJoin("vault_credentials", "vault_credentials.id", "notices.subject")
    .selectAll("notices")
    .select(["agents.name", "vault_credentials.name as connection"])
    .orderBy("notices.entry", "desc")
    .limit(NOTICES_MAX);
  const isAll = reachOf(caller, "approvals.read") === "all";
  return rows
    .where((eb) => {
      const isMine = eb.and([eb("notices.what", "=", "linked"), eb("notices.subject", "=", caller.user)]);
      const other = eb("notices.what", "<>", "linked");
      if (isAll) return eb.or([isMine, other]);
      const isMyAgent = eb.and([other, eb("agents.owner_id", "=", caller.user)]);
      const isMyConnection = eb.and([
        eb("notices.what", "=", "connection-ended"),
        eb("vault_credentials.owner_kind", "=", "user"),
        eb("vault_credentials.owner", "=", caller.user),
      ]);
      return eb.or([isMine, isMyAgent, isMyConnection]);
    })
    .execute();
}
