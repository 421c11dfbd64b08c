import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { Fault } from "#base";
import { backtest, type Backtested, type BacktestJob, type Source, type Tell } from "./jobs.ts";
import { learn, type LearnJob, type Learnt } from "./learn.ts";
import type { Answers, Place, Start, Told } from "./messages.ts";

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
  /** Likewise; and `agent_unrecorded`. */
  readonly learn: (job: LearnJob, watch: Watch) => Promise<Learnt>;
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
    backtest: async (job, watch) =>
      inThread<"backtest">(workers, { place, task: { kind: "backtest", job } }, watch),
    learn: async (job, watch) => inThread<"learn">(workers, { place, task: { kind: "learn", job } }, watch),
    close: async () => {
      await Promise.all([...workers].map((worker) => worker.terminate()));
    },
  };
}

/** The same without a thread, for a database that only this process has. */
export function historyHere(source: Source): History {
  return {
    backtest: async (job, watch) => waitedFor(backtest(job, source, tellOf(watch))),
    learn: async (job, watch) => waitedFor(learn(job, source, tellOf(watch))),
    close: async () => {},
  };
}

function tellOf({ progress, signal }: Watch): Tell {
  return (done, entries) => {
    progress(done, entries);
    return signal?.aborted !== true;
  };
}

function waitedFor<Answer>(answer: Answer | null): Answer {
  if (answer === null) throw cancelled();
  return answer;
}

function inThread<K extends keyof Answers>(
  workers: Set<Worker>,
  workerData: Start,
  watch: Watch,
): Promise<Answers[K]> {
  if (workers.size >= LOOKS_MAX) throw busy();
  const worker = new Worker(THREAD, {
    workerData,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: HEAP_MIB_MAX },
  });
  workers.add(worker);
  const { promise, resolve, reject } = Promise.withResolvers<Answers[K]>();
  const stop = (): void => {
    reject(cancelled());
    void worker.terminate();
  };
  worker.on("message", (told: Told) => {
    if (told.kind === "progress") watch.progress(told.done, told.entries);
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the thread answers the task that it was given
    else if (told.kind === "done") resolve(told.answer as Answers[K]);
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
