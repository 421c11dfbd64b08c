import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { FromHasher, Partial, ToHasher } from "./hashing-messages.ts";

export interface HashRun {
  readonly job: Omit<ToHasher, "id">;
  readonly signal: AbortSignal | undefined;
  readonly progress: (at: number) => void;
  readonly partial: (partial: Partial) => void;
}

export type HashEnd =
  | { readonly ok: true; readonly hex: string }
  /** The system's code, or `CANCELLED`, `SHORTER`, `THREAD`. */
  | { readonly ok: false; readonly code: string };

/** One thread, with one file at a time. */
export interface HashThread {
  readonly run: (run: HashRun) => Promise<HashEnd>;
  readonly isBroken: () => boolean;
  readonly end: () => Promise<unknown>;
}

const THREAD = fileURLToPath(new URL(`./hash-main${extname(import.meta.url)}`, import.meta.url));

/** It keeps the process alive while it works, and only then. */
export function startHashThread(): HashThread {
  const worker = new Worker(THREAD, { env: {}, execArgv: ["--disable-warning=ExperimentalWarning"] });
  let isBroken = false;
  let hear: ((message: FromHasher) => void) | null = null;
  let id = 0;
  const broke = (): void => {
    isBroken = true;
    hear?.({ kind: "failed", id, code: "THREAD" });
  };
  worker.on("message", (message: FromHasher) => hear?.(message));
  worker.once("error", broke);
  worker.once("exit", broke);
  worker.unref();
  return {
    isBroken: () => isBroken,
    end: async () => worker.terminate(),
    run: async ({ job, signal, progress, partial }) => {
      if (isBroken) return { ok: false, code: "THREAD" };
      const { promise, resolve } = Promise.withResolvers<HashEnd>();
      id += 1;
      hear = (message) => {
        if (message.kind === "progress") progress(message.at);
        else if (message.kind === "partial") partial(message.partial);
        else
          resolve(
            message.kind === "digest" ? { ok: true, hex: message.hex } : { ok: false, code: message.code },
          );
      };
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
      const cancel = (): void => worker.postMessage({ cancel: id });
      signal?.addEventListener("abort", cancel, { once: true });
      worker.ref();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
      worker.postMessage({ ...job, id } satisfies ToHasher);
      const ended = await promise;
      worker.unref();
      signal?.removeEventListener("abort", cancel);
      hear = null;
      return ended;
    },
  };
}
