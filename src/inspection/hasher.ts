import { closeSync } from "node:fs";
import { availableParallelism } from "node:os";
import type { Digest } from "#base";
import { type HashThread, startHashThread } from "./hash-thread.ts";
import type { Partial, ToHasher } from "./hashing-messages.ts";
import { isUnchanged, type OpenFile, openRegular, settle } from "./open-file.ts";
import type { FileState, Settled } from "./port.ts";

/** Where the states of unfinished digests are kept. */
export interface Partials {
  readonly get: (path: string, state: FileState) => Partial | null;
  readonly put: (path: string, seen: Settled, partial: Partial) => void;
  readonly remove: (path: string) => void;
}

export interface HasherOptions {
  readonly now: () => number;
  /** Half of the cores, at most 4, where nothing is said. */
  readonly threads?: number;
  readonly partials?: Partials | null;
  /** Files from this size on are hashed so that they can be gone on with, where the disk is slow: 4 GiB. */
  readonly resumableFrom?: number;
  readonly resumable?: ToHasher["resumable"];
}

export interface HashOptions {
  /** Ends it; what is done is kept where its state can be. */
  readonly signal?: AbortSignal;
  /** Told bytes out of bytes. */
  readonly progress?: (done: number, of: number) => void;
}

export type Hashed =
  | { readonly kind: "hashed"; readonly digest: Digest; readonly settled: Settled; readonly from: number }
  | { readonly kind: "failed"; readonly why: "unreadable" | "changed" | "cancelled"; readonly says: string };

export interface Hasher {
  /** SHA-256 of a regular file, in a thread. Never throws for what a file is. */
  readonly hash: (path: string, options?: HashOptions) => Promise<Hashed>;
  readonly close: () => Promise<void>;
}

const THREADS_MAX = 4;
const RESUMABLE_BYTES = 4 * 2 ** 30;

/** Threads begin with the first file, and end with `close`. */
export function openHasher(options: HasherOptions): Hasher {
  return new Threads(options);
}

class Threads implements Hasher {
  readonly #options: HasherOptions;
  readonly #most: number;
  readonly #idle: HashThread[] = [];
  readonly #all = new Set<HashThread>();
  readonly #waiting: ((thread: HashThread | null) => void)[] = [];
  #isClosed = false;

  constructor(options: HasherOptions) {
    this.#options = options;
    this.#most = options.threads ?? Math.max(1, Math.min(THREADS_MAX, availableParallelism() >> 1));
  }

  hash = async (path: string, options: HashOptions = {}): Promise<Hashed> => {
    // Nothing is open while it waits: others may wait by the thousand.
    const thread = await this.#take();
    if (thread === null) return failed("cancelled", "it was cancelled");
    const hashed = await this.#opened(thread, path, options);
    this.#give(thread);
    return hashed;
  };

  close = async (): Promise<void> => {
    this.#isClosed = true;
    for (const next of this.#waiting.splice(0)) next(null);
    await Promise.all([...this.#all].map(async (thread) => thread.end()));
  };

  async #opened(thread: HashThread, path: string, options: HashOptions): Promise<Hashed> {
    const opening = openRegular(path);
    if (!opening.ok) return failed("unreadable", opening.why);
    try {
      return await this.#hashed(thread, opening.file, options);
    } finally {
      closeSync(opening.file.descriptor);
    }
  }

  async #hashed(thread: HashThread, file: OpenFile, { signal, progress }: HashOptions): Promise<Hashed> {
    if (signal?.aborted === true) return failed("cancelled", "it was cancelled");
    const settled = await settle(file, this.#options.now);
    const size = Number(file.state.size);
    const { kept, resumable } = this.#keeping(size);
    const from = kept?.get(file.path, file.state) ?? null;
    const ended = await thread.run({
      job: { descriptor: file.descriptor, size, from, resumable },
      signal,
      progress: (at) => progress?.(at, size),
      partial: (partial) => kept?.put(file.path, settled, partial),
    });
    if (!ended.ok) return stopped(ended.code);
    kept?.remove(file.path);
    if (!isUnchanged(file)) return failed("changed", "it was changed while it was read");
    return { kind: "hashed", digest: `sha256:${ended.hex}`, settled, from: from?.at ?? 0 };
  }

  #keeping(size: number): { kept: Partials | null; resumable: ToHasher["resumable"] } {
    const { partials = null, resumableFrom = RESUMABLE_BYTES, resumable = "measure" } = this.#options;
    return partials === null || size < resumableFrom
      ? { kept: null, resumable: "never" }
      : { kept: partials, resumable };
  }

  async #take(): Promise<HashThread | null> {
    if (this.#isClosed) return null;
    const idle = this.#idle.pop();
    if (idle !== undefined) return idle;
    if (this.#all.size < this.#most) return this.#start();
    const { promise, resolve } = Promise.withResolvers<HashThread | null>();
    this.#waiting.push(resolve);
    return promise;
  }

  /** A thread that broke is replaced by a new one. */
  #give(thread: HashThread): void {
    if (this.#isClosed) return;
    if (thread.isBroken()) this.#all.delete(thread);
    const given = thread.isBroken() ? this.#start() : thread;
    const next = this.#waiting.shift();
    if (next === undefined) this.#idle.push(given);
    else next(given);
  }

  #start(): HashThread {
    const thread = startHashThread();
    this.#all.add(thread);
    return thread;
  }
}

function failed(why: "unreadable" | "changed" | "cancelled", says: string): Hashed {
  return { kind: "failed", why, says };
}

function stopped(code: string): Hashed {
  if (code === "CANCELLED") return failed("cancelled", "it was cancelled");
  if (code === "SHORTER") return failed("changed", "it became shorter while it was read");
  if (code === "THREAD") return failed("cancelled", "the thread that read it ended");
  return failed("unreadable", code === "EIO" ? "its disk gave an error" : `the system says ${code}`);
}
