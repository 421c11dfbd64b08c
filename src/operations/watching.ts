import type { Ambient, JsonObject } from "#base";
import { presentedHash } from "#identity";
import type { JournalHandle } from "#journal";
import type { Batch, EntryKind } from "#ledger";
import type { Schema, Store } from "#store";
import { changedMeanwhile, stateWrite } from "./change.ts";
import type { LiveControl } from "./context.ts";
import { type Withdrawing, withdrawOpen } from "./request-ends.ts";
import { STOP_KINDS, type StopRow } from "./stop-rows.ts";

/** The dead-man's switch: who falls silent stops what they watch over. */
export interface Watching {
  /** A heartbeat with this credential; false where it is no monitor's. */
  readonly heard: (key: string) => boolean;
  /** Stops what belongs to monitors that were silent for too long. */
  readonly look: () => Promise<void>;
}

export interface WatchingOutside {
  readonly store: Store;
  readonly journal: Pick<JournalHandle, "append">;
  readonly live: Pick<LiveControl, "stopped" | "approvalDecided">;
  readonly ambient: Ambient;
}

/** `heard_at` is for people: it is written at most this often per monitor. */
const NOTED_EVERY_MS = 10_000;
/**
 * Where this process itself stood still (a suspended machine, a stopped container), heartbeats wait at its door: nobody is
 * called silent for that, and everybody's time begins anew.
 */
const STOOD_STILL_MS = 2_000;

interface Own extends WatchingOutside {
  /** Monotonic: a clock that is set silences nobody. */
  readonly heardAt: Map<string, number>;
  readonly notedAt: Map<string, number>;
  startedAt: number;
  lookedAt: number;
  /** Whether what an earlier process left open under a stop was looked for. */
  isSwept: boolean;
}

type MonitorRow = Schema["monitors"];

/** After a start each monitor has its whole time: who was not heard because we were not there was not silent. */
export function createWatching(outside: WatchingOutside): Watching {
  const startedAt = outside.ambient.monotonic();
  const own: Own = {
    ...outside,
    heardAt: new Map(),
    notedAt: new Map(),
    startedAt,
    lookedAt: startedAt,
    isSwept: false,
  };
  const byHash = outside.store.connection.prepare("SELECT name, silent_at FROM monitors WHERE hash = ?");
  const note = outside.store.connection.prepare(
    "UPDATE monitors SET heard_at = ?, silent_at = NULL WHERE name = ?",
  );
  return {
    heard: (key) => {
      const row = byHash.get(presentedHash("monitor-key", key) ?? "");
      if (row === undefined) return false;
      const [name, now] = [String(row["name"]), own.ambient.monotonic()];
      own.heardAt.set(name, now);
      const isDue = now - (own.notedAt.get(name) ?? -Infinity) >= NOTED_EVERY_MS;
      if (!isDue && row["silent_at"] === null) return true;
      own.notedAt.set(name, now);
      note.run(own.ambient.now(), name);
      return true;
    },
    look: () => look(own),
  };
}

async function look(own: Own): Promise<void> {
  const now = own.ambient.monotonic();
  const stoodStill = now - own.lookedAt > STOOD_STILL_MS;
  own.lookedAt = now;
  if (stoodStill) own.startedAt = now;
  if (!own.isSwept) await withdrawStopped(own);
  own.isSwept = true;
  const rows = await own.store.query
    .selectFrom("monitors")
    .selectAll()
    .where("silent_at", "is", null)
    .execute();
  for (const row of rows) if (isSilent(own, row, now)) await fellSilent(own, row);
}

/** A monitor that was added while we ran is first seen here: its time begins now. */
function isSilent(own: Own, { name, every_ms }: MonitorRow, now: number): boolean {
  const heardAt = own.heardAt.get(name);
  if (heardAt === undefined) own.heardAt.set(name, now);
  return now - Math.max(heardAt ?? now, own.startedAt) > every_ms;
}

async function fellSilent(own: Own, row: MonitorRow): Promise<void> {
  const { query } = own.store;
  const at = own.ambient.now();
  const key = `${row.kind}:${row.target}`;
  const id = own.ambient.id("stp");
  const silent = query
    .updateTable("monitors")
    .set({ silent_at: at })
    .where("name", "=", row.name)
    .where("silent_at", "is", null);
  const stop: Schema["stops"] = {
    id,
    kind: row.kind,
    target: row.target,
    key,
    label: row.label,
    reason: `no heartbeat of ${row.name} for ${row.every_ms / 1_000} seconds`,
    owner_id: row.owner_id,
    stopped_by: null,
    monitor: row.name,
    at,
    ended_by: null,
    ended_at: null,
  };
  const insert = query
    .insertInto("stops")
    .values(stop)
    .onConflict((conflict) => conflict.column("key").where("ended_at", "is", null).doNothing());
  const body = { kind: row.kind, target: row.target, monitor: row.name };
  // What is stopped already stays so: the insert then changes nothing, and the silence is on record all the same.
  const batch: Batch = {
    entries: [draft(at, "stop.added", id, body)],
    writes: [stateWrite(silent, 1), stateWrite(insert)],
  };
  const kept = await own.journal.append(batch).catch((cause: unknown) => {
    // It holds in memory until a later look has written it down.
    own.live.stopped(key, { ...stop, name: null, record: async () => recorded(own, key) });
    throw cause;
  });
  if (kept.kind === "stale") return;
  own.live.stopped(key);
  await withdrawUnder(own, stop);
}

/** Throws while there is no such stop in force. */
async function recorded({ store }: Own, key: string): Promise<void> {
  await store.query
    .selectFrom("stops")
    .select("id")
    .where("key", "=", key)
    .where("ended_at", "is", null)
    .executeTakeFirstOrThrow();
}

/**
 * A process that died between a stop's commit and the withdrawal of what waited for people under it left those requests open:
 * what is stopped by now is withdrawn before anything else is looked at.
 */
async function withdrawStopped(own: Own): Promise<void> {
  const rows = await own.store.query.selectFrom("stops").selectAll().where("ended_at", "is", null).execute();
  for (const row of rows) await withdrawUnder(own, row);
}

async function withdrawUnder(own: Own, row: StopRow): Promise<void> {
  const kind = STOP_KINDS.find((one) => one === row.kind);
  if (kind === undefined) return;
  const { target, label, key, owner_id: owner } = row;
  await withdrawOpen(withdrawing(own), { stopped: { kind, target, key, label, owner } }, "stopped");
}

const draft = (at: number, kind: EntryKind, subject: string, body: JsonObject) => ({
  kind,
  subject,
  at,
  body: { by: "doorward", via: "monitor", ...body },
});

function withdrawing({ store, live, journal, ambient }: Own): Withdrawing {
  return {
    store,
    live,
    now: ambient.now,
    entry: (kind, subject, body) => draft(ambient.now(), kind, subject, body),
    commit: async (batch) => {
      if ((await journal.append(batch)).kind === "stale") throw changedMeanwhile();
    },
  };
}
