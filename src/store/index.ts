/**
 * Store: the state database. SQLite through `node:sqlite` (WAL, `synchronous=FULL`), one set of migrations, Kysely for
 * reads and single statements. Atomic writes and everything the ledger must know go through the journal.
 */
export { openStore, type Store } from "./open.ts";
export type { Schema } from "./schema.ts";
export type { RelaxedStore } from "./relaxed.ts";
