import type { SQLInputValue } from "node:sqlite";
import type { Batch, EntryDraft, Journal } from "#ledger";
import type { Store } from "#store";

/** The Journal port over an open store, without files, keys and signatures: what it kept can be looked at. */
export interface MemoryJournal extends Journal {
  readonly kept: EntryDraft[];
  readonly payload: (entry: number, name: string) => Uint8Array | null;
}

export function memoryJournal(store: Store): MemoryJournal {
  const kept: EntryDraft[] = [];
  const { connection } = store;
  const insert = connection.prepare(
    "INSERT INTO entries (idx, kind, subject, at, record) VALUES (?, ?, ?, ?, ?)",
  );
  const applies = (batch: Batch): boolean =>
    (batch.writes ?? []).every((write) => {
      const { changes } = connection.prepare(write.sql).run(...(write.parameters as SQLInputValue[]));
      return write.changes === undefined || Number(changes) === write.changes;
    });
  return {
    kept,
    size: () => kept.length,
    payload: (entry, name) => kept[entry]?.payloads?.find((payload) => payload.name === name)?.bytes ?? null,
    append: async (batch) => {
      connection.exec("BEGIN");
      if (!applies(batch)) {
        connection.exec("ROLLBACK");
        return { kind: "stale" };
      }
      const indexes = batch.entries.map((entry) => {
        insert.run(kept.length, entry.kind, entry.subject, entry.at, JSON.stringify({ body: entry.body }));
        return kept.push(entry) - 1;
      });
      connection.exec("COMMIT");
      return { kind: "kept", indexes };
    },
  };
}
