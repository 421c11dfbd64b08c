import { z } from "zod";
import { Fault } from "#base";
import type { Schema } from "#store";
import type { StopKind } from "#vocabulary";
import { isoTime } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";

export type StopRow = Schema["stops"];

export const STOP_KINDS = [
  "agent",
  "session",
  "user",
  "model",
  "server",
  "host",
  "credential",
  "everything",
] as const satisfies readonly StopKind[];

export const stopKind = z.enum(STOP_KINDS).describe("What is stopped; everything: all agents, at every door");
export const stopTarget = z
  .string()
  .min(1)
  .max(300)
  .optional()
  .describe(
    "Which: agent, user or server by name, session or credential by id, UPSTREAM/MODEL or MODEL, host or *.domain; none for everything",
  );

export const stopShape = z.object({
  id: z.string(),
  kind: stopKind,
  target: z.string().describe("Id, or the name of what has none; * of everything"),
  label: z.string().describe("As it was called when it was stopped"),
  reason: z.string(),
  stoppedBy: z.string().nullable().describe("Name of the user; null: a monitor fell silent"),
  monitor: z.string().nullable(),
  at: time,
  endedBy: z.string().nullable(),
  endedAt: time.nullable(),
  inForce: z.boolean(),
});

const NOBODY = { stopper: null, ender: null };

export function stopView(
  row: StopRow,
  names: { readonly stopper: string | null; readonly ender: string | null } = NOBODY,
): z.input<typeof stopShape> {
  return {
    id: row.id,
    kind: z.enum(STOP_KINDS).parse(row.kind),
    target: row.target,
    label: row.label,
    reason: row.reason,
    stoppedBy: names.stopper ?? row.stopped_by,
    monitor: row.monitor,
    at: isoTime(row.at),
    endedBy: names.ender ?? row.ended_by,
    endedAt: isoTime(row.ended_at),
    inForce: row.ended_at === null,
  };
}

export const EVERYTHING = "everything:*";

/** What a stop would have to name to bar an agent from being started, lent to or handed tokens. */
export function startKeys(
  agent: { readonly id: string; readonly owner_id: string },
  user: string | null,
): string[] {
  const users = user === null ? [agent.owner_id] : [agent.owner_id, user];
  return [EVERYTHING, `agent:${agent.id}`, ...users.map((id) => `user:${id}`)];
}

/** The first stop in force of these keys, with the name of who stopped it; null where there is none. */
export async function stopAmong(
  { store }: Pick<ReadContext, "store">,
  keys: readonly string[],
): Promise<Fault | null> {
  const row = await store.query
    .selectFrom("stops")
    .leftJoin("users", "users.id", "stops.stopped_by")
    .selectAll("stops")
    .select("users.name as stopper")
    .where("stops.key", "in", keys)
    .where("stops.ended_at", "is", null)
    .orderBy("stops.at")
    .executeTakeFirst();
  return row === undefined ? null : stoppedFault(row, row.stopper);
}

/** Throws `stopped`. */
export async function demandUnstopped(
  context: Pick<ReadContext, "store">,
  keys: readonly string[],
): Promise<void> {
  const fault = await stopAmong(context, keys);
  if (fault !== null) throw fault;
}

function stoppedFault({ kind, label, reason, monitor }: StopRow, stopper: string | null): Fault {
  const what = kind === "everything" ? "everything is stopped" : `the ${kind} ${label} is stopped`;
  const who = monitor === null ? (stopper ?? "a person") : `the monitor ${monitor}, which fell silent`;
  return new Fault(
    "stopped",
    `${what} by ${who}: ${reason}`,
    `Look at it with \`doorward stops list\`; a person ends it with \`doorward resume ${kind === "everything" ? kind : `${kind} ${label}`}\`.`,
  );
}
