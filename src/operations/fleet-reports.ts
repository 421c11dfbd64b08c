import { type Ambient, type Digest, digestOfBytes, Fault, type Json } from "#base";
import { type FleetEvent, ITEMS_MAX, LOST_MAX, REPORT, type Report } from "#fleet";
import { presentedHash } from "#identity";
import type { JournalHandle } from "#journal";
import type { StateWrite } from "#ledger";
import type { Store } from "#store";
import { changedMeanwhile, stateWrite } from "./change.ts";
import type { SensorRow } from "./fleet-rows.ts";

/** What sensors tell: each report once, in the order of its sensor, from nobody but it. */
export interface FleetReports {
  /** Whether a sensor that is not removed has this key. Asked before anything of the request is read. */
  readonly knows: (key: string) => boolean;
  /** Throws `sensor_key_unknown`, `report_invalid`, `sensor_out_of_step`, `changed_meanwhile`; what was taken is on record. */
  readonly take: (key: string, bytes: Uint8Array) => Promise<{ readonly sequence: number }>;
}

export interface ReportsOutside {
  readonly store: Store;
  readonly journal: Pick<JournalHandle, "append">;
  readonly ambient: Ambient;
  readonly parseJson: (bytes: Uint8Array) => Json;
}

/** What is gone for longer is forgotten here; the ledger keeps that something was. */
const GONE_KEPT_MS = 90 * 86_400_000;

export function createFleetReports(outside: ReportsOutside): FleetReports {
  return {
    knows: (key) => rowOf(outside, key) !== null,
    take: async (key, bytes) => {
      const row = rowOf(outside, key);
      if (row === null) throw removedSensor();
      const read = REPORT.safeParse(outside.parseJson(bytes));
      if (!read.success) throw invalidReport(read.error);
      const report: Report = read.data;
      const digest = digestOfBytes(bytes);
      // Told again, since the answer to the first time was lost. Another of the same number comes from a copy of the machine, or
      // holds what happened since: only a beginning anew makes sure of either.
      if (row.report === digest && row.run === report.run) return { sequence: report.sequence };
      const isNext = row.run === report.run && row.sequence + 1 === report.sequence;
      const isAnew = row.run !== report.run && report.sequence === 1;
      if (!isNext && !isAnew) throw outOfStep();
      await demandRoom(outside, row.name, report);
      await applied(outside, { row, report, isAnew, digest });
      return { sequence: report.sequence };
    },
  };
}

function rowOf({ store }: ReportsOutside, key: string): SensorRow | null {
  const hash = presentedHash("sensor-key", key);
  if (hash === null) return null;
  const found = store.connection
    .prepare("SELECT * FROM sensors WHERE hash = ? AND removed_at IS NULL")
    .get(hash);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- The columns are those of the migration.
  return found === undefined ? null : (found as unknown as SensorRow);
}

/** As many things as a sensor itself tells of, and as many again that are gone: more are no machine's. */
async function demandRoom({ store }: ReportsOutside, sensor: string, { events }: Report): Promise<void> {
  if (!events.some(({ what }) => what === "appeared")) return;
  const { count } = await store.query
    .selectFrom("fleet_items")
    .select(({ fn }) => fn.countAll<number>().as("count"))
    .where("sensor", "=", sensor)
    .executeTakeFirstOrThrow();
  if (count + events.length <= 2 * ITEMS_MAX) return;
  throw new Fault(
    "sensor_items_full",
    `more than ${2 * ITEMS_MAX} things are kept of ${sensor}`,
    "Remove the sensor and add it again, which forgets them; if that machine has no such number, its key was stolen.",
  );
}

interface Applying {
  readonly row: SensorRow;
  readonly report: Report;
  readonly isAnew: boolean;
  readonly digest: Digest;
}

