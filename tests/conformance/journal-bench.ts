import { randomBytes } from "node:crypto";
import { chmodSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import type { Ambient } from "#base";
import { type JournalHandle, type JournalLimits, type JournalOptions, openJournal } from "#journal";
import { type Keys, openKeys } from "#keys";
import { openStore, type Store } from "#store";

export const testAmbient: Ambient = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  id: (prefix) => `${prefix}_${randomBytes(8).toString("hex")}`,
  random: (bytes) => randomBytes(bytes),
};

/** Small, so that a test neither fills the disk nor depends on how full it is. */
export const SMALL_LIMITS: Partial<JournalLimits> = { diskReserveBytes: 0, ballastBytes: 65_536 };

export interface Opened {
  readonly root: string;
  readonly store: Store;
  readonly keys: Keys;
  readonly journal: JournalHandle;
}

export function newRoot(): string {
  return mkdtempSync(join(tmpdir(), "doorward-journal-"));
}

export interface OpenOptions {
  readonly limits?: Partial<JournalLimits>;
  readonly ambient?: Ambient;
  /** Stands between the journal and its database. */
  readonly wrap?: (connection: DatabaseSync) => DatabaseSync;
  readonly disk?: JournalOptions["disk"];
}

/** A journal on a data directory, made as `main` makes it. */
export async function openOn(
  root: string,
  { limits, ambient = testAmbient, wrap, disk }: OpenOptions = {},
): Promise<Opened> {
  const opened = openStore(join(root, "doorward.db"));
  const store = wrap === undefined ? opened : { ...opened, connection: wrap(opened.connection) };
  const keys = openKeys(join(root, "keys"), ambient, "log.example");
  try {
    const directory = join(root, "log");
    const journal = await openJournal({
      store,
      keys,
      directory,
      ambient,
      limits: { ...SMALL_LIMITS, ...limits },
      ...(disk === undefined ? {} : { disk }),
    });
    return { root, store, keys, journal };
  } catch (error) {
    store.close();
    throw error;
  }
}

export async function shut({ journal, store, root }: Opened): Promise<void> {
  await journal.close();
  store.close();
  rmSync(root, { recursive: true, force: true });
}

/** What a start would find if the machine's processes all died now: a copy of the data directory, in a new place. */
export async function crashImage({ root, journal }: Opened): Promise<string> {
  const pid = journal.sequencerPid();
  const signal = (name: "SIGSTOP" | "SIGCONT"): void => {
    if (pid !== undefined && isAlive(pid)) process.kill(pid, name);
  };
  signal("SIGSTOP");
  await wait(20);
  const image = newRoot();
  cpSync(root, image, { recursive: true });
  // A copy of a folder has the mode that the umask gives it, and keys refuse that.
  chmodSync(join(image, "keys"), 0o700);
  signal("SIGCONT");
  return image;
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/** As SQLite reports a failed fsync of the write-ahead log. */
export function diskError(): Error {
  return Object.assign(new Error("disk I/O error"), {
    code: "ERR_SQLITE_ERROR",
    errcode: 1034,
    errstr: "disk I/O error",
  });
}

export function fullError(): Error {
  return Object.assign(new Error("database or disk is full"), { code: "ERR_SQLITE_ERROR", errcode: 13 });
}

/** A connection on which `before` runs ahead of each statement with this text; what it throws, the statement throws. */
export function interposed(
  connection: DatabaseSync,
  hooks: (sql: string) => { before?: () => void; after?: () => void } | null,
): DatabaseSync {
  const wrapStatement = (statement: StatementSync, sql: string): StatementSync =>
    new Proxy(statement, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== "function") return value;
        return (...parameters: unknown[]): unknown => {
          const hook = hooks(sql);
          hook?.before?.();
          const result: unknown = Reflect.apply(value, target, parameters);
          hook?.after?.();
          return result;
        };
      },
    });
  return new Proxy(connection, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name);
      if (name === "prepare") return (sql: string) => wrapStatement(target.prepare(sql), sql);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}
