import {
  type BigIntStats,
  type Dirent,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { workspaceUnsafe } from "./faults.ts";
import {
  GUARDED_FILES,
  GUARDED_FOLDERS,
  GUARDED_SUFFIXES,
  MADE_FOLDERS,
  SECRET_FILES,
} from "./guarded.table.ts";
import { mountPoints } from "./mount-points.ts";
import type { FileIdentity, Mount, SandboxPlan } from "./port.ts";

/** What stays as it is in a folder that a sandboxed program may write to (T26). */
export interface Guard {
  readonly mounts: readonly Mount[];
  /** Takes away what was put there for the time of the run, where it is still as it was put. */
  readonly undo: () => void;
}

const DEPTH_MAX = 6;
const ENTRIES_MAX = 50_000;
const MOUNTS_MAX = 1_000;
const CONFIG_BYTES_MAX = 256 * 1024;
/** Dependencies and builds: large, made anew, and run by whoever runs the project. */
const NOT_ENTERED = new Set(["node_modules", ".venv", "venv", "target", "dist", ".cache", "__pycache__"]);
const GIT_FIXED = ["config", "config.worktree", "hooks", "modules", "worktrees", "info/attributes"];

/**
 * Looks through `folder` for what the host runs or obeys later, and for secrets. `lifted`: paths that the person named to be
 * readable or writable after all. Makes empty stand-ins where an agent could otherwise put such a thing first. Throws
 * `sandbox_workspace_unsafe` where one is a link, or there are too many.
 */
export function guardFolder(folder: string, lifted: ReadonlySet<string>): Guard {
  const found = new Map<string, Mount>();
  const made: Made[] = [];
  const undo = (): void => {
    const inUse = stillMounted(made.map(({ path }) => path));
    // Another sandbox may stand on the same stand-ins: then they stay.
    for (const { path, remove } of made.toReversed()) if (!inUse.has(path)) remove();
  };
  const look: Look = { folder, lifted, found, made, left: ENTRIES_MAX };
  try {
    for (const name of MADE_FOLDERS) makeFolder(look, join(folder, name));
    walk(look, folder, 0);
    pinParents(look);
  } catch (cause) {
    undo();
    throw cause;
  }
  const mounts = [...found.values()].toSorted((one, other) => one.path.length - other.path.length);
  return { mounts, undo };
}

/**
 * Files of secrets in a folder that is shown to be read, to be hidden. `depth`: how far down they are looked for; null: as far as in
 * a workspace. Throws `sandbox_workspace_unsafe` where there is too much to look through.
 */
export function secretsIn(
  folder: string,
  { lifted, depth }: { readonly lifted: ReadonlySet<string>; readonly depth: number | null },
): Mount[] {
  const found = new Map<string, Mount>();
  const look: Look = { folder, lifted, found, made: [], left: ENTRIES_MAX };
  walkSecrets(look, folder, DEPTH_MAX - (depth ?? DEPTH_MAX));
  return [...found.values()];
}

function walkSecrets(look: Look, folder: string, depth: number): void {
  const entries = listed(folder);
  demandFew(look, entries.length);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (!NOT_ENTERED.has(entry.name) && depth < DEPTH_MAX) walkSecrets(look, path, depth + 1);
    } else if (SECRET_FILES.test(entry.name) && !entry.isSymbolicLink()) add(look, "hide", path);
  }
}

const ENDING_TRIES_MAX = 30;
const ENDING_TRY_MS = 10;

/** Which of them something is mounted on, once what ends just now has ended: bubblewrap says so a moment before its processes are gone. */
function stillMounted(paths: readonly string[]): ReadonlySet<string> {
  for (let tries = 1; paths.length > 0; tries += 1) {
    const points = mountPoints();
    const found = paths.filter((path) => points.has(path));
    if (found.length === 0 || tries === ENDING_TRIES_MAX) return new Set(found);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ENDING_TRY_MS);
  }
  return new Set();
}

/** Something that was put there for the time of the run. */
interface Made {
  readonly path: string;
  /** Where it is still as it was put. */
  readonly remove: () => void;
}

interface Look {
  readonly folder: string;
  readonly lifted: ReadonlySet<string>;
  readonly found: Map<string, Mount>;
  readonly made: Made[];
  left: number;
}

function walk(look: Look, folder: string, depth: number): void {
  const entries = listed(folder);
  demandFew(look, entries.length);
  if (isBareRepository(entries)) guardGit(look, folder);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.name === ".git") guardDotGit(look, path, entry);
    else if (isGuarded(entry.name)) fix(look, path);
    else if (SECRET_FILES.test(entry.name) && !entry.isDirectory()) add(look, "hide", path);
    // Also one of a network of its own (a container's), which is on no list of this machine's sockets.
    else if (entry.isSocket()) add(look, "hide", path);
    else if (entry.isDirectory() && !NOT_ENTERED.has(entry.name) && depth < DEPTH_MAX)
      walk(look, path, depth + 1);
  }
}

function demandFew(look: Look, more: number): void {
  look.left -= more;
  if (look.left >= 0) return;
  throw workspaceUnsafe(
    `${look.folder} has more than ${ENTRIES_MAX} files, too many to look through for hooks and secrets`,
    "Name a smaller folder, such as the one project that is to be worked on.",
  );
}

function listed(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    // What we may not read, the program may not either: it runs as the same user.
    return [];
  }
}

function isGuarded(name: string): boolean {
  return (
    GUARDED_FOLDERS.has(name) ||
    GUARDED_FILES.has(name) ||
    GUARDED_SUFFIXES.some((suffix) => name.endsWith(suffix))
  );
}

