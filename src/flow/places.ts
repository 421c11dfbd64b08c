import { plain } from "./fold.ts";
import type { Memory, SeenRecord } from "./memory.ts";
import { nameWords } from "./records.ts";

/** Where a value stands among what was seen: which records have it as an id or title, an address, a row. */
export interface Places {
  readonly ids: ReadonlyMap<string, readonly number[]>;
  readonly titles: ReadonlyMap<string, readonly number[]>;
  readonly addresses: ReadonlyMap<string, readonly number[]>;
  readonly rows: ReadonlyMap<string, readonly number[]>;
  /** The words of the name of a source's tool. */
  readonly kindsOf: (source: number) => readonly string[];
  /** Takes in what was added to the memory since. */
  readonly refresh: () => void;
}

/** Lookups over a memory; rebuilt from it when a session is opened again. */
export function placesOf(memory: Memory): Places {
  const maps = {
    ids: new Map<string, number[]>(),
    titles: new Map<string, number[]>(),
    addresses: new Map<string, number[]>(),
  };
  const rows = new Map<string, number[]>();
  const seen = { records: 0, rows: 0 };
  const refresh = (): void => {
    for (; seen.records < memory.records.length; seen.records += 1) {
      const record = memory.records[seen.records];
      if (record !== undefined) note(record, seen.records, maps);
    }
    for (; seen.rows < memory.rows.length; seen.rows += 1) {
      const row = memory.rows[seen.rows];
      if (row !== undefined) add(rows, row.value, row.source);
    }
  };
  refresh();
  const kinds: (readonly string[])[] = [];
  const kindsOf = (source: number): readonly string[] => {
    const tool = memory.sources[source]?.tool ?? "";
    return (kinds[source] ??= nameWords(tool.slice(tool.indexOf("/") + 1)));
  };
  return { ...maps, rows, kindsOf, refresh };
}

function note(
  record: SeenRecord,
  at: number,
  maps: Readonly<Record<"ids" | "titles" | "addresses", Map<string, number[]>>>,
): void {
  for (const id of record.ids) add(maps.ids, id, at);
  for (const title of [...record.titles, ...record.names]) add(maps.titles, title, at);
  for (const address of record.addresses) add(maps.addresses, address, at);
}

function add(map: Map<string, number[]>, value: string, at: number): void {
  const key = plain(value).trim();
  const places = map.get(key);
  if (places === undefined) map.set(key, [at]);
  else if (places.at(-1) !== at) places.push(at);
}
