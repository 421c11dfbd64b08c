import { z } from "zod";
import { Fault } from "#base";
import { mintSecret } from "#identity";
import type { Schema } from "#store";
import { commitBatch, entry, isoTime, sameName, stateWrite } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";
import { read, write } from "./operation.ts";
import { STOP_KINDS, stopKind, stopTarget } from "./stop-rows.ts";
import { stopTargetOf } from "./stop-targets.ts";

export const HEARTBEAT_PATH = "/heartbeat";
const EVERY_MIN_S = 2;
const EVERY_MAX_S = 24 * 3_600;
const MONITORS_MAX = 100;

const monitorName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,62}$/, "small letters, digits and hyphens, starting with a letter, at most 63")
  .describe("Name of the monitor");

const monitorShape = z.object({
  name: z.string(),
  everySeconds: z.int().describe("Silent for longer than this, it stops what it watches over"),
  kind: stopKind,
  target: z.string(),
  label: z.string(),
  addedAt: time,
  heardAt: time.nullable().describe("Last heartbeat; null: none yet"),
  silentAt: time.nullable().describe("When its silence stopped that; null: it is heard"),
});

type MonitorRow = Schema["monitors"];

function monitorView(row: MonitorRow): z.input<typeof monitorShape> {
  return {
    name: row.name,
    everySeconds: row.every_ms / 1_000,
    kind: z.enum(STOP_KINDS).parse(row.kind),
    target: row.target,
    label: row.label,
    addedAt: isoTime(row.added_at),
    heardAt: isoTime(row.heard_at),
    silentAt: isoTime(row.silent_at),
  };
}

export const stopsMonitors = read({
  name: "stops.monitors",
  summary: "List who has to be heard of, or something stops",
  permission: "stops.watch",
  input: z.strictObject({}),
  output: z.object({ items: z.array(monitorShape) }),
  columns: ["name", "everySeconds", "kind", "label", "heardAt", "silentAt"],
  async run({ store }) {
    const rows = await store.query.selectFrom("monitors").selectAll().orderBy("name").execute();
    return { items: rows.map(monitorView) };
  },
});

export const stopsAddMonitor = write({
  name: "stops.add-monitor",
  summary: "Stop something by itself when a monitor is not heard of for a while; its key is shown once",
  permission: "stops.watch",
  presence: true,
  input: z.strictObject({
    name: monitorName,
    every: z
      .int()
      .min(EVERY_MIN_S)
      .max(EVERY_MAX_S)
      .describe("Seconds within which each heartbeat has to come"),
    kind: stopKind,
    target: stopTarget,
  }),
  output: monitorShape.extend({
    key: z.string().describe("Sent as Authorization: Bearer with each heartbeat"),
    address: z.string().describe("Where heartbeats go, by POST without a body"),
  }),
  positional: ["name", "kind", "target"],
  examples: ["stops add-monitor pager everything --every 30"],
  async plan(context, { name, every, kind, target }) {
    const found = await stopTargetOf(context, kind, target);
    await demandRoom(context, name);
    return {
      would: `stop ${kind === "everything" ? kind : `${kind} ${found.label}`} when ${name} is silent for ${every} s`,
      async commit(committing) {
        const { query } = committing.store;
        const secret = mintSecret("monitor-key", committing.ambient);
        const row: MonitorRow = {
          name,
          every_ms: every * 1_000,
          kind,
          target: found.target,
          label: found.label,
          owner_id: found.owner,
          hash: secret.hash,
          added_by: committing.caller.user,
          added_at: committing.ambient.now(),
          heard_at: null,
          silent_at: null,
        };
        const body = { change: "added", everySeconds: every, kind, target: found.target };
        await commitBatch(committing, {
          writes: [stateWrite(query.insertInto("monitors").values(row).onConflict(sameName), 1)],
          entries: [entry(committing, "monitor.changed", name, body)],
        });
        const address = `${committing.addresses.door}${HEARTBEAT_PATH}`;
        return { ...monitorView(row), key: secret.text, address };
      },
    };
  },
});

export const stopsRemoveMonitor = write({
  name: "stops.remove-monitor",
  summary: "Wait for a monitor no more; a stop that its silence made stays",
  permission: "stops.watch",
  presence: true,
  effect: "destructive",
  input: z.strictObject({ name: monitorName }),
  output: z.object({ name: z.string() }),
  positional: ["name"],
  async plan(context, { name }) {
    const row = await monitorNamed(context, name);
    if (row === null) throw unknownMonitor(name);
    return {
      would: `wait for the monitor ${name} no more`,
      async commit(committing) {
        const remove = committing.store.query
          .deleteFrom("monitors")
          .where("name", "=", name)
          .where("hash", "=", row.hash);
        await commitBatch(committing, {
          writes: [stateWrite(remove, 1)],
          entries: [entry(committing, "monitor.changed", name, { change: "removed" })],
        });
        return { name };
      },
    };
  },
});

async function monitorNamed({ store }: ReadContext, name: string): Promise<MonitorRow | null> {
  const row = await store.query
    .selectFrom("monitors")
    .selectAll()
    .where("name", "=", name)
    .executeTakeFirst();
  return row ?? null;
}

async function demandRoom(context: ReadContext, name: string): Promise<void> {
  if ((await monitorNamed(context, name)) !== null)
    throw new Fault(
      "monitor_exists",
      `there is already a monitor named ${name}`,
      "Choose another name, or remove that one: `doorward stops remove-monitor NAME`.",
    );
  const all = await context.store.query.selectFrom("monitors").select("name").limit(MONITORS_MAX).execute();
  if (all.length < MONITORS_MAX) return;
  throw new Fault(
    "monitors_full",
    `there are ${MONITORS_MAX} monitors already`,
    "Remove one that is not needed: `doorward stops monitors`.",
  );
}

function unknownMonitor(name: string): Fault {
  return new Fault(
    "monitor_unknown",
    `there is no monitor named ${name}`,
    "List them: `doorward stops monitors`.",
  );
}
