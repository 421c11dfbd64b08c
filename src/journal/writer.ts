import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { Fault } from "#base";
import type { Appended, StateWrite } from "#ledger";
import type { Store } from "#store";
import { meaningOf, writeRefused } from "./faults.ts";
import { STATEMENTS_MAX } from "./limits.ts";
import type { Payloads } from "./payloads.ts";
import type { PreparedEntry, Work } from "./work.ts";

/** One transaction at a time on the state database. */
export interface Writer {
  readonly begin: () => void;
  /**
   * Within the transaction. Throws Fault `state_write_refused` when a statement of the caller's is wrong (nothing of its
   * work is kept); any other error concerns the whole transaction. `entangled`: a part was written that must not stay and
   * cannot be undone alone; the transaction must be abandoned, and everything kept anew with `keepGuarded`.
   */
  readonly keep: (work: Work) => Appended | "entangled";
  /** As `keep`, and always undone alone: for a fifth of the time more. */
  readonly keepGuarded: (work: Work) => Appended;
  /** Committed when it returns, and not yet on the disk. */
  readonly commit: () => void;
  /** Undoes whatever the transaction still holds. */
  readonly abandon: () => void;
  /** Entries committed. */
  readonly size: () => number;
}

export function openWriter(
  { connection: database, memory }: Pick<Store, "connection" | "memory">,
  payloads: Payloads,
): Writer {
  const transaction = openTransaction(database);
  const insert = database.prepare(
    "INSERT INTO entries (idx, kind, subject, at, record) VALUES (?, ?, ?, ?, ?)",
  );
  const statements = statementCache(database, memory);
  let size = Number(database.prepare("SELECT MAX(idx) AS last FROM entries").get()?.["last"] ?? -1) + 1;
  let next = size;

  const insertEntry = (entry: PreparedEntry): number => {
    const index = next;
    insert.run(index, entry.kind, entry.subject, entry.at, entry.recordAt(index));
    next += 1;
    if (entry.payloads.length > 0) payloads.keep(index, entry.payloads, entry.at);
    memory.vouch(1 + entry.payloads.length);
    return index;
  };
  const insertAll = (work: Work): Appended => {
    if (work.forget !== undefined) payloads.forget(work.forget);
    return { kind: "kept", indexes: work.entries.map(insertEntry) };
  };
  const back = (): void => {
    transaction.undoGuarded();
    payloads.distrustCache();
  };
  return {
    begin: transaction.begin,
    keep: (work) => {
      const end = writeAll(work.writes, statements);
      if (end.kind === "kept") return insertAll(work);
      return end.hasChanged ? "entangled" : endOf(end);
    },
    keepGuarded: (work) => {
      if (work.writes.length === 0) return insertAll(work);
      transaction.guard();
      const end = writeAll(work.writes, statements);
      if (end.kind !== "kept") {
        back();
        return endOf(end);
      }
      const kept = insertAll(work);
      transaction.release();
      return kept;
    },
    commit: () => {
      transaction.commit();
      size = next;
    },
    abandon: () => {
      next = size;
      payloads.distrustCache();
      transaction.abandon();
    },
    size: () => size,
  };
}

interface Transaction {
  readonly begin: () => void;
  readonly commit: () => void;
  readonly abandon: () => void;
  /** What follows can be undone alone. */
  readonly guard: () => void;
  readonly release: () => void;
  readonly undoGuarded: () => void;
}

function openTransaction(database: DatabaseSync): Transaction {
  const begin = database.prepare("BEGIN IMMEDIATE");
  const commit = database.prepare("COMMIT");
  const rollback = database.prepare("ROLLBACK");
  const guard = database.prepare("SAVEPOINT work");
  const release = database.prepare("RELEASE work");
  const undo = database.prepare("ROLLBACK TO work");
  // Whatever else is written through this connection is on the disk when its statement returns; only a transaction of
  // the journal's leaves that to the group's one sync. SQLite takes this between transactions alone.
  const relax = (): void => database.exec("PRAGMA synchronous = NORMAL");
  const insist = (): void => database.exec("PRAGMA synchronous = FULL");
  return {
    begin: () => {
      relax();
      begin.run();
    },
    commit: () => {
      commit.run();
      insist();
    },
    abandon: () => {
      // SQLite has rolled back by itself after most errors that concern the whole transaction.
      if (database.isTransaction) rollback.run();
      insist();
    },
    guard: () => void guard.run(),
    release: () => void release.run(),
    undoGuarded: () => {
      undo.run();
      release.run();
    },
  };
}

/** Runs a write of a caller's, and answers how many rows it changed. */
type Statements = (sql: string, parameters: readonly SQLInputValue[]) => number;

/** How the writes of one caller ended, and whether any of them changed rows. */
type End =
  | { readonly kind: "kept" }
  | { readonly kind: "stale"; readonly hasChanged: boolean }
  | { readonly kind: "refused"; readonly hasChanged: boolean; readonly fault: Fault };

function endOf(end: Exclude<End, { kind: "kept" }>): Appended {
  if (end.kind === "refused") throw end.fault;
  return { kind: "stale" };
}

function writeAll(writes: readonly StateWrite[], statements: Statements): End {
  let hasChanged = false;
  try {
    for (const { sql, parameters, changes } of writes) {
      checkBindable(parameters);
      const changed = statements(sql, parameters);
      hasChanged ||= changed > 0;
      if (changes !== undefined && changed !== changes) return { kind: "stale", hasChanged };
    }
    return { kind: "kept" };
  } catch (error) {
    if (error instanceof Fault) return { kind: "refused", hasChanged, fault: error };
    if (meaningOf(error) !== "statement") throw error;
    return { kind: "refused", hasChanged, fault: writeRefused(error) };
  }
}

/** Values that SQLite takes; node:sqlite itself would throw a TypeError, which reads like a bug of ours. */
function checkBindable(values: readonly unknown[]): asserts values is readonly SQLInputValue[] {
  for (const value of values) {
    if (value === null || typeof value === "string" || typeof value === "number") continue;
    if (typeof value === "bigint" || value instanceof Uint8Array) continue;
    throw writeRefused(new TypeError(`a ${typeof value} cannot be a value in the database`));
  }
}

/** Tables of which nobody remembers rows. */
const QUIET = /^(?:INSERT INTO|DELETE FROM|UPDATE) (?:open_intents|budget_usage|session_flows|meta)\b/;

interface Prepared {
  readonly statement: StatementSync;
  readonly isQuiet: boolean;
}

/** Prepared statements by their text; the oldest goes when there are too many. */
function statementCache(database: DatabaseSync, memory: Store["memory"]): Statements {
  const cache = new Map<string, Prepared>();
  const prepared = (sql: string): Prepared => {
    const known = cache.get(sql);
    if (known !== undefined) return known;
    const oldest = cache.keys().next().value;
    if (cache.size >= STATEMENTS_MAX && oldest !== undefined) cache.delete(oldest);
    const made = { statement: database.prepare(sql), isQuiet: QUIET.test(sql) };
    cache.set(sql, made);
    return made;
  };
  return (sql, parameters) => {
    const { statement, isQuiet } = prepared(sql);
    const changed = Number(statement.run(...parameters).changes);
    if (isQuiet) memory.vouch(changed);
    return changed;
  };
}
