import { z } from "zod";
import { Fault } from "#base";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import { nextAt } from "./drill-asking.ts";
import { time } from "./fields.ts";
import { read, write } from "./operation.ts";

const LISTED_MAX = 200;
const DAY_MS = 86_400_000;
const EVERY_MAX_DAYS = 365;
/** As it is said, and as it is told. */
const OFF = "off";
/** There is one plan. */
const PLAN = "drill";

const planShape = z.object({
  every: z.string().describe("About how often, as 7d; off: never"),
});

const drillShape = z.object({
  approval: z.string(),
  what: z.string(),
  at: time,
  answer: z.string().nullable().describe("deny is right; null: it expired unanswered"),
  by: z.string().nullable().describe("Name of the user"),
});

export const drillsList = read({
  name: "drills.list",
  summary: "Show how often drills come, and how those that are over were answered",
  permission: "drills.read",
  input: z.strictObject({}),
  output: planShape.extend({
    items: z.array(drillShape).describe("Newest first; one that waits is not shown"),
  }),
  columns: ["approval", "what", "at", "answer", "by"],
  async run({ store, ambient }) {
    const plan = await store.query.selectFrom("drill_plan").select("every_ms").executeTakeFirst();
    const rows = await store.query
      .selectFrom("drills")
      .innerJoin("approvals", "approvals.id", "drills.approval_id")
      .leftJoin("users", "users.id", "drills.answered_by")
      .select(["drills.approval_id", "drills.what", "drills.at", "drills.answer", "users.name"])
      .where((eb) =>
        eb.or([eb("approvals.status", "<>", "requested"), eb("approvals.expires_at", "<=", ambient.now())]),
      )
      .orderBy("drills.at", "desc")
      .limit(LISTED_MAX)
      .execute();
    const items = rows.map((row) => ({
      approval: row.approval_id,
      what: row.what,
      at: isoTime(row.at),
      answer: row.answer,
      by: row.name,
    }));
    return { every: plan === undefined ? OFF : everyText(plan.every_ms), items };
  },
});

export const drillsSet = write({
  name: "drills.set",
  summary: "Have a request that nobody should say yes to put before approvers now and then, or never",
  permission: "drills.write",
  presence: true,
  input: z.strictObject({
    every: z.string().max(10).describe("About how often, as 7d; off: never"),
  }),
  output: planShape,
  examples: ["drills set --every 7d", "drills set --every off"],
  async plan(_context, { every }) {
    const everyMs = every === OFF ? null : everyOf(every);
    return {
      would:
        everyMs === null
          ? "put no drills before approvers any more"
          : `put a drill before approvers every ${every}`,
      async commit(committing) {
        const { store, ambient, caller } = committing;
        const row = {
          every_ms: everyMs ?? 0,
          next_at: nextAt(ambient, everyMs ?? 0),
          set_by: caller.user,
          changed_at: ambient.now(),
        };
        const change =
          everyMs === null
            ? store.query.deleteFrom("drill_plan").where("id", "=", PLAN)
            : store.query
                .insertInto("drill_plan")
                .values({ id: PLAN, ...row })
                .onConflict((conflict) => conflict.column("id").doUpdateSet(row));
        await commitBatch(committing, {
          writes: [stateWrite(change)],
          entries: [entry(committing, "drills.changed", PLAN, { every: everyMs === null ? null : every })],
        });
        return { every: everyMs === null ? OFF : everyText(everyMs) };
      },
    };
  },
});

function everyOf(text: string): number {
  const days = Number(/^([1-9]\d{0,2})d$/.exec(text)?.[1] ?? Number.NaN);
  if (days <= EVERY_MAX_DAYS) return days * DAY_MS;
  throw new Fault(
    "every_unreadable",
    `${JSON.stringify(text)} is no number of days`,
    "Write it as 7d, or off.",
  );
}

function everyText(ms: number): string {
  return `${Math.round(ms / DAY_MS)}d`;
}
