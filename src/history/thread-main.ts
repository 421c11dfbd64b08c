// One look at recorded actions, in a thread of its own over connections of its own that only read. Started by `open.ts`.
import { DatabaseSync } from "node:sqlite";
import { parentPort, workerData } from "node:worker_threads";
import { Fault } from "#base";
import { systemAmbient } from "#host";
import { openPayloads } from "#journal";
import { openKeys } from "#keys";
import { backtest, type Source, type Tell } from "./jobs.ts";
import { learn } from "./learn.ts";
import type { Answers, Start, Task, Told } from "./messages.ts";

const BUSY_TIMEOUT_MS = 5_000;

function tell(told: Told): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
  parentPort?.postMessage(told);
}

function perform({ kind, job }: Task, source: Source, progress: Tell): Answers[keyof Answers] | null {
  return kind === "backtest" ? backtest(job, source, progress) : learn(job, source, progress);
}

function look({ place, task }: Start): void {
  const ambient = systemAmbient();
  const database = new DatabaseSync(place.database, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
  const payloads = openPayloads(database, openKeys(place.keys, ambient), ambient);
  const payload = (index: number, name: string): Uint8Array | null =>
    payloads.open(index, name)?.bytes ?? null;
  const answer = perform(task, { database, payload }, (done, entries) => {
    tell({ kind: "progress", done, entries });
    return true;
  });
  if (answer !== null) tell({ kind: "done", answer });
  database.close();
}

try {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `open.ts` starts it with nothing else
  look(workerData as Start);
} catch (cause) {
  if (!(cause instanceof Fault)) throw cause;
  tell({ kind: "fault", code: cause.code, message: cause.message, remedy: cause.remedy });
}
