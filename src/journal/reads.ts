import type { DatabaseSync } from "node:sqlite";
import { LIST_ENTRIES_MAX } from "./limits.ts";

/** An entry as it was kept. `record` is the canonical text that the ledger commits to. */
export interface KeptEntry {
  readonly index: number;
  readonly kind: string;
  readonly subject: string;
  /** Milliseconds since the Unix epoch, by the clock of then: may repeat or go back, indexes never do. */
  readonly at: number;
  readonly record: string;
}

export interface ListQuery {
  /** Start beyond this index; without it at the first entry (the last with `newestFirst`). */
  readonly after?: number;
  /** At most LIST_ENTRIES_MAX are given. */
  readonly limit: number;
  readonly kind?: string;
  readonly newestFirst?: boolean;
}

export interface Reads {
  readonly entries: (subject: string) => readonly KeptEntry[];
  readonly list: (query: ListQuery) => readonly KeptEntry[];
}

const COLUMNS = "SELECT idx, kind, subject, at, record FROM entries";

/** `kept`: entries on the disk; nobody is shown one beyond them, which a power cut could still take back. */
export function openReads(database: DatabaseSync, kept: () => number): Reads {
  const bySubject = database.prepare(
    `${COLUMNS} WHERE subject = ? AND idx < ? ORDER BY idx LIMIT ${LIST_ENTRIES_MAX}`,
  );
  const oldest = database.prepare(
    `${COLUMNS} WHERE idx > ? AND idx < ? AND (? IS NULL OR kind = ?) ORDER BY idx LIMIT ?`,
  );
  const newest = database.prepare(
    `${COLUMNS} WHERE idx < ? AND idx < ? AND (? IS NULL OR kind = ?) ORDER BY idx DESC LIMIT ?`,
  );
  return {
    entries: (subject) => bySubject.all(subject, kept()).map(toEntry),
    list: ({ after, limit, kind = null, newestFirst = false }) => {
      const statement = newestFirst ? newest : oldest;
      const start = after ?? (newestFirst ? Number.MAX_SAFE_INTEGER : -1);
      const count = Math.max(0, Math.min(limit, LIST_ENTRIES_MAX));
      return statement.all(start, kept(), kind, kind, count).map(toEntry);
    },
  };
}

function toEntry(row: Readonly<Record<string, unknown>>): KeptEntry {
  return {
    index: Number(row["idx"]),
    kind: String(row["kind"]),
    subject: String(row["subject"]),
    at: Number(row["at"]),
    record: String(row["record"]),
  };
}
