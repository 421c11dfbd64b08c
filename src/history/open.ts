import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { Fault } from "#base";
import { backtest, type Backtested, type BacktestJob, type Source } from "./jobs.ts";
import type { Place, Start, Told } from "./messages.ts";

/** Whoever waits for a look at the past. */
export interface Watch {
  /** Entries looked at, of how many. */
  readonly progress: (done: number, entries: number) => void;
  /** Aborts when nobody waits any more. */
  readonly signal?: AbortSignal;
}

/** What agents did, read back: beside the event loop, so that the doors go on meanwhile. */
export interface History {
  /** Throws Fault `history_busy`, `history_cancelled` or `history_failed`. */
  readonly backtest: (job: BacktestJob, watch: Watch) => Promise<Backtested>;
  readonly close: () => Promise<void>;
}

const THREAD = fileURLToPath(new URL(`./thread-main${extname(import.meta.url)}`, import.meta.url));
/** Looks at the past under way at once; each takes a core. */
export const LOOKS_MAX = 2;
/** Of one look, in MiB: what it keeps is bounded, and this says so where that were wrong. */
const HEAP_MIB_MAX = 512;

/** History of the database and keys at `place`, each look in a thread of its own. */
export function openHistory(place: Place): History {
  const workers = new Set<Worker>();
  return {
    backtest: async (job, watch) => {
      if (workers.size >= LOOKS_MAX) throw busy();
      return inThread(workers, { place, job }, watch);
    },
    close: async () => {
      await Promise.all([...workers].map((worker) => worker.terminate()));
    },
  };
}

/** The same without a thread, for a database that only this process has. */
export function historyHere(source: Source): History {
  return {
    backtest: async (job, { progress, signal }) => {
      const done = backtest(job, source, (at, entries) => {
        progress(at, entries);
        return signal?.aborted !== true;
      });
      if (done === null) throw cancelled();
      return done;
    },
    close: async () => {},
  };
}

function inThread(workers: Set<Worker>, workerData: Start, watch: Watch): Promise<Backtested> {
  const worker = new Worker(THREAD, {
    workerData,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX },
  });
  workers.add(worker);
  const { promise, resolve, reject } = Promise.withResolvers<Backtested>();
  const stop = (): void => {
    reject(cancelled());
    void worker.terminate();
  };
  worker.on("message", (told: Told) => {
    if (told.kind === "progress") watch.progress(told.done, told.entries);
    else if (told.kind === "done") resolve(told.answer);
    else reject(new Fault(told.code, told.message, told.remedy));
  });
  worker.on("error", (cause) => reject(failed(cause)));
  worker.on("exit", () => {
    workers.delete(worker);
    watch.signal?.removeEventListener("abort", stop);
    reject(failed(null));
  });
  if (watch.signal?.aborted === true) stop();
  watch.signal?.addEventListener("abort", stop, { once: true });
  return promise;
}

function busy(): Fault {
  return new Fault(
    "history_busy",
    `${LOOKS_MAX} looks at recorded actions are under way, and more would take the doors' processors`,
    "Wait until one of them is done, and ask again.",
  );
}

function cancelled(): Fault {
  return new Fault(
    "history_cancelled",
    "nobody waited any more for what was looked up in the recorded actions",
    "Nothing was changed. Ask again.",
  );
}

function failed(cause: unknown): Fault {
  return new Fault(
    "history_failed",
    "the recorded actions could not be read back",
    "Nothing was changed. Ask for a shorter time (--since); if it fails again, report it with the log line.",
    cause,
  );
}
