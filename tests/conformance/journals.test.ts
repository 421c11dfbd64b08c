import { type JournalBench, journalBehaves } from "./journal.ts";
import { crashImage, diskError, interposed, newRoot, type Opened, openOn, shut } from "./journal-bench.ts";

type Breakage = "lost" | "persisted" | null;

/** SQLite under our own journal; COMMIT is broken between the journal and the database. */
async function sqliteBench(root: string): Promise<JournalBench> {
  let breakage: Breakage = null;
  const fail = (when: Breakage) => () => {
    if (breakage !== when) return;
    breakage = null;
    throw diskError();
  };
  const opened: Opened = await openOn(root, {
    wrap: (connection) =>
      interposed(connection, (sql) =>
        sql === "COMMIT" ? { before: fail("lost"), after: fail("persisted") } : null,
      ),
  });
  const { store, journal } = opened;
  return {
    journal,
    records: async () =>
      store.connection
        .prepare("SELECT record FROM entries ORDER BY idx")
        .all()
        .map((row) => String(row["record"])),
    cell: async (key) => {
      const value = store.connection.prepare("SELECT value FROM meta WHERE key = ?").get(key)?.["value"];
      return value === undefined ? null : String(value);
    },
    swap: (key, last, next) =>
      last === null
        ? { sql: "INSERT INTO meta (key, value) VALUES (?, ?)", parameters: [key, next], changes: 1 }
        : {
            sql: "UPDATE meta SET value = ? WHERE key = ? AND value = ?",
            parameters: [next, key, last],
            changes: 1,
          },
    failCommit: (how) => {
      breakage = how;
    },
    crash: async () => {
      const image = await crashImage(opened);
      await shut(opened);
      return sqliteBench(image);
    },
    close: async () => shut(opened),
  };
}

journalBehaves("sqlite", async () => sqliteBench(newRoot()));
