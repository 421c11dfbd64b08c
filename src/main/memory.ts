import { writeFileSync } from "node:fs";
import { Fault } from "#base";

/**
 * Options of Node that write down what is in memory, or show it to others: heap snapshots, diagnostic reports (whose
 * texts are those of uncaught errors), cores, debuggers, keys of TLS connections. Source: doc/api/cli.md of Node 24.
 */
const TELLING = [
  "--abort-on-uncaught-exception",
  "--heapsnapshot-near-heap-limit",
  "--heapsnapshot-signal",
  "--inspect",
  "--inspect-brk",
  "--inspect-wait",
  "--report-on-fatalerror",
  "--report-on-signal",
  "--report-uncaught-exception",
  "--tls-keylog",
  "--trace-tls",
] as const;

export interface Launched {
  /** Node's own options. */
  readonly execArgv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Refuses to serve where secrets in memory would be written down, or shown: Fault `memory_exposed`, with the option's
 * name. NODE_DEBUG prints what is sent.
 */
export function demandUnexposed({ execArgv, env }: Launched): void {
  const given = [...execArgv, ...(env["NODE_OPTIONS"] ?? "").split(/\s+/)].map(optionOf);
  const telling = given.find((name) => TELLING.some((one) => one === name));
  if (telling !== undefined) throw exposed(`Node was started with ${telling}`);
  if ((env["NODE_DEBUG"] ?? "") !== "") throw exposed("NODE_DEBUG is set");
}

/** Node takes underscores for hyphens, and quotes in NODE_OPTIONS. */
function optionOf(text: string): string {
  return (text.replace(/^"/, "").split(/[="]/, 1)[0] ?? "").replaceAll("_", "-");
}

/**
 * Takes from this process, and from those that it starts, what a crash could write down. On Linux a core then holds
 * registers and no mapping of memory (core(5), "Controlling which mappings are written to the core dump"), whoever takes
 * it: a limit on its size alone does not bind a program that the kernel hands it to. No signal opens a debugger, and no
 * report has the environment. Answers whether a core would be without memory.
 */
export function concealMemory(): boolean {
  if (process.platform !== "win32") process.on("SIGUSR1", () => {});
  Object.assign(process.report, {
    reportOnFatalError: false,
    reportOnSignal: false,
    reportOnUncaughtException: false,
    excludeEnv: true,
    excludeNetwork: true,
  });
  return areCoresEmptied();
}

/** A container may have its /proc for reading only. */
function areCoresEmptied(): boolean {
  if (process.platform !== "linux") return false;
  try {
    writeFileSync("/proc/self/coredump_filter", "0");
    return true;
  } catch {
    return false;
  }
}

function exposed(what: string): Fault {
  return new Fault(
    "memory_exposed",
    `${what}, which writes down or shows what is in memory, secrets too`,
    "Take it out of the command line, NODE_OPTIONS or the environment, and start again.",
  );
}