function isBareRepository(entries: readonly Dirent[]): boolean {
  const names = new Set(entries.map(({ name }) => name));
  return names.has("HEAD") && names.has("objects") && names.has("refs");
}

/** A worktree's or submodule's `.git` is a file that names the real one; that lies elsewhere and is not shown. */
function guardDotGit(look: Look, path: string, entry: Dirent): void {
  if (!entry.isDirectory()) return fix(look, path);
  add(look, "pin", path);
  guardGit(look, path);
}

function guardGit(look: Look, git: string): void {
  if (look.lifted.has(git)) return;
  makeFolder(look, join(git, "hooks"));
  makeCommonDirectory(look, git);
  for (const name of [...GIT_FIXED, "commondir"]) {
    if (statusOf(join(git, name)) !== null) fix(look, join(git, name));
  }
  const hooks = hooksPathOf(join(git, "config"));
  if (hooks === null) return;
  const path = resolve(dirname(git), hooks);
  if (path.startsWith(`${look.folder}${sep}`) && statusOf(path) !== null) fix(look, path);
}

/**
 * `commondir` says where hooks and configuration are (gitrepository-layout): written by an agent, it would lead the host's git
 * to its own. One that says "here" changes nothing and cannot be replaced.
 */
function makeCommonDirectory(look: Look, git: string): void {
  const path = join(git, "commondir");
  if (statusOf(path) === null) writeFileSync(path, ".\n", { flag: "wx" });
  else if (!isOthersStandIn(path)) return;
  look.made.push({
    path,
    remove: () => {
      if (statusOf(path)?.isFile() === true && readFileSync(path, "utf8") === ".\n") rmSync(path);
    },
  });
}

function makeFolder(look: Look, path: string): void {
  if (look.lifted.has(path)) return;
  if (statusOf(path) === null) mkdirSync(path);
  else if (!isOthersStandIn(path)) return;
  look.made.push({
    path,
    remove: () => {
      try {
        rmdirSync(path);
      } catch {
        // Somebody outside put something into it: it is theirs now.
      }
    },
  });
}

/** Put there by a run that still goes on: whichever ends last takes it away. */
function isOthersStandIn(path: string): boolean {
  const status = statusOf(path);
  const isEmpty = status?.isDirectory() === true ? listed(path).length === 0 : status?.size === 2n;
  return isEmpty && mountPoints().has(path);
}

function hooksPathOf(config: string): string | null {
  const status = statusOf(config);
  if (status === null || !status.isFile() || status.size > CONFIG_BYTES_MAX) return null;
  const value = /^\s*hooksPath\s*=\s*(.+?)\s*$/im.exec(readFileSync(config, "utf8"))?.[1];
  return value?.replaceAll('"', "") ?? null;
}

function fix(look: Look, path: string): void {
  add(look, "fix", path);
}

function add(look: Look, kind: "fix" | "pin" | "hide", path: string): void {
  if (look.lifted.has(path)) return;
  const status = statusOf(path);
  if (status === null) return;
  if (status.isSymbolicLink()) return refuseLink(look, path, kind);
  look.found.set(path, mountOf(kind, path, status));
  if (look.found.size <= MOUNTS_MAX) return;
  throw workspaceUnsafe(
    `${look.folder} has more than ${MOUNTS_MAX} hooks, settings and secrets to guard`,
    "Start the agent in a smaller folder, such as the one project it is to work on.",
  );
}

/** A link cannot be kept from being replaced, and what it leads to could be anything. */
function refuseLink(look: Look, path: string, kind: string): void {
  const file = relative(look.folder, path);
  // Instructions are words, not programs: many projects have CLAUDE.md lead to AGENTS.md, which is guarded itself.
  if (file.endsWith(".md")) return;
  throw workspaceUnsafe(
    `${path} is a symbolic link, and would have to be ${kind === "hide" ? "hidden from" : "kept as it is by"} the sandbox`,
    `Replace it by what it leads to, or say that it may be changed: --write ${path}`,
  );
}

/** A folder above a guarded thing could be renamed and made anew: each becomes a mount of its own. */
function pinParents({ folder, found }: Look): void {
  for (const path of Array.from(found.keys())) {
    for (let up = dirname(path); up.startsWith(`${folder}${sep}`); up = dirname(up)) {
      const status = statusOf(up);
      if (!found.has(up) && status !== null) found.set(up, mountOf("pin", up, status));
    }
  }
}

/** As `lstat` has it; null where nothing is. */
export function statusOf(path: string): BigIntStats | null {
  return lstatSync(path, { bigint: true, throwIfNoEntry: false }) ?? null;
}

export function mountOf(kind: Mount["kind"], path: string, status: BigIntStats): Mount {
  return {
    kind,
    path,
    isFolder: status.isDirectory(),
    identity: kind === "hide" ? null : identityOf(status),
  };
}

/**
 * What was to stay as it is and was replaced or taken away outside meanwhile (git writes `.git/config` anew, editors their files): the
 * kernel takes the mount away with it, and from then on the program inside could change what stands there.
 */
export function replacedIn({ mounts }: Pick<SandboxPlan, "mounts">): string[] {
  return mounts.flatMap(({ kind, path, identity }) => {
    if (kind !== "fix" || identity === null) return [];
    const status = statusOf(path);
    const now = status === null ? null : identityOf(status);
    return now?.device === identity.device && now.inode === identity.inode ? [] : [path];
  });
}

function identityOf({ dev, ino }: BigIntStats): FileIdentity {
  return { device: String(dev), inode: String(ino) };
}
