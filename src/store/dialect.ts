import type { DatabaseSync, SQLInputValue, StatementSync } from "node:sqlite";
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from "kysely";
import { Fault } from "#base";

/**
 * Kysely over one open `node:sqlite` connection. One statement at a time and no transactions: a transaction that
 * awaits would let the journal's group commit slip inside it. Whatever must be atomic goes through `Journal.append`.
 */
export function sqliteDialect(database: DatabaseSync, around: Around = (write) => write()): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createDriver: () => sqliteDriver(database, around),
  };
}

/** Runs a statement that may write. */
type Around = <R>(write: () => R) => R;

/** Doorward has some 600 queries; only lists of values give one of them several texts. */
const STATEMENTS_MAX = 1000;

function sqliteDriver(database: DatabaseSync, around: Around): Driver {
  const prepared = preparedOnce(database);
  const connection: DatabaseConnection = {
    executeQuery: async <R>(query: CompiledQuery): Promise<QueryResult<R>> => run<R>(prepared, query, around),
    // oxlint-disable-next-line require-yield -- Kysely's interface asks for a generator; we refuse to stream.
    streamQuery: async function* <R>(): AsyncIterableIterator<QueryResult<R>> {
      throw refused("streaming");
    },
  };
  return {
    init: async () => {},
    acquireConnection: async () => connection,
    releaseConnection: async () => {},
    destroy: async () => {},
    beginTransaction: async () => Promise.reject(refused("transactions")),
    commitTransaction: async () => Promise.reject(refused("transactions")),
    rollbackTransaction: async () => Promise.reject(refused("transactions")),
  };
}

type Prepared = (sql: string) => StatementSync;

/**
 * Compiling a query costs SQLite more than most of them take to run. Each is run to its end at once, so no two uses of a
 * statement meet; of too many the one unused for longest goes.
 */
function preparedOnce(database: DatabaseSync): Prepared {
  const statements = new Map<string, StatementSync>();
  return (sql) => {
    const statement = statements.get(sql) ?? database.prepare(sql);
    statements.delete(sql);
    statements.set(sql, statement);
    const oldest = statements.size > STATEMENTS_MAX ? statements.keys().next().value : undefined;
    if (oldest !== undefined) statements.delete(oldest);
    return statement;
  };
}

function run<R>(prepared: Prepared, query: CompiledQuery, around: Around): QueryResult<R> {
  const statement = prepared(query.sql);
  const parameters = query.parameters.map(bindable);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Kysely knows what its query selects.
  if (statement.columns().length > 0) return { rows: statement.all(...parameters) as R[] };
  const { changes } = around(() => statement.run(...parameters));
  return { rows: [], numAffectedRows: BigInt(changes) };
}

function bindable(value: unknown): SQLInputValue {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "bigint" || value instanceof Uint8Array) return value;
  throw new Fault(
    "bug",
    `a ${typeof value} cannot be bound in a query`,
    "Report this; include the log line.",
  );
}

function refused(what: string): Fault {
  return new Fault("bug", `the state database offers no ${what}`, "Use Journal.append for atomic writes.");
}
