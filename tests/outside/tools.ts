import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/** Programs of Debian packages that scripts/outside-tools.sh brought. */
const TOOLS = new URL("../../.tools/", import.meta.url).pathname;

export function toolPath(debian: string, program: string): string {
  return `${TOOLS}${debian}/usr/bin/${program}`;
}

/** Why a group of tests has to be skipped, or null. */
export function lackOf(debian: string, program: string, ...others: readonly string[]): string | null {
  if (!existsSync(toolPath(debian, program)))
    return `skipped: no ${program}; scripts/outside-tools.sh brings it`;
  const absent = others.find((other) => spawnSync(other, ["-?"]).error !== undefined);
  return absent === undefined ? null : `skipped: no ${absent}`;
}

export interface Running {
  /** Resolves with the match as soon as it said so; throws when it ends without, or after ten seconds. */
  readonly until: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly stop: () => Promise<void>;
}

const ATTEMPTS_MAX = 500;

/** Starts a program that serves until it is stopped. */
export function start(program: string, args: readonly string[]): Running {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
  let said = "";
  const over = new Promise<void>((resolve) => {
    child.once("close", () => resolve());
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => (said += String(chunk)));
  }
  return {
    until: async (pattern) => {
      for (let attempt = 0; attempt < ATTEMPTS_MAX && child.exitCode === null; attempt += 1) {
        const match = pattern.exec(said);
        if (match !== null) return match;
        await wait(20);
      }
      throw new Error(`${program} did not say ${String(pattern)}: ${said}`);
    },
    stop: async () => {
      child.kill();
      await over;
    },
  };
}

/** A port that was free a moment ago, for programs that cannot say which one they got. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (address === null || typeof address === "string") throw new Error("a TCP server has a port");
  return address.port;
}
