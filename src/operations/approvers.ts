import { z } from "zod";
import { type ApproverPreferences, isZone, NO_PREFERENCES, QUIET_HOURS_MAX, quietMinutes } from "#approvals";
import { Fault } from "#base";
import type { Schema } from "#store";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { read, write } from "./operation.ts";

const OPEN_MAX = 1_000;
const DAY_MAX = 10_000;

const preferencesShape = z.object({
  zone: z.string().describe("IANA time zone that the hours and days are of"),
  quiet: z.string().nullable().describe("Quiet hours, as 22:00-07:00; null: none"),
  openMax: z.int().nullable().describe("Most cards that wait at once; null: as many as come"),
  dayMax: z.int().nullable().describe("Most cards a day; null: as many as come"),
});

export const approversPreferences = read({
  name: "approvers.preferences",
  summary: "Show when and how much you want to be asked",
  permission: "approvals.decide",
  input: z.strictObject({}),
  output: preferencesShape,
  async run(context) {
    return viewOf(await preferencesOf(context, context.caller.user));
  },
});

const limit = (max: number) => z.int().min(0).max(max).optional();

export const approversPrefer = write({
  name: "approvers.prefer",
  summary: "Say when and how much you want to be asked; others who may answer are asked instead",
  permission: "approvals.decide",
  input: z.strictObject({
    quiet: z
      .string()
      .max(20)
      .optional()
      .describe(`Quiet hours, as 22:00-07:00, at most ${QUIET_HOURS_MAX} hours; "none" for none`),
    zone: z.string().max(100).optional().describe("IANA time zone, as Europe/Berlin"),
    openMax: limit(OPEN_MAX).describe("Most cards that wait for you at once; 0: as many as come"),
    dayMax: limit(DAY_MAX).describe("Most cards a day; 0: as many as come"),
  }),
  output: preferencesShape,
  examples: ["approvers prefer --quiet 22:00-07:00 --zone Europe/Berlin", "approvers prefer --open-max 5"],
  async plan(context, input) {
    const { user } = context.caller;
    const before = await preferencesOf(context, user);
    const next: ApproverPreferences = {
      zone: input.zone === undefined ? before.zone : zoneOf(input.zone),
      quiet: input.quiet === undefined ? before.quiet : quietOf(input.quiet),
      openMax: input.openMax === undefined ? before.openMax : input.openMax || null,
      dayMax: input.dayMax === undefined ? before.dayMax : input.dayMax || null,
    };
    return {
      would: "keep when and how much you want to be asked",
      async commit(committing) {
        const row = { ...rowOf(next), changed_at: committing.ambient.now() };
        const kept = committing.store.query
          .insertInto("approver_preferences")
          .values({ user_id: user, ...row })
          .onConflict((conflict) => conflict.column("user_id").doUpdateSet(row));
        await commitBatch(committing, {
          writes: [stateWrite(kept)],
          entries: [
            entry(committing, "approver.changed", user, { openMax: next.openMax, dayMax: next.dayMax }),
          ],
        });
        return viewOf(next);
      },
    };
  },
});

/** What a user prefers; nothing, where they never said. */
export async function preferencesOf(
  { store }: Pick<ReadContext, "store">,
  user: string,
): Promise<ApproverPreferences> {
  return (await preferencesOfAll({ store })).get(user) ?? NO_PREFERENCES;
}

/** Of everybody who ever said: a row each at most. */
export async function preferencesOfAll({
  store,
}: Pick<ReadContext, "store">): Promise<ReadonlyMap<string, ApproverPreferences>> {
  const rows = await store.query.selectFrom("approver_preferences").selectAll().execute();
  return new Map(rows.map((row) => [row.user_id, preferencesIn(row)]));
}

function preferencesIn(row: Schema["approver_preferences"]): ApproverPreferences {
  const { quiet_from: from, quiet_to: to } = row;
  return {
    zone: row.zone,
    quiet: from === null || to === null ? null : { from, to },
    openMax: row.open_max,
    dayMax: row.day_max,
  };
}

function rowOf({ zone, quiet, openMax, dayMax }: ApproverPreferences) {
  return {
    zone,
    quiet_from: quiet?.from ?? null,
    quiet_to: quiet?.to ?? null,
    open_max: openMax,
    day_max: dayMax,
  };
}

function viewOf({ zone, quiet, openMax, dayMax }: ApproverPreferences): z.input<typeof preferencesShape> {
  return { zone, quiet: quiet === null ? null : `${clock(quiet.from)}-${clock(quiet.to)}`, openMax, dayMax };
}

function clock(minutes: number): string {
  const parts = [Math.floor(minutes / 60), minutes % 60];
  return parts.map((part) => String(part).padStart(2, "0")).join(":");
}

const CLOCK = /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$/;

function quietOf(text: string): ApproverPreferences["quiet"] {
  if (text === "none") return null;
  const [, fromHour, fromMinute, toHour, toMinute] = CLOCK.exec(text) ?? [];
  const hours = {
    from: Number(fromHour) * 60 + Number(fromMinute),
    to: Number(toHour) * 60 + Number(toMinute),
  };
  const minutes = fromHour === undefined ? 0 : quietMinutes(hours);
  if (minutes > 0 && minutes <= QUIET_HOURS_MAX * 60) return hours;
  throw new Fault(
    "quiet_unreadable",
    `${JSON.stringify(text)} is no span of at most ${QUIET_HOURS_MAX} hours`,
    "Write it as 22:00-07:00, or none.",
  );
}

function zoneOf(text: string): string {
  if (isZone(text)) return text;
  throw new Fault(
    "zone_unknown",
    `${JSON.stringify(text)} is no time zone`,
    "Name it as IANA does: Europe/Berlin, America/New_York, UTC.",
  );
}
