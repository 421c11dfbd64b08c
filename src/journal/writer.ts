import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { Fault } from "#base";
import type { Appended, StateWrite } from "#ledger";
import { meaningOf, writeRefused } from "./faults.ts";
import { STATEMENTS_MAX } from "./limits.ts";
import type { Payloads } from "./payloads.ts";
import type { PreparedEntry, Work } from "./work.ts";

/** One transaction at a time on the state database. */
export interface Writer {
  readonly begin: () => void;
  /**
   * Within the transaction. Throws Fault `state_write_refused` when a statement of the caller's is wrong (only its
   * own work is undone); any other error concerns the whole transaction.
   */
  readonly keep: (work: Work) => Appended;
  /** Committed when it returns, and not yet on the disk. */
  readonly commit: () => void;
  /** Undoes whatever the transaction still holds. */
  readonly abandon: () => void;
  /** Entries committed. */
  readonly size: () => number;
}

export function openWriter(database: DatabaseSync, payloads: Payloads): Writer {
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const rollback = database.prepare("ROLLBACK");
  // Whatever else is written through this connection is on the disk when its statement returns; only a transaction of
  // the journal's leaves that to the group's one sync. SQLite takes this between transactions alone.
  const relax = (): void => database.exec("PRAGMA synchronous = NORMAL");
  const insist = (): void => database.exec("PRAGMA synchronous = FULL");
  const savepoint = database.prepare("SAVEPOINT work");
  const release = database.prepare("RELEASE work");
  const undo = database.prepare("ROLLBACK TO work");
  const insert = database.prepare(
    "INSERT INTO entries (idx, kind, subject, at, record) VALUES (?, ?, ?, ?, ?)",
  );
  const statements = statementCache(database);
  let size = Number(database.prepare("SELECT MAX(idx) AS last FROM entries").get()?.["last"] ?? -1) + 1;
  let next = size;

  const insertEntry = (entry: PreparedEntry): number => {
    const index = next;
    insert.run(index, entry.kind, entry.subject, entry.at, entry.recordAt(index));
    next += 1;
    for (const payload of entry.payloads) payloads.keep(index, payload, entry.at);
    return index;
  };
  const insertAll = (work: Work): Appended => {
    if (work.forget !== undefined) payloads.forget(work.forget);
    return { kind: "kept", indexes: work.entries.map(insertEntry) };
  };
  const back = (): void => {
    undo.run();
    release.run();
    payloads.distrustCache();
  };
  return {
    begin: () => {
      relax();
      begin.run();
    },
    keep: (work) => {
      if (work.writes.length === 0) return insertAll(work);
      savepoint.run();
      if (!writeAll(work.writes, statements, back)) return { kind: "stale" };
      const kept = insertAll(work);
      release.run();
      return kept;
    },
    commit: () => {
      commit.run();
      insist();
      size = next;
    },
    abandon: () => {
      next = size;
      payloads.distrustCache();
      // SQLite has rolled back by itself after most errors that concern the whole transaction.
      if (database.isTransaction) rollback.run();
      insist();
    },
    size: () => size,
  };
}

type Statements = (sql: string) => StatementSync;

/** False, with everything undone, when a write did not change the rows it must. */
function writeAll(writes: readonly StateWrite[], statements: Statements, back: () => void): boolean {
  try {
    for (const { sql, parameters, changes } of writes) {
      const result = statements(sql).run(...parameters.map(bindable));
      if (changes === undefined || Number(result.changes) === changes) continue;
      back();
      return false;
    }
    return true;
  } catch (error) {
    if (!(error instanceof Fault) && meaningOf(error) !== "statement") throw error;
    back();
    throw error instanceof Fault ? error : writeRefused(error);
  }
}

/** A value that SQLite takes; node:sqlite itself would throw a TypeError, which reads like a bug of ours. */
function bindable(value: unknown): SQLInputValue {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "bigint" || value instanceof Uint8Array) return value;
  throw writeRefused(new TypeError(`a ${typeof value} cannot be a value in the database`));
}

/** Prepared statements by their text; the oldest goes when there are too many. */
function statementCache(database: DatabaseSync): Statements {
  const cache = new Map<string, StatementSync>();
  return (sql) => {
    const known = cache.get(sql);
    if (known !== undefined) return known;
    const oldest = cache.keys().next().value;
    if (cache.size >= STATEMENTS_MAX && oldest !== undefined) cache.delete(oldest);
    const statement = database.prepare(sql);
    cache.set(sql, statement);
    return statement;
  };
}