async function applied(outside: ReportsOutside, applying: Applying): Promise<void> {
  const { row, report, isAnew, digest } = applying;
  const now = outside.ambient.now();
  const next = sensorWrite(outside, applying, now);
  if (
    report.events.length === 0 &&
    !isAnew &&
    report.lost === 0 &&
    (row.complete === 1 || !report.complete)
  ) {
    // That it lives is no news: nothing but the time that it was heard is written.
    const { changes } = outside.store.connection.prepare(next.sql).run(...next.parameters.map(sqlValue));
    if (changes !== 1) throw changedMeanwhile();
    return;
  }
  const counts = Object.fromEntries(
    (["appeared", "changed", "gone"] as const).map((what) => [
      what,
      report.events.filter((event) => event.what === what).length,
    ]),
  );
  const body = {
    by: "doorward",
    via: "sensor",
    report: digest,
    run: report.run,
    sequence: report.sequence,
    ...counts,
    lost: report.lost,
  };
  const appended = await outside.journal.append({
    writes: [next, ...itemWrites(outside, applying, now)],
    entries: [{ kind: "sensor.reported", subject: row.name, at: now, body }],
  });
  if (appended.kind === "stale") throw changedMeanwhile();
}

/** Only if nobody took another report of it, and nobody removed it, meanwhile. */
function sensorWrite({ store }: ReportsOutside, { row, report, digest }: Applying, now: number): StateWrite {
  const { run, sequence, machine, complete, lost } = report;
  const update = store.query
    .updateTable("sensors")
    .set({
      run,
      sequence,
      report: digest,
      heard_at: now,
      complete: complete ? 1 : 0,
      lost: Math.min(row.lost + lost, LOST_MAX),
      machine: JSON.stringify(machine),
    })
    .where("name", "=", row.name)
    .where("hash", "=", row.hash)
    .where("removed_at", "is", null)
    .where("sequence", "=", row.sequence)
    .where("run", row.run === null ? "is" : "=", row.run);
  return stateWrite(update, 1);
}

function itemWrites(outside: ReportsOutside, { row, report, isAnew }: Applying, now: number): StateWrite[] {
  const { query } = outside.store;
  const mine = row.name;
  const doubt = query.updateTable("fleet_items").set({ unsure: 1 }).where("sensor", "=", mine);
  const settle = query
    .updateTable("fleet_items")
    .set({ gone_at: now, changed_at: now, unsure: 0 })
    .where("sensor", "=", mine)
    .where("unsure", "=", 1)
    .where("gone_at", "is", null);
  const forget = query
    .deleteFrom("fleet_items")
    .where("sensor", "=", mine)
    .where("gone_at", "is not", null)
    // By our own clock: the machine's may say that it went long ago.
    .where("changed_at", "<", now - GONE_KEPT_MS);
  return [
    ...(isAnew ? [stateWrite(doubt.where("gone_at", "is", null))] : []),
    ...report.events.map((event) => eventWrite(outside, { sensor: mine, event, now })),
    ...(report.complete ? [stateWrite(settle), stateWrite(forget)] : []),
  ];
}

interface Told {
  readonly sensor: string;
  readonly event: FleetEvent;
  readonly now: number;
}

/** A machine's clock may be wrong: nothing happened later than it was told. */
function eventWrite({ store }: ReportsOutside, { sensor, event, now }: Told): StateWrite {
  const at = Math.min(event.at, now);
  if (event.what === "gone") {
    const gone = store.query
      .updateTable("fleet_items")
      .set({ gone_at: at, changed_at: now, unsure: 0 })
      .where("sensor", "=", sensor)
      .where("key", "=", event.key);
    return stateWrite(gone);
  }
  const { kind, what, name, ...found } = event.found;
  const own = { kind, what, name, found: JSON.stringify(found), changed_at: now, gone_at: null, unsure: 0 };
  const insert = store.query
    .insertInto("fleet_items")
    .values({ sensor, key: event.key, appeared_at: at, ...own })
    .onConflict((conflict) => conflict.columns(["sensor", "key"]).doUpdateSet(own));
  return stateWrite(insert);
}

function sqlValue(value: unknown): string | number | null {
  if (typeof value === "string" || typeof value === "number") return value;
  return null;
}

function removedSensor(): Fault {
  return new Fault(
    "sensor_key_unknown",
    "no sensor has this key any more",
    "It was removed: `doorward fleet add-sensor NAME` on the server shows a new one.",
  );
}

function invalidReport(cause: unknown): Fault {
  return new Fault(
    "report_invalid",
    "this is no report of a sensor",
    "Take the sensor of this Doorward's version: `doorward sensor`.",
    cause,
  );
}

function outOfStep(): Fault {
  return new Fault(
    "sensor_out_of_step",
    "this is not the report that comes next",
    "Begin anew at sequence 1 under another `run`, with everything that is there: `doorward sensor` does.",
  );
}
