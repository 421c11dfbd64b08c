import { DatabaseSync } from "node:sqlite";
import { ledgerForked } from "./faults.ts";

/** Where the pledge stands in the table `meta`. */
export const PLEDGE_KEY = "ledger.pledge";
const BUSY_TIMEOUT_MS = 5_000;

/** What the sequencer reads of the state database: committed entries only, through a connection that cannot write. */
export interface Rows {
  readonly size: () => number;
  /** Canonical records from index `from`, at most `max`, without a gap. Throws Fault `ledger_forked` on a gap. */
  readonly records: (from: number, max: number) => string[];
  /** The text of the last checkpoint this log undertook to sign. */
  readonly pledge: () => string | null;
  readonly close: () => void;
}

export function openRows(path: string): Rows {
  const database = new DatabaseSync(path, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  const last = database.prepare("SELECT MAX(idx) AS last FROM entries");
  const range = database.prepare("SELECT idx, record FROM entries WHERE idx >= ? ORDER BY idx LIMIT ?");
  const pledge = database.prepare("SELECT value FROM meta WHERE key = ?");
  return {
    size: () => Number(last.get()?.["last"] ?? -1) + 1,
    records: (from, max) =>
      range.all(from, max).map(({ idx, record }, offset) => {
        if (Number(idx) !== from + offset)
          throw ledgerForked(`entry ${from + offset} is missing in the state database`);
        return String(record);
      }),
    pledge: () => {
      const value = pledge.get(PLEDGE_KEY)?.["value"];
      return value === undefined ? null : String(value);
    },
    close: () => database.close(),
  };
}
