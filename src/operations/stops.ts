import { z } from "zod";
import { Fault } from "#base";
import { reachOf } from "#identity";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { id } from "./fields.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import { read, write } from "./operation.ts";
import { withdrawingAs, withdrawOpen } from "./request-ends.ts";
import { recordLater, stopBatch, stopInForce, stopRow } from "./stop-record.ts";
import { stopKind, type StopRow, stopShape, stopTarget, stopView } from "./stop-rows.ts";
import { type StopTarget, stopTargetOf } from "./stop-targets.ts";
import { heldUnrecorded } from "./stop-unrecorded.ts";

const REASON_CHARS_MAX = 500;
const COLUMNS = ["kind", "label", "reason", "stoppedBy", "monitor", "at", "endedAt"];

export const stopsList = read({
  name: "stops.list",
  summary: "List what is stopped, newest first",
  permission: "agents.read",
  input: z.strictObject({ ...pageInput, ended: z.boolean().default(false).describe("Those too that ended") }),
  output: pageOf(stopShape),
  columns: COLUMNS,
  async run(context, { after, limit, ended }) {
    const key = keyOfCursor(after);
    let query = stops(context)
      .orderBy("stops.id", "desc")
      .limit(limit + 1);
    if (key !== "") query = query.where("stops.id", "<", key);
    if (!ended) query = query.where("stops.ended_at", "is", null);
    return page(await query.execute(), limit, { item: (row) => stopView(row, row), keyOf: (row) => row.id });
  },
});

export const stopsGet = read({
  name: "stops.get",
  summary: "Show one stop",
  permission: "agents.read",
  input: z.strictObject({ stop: id("stp", "Stop") }),
  output: stopShape,
  positional: ["stop"],
  async run(context, { stop }) {
    const row = await stops(context).where("stops.id", "=", stop).executeTakeFirst();
    if (row === undefined) throw unknownStop(stop);
    return stopView(row, row);
  },
});

/**
 * No presence is asked for: a stop takes rights and gives none, and whoever sees harm being done should not look for a
 * passkey first. Ending one needs it.
 */
export const stopsAdd = write({
  name: "stops.add",
  summary:
    "Stop something now: its work in flight is cut, nothing new of it is let through, everything is kept",
  permission: "agents.stop",
  effect: "destructive",
  input: z.strictObject({
    kind: stopKind,
    target: stopTarget,
    reason: z
      .string()
      .min(1)
      .max(REASON_CHARS_MAX)
      .describe("Why: told to whoever is refused, and kept for the record"),
  }),
  output: stopShape.extend({
    already: z.boolean().describe("It was stopped before: that stop, with its reason, stays"),
    withdrawn: z.int().describe("Requests that waited for people and are withdrawn"),
    cutMs: z.number().describe("From the request until the doors had cut it, in milliseconds"),
  }),
  positional: ["kind", "target"],
  examples: [
    'stop agent mailbot --reason "it mails the wrong people"',
    'stop everything --reason "we do not know yet what this is"',
  ],
  async plan(context, { kind, target, reason }) {
    const found = await stopTargetOf(context, kind, target);
    const known = await stopInForce(context, found.key);
    return {
      would:
        known === null
          ? `stop ${what(found)}, cut what is under way and withdraw what waits`
          : `leave ${what(found)} stopped, as it is, and cut it once more`,
      commit: (committing) => stopNow(committing, found, reason),
    };
  },
});

/** Puts it on record, cuts, and withdraws what waits. */
export async function stopNow(context: OperationContext, found: StopTarget, reason: string) {
  const began = context.ambient.monotonic();
  const { row, already } = await keep(context, found, reason);
  context.live.stopped(found.key);
  const cutMs = context.ambient.monotonic() - began;
  const withdrawn = await withdrawOpen(withdrawingAs(context), { stopped: found }, "stopped");
  const view = stopView(row, { stopper: await nameOf(context, row.stopped_by), ender: null });
  return { ...view, already, withdrawn, cutMs };
}

interface Kept {
  readonly row: StopRow;
  readonly already: boolean;
}

