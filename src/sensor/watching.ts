import { type FSWatcher, readdirSync, watch } from "node:fs";
import { join } from "node:path";

export interface Watching {
  /** Until something moves in what is watched, at most so long, or until the signal. */
  readonly wait: (atMostMs: number, signal: AbortSignal) => Promise<void>;
  readonly close: () => void;
}

/** Downloads write for hours: what moves is looked at when it rests, or after so long all the same. */
const REST_MS = 2_000;
const RESTLESS_MS = 60_000;
/** Of folders; a system gives each user a bounded number (Linux: fs.inotify.max_user_watches). */
export const WATCHED_MAX = 512;
const DEPTH = 3;

/**
 * Watches these folders and those in them, three deep: as the system tells of changes (inotify, FSEvents, ReadDirectoryChangesW), which is
 * not everywhere and not always; so every wait has an end of its own. Folders that are not there, or past the bound, are left to that.
 */
export function watchFolders(places: readonly string[]): Watching {
  const watchers = new Map<string, FSWatcher>();
  let stir: (() => void) | null = null;
  let hasMoved = false;
  const moved = (): void => {
    hasMoved = true;
    stir?.();
  };
  return {
    wait: async (atMostMs, signal) => {
      renew(watchers, foldersIn(places), moved);
      await waited(atMostMs, signal, (own) => {
        stir = own;
        // What moved while somebody looked has perhaps not been seen.
        if (hasMoved) own();
      });
      [stir, hasMoved] = [null, false];
    },
    close: () => {
      for (const watcher of watchers.values()) watcher.close();
      watchers.clear();
    },
  };
}

function waited(atMostMs: number, signal: AbortSignal, listen: (stir: () => void) => void): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const end = (): void => resolve();
  const whole = setTimeout(end, atMostMs);
  let [rest, restless]: (NodeJS.Timeout | undefined)[] = [];
  listen(() => {
    restless ??= setTimeout(end, RESTLESS_MS);
    clearTimeout(rest);
    rest = setTimeout(end, REST_MS);
  });
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  return promise.finally(() => {
    for (const timer of [whole, rest, restless]) clearTimeout(timer);
    signal.removeEventListener("abort", end);
  });
}

function renew(watchers: Map<string, FSWatcher>, wanted: readonly string[], moved: () => void): void {
  const kept = new Set(wanted);
  for (const [path, watcher] of watchers) {
    if (kept.has(path)) continue;
    watcher.close();
    watchers.delete(path);
  }
  for (const path of wanted) if (!watchers.has(path)) add(watchers, path, moved);
}

function add(watchers: Map<string, FSWatcher>, path: string, moved: () => void): void {
  try {
    const watcher = watch(path, { persistent: false }, moved);
    watcher.on("error", () => {
      watcher.close();
      watchers.delete(path);
    });
    watchers.set(path, watcher);
  } catch {
    // No more watches, or the folder is gone: the next look finds what is there.
  }
}

/** Nearest first, so that of a deep place the upper folders are watched. */
function foldersIn(places: readonly string[]): readonly string[] {
  const found: string[] = [];
  let level = [...new Set(places)];
  for (let depth = 0; depth <= DEPTH && found.length < WATCHED_MAX; depth += 1) {
    const here = level
      .slice(0, WATCHED_MAX - found.length)
      .map((path) => ({ path, inside: foldersOf(path) }));
    found.push(...here.flatMap(({ path, inside }) => (inside === null ? [] : [path])));
    level = here.flatMap(({ inside }) => inside ?? []);
  }
  return found;
}

/** Those in a folder, links left out; null where it is none, or is not to be read. */
function foldersOf(path: string): string[] | null {
  try {
    return readdirSync(path, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .slice(0, WATCHED_MAX)
      .map(({ name }) => join(path, name));
  } catch {
    return null;
  }
}
