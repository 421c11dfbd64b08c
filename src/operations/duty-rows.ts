import { z } from "zod";
import { readDuration } from "#approvals";
import { Fault } from "#base";
import { reachOf } from "#identity";
import type { Schema } from "#store";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";

export const dutyShape = z.object({
  id: z.string(),
  user: z.string().describe("Who is away"),
  group: z.string().nullable().describe("Of which group; null: of all of theirs"),
  to: z.string().nullable().describe("Who stands in; null: nobody"),
  from: time,
  until: time,
  state: z.enum(["now", "coming", "over"]),
  setBy: z.string(),
});

type Query = ReadContext["store"]["query"];

export function dutyRows(query: Query) {
  return query
    .selectFrom("duties")
    .innerJoin("users as away", "away.id", "duties.user_id")
    .leftJoin("users as standing_in", "standing_in.id", "duties.to_user")
    .leftJoin("users as setter", "setter.id", "duties.set_by")
    .selectAll("duties")
    .select(["away.name as user_name", "standing_in.name as to_name", "setter.name as setter_name"]);
}

export type DutyRow = Awaited<ReturnType<ReturnType<typeof dutyRows>["execute"]>>[number];

export function dutyView(row: DutyRow, now: number): z.input<typeof dutyShape> {
  return {
    id: row.id,
    user: row.user_name,
    group: row.group_name,
    to: row.to_name,
    from: isoTime(row.from_at),
    until: isoTime(endOf(row)),
    state: stateOf(row, now),
    setBy: row.setter_name ?? row.set_by,
  };
}

function endOf({
  until_at: until,
  ended_at: ended,
}: Pick<Schema["duties"], "until_at" | "ended_at">): number {
  return Math.min(until, ended ?? until);
}

export function stateOf(row: Pick<Schema["duties"], "from_at" | "until_at" | "ended_at">, now: number) {
  if (endOf(row) <= now) return "over";
  return row.from_at <= now ? "now" : "coming";
}

/** Somebody else's duty is as unknown as one that isn't there, but for those who set duties of all. Throws `duty_unknown`. */
export async function findDuty(context: ReadContext, id: string): Promise<DutyRow> {
  const row = await dutyRows(context.store.query).where("duties.id", "=", id).executeTakeFirst();
  if (row !== undefined && isTheirs(context, row)) return row;
  throw new Fault("duty_unknown", `there is no duty ${id}`, "List them: `doorward duties list --all`.");
}

function isTheirs({ caller }: ReadContext, row: DutyRow): boolean {
  return (
    reachOf(caller, "users.write") === "all" || row.user_id === caller.user || row.to_user === caller.user
  );
}

/** A length from now, as `90m`, `8h` or `14d`, or a moment. Throws `duty_invalid`. */
export function momentOf(text: string, now: number): number {
  const ms = readDuration(text);
  const at = ms === null ? Date.parse(text) : now + ms;
  const isMoment = ms !== null || /^\d{4}-\d{2}-\d{2}(?:T[0-9:.]+(?:Z|[+-]\d{2}:\d{2}))?$/.test(text);
  if (isMoment && Number.isFinite(at)) return at;
  throw dutyInvalid(
    `"${text}" is neither a length such as 8h or 14d nor a time such as 2026-12-24T08:00:00Z`,
  );
}

export function dutyInvalid(why: string): Fault {
  return new Fault(
    "duty_invalid",
    why,
    "Look at `doorward duties hand-over --help`, and at groups and roles with `doorward users list`.",
  );
}
