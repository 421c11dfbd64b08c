import { closeSync, fdatasync, openSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { Kysely } from "kysely";
import { sqliteDialect } from "./dialect.ts";
import type { Schema } from "./schema.ts";

/**
 * The same database for notes that many make and nobody waits for: what is written here is safe from a process that ends, and
 * from a power cut once `synced` resolves, or whatever the journal keeps after it. What a power cut takes is the last of
 * it: never an earlier write without the later ones.
 */
export interface RelaxedStore {
  readonly query: Kysely<Schema>;
  /** Resolves once all that was written before is on the disk. Rejects with the system's error: then nobody knows. */
  readonly synced: () => Promise<void>;
}

export interface OpenRelaxed extends RelaxedStore {
  readonly close: () => void;
}

/**
 * A write at `synchronous = FULL` makes the event loop wait for the disk; here it does not, and the disk is waited for on a
 * thread of libuv's pool, one sync for all who ask meanwhile. Why that is sound: docs/decisions/0008.
 */
export function openRelaxed(connection: DatabaseSync, path: string): OpenRelaxed {
  const query = new Kysely<Schema>({
    dialect: sqliteDialect(connection, (write) => {
      connection.exec("PRAGMA synchronous = NORMAL");
      try {
        return write();
      } finally {
        connection.exec("PRAGMA synchronous = FULL");
      }
    }),
  });
  if (path === ":memory:") return { query, synced: async () => {}, close: () => {} };
  const file = openSync(`${path}-wal`, "r+");
  return { query, synced: shared(() => synced(file)), close: () => closeSync(file) };
}

function synced(file: number): Promise<void> {
  return new Promise((resolve, reject) => {
    fdatasync(file, (error) => (error === null ? resolve() : reject(error)));
  });
}

/** Whoever asks while one runs waits for the next, which began after they asked. */
function shared(sync: () => Promise<void>): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<void> | null = null;
  return () => {
    next ??= running.then(() => {
      next = null;
      const begun = sync();
      running = begun.catch(() => null);
      return begun;
    });
    return next;
  };
}
