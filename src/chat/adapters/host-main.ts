// The process of one channel's adapter: third-party code that holds one platform's token, and nothing else of ours (T25).
// Started by `adapter-process.ts`, told what to be in its first line, and ended with its stdin.
import { createRequire } from "node:module";
import { join } from "node:path";
import { readFileSync } from "node:fs";
import { DRIVERS } from "./drivers.table.ts";
import { failureOf, watchAnswers } from "./failing.ts";
import { Host } from "./host.ts";
import { type FromAdapter, lineReader, type Start, type ToAdapter } from "./lines.ts";
import { confine } from "./reach.ts";
import { textAt } from "./sdk.ts";

const UNFIT_EXIT = 3;
const write = process.stdout.write.bind(process.stdout);
// What libraries print is for nobody, and must not be taken for our lines.
process.stdout.write = () => true;

function tell(message: FromAdapter): void {
  write(`${JSON.stringify(message)}\n`);
}

/** A package of the lock file by its path: `exports` of these know `import` alone. */
function load(directory: string, name: string): unknown {
  const folder = join(directory, "node_modules", name);
  const manifest: unknown = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const entry =
    textAt(manifest, "exports", ".", "import", "default") ??
    textAt(manifest, "exports", ".", "import") ??
    textAt(manifest, "exports", ".", "default") ??
    textAt(manifest, "exports", ".") ??
    textAt(manifest, "module") ??
    textAt(manifest, "main") ??
    "index.js";
  const bring = createRequire(join(directory, "package.json"));
  const brought: unknown = bring(join(folder, entry));
  return brought;
}

function begin(start: Start): Host {
  const driver = DRIVERS[start.platform];
  if (driver === undefined) throw new Error(`there is no adapter for ${start.platform}`);
  confine(driver.reach(start));
  watchAnswers();
  driver.prepare?.(start);
  const bring: (name: string) => unknown = createRequire(join(start.directory, "package.json"));
  const packages = {
    chat: load(start.directory, "chat"),
    adapter: load(start.directory, driver.package),
    load: bring,
  };
  const host = new Host(driver, start, packages, tell);
  tell({ kind: "ready" });
  return host;
}

let host: Host | null = null;

function take(line: string): void {
  const message: ToAdapter = JSON.parse(line);
  if (message.kind !== "start") return host?.hear(message);
  try {
    host = begin(message);
  } catch (cause) {
    tell({ kind: "unfit", why: failureOf(cause).why });
    process.exitCode = UNFIT_EXIT;
    process.stdin.destroy();
  }
}

// A promise that a library forgot is no reason to lose what is under way: calls have their own answer and their own limit.
process.on("unhandledRejection", () => {});
process.stdin.on(
  "data",
  lineReader(take, () => process.exit(1)),
);
process.stdin.on("end", () => {
  const gone = host?.close() ?? Promise.resolve();
  void gone.catch(() => {}).then(() => process.exit(0));
});
