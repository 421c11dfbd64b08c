import { readFileSync } from "node:fs";
import type { SandboxLimits } from "./port.ts";

/** Names of proc_pid_limits(5). */
const KERNEL_NAMES: Readonly<Record<string, string>> = {
  data: "Max data size",
  nproc: "Max processes",
  fsize: "Max file size",
  nofile: "Max open files",
};

/**
 * prlimit(1) and its arguments. Memory is what a process may write to (RLIMIT_DATA): address space as such (RLIMIT_AS) is
 * reserved in terabytes by Node and Java. With a control group, that bounds memory and processes. `limits`: the text of
 * /proc/self/limits, since nobody may be given more than this process itself has.
 */
export function limiter(wanted: SandboxLimits, hasCgroup: boolean, limits = ownLimits()): string[] {
  const set = {
    ...(hasCgroup ? {} : { data: wanted.memoryBytes, nproc: wanted.processes }),
    fsize: wanted.fileBytes,
    nofile: wanted.openFiles,
  };
  const options = Object.entries(set).map(
    ([name, value]) => `--${name}=${Math.min(value, hardLimit(limits, name))}`,
  );
  return ["prlimit", ...options, "--core=0", "--"];
}

function hardLimit(limits: string, name: string): number {
  const row = limits.split("\n").find((line) => line.startsWith(KERNEL_NAMES[name] ?? "?"));
  const hard = Number(/\s+(?:\S+)\s+(\d+)\s+\w*\s*$/.exec(row ?? "")?.[1]);
  return Number.isFinite(hard) ? hard : Number.MAX_SAFE_INTEGER;
}

function ownLimits(): string {
  return readFileSync("/proc/self/limits", "utf8");
}
