import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { z } from "zod";
import { VERDICTS } from "#scan";

/** A file may cost as much as this, and no more: beyond it, it counts as a crash. */
export const FILE_MS_MAX = 10_000;
export const FILE_KIB_MAX = 512 * 1024;

/** Characters of what a worker says when it ends, which tell why. */
const LAST_WORDS_MAX = 2000;

export interface Ask {
  readonly path: string;
  readonly name: string;
}

/** What a worker answers. `kib` is the most that it ever had in memory. */
const reply = z.object({
  verdict: z.enum(VERDICTS),
  rules: z.array(z.string()),
  ms: z.number(),
  kib: z.number(),
});
export type Reply = z.output<typeof reply>;

/** What came of one file; `why` says how the process that looked at it ended. */
export type Looked =
  | (Reply & { readonly crashed: false })
  | { readonly crashed: true; readonly why: string; readonly ms: number };

export interface Pool {
  readonly look: (ask: Ask) => Promise<Looked>;
  readonly close: () => void;
}

interface Worker {
  readonly child: ChildProcess;
  readonly lastWords: () => string;
}

/** One process that scans file by file; where a file ends it, the next one gets a new process. */
export function openPool(): Pool {
  let worker: Worker | null = null;
  const close = (): void => {
    worker?.child.kill("SIGKILL");
    worker = null;
  };
  const look = async (ask: Ask): Promise<Looked> => {
    const current = (worker ??= start());
    const began = performance.now();
    const answer = await answered(current, ask);
    const crashed = typeof answer === "string" ? answer : faultIn(answer);
    if (crashed === null && typeof answer !== "string") return { ...answer, crashed: false };
    close();
    return { crashed: true, why: crashed ?? "", ms: performance.now() - began };
  };
  return { look, close };
}

function faultIn({ rules, kib }: Reply): string | null {
  if (kib > FILE_KIB_MAX) return `it took ${Math.round(kib / 1024)} MiB of memory`;
  // A scanner threw, and the file is unscannable for it: safe, and a bug all the same.
  return rules.includes("scanner-failed") ? "a scanner failed" : null;
}

function start(): Worker {
  const execArgv = ["--disable-warning=ExperimentalWarning", "--max-old-space-size=400"];
  const stdio = ["ignore", "ignore", "pipe", "ipc"] as const;
  const child = fork(join(import.meta.dirname, "worker.ts"), { execArgv, stdio: [...stdio] });
  let said = "";
  child.stderr?.on("data", (more) => {
    said = `${said}${String(more)}`.slice(0, LAST_WORDS_MAX);
  });
  return { child, lastWords: () => said };
}

/** What the worker says, or why it says nothing. */
function answered({ child, lastWords }: Worker, ask: Ask): Promise<Reply | string> {
  return new Promise((resolve) => {
    const finish = (answer: Reply | string): void => {
      clearTimeout(timer);
      child.off("message", heard);
      child.off("close", ended);
      resolve(answer);
    };
    const heard = (message: unknown): void => finish(reply.parse(message));
    const ended = (code: number | null, signal: string | null): void =>
      finish(`it ended with ${signal ?? code} ${lastWords()}`);
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      finish(`it took more than ${FILE_MS_MAX / 1000} seconds`);
    }, FILE_MS_MAX);
    child.on("message", heard);
    child.on("close", ended);
    child.send(ask);
  });
}
