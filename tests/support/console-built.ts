import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { isConsoleBuilt } from "../../scripts/console-sources.mjs";

const ROOT = resolve(import.meta.dirname, "../..");

/** Before any test: the console as its sources say. One that does not build fails its own tests, and no other's. */
export function setup(): void {
  if (isConsoleBuilt(ROOT)) return;
  const { status } = spawnSync(process.execPath, ["scripts/console-build.mjs"], {
    cwd: ROOT,
    stdio: "inherit",
  });
  if (status !== 0)
    process.stderr.write("The console does not build: what is tested is the last that did.\n");
}
