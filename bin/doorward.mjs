#!/usr/bin/env node
// The command `doorward`: finds a Node that runs Doorward, and hands over to src/main.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const NODE_MAJOR_MIN = 24;

if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR_MIN) {
  const { run } = await import("../src/main/run.ts");
  process.exitCode = await run(process.argv.slice(2));
} else {
  startOn(newerNode());
}

/** The Node that npm brought along as an optional dependency, or null. */
function newerNode() {
  const isWindows = process.platform === "win32";
  const name = `node-${isWindows ? "win" : process.platform}-${process.arch}`;
  const program = isWindows ? "node.exe" : "node";
  const file = fileURLToPath(new URL(join("..", "node_modules", name, "bin", program), import.meta.url));
  return existsSync(file) ? file : null;
}

function startOn(node) {
  if (node === null) {
    process.stderr.write(`doorward: needs Node ${NODE_MAJOR_MIN} or newer; this is ${process.version}.\n`);
    process.stderr.write("Run `npm install` in Doorward's folder, or install a newer Node.\n");
    process.exitCode = 1;
    return;
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  // A terminal sends Ctrl-C to both; the child must hear it once.
  process.on("SIGINT", () => {});
  for (const signal of ["SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => {
    process.exitCode = code ?? 128 + (constants.signals[signal] ?? 0);
  });
}
