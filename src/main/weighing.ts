import { realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
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
  /** Milliseconds that a request waits for a hash; see `HASH_MS_MAX`. */
  readonly waitMs?: number;
}

/** Files that are remembered; everything is forgotten when there are more. */
const FILES_MAX = 1_000;
/** Hashes under way and waiting; more are begun when somebody asks again. */
const HASHING_MAX = 64;
/** A hash that takes longer is gone on with while nobody waits: who asks again finds it. */
const HASH_MS_MAX = 5_000;
/** Looks at the files while one waits; a hasher that ends at once, closed already, must not keep anybody busy. */
const LOOKS_MAX = 1_000;
/** A file that could not be read is tried again after that. */
const UNREADABLE_FRESH_MS = 5_000;
/** A runtime that let go of the file is noticed that much later. */
const MAPPED_FRESH_MS = 5_000;
const SHARDS_MAX = 256;
/** Parts of a split GGUF are named so by llama.cpp (`llama_split_path`, include/llama.h). */
const SPLIT = /^(?<stem>.*)-00001-of-(?<count>\d{5})\.gguf$/;

/** `null`: it cannot be hashed here. A promise: it is being hashed, or waits for that, or changed meanwhile. */
type Looked = Hash | null | Promise<void>;
interface Hash {
  readonly state: FileState;
  readonly digest: Digest;
}
interface Unreadable {
  readonly state: FileState;
  readonly at: number;
}

/** Hashes what runtimes of this machine serve, in threads; a file that changed in any way is hashed anew. */
export function createWeighing({ ambient, ...given }: WeighingOptions): LocalWeighing {
  const hasher = given.hasher ?? openHasher({ now: ambient.now });
  const { isMapped = isMappedAt, waitMs = HASH_MS_MAX } = given;
  const looked = new Map<string, { readonly at: number; readonly isMapped: boolean }>();
  const lookAt = createLooking(hasher, ambient);
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
    weigh: async ({ url, path }) => {
      const files = filesOf(path);
      await hashedWithin(waitMs, () => files.map(({ real }) => lookAt(real)));
      return weighAll(files, portOf(url), { lookAt, mapped });
    },
    close: () => hasher.close(),
  };
}

function createLooking(hasher: Hasher, ambient: Pick<Ambient, "monotonic">): (path: string) => Looked {
  const known = new Map<string, Hash>();
  const unreadable = new Map<string, Unreadable>();
  const hashing = new Map<string, Promise<void>>();

  const hashed = async (path: string, state: FileState): Promise<void> => {
    const made = await hasher.hash(path);
    if (made.kind === "hashed") keep(known, path, { state: made.settled.state, digest: made.digest });
    else if (made.why === "unreadable") keep(unreadable, path, { state, at: ambient.monotonic() });
  };
  const begin = (path: string, state: FileState): Promise<void> => {
    const before = hashing.get(path);
    if (before !== undefined) return before;
    if (hashing.size >= HASHING_MAX) return Promise.race(hashing.values());
    const work = hashed(path, state).finally(() => hashing.delete(path));
    hashing.set(path, work);
    return work;
  };
  return (path) => {
    const state = stateAt(path);
    if (state === null) return null;
    const before = known.get(path);
    if (before !== undefined && isSame(before.state, state)) return before;
    const refused = unreadable.get(path);
    const isFresh = refused !== undefined && ambient.monotonic() - refused.at < UNREADABLE_FRESH_MS;
    return isFresh && isSame(refused.state, state) ? null : begin(path, state);
  };
}

function keep<Kept>(among: Map<string, Kept>, path: string, kept: Kept): void {
  if (among.size >= FILES_MAX) among.clear();
  among.set(path, kept);
}

/** Until nothing is being hashed any more, or the time is over. */
async function hashedWithin(ms: number, look: () => readonly Looked[]): Promise<void> {
  const over = new AbortController();
  const limit = sleep(ms, "over" as const, { signal: over.signal }).catch(() => "over" as const);
  try {
    for (let looks = 0; looks < LOOKS_MAX; looks += 1) {
      const waiting = look().filter((one) => one instanceof Promise);
      if (waiting.length === 0 || (await Promise.race([limit, Promise.all(waiting)])) === "over") return;
    }
  } finally {
    over.abort();
  }
}

interface Looking {
  readonly lookAt: (path: string) => Looked;
  readonly mapped: (port: number, state: FileState) => boolean;
}

function weighAll(
  files: readonly Part[],
  port: number,
  { lookAt, mapped }: Looking,
): Weighed | "pending" | null {
  const looked = files.map(({ name, real }) => ({ name, hash: lookAt(real) }));
  if (looked.length === 0 || looked.some(({ hash }) => hash === null)) return null;
  const hashes = looked.flatMap(({ name, hash }) =>
    hash === null || hash instanceof Promise ? [] : [{ name, ...hash }],
  );
  if (hashes.length < looked.length) return "pending";
  const whole = modelDigest(
    hashes.map(({ name, state, digest }) => ({ path: name, size: Number(state.size), sha256: digest })),
  );
  if (!whole.ok) return null;
  return { digest: whole.digest, isMapped: hashes.every(({ state }) => mapped(port, state)) };
}

interface Part {
  /** As it was asked for: in a cache, where links lead to, names are hashes of contents. */
  readonly name: string;
  readonly real: string;
}

/** The file itself, or all the parts of one that is split; none where it cannot be looked at. */
function filesOf(named: string): readonly Part[] {
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
  const files = names.flatMap((name) => {
    const real = realOf(join(dirname(named), name));
    return real === null ? [] : [{ name, real }];
  });
  return files.length < names.length ? [] : files;
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
