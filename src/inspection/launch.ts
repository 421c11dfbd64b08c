import { type ChildProcess, spawn } from "node:child_process";
import { lstatSync, readlinkSync, realpathSync } from "node:fs";
import { dirname, extname, resolve, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { findMeans } from "#sandbox";
import { DATA_KIB, FILE_MS, HEAP_MIB, NICENESS, REQUESTS_PER_CHILD } from "./limits.ts";

/** The child runs as source from source and as JavaScript from a package: its sibling has our own extension. */
export const CHILD = fileURLToPath(new URL(`./inspect-main${extname(import.meta.url)}`, import.meta.url));
/** The product's modules, and `package.json`, by which they find each other. */
const MODULES = resolve(import.meta.dirname, "..");
const MANIFEST = resolve(MODULES, "..", "package.json");
/** The product's own packages stand in it, or beside it where it is itself installed as one. */
const PACKAGES = packagesFolder(fileURLToPath(import.meta.resolve("zod")));

/** What holds a child besides Node's permission model. */
export type Wall = "bubblewrap" | "none";

export interface Launch {
  /** The child's program. */
  readonly main: string;
  /** Of bubblewrap's own program; null: it is not used. */
  readonly bubblewrap: string | null;
  /** Handed to the child, from descriptor 3. */
  readonly descriptors: readonly number[];
}

/** Bubblewrap's program where it works on this machine. It is tried, which takes some 20 ms: ask once. */
export function findBubblewrap(): string | null {
  const means = findMeans();
  return means.kind === "ready" && means.backend === "bubblewrap" ? means.tool : null;
}

/**
 * Starts a child with nothing of our environment, no descriptors but those of its files and three pipes, no other file but the
 * product's own, limits of memory and processor time, no file that it could write, and behind everybody else. Where bubblewrap is, it has
 * neither a network, nor other processes, nor this machine's folders besides.
 */
export function launch({ main, bubblewrap, descriptors }: Launch): ChildProcess {
  const node = realpathSync(process.execPath);
  const flags = [...nodeFlags(main), main, String(descriptors.length)];
  const command =
    bubblewrap === null ? [node, ...flags] : [bubblewrap, ...walls(node, main), "--", node, ...flags];
  const isPosix = process.platform !== "win32";
  const [program = node, ...args] = isPosix ? ["/bin/sh", "-c", LIMITS, "sh", ...command] : command;
  return spawn(program, args, {
    env: process.platform === "win32" ? windowsEnvironment() : {},
    cwd: MODULES,
    stdio: ["pipe", "pipe", "pipe", ...descriptors],
    windowsHide: true,
  });
}

/** A whole child's, in seconds: what its parent would have ended, if the parent had lived. */
const CPU_SECONDS = (FILE_MS / 1_000) * (REQUESTS_PER_CHILD + 1);

/** Each limit by itself: a system that lacks one still has the others. */
const LIMITS = [
  "ulimit -c 0",
  "ulimit -f 0",
  `ulimit -d ${DATA_KIB}`,
  `ulimit -t ${CPU_SECONDS}`,
  // A class of its own for the disk where there is one: behind everybody else, and still served.
  'if command -v ionice >/dev/null; then set -- ionice -c 2 -n 7 "$@"; fi',
  `if command -v nice >/dev/null; then set -- nice -n ${NICENESS} "$@"; fi`,
  'exec "$@"',
].join(" 2>/dev/null\n");

function nodeFlags(main: string): string[] {
  return [
    "--disable-sigusr1",
    "--permission",
    ...shownFor(main).map((path) => `--allow-fs-read=${path}`),
    // In this version SQLite asks the permission model nothing, and would write files.
    "--no-experimental-sqlite",
    "--no-experimental-websocket",
    "--no-addons",
    "--no-global-search-paths",
    "--disallow-code-generation-from-strings",
    "--disable-warning=ExperimentalWarning",
    `--max-old-space-size=${HEAP_MIB}`,
  ];
}

/** What a child may read by a path. */
function shownFor(main: string): readonly string[] {
  const own = dirname(main);
  return [MODULES, MANIFEST, PACKAGES, ...(own.startsWith(MODULES) ? [] : [own])];
}

const SYSTEM_FOLDERS = ["/usr", "/bin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store", "/gnu/store"];

/** The system's libraries, Node, the product and its packages, all read-only, and nothing else of this machine. */
function walls(node: string, main: string): string[] {
  const shown = [node, ...shownFor(main)].toSorted();
  const system = SYSTEM_FOLDERS.flatMap((path) => {
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (status === undefined) return [];
    return status.isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : ["--ro-bind", path, path];
  });
  const own = shown.flatMap((path) => ["--ro-bind", path, path]);
  const before = "--unshare-all --unshare-user --die-with-parent --new-session --cap-drop ALL".split(" ");
  const after = "--dev /dev --proc /proc".split(" ");
  return [
    ...before,
    ...system,
    ...after,
    ...own,
    "--remount-ro",
    "/dev",
    "--remount-ro",
    "/",
    "--chdir",
    MODULES,
  ];
}

/** Windows needs its system folder to start any process. */
function windowsEnvironment(): NodeJS.ProcessEnv {
  const folder = process.env["SystemRoot"];
  return folder === undefined ? {} : { SystemRoot: folder };
}

/** The outermost `node_modules` on the way to a package's file. */
function packagesFolder(file: string): string {
  const parts = file.split(sep);
  const at = parts.lastIndexOf("node_modules");
  return at < 0 ? dirname(file) : parts.slice(0, at + 1).join(sep);
}
