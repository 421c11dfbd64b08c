import { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { Fault } from "#base";
import { sqliteDialect } from "./dialect.ts";
import { openRowMemory, type RowMemory } from "./memory.ts";
import { openRelaxed, type RelaxedStore } from "./relaxed.ts";
import { MIGRATIONS } from "./migrations.table.ts";
import type { Schema } from "./schema.ts";

export interface Store {
  /** Reads, and single-statement writes that need no ledger entry. */
  readonly query: Kysely<Schema>;
  /** For the journal's prepared statements only. */
  readonly connection: DatabaseSync;
  readonly path: string;
  readonly memory: RowMemory;
  readonly relaxed: RelaxedStore;
  readonly close: () => void;
}

const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens (and migrates) the state database at `path`, or `:memory:`. WAL with `synchronous=FULL`: a commit is on the
 * disk when it returns (the journal syncs its own apart: docs/decisions/0008). Throws `store_unreadable` when the file is
 * not ours, `store_newer` when a later Doorward wrote it.
 */
export function openStore(path: string): Store {
  const connection = connect(path);
  migrate(connection);
  const query = new Kysely<Schema>({ dialect: sqliteDialect(connection) });
  const memory = openRowMemory(connection);
  const relaxed = openRelaxed(connection, path);
  const close = (): void => {
    relaxed.close();
    connection.close();
  };
  return { query, connection, path, memory, relaxed, close };
}

function connect(path: string): DatabaseSync {
  try {
    const connection = new DatabaseSync(path, {
      timeout: BUSY_TIMEOUT_MS,
      enableForeignKeyConstraints: true,
    });
    connection.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA trusted_schema = OFF;");
    connection.exec("PRAGMA wal_autocheckpoint = 4000; PRAGMA cell_size_check = ON;");
    return connection;
  } catch (cause) {
    throw new Fault(
      "store_unreadable",
      `cannot open the state database ${path}: ${cause instanceof Error ? cause.message : String(cause)}`,
      "Check the path, its permissions and the free disk space; restore the file from a backup if it is damaged.",
      cause,
    );
  }
}

function migrate(connection: DatabaseSync): void {
  connection.exec("CREATE TABLE IF NOT EXISTS migrations (step BIGINT PRIMARY KEY, name TEXT NOT NULL)");
  const done = Number(connection.prepare("SELECT COUNT(*) AS n FROM migrations").get()?.["n"] ?? 0);
  if (done > MIGRATIONS.length) {
    throw new Fault(
      "store_newer",
      `the state database has ${done} migrations, this Doorward knows ${MIGRATIONS.length}`,
      "Run the Doorward version that wrote it, or a newer one.",
    );
  }
  for (const [step, migration] of MIGRATIONS.entries()) {
    if (step < done) continue;
    connection.exec("BEGIN IMMEDIATE");
    for (const statement of migration.statements) connection.exec(forSqlite(statement));
    connection.prepare("INSERT INTO migrations (step, name) VALUES (?, ?)").run(step, migration.name);
    connection.exec("COMMIT");
  }
}

/**
 * The same schema, laid out for SQLite: a number that is the key is the row's place (`BIGINT PRIMARY KEY` would get an
 * index beside the table), and a clustered table has none either. Every page that a commit need not write is time.
 */
function forSqlite(statement: string): string {
  return statement
    .replace(/\b(idx|place) BIGINT PRIMARY KEY\b/, "$1 INTEGER PRIMARY KEY")
    .replace("/* clustered */", "WITHOUT ROWID");
}
