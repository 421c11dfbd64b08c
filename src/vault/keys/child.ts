import { spawn } from "node:child_process";
import { COMMAND_BYTES_MAX, COMMAND_MS } from "../limits.ts";

export type Ran =
  | { readonly kind: "done"; readonly stdout: Buffer }
  | { readonly kind: "failed"; readonly status: number | null; readonly why: string };

/** Runs a program with bytes on its standard input. What it says on standard error is not kept: it could hold a secret. */
export async function runProgram(
  command: readonly string[],
  stdin: string,
  timeoutMs = COMMAND_MS,
): Promise<Ran> {
  const [program = "", ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ["pipe", "pipe", "ignore"] });
    // What a script started lives on, and holds the other ends: they are let go with it.
    const end = (): void => {
      child.kill("SIGKILL");
      child.stdin.destroy();
      child.stdout.destroy();
    };
    const timer = setTimeout(end, timeoutMs);
    const parts: Buffer[] = [];
    let bytes = 0;
    child.stdout.on("data", (part: Buffer) => {
      bytes += part.length;
      if (bytes > COMMAND_BYTES_MAX) end();
      else parts.push(part);
    });
    child.stdin.on("error", () => {});
    child.on("error", (cause: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      const why = cause.code === "ENOENT" ? `${program} is not installed` : `${program} cannot be run`;
      resolve({ kind: "failed", status: null, why });
    });
    child.on("close", (status, signal) => {
      clearTimeout(timer);
      if (status === 0 && bytes <= COMMAND_BYTES_MAX)
        return resolve({ kind: "done", stdout: Buffer.concat(parts) });
      const why =
        signal === null ? `${program} ended with ${status}` : `${program} took too long, or said too much`;
      resolve({ kind: "failed", status, why });
    });
    child.stdin.end(stdin);
  });
}
