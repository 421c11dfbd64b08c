import { realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";
import type { Ambient, Digest } from "#base";
import { isMappedAt } from "#host";
import type { Weighed, Weighing } from "#inference";
import { type FileState, type Hasher, openHasher, stateAt } from "#inspection";
import { modelDigest } from "#models";

export interface LocalWeighing extends Weighing {
  readonly close: () => Promise<void>;
}

interface WeighingOptions {
  readonly ambient: Pick<Ambient, "now" | "monotonic">;
  readonly hasher?: Hasher;
  readonly isMapped?: (port: number, file: FileState) => boolean;
}

/** Files that are remembered; everything is forgotten when there are more. */
const FILES_MAX = 1_000;
/** Hashes under way and waiting; more are begun when somebody asks again. */
const HASHING_MAX = 64;
/** A runtime that let go of the file is noticed that much later. */
const MAPPED_FRESH_MS = 5_000;
const SHARDS_MAX = 256;
/** Parts of a split GGUF are named so by llama.cpp (`llama_split_path`, include/llama.h). */
const SPLIT = /^(?<stem>.*)-00001-of-(?<count>\d{5})\.gguf$/;

/** Hashes what runtimes of this machine serve, in threads; a file that changed in any way is hashed anew. */
export function createWeighing({ ambient, ...given }: WeighingOptions): LocalWeighing {
  const hasher = given.hasher ?? openHasher({ now: ambient.now });
  const isMapped = given.isMapped ?? isMappedAt;
  const known = new Map<string, { readonly state: FileState; readonly digest: Digest }>();
  const hashing = new Set<string>();
  const looked = new Map<string, { readonly at: number; readonly isMapped: boolean }>();

  const hashed = async (path: string): Promise<void> => {
    const made = await hasher.hash(path);
    if (made.kind !== "hashed") return;
    if (known.size >= FILES_MAX) known.clear();
    known.set(path, { state: made.settled.state, digest: made.digest });
  };
  const begin = (path: string): void => {
    if (hashing.has(path) || hashing.size >= HASHING_MAX) return;
    hashing.add(path);
    void hashed(path).finally(() => hashing.delete(path));
  };
  const digestAt = (path: string): { readonly state: FileState; readonly digest: Digest } | null => {
    const state = stateAt(path);
    const before = known.get(path);
    if (state !== null && before !== undefined && isSame(before.state, state)) return before;
    if (state !== null) begin(path);
    return null;
  };
  const mapped = (port: number, state: FileState): boolean => {
    const key = `${port} ${state.device} ${state.inode}`;
    const last = looked.get(key);
    if (last !== undefined && ambient.monotonic() - last.at < MAPPED_FRESH_MS) return last.isMapped;
    if (looked.size >= FILES_MAX) looked.clear();
    const seen = isMapped(port, state);
    looked.set(key, { at: ambient.monotonic(), isMapped: seen });
    return seen;
  };
  return {
    weigh: async ({ url, path }) => weighAll(filesOf(path), portOf(url), { digestAt, mapped }),
    close: () => hasher.close(),
  };
}

interface Looking {
  readonly digestAt: (path: string) => { readonly state: FileState; readonly digest: Digest } | null;
  readonly mapped: (port: number, state: FileState) => boolean;
}

function weighAll(paths: readonly string[], port: number, { digestAt, mapped }: Looking): Weighed | null {
  const files = paths.flatMap((path) => {
    const found = digestAt(path);
    return found === null ? [] : [{ path, ...found }];
  });
  if (files.length === 0 || files.length < paths.length) return null;
  const whole = modelDigest(
    files.map(({ path, state, digest }) => ({
      path: basename(path),
      size: Number(state.size),
      sha256: digest,
    })),
  );
  if (!whole.ok) return null;
  return { digest: whole.digest, isMapped: files.every(({ state }) => mapped(port, state)) };
}

/** The file itself, or all the parts of one that is split; none where it cannot be looked at. */
function filesOf(named: string): readonly string[] {
  if (!isAbsolute(named)) return [];
  const { stem = "", count = "0" } = SPLIT.exec(basename(named))?.groups ?? {};
  const parts = Number(count);
  if (parts > SHARDS_MAX) return [];
  const names =
    parts > 1
      ? Array.from(
          { length: parts },
          (_, at) => `${stem}-${String(at + 1).padStart(5, "0")}-of-${count}.gguf`,
        )
      : [basename(named)];
  const real = names.flatMap((name) => realOf(join(dirname(named), name)) ?? []);
  return real.length < names.length ? [] : real;
}

/** Caches of Hugging Face keep links to their files. */
function realOf(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}

function portOf(url: string): number {
  const { port, protocol } = new URL(url);
  return port === "" ? (protocol === "https:" ? 443 : 80) : Number(port);
}

function isSame(one: FileState, other: FileState): boolean {
  return (
    one.device === other.device &&
    one.inode === other.inode &&
    one.size === other.size &&
    one.modifiedNs === other.modifiedNs &&
    one.changedNs === other.changedNs
  );
}