/** Two who stop the same thing at once get the same stop. */
async function keep(context: OperationContext, found: StopTarget, reason: string): Promise<Kept> {
  const known = await stopInForce(context, found.key);
  if (known !== null) return { row: known, already: true };
  const row = stopRow(context, found, reason);
  try {
    await commitBatch(context, stopBatch(context, row));
  } catch (cause) {
    const first = cause instanceof Fault ? await stopInForce(context, found.key) : null;
    if (first !== null) return { row: first, already: true };
    throw heldUnrecorded(context, row, { record: () => recordLater(context, row), cause });
  }
  return { row, already: false };
}

export const stopsEnd = write({
  name: "stops.end",
  summary: "End a stop: what it covered may go on; nothing that was cut is sent again",
  permission: "stops.end",
  presence: true,
  input: z.strictObject({ kind: stopKind, target: stopTarget }),
  output: stopShape,
  positional: ["kind", "target"],
  examples: ["resume agent mailbot", "resume everything"],
  async plan(context, { kind, target }) {
    const row = await stopNamed(context, kind, target ?? "*");
    demandMayEnd(context, row);
    return {
      would: `end the stop of ${row.kind === "everything" ? row.kind : `${row.kind} ${row.label}`}`,
      async commit(committing) {
        const at = await endStop(committing, row.id);
        const next = { ...row, ended_at: at, ended_by: committing.caller.user };
        return stopView(next, { stopper: row.stopper, ender: committing.caller.name });
      },
    };
  },
});

/** Answers when. */
export async function endStop(context: OperationContext, stop: string): Promise<number> {
  const at = context.ambient.now();
  const end = context.store.query
    .updateTable("stops")
    .set({ ended_at: at, ended_by: context.caller.user })
    .where("id", "=", stop)
    .where("ended_at", "is", null);
  await commitBatch(context, {
    writes: [stateWrite(end, 1)],
    entries: [entry(context, "stop.ended", stop, {})],
  });
  return at;
}

/** By the name or the id of what is stopped, whether or not it is there still. */
async function stopNamed(context: ReadContext, kind: string, reference: string) {
  const row = await stops(context)
    .where("stops.kind", "=", kind)
    .where((eb) => eb.or([eb("stops.target", "=", reference), eb("stops.label", "=", reference)]))
    .where("stops.ended_at", "is", null)
    .executeTakeFirst();
  if (row !== undefined) return row;
  throw new Fault(
    "stop_unknown",
    "this is not stopped",
    "See what is: `doorward stops list`. One that is not on record yet (a full disk) is ended once it is.",
  );
}

function demandMayEnd(context: ReadContext, row: StopRow): void {
  const { caller, stopping } = context;
  const isOwn = row.stopped_by === caller.user;
  if (reachOf(caller, "stops.end") === "own" && !isOwn) {
    throw new Fault("not_yours", "somebody else stopped this", "An admin ends it, or whoever stopped it.");
  }
  if (stopping.resume === "another" && isOwn) {
    throw new Fault(
      "another_must_resume",
      "who stopped something does not end that alone here (`stop.resume: another`)",
      "Ask another admin: `doorward resume`. A monitor's stop any admin ends.",
    );
  }
}

/** Those that this caller may see: an owner sees those of what is theirs, and of what is everybody's. */
function stops(context: ReadContext) {
  const { store, caller } = context;
  const all = store.query
    .selectFrom("stops")
    .leftJoin("users as stoppers", "stoppers.id", "stops.stopped_by")
    .leftJoin("users as enders", "enders.id", "stops.ended_by")
    .selectAll("stops")
    .select(["stoppers.name as stopper", "enders.name as ender"]);
  if (reachOf(caller, "agents.read") === "all") return all;
  return all.where((eb) => eb.or([eb("stops.owner_id", "=", caller.user), eb("stops.owner_id", "is", null)]));
}

async function nameOf({ store }: Pick<ReadContext, "store">, user: string | null): Promise<string | null> {
  if (user === null) return null;
  const row = await store.query.selectFrom("users").select("name").where("id", "=", user).executeTakeFirst();
  return row?.name ?? null;
}

function what({ kind, label }: StopTarget): string {
  return kind === "everything" ? kind : `${kind} ${label}`;
}

function unknownStop(stop: string): Fault {
  return new Fault("stop_unknown", `there is no stop ${stop}`, "List them: `doorward stops list --ended`.");
}
