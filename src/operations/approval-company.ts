import { z } from "zod";
import { BY_FLOW_EFFECT, gravityOf } from "#approvals";
import type { FlowEffect } from "#vocabulary";
import type { ApprovalRow } from "./approval-rows.ts";
import { effectsOfColumn, objectIn, objectOf } from "./columns.ts";

/** What the order of requests goes by, and which of them are the same call. */
export const companyShape = z.object({
  gravity: z.int().min(0).max(9).describe("By the gravest thing that it does: 0, nothing known, to 9"),
  doubted: z.boolean().describe("It has values that nothing reliable names"),
  identical: z
    .object({ nth: z.int(), of: z.int(), first: z.string().describe("The oldest of them") })
    .nullable()
    .describe("Which of how many same calls of its session in this list; null: there is no other"),
});

type Row = Pick<ApprovalRow, "id" | "session_id" | "action_digest" | "effects" | "verdict_record">;

/** Of each request in a list, by its id. Equal calls count oldest first. */
export function companyOf(rows: readonly Row[]): (row: Row) => z.input<typeof companyShape> {
  const calls = Map.groupBy(rows, callOf);
  return (row) => {
    const same = (calls.get(callOf(row)) ?? []).map(({ id }) => id).toSorted();
    const [first = row.id] = same;
    const identical = same.length <= 1 ? null : { nth: same.indexOf(row.id) + 1, of: same.length, first };
    return { ...gravityIn(row), identical };
  };
}

function callOf({ session_id: session, action_digest: action }: Row): string {
  return `${session} ${action}`;
}

/** As it was decided on: the manifest that was in force then, and the values as they were traced then. */
function gravityIn({ verdict_record: record, effects }: Row) {
  const body = record === null ? {} : objectIn(objectOf(record), "body");
  const effect = flowEffect.safeParse(objectIn(body, "flow")["effect"]).data ?? null;
  return {
    gravity: gravityOf({ effect, effects: effectsOfColumn(effects), doubts: 0 }),
    doubted: body["doubts"] !== undefined,
  };
}

const flowEffect = z.custom<FlowEffect>(
  (value) => typeof value === "string" && Object.hasOwn(BY_FLOW_EFFECT, value),
);
