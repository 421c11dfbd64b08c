import { z } from "zod";
import { Fault } from "#base";
import { reachOf } from "#identity";
import type { Schema } from "#store";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";

export type SensorRow = Schema["sensors"];
export type FleetItemRow = Schema["fleet_items"];

/** A sensor says at least every day that it lives: it looks as often. */
const SILENT_AFTER_MS = 26 * 3_600_000;

export const machineName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9.-]{0,62}$/, "small letters, digits, hyphens and dots, at most 63")
  .describe("Name of the machine");

const MACHINE = z.object({
  name: z.string(),
  user: z.string(),
  platform: z.string(),
  release: z.string(),
  doorward: z.string(),
});

export const sensorShape = z.object({
  name: z.string(),
  owner: z.string().describe("Who answers for the machine: the user's id"),
  state: z
    .enum(["waiting", "heard", "silent", "removed"])
    .describe("waiting: never heard of; silent: not for more than a day"),
  heardAt: time.nullable(),
  complete: z.boolean().describe("Whether it has told everything that it knows"),
  lost: z.int().describe("Events that it had no room to keep while nobody took them"),
  machine: MACHINE.nullable().describe("What it says of its machine; null before its first report"),
  addedAt: time,
});

export function sensorView(row: SensorRow, now: number): z.input<typeof sensorShape> {
  return {
    name: row.name,
    owner: row.owner_id,
    state: stateOf(row, now),
    heardAt: isoTime(row.heard_at),
    complete: row.complete === 1,
    lost: row.lost,
    machine: row.machine === null ? null : MACHINE.parse(JSON.parse(row.machine)),
    addedAt: isoTime(row.added_at),
  };
}

function stateOf(row: SensorRow, now: number): z.output<typeof sensorShape>["state"] {
  if (row.removed_at !== null) return "removed";
  if (row.heard_at === null) return "waiting";
  return now - row.heard_at > SILENT_AFTER_MS ? "silent" : "heard";
}

/** Throws `sensor_unknown`; another's machine is none to whoever sees their own alone. */
export async function findSensor(context: ReadContext, name: string): Promise<SensorRow> {
  const row = await context.store.query
    .selectFrom("sensors")
    .selectAll()
    .where("name", "=", name)
    .executeTakeFirst();
  const whose = onlyOf(context);
  if (row !== undefined && (whose === null || row.owner_id === whose)) return row;
  throw new Fault(
    "sensor_unknown",
    `there is no machine named ${name}`,
    "List them: `doorward fleet machines`.",
  );
}

/** Whose machines alone this caller sees; null: everybody's. */
export function onlyOf({ caller }: Pick<ReadContext, "caller">): string | null {
  return reachOf(caller, "fleet.read") === "all" ? null : caller.user;
}
