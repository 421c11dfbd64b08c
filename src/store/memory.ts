import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import { Fault } from "#base";

/** What was read of rows that seldom change, for as long as nothing was written. */
export interface RowMemory {
  /**
   * `read`, asked again only after something was written through the connection, by whatever statement: it is never older
   * than the last write. What is null is not remembered. Everything goes when there are more than `max` keys.
   */
  readonly remembered: <V extends object>(
    max: number,
    read: (key: string) => V | null,
  ) => (key: string) => V | null;
  /**
   * `rows` were changed by a statement whose table nobody remembers anything of: `entries`, `payloads`, `open_intents`,
   * `session_flows` and `budget_usage`, which calls write, and `meta`, where the pledges stand. Whoever vouches for too few only makes others read again.
   */
  readonly vouch: (rows: number) => void;
}

/**
 * SQLite itself counts every row that this connection inserts, changes or deletes (`total_changes()`, which a rollback
 * does not turn back), and nobody else writes here: a data directory has one process. It is asked only where a statement
 * that may write ran since: a reading by key takes 3 to 10 us, asking the counter 0.7, and a call reads a dozen keys.
 */
export function openRowMemory(connection: DatabaseSync): RowMemory {
  const counter = connection.prepare("SELECT total_changes() AS n");
  const ran = countRuns(connection);
  let vouched = 0;
  let askedAt = -1;
  let changes = 0;
  const written = (): number => {
    if (askedAt !== ran()) changes = Number(counter.get()?.["n"]);
    askedAt = ran();
    return changes - vouched;
  };
  return {
    vouch: (rows) => {
      vouched += rows;
    },
    remembered: <V extends object>(max: number, read: (key: string) => V | null) => {
      const values = new Map<string, V>();
      let readAt = Number.NaN;
      return (key) => {
        // What a rollback takes back is not counted, so nothing is remembered that was read within a transaction.
        if (connection.isTransaction) return read(key);
        const now = written();
        if (now !== readAt) values.clear();
        readAt = now;
        const known = values.get(key);
        if (known !== undefined) return known;
        const value = read(key);
        if (value === null) return null;
        if (values.size >= max) values.clear();
        values.set(key, value);
        return value;
      };
    },
  };
}

/** Whatever begins otherwise may write. */
const READS = /^\s*(?:SELECT|PRAGMA|EXPLAIN|BEGIN|COMMIT|ROLLBACK|SAVEPOINT|RELEASE)\b[^;]*;?\s*$/i;

/** Counts the runs of statements that may write: by number only, for which rows changed is SQLite's to say. */
function countRuns(connection: DatabaseSync): () => number {
  let runs = 0;
  const prepare = connection.prepare.bind(connection);
  const exec = connection.exec.bind(connection);
  connection.prepare = (sql, options) => {
    const statement = prepare(sql, options);
    return READS.test(sql) ? statement : counted(statement, () => (runs += 1));
  };
  connection.exec = (sql) => {
    if (!READS.test(sql)) runs += 1;
    exec(sql);
  };
  return () => runs;
}

/** What is written while a statement is stepped through would be counted too early: it answers at once or not at all. */
function counted(statement: StatementSync, count: () => void): StatementSync {
  const counting = (name: "run" | "get" | "all") => {
    const act: (...given: SQLInputValue[]) => unknown = statement[name].bind(statement);
    return (...given: SQLInputValue[]): unknown => {
      count();
      return act(...given);
    };
  };
  return Object.assign(statement, {
    run: counting("run"),
    get: counting("get"),
    all: counting("all"),
    iterate: refuseSteps,
  });
}

function refuseSteps(): never {
  throw new Fault("bug", "a statement that writes is run step by step", "Report this; include the log line.");
}
