import { plain } from "./fold.ts";
import type { Memory, SeenRecord } from "./memory.ts";

/** Where a value stands among what was seen: which records have it as an id or title, an address, a row. */
export interface Places {
  readonly objects: ReadonlyMap<string, readonly number[]>;
  readonly addresses: ReadonlyMap<string, readonly number[]>;
  readonly rows: ReadonlyMap<string, readonly number[]>;
  /** Takes in what was added to the memory since. */
  readonly refresh: () => void;
}

/** Lookups over a memory; rebuilt from it when a session is opened again. */
export function placesOf(memory: Memory): Places {
  const [objects, addresses, rows] = [
    new Map<string, number[]>(),
    new Map<string, number[]>(),
    new Map<string, number[]>(),
  ];
  const seen = { records: 0, rows: 0 };
  const refresh = (): void => {
    for (; seen.records < memory.records.length; seen.records += 1) {
      const record = memory.records[seen.records];
      if (record !== undefined) note(record, seen.records, objects, addresses);
    }
    for (; seen.rows < memory.rows.length; seen.rows += 1) {
      const row = memory.rows[seen.rows];
      if (row !== undefined) add(rows, row.value, row.source);
    }
  };
  refresh();
  return { objects, addresses, rows, refresh };
}

function note(
  record: SeenRecord,
  at: number,
  objects: Map<string, number[]>,
  addresses: Map<string, number[]>,
): void {
  for (const id of [...record.ids, ...record.titles]) add(objects, id, at);
  for (const address of record.addresses) add(addresses, address, at);
}

function add(map: Map<string, number[]>, value: string, at: number): void {
  const key = plain(value).trim();
  const places = map.get(key);
  if (places === undefined) map.set(key, [at]);
  else if (places.at(-1) !== at) places.push(at);
}
