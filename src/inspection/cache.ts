import type { Digest } from "#base";
import type { FileScan } from "#scan";
import { z } from "zod";
import { ANSWERS, digest } from "./answers.ts";
import { openCacheFile } from "./cache-file.ts";
import type { Partials } from "./hasher.ts";
import { isSame } from "./open-file.ts";
import type { FileState, Settled } from "./port.ts";
import { wouldShow } from "./trustworthy.ts";

/** What is known of a file that nobody changed since. */
export interface KnownFile {
  readonly digest: Digest | null;
  /** By whom and under which name it was looked at; another engine may see more. */
  readonly scan: { readonly engine: string; readonly name: string; readonly found: FileScan } | null;
}

export interface Cache {
  /** Null where nothing is known of the file as it is now. */
  readonly get: (path: string, state: FileState) => KnownFile | null;
  /** Adds to what is known. False where a later change might not show: then nothing is kept. */
  readonly put: (path: string, settled: Settled, known: Partial<KnownFile>) => boolean;
  readonly partials: Partials;
  /** False where it could not be written. */
  readonly save: () => boolean;
}

const ENTRIES_MAX = 50_000;
const ENTRY_CHARACTERS_MAX = 65_536;
const FILE_BYTES_MAX = 128 * 1_048_576;

const state = z.strictObject({
  device: z.coerce.bigint(),
  inode: z.coerce.bigint(),
  size: z.coerce.bigint(),
  modifiedNs: z.coerce.bigint(),
  changedNs: z.coerce.bigint(),
  bornNs: z.coerce.bigint(),
});

const entry = z.strictObject({
  path: z.string(),
  state,
  digest: digest.nullable(),
  scan: z.strictObject({ engine: z.string(), name: z.string(), found: ANSWERS.scan }).nullable(),
  partial: z
    .strictObject({ at: z.number().int().nonnegative(), state: z.string().regex(/^(?:[0-9a-f]{2})+$/) })
    .nullable(),
});

type Entry = z.infer<typeof entry>;

/**
 * What was found out about files, kept in `folder` between runs. An entry counts only while path, device, inode, size, mtime, ctime and time
 * of birth are what they were, and is only made where a later change is sure to change one of them (docs/decisions/0017-inspection.md). The
 * oldest goes where there are more than 50,000.
 */
export function openCache(folder: string): Cache {
  const file = openCacheFile(folder, "models", FILE_BYTES_MAX);
  const entries = new Map<string, Entry>();
  for (const line of file.read()) {
    const read = entry.safeParse(parsed(line));
    if (read.success) entries.set(read.data.path, read.data);
  }
  const found = (path: string, now: FileState): Entry | null => {
    const known = entries.get(path);
    return known !== undefined && isSame(known.state, now) ? known : null;
  };
  const put = (path: string, settled: Settled, add: Partial<Omit<Entry, "path" | "state">>): boolean => {
    if (!wouldShow(path, settled)) return false;
    const before = found(path, settled.state);
    const nothing = { digest: null, scan: null, partial: null };
    const next = { ...nothing, ...before, ...add, path, state: settled.state };
    entries.delete(path);
    if (textOf(next).length <= ENTRY_CHARACTERS_MAX) entries.set(path, next);
    const [oldest] = entries.keys();
    if (entries.size > ENTRIES_MAX && oldest !== undefined) entries.delete(oldest);
    return entries.has(path);
  };
  const save = (): boolean => file.write([...entries.values()].map(textOf));
  return {
    get: (path, now) => {
      const known = found(path, now);
      return known === null ? null : { digest: known.digest, scan: known.scan };
    },
    put,
    save,
    partials: {
      get: (path, now) => found(path, now)?.partial ?? null,
      put: (path, settled, partial) => {
        if (put(path, settled, { partial })) save();
      },
      remove: (path) => {
        const known = entries.get(path);
        if (known !== undefined) entries.set(path, { ...known, partial: null });
      },
    },
  };
}

function textOf(known: Entry): string {
  return JSON.stringify(known, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value));
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
