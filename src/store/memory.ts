import type { DatabaseSync } from "node:sqlite";

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
 * does not turn back), and nobody else writes here: a data directory has one process. A reading by key takes 3 to 10 us,
 * looking at the counter a fifth of one.
 */
export function openRowMemory(connection: DatabaseSync): RowMemory {
  const counter = connection.prepare("SELECT total_changes() AS n");
  let vouched = 0;
  const written = (): number => Number(counter.get()?.["n"]) - vouched;
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
