import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import { z } from "zod";
import { VERDICTS } from "#scan";

/** A file may cost as much as this, and no more: beyond it, it counts as a crash. */
export const FILE_MS_MAX = 10_000;
export const FILE_KIB_MAX = 512 * 1024;

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

/** One process that scans file by file; where a file ends it, the next one gets a new process. */
export function openPool(): Pool {
  let child: ChildProcess | null = null;
  const close = (): void => {
    child?.kill("SIGKILL");
    child = null;
  };
  const look = async (ask: Ask): Promise<Looked> => {
    const current = (child ??= start());
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

function start(): ChildProcess {
  const execArgv = ["--disable-warning=ExperimentalWarning", "--max-old-space-size=400"];
  return fork(join(import.meta.dirname, "worker.ts"), {
    execArgv,
    stdio: ["ignore", "ignore", "inherit", "ipc"],
  });
}

/** What the worker says, or why it says nothing. */
function answered(child: ChildProcess, ask: Ask): Promise<Reply | string> {
  return new Promise((resolve) => {
    const finish = (answer: Reply | string): void => {
      clearTimeout(timer);
      child.off("message", heard);
      child.off("exit", ended);
      resolve(answer);
    };
    const heard = (message: unknown): void => finish(reply.parse(message));
    const ended = (code: number | null, signal: string | null): void =>
      finish(`it ended with ${signal ?? code}`);
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      finish(`it took more than ${FILE_MS_MAX / 1000} seconds`);
    }, FILE_MS_MAX);
    child.on("message", heard);
    child.on("exit", ended);
    child.send(ask);
  });
}
