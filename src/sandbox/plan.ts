import { existsSync, readdirSync, readlinkSync, realpathSync, statSync } from "node:fs";
import { dirname, join, resolve, sep } from "node:path";
import { Fault } from "#base";
import { agentFiles } from "./agent-files.ts";
import { insideEnvironment } from "./environment.ts";
import { workspaceUnsafe } from "./faults.ts";
import { type Guard, guardFolder, mountOf, statusOf } from "./guard.ts";
import { SYSTEM_FOLDERS } from "./guarded.table.ts";
import { BUBBLEWRAPPED, DOORS_PORT, PROXY_PORT } from "./places.ts";
import type { Mount, Places, SandboxLimits, SandboxPlan, Surroundings, Wanted } from "./port.ts";

export interface Planned {
  readonly plan: SandboxPlan;
  /** Takes away what was put into the workspace for the time of the run. */
  readonly undo: () => void;
}

const GIB = 1024 ** 3;
const PATHS_MAX = 64;

export function defaultLimits(cores: number): SandboxLimits {
  return {
    memoryBytes: 4 * GIB,
    processes: 1_024,
    fileBytes: 4 * GIB,
    openFiles: 4_096,
    cpuPercent: cores * 100,
    temporaryBytes: GIB,
  };
}

/**
 * Works out what a sandbox shows. Throws `sandbox_workspace_unsafe` for a place that cannot be given to an agent: a home, a
 * folder of the system, one with Doorward's own data in it; and what `guardFolder` throws.
 */
export function makePlan(wanted: Wanted, around: Surroundings): Planned {
  const workspace = realFolder(wanted.from);
  const written = [...new Set(wanted.write.map((path) => real(wanted.from, path)))].filter(
    (path) => path !== workspace,
  );
  const read = [
    ...new Set([...wanted.read.map((path) => real(wanted.from, path)), ...toolFolders(wanted, around)]),
  ];
  if (written.length + read.length > PATHS_MAX) throw tooMany();
  for (const path of [workspace, ...written]) demandOwnPlace(path, around);
  for (const path of read) demandNoSecret(path, around);
  const lifted = new Set([...wanted.read, ...wanted.write].map((path) => resolve(wanted.from, path)));
  const guards: Guard[] = [];
  const undo = (): void => guards.forEach((one) => one.undo());
  try {
    for (const path of outermost([workspace, ...written]))
      if (isFolder(path)) guards.push(guardFolder(path, lifted));
  } catch (cause) {
    undo();
    throw cause;
  }
  const mounts = [
    ...read.map((path) => shown("read", path)),
    ...read.flatMap((path) => hiddenIn(path, around, lifted)),
    ...[workspace, ...written].map((path) => shown("write", path)),
    ...guards.flatMap((one) => one.mounts),
  ].toSorted((one, other) => one.path.length - other.path.length);
  const limits = { ...defaultLimits(around.cores), ...wanted.limits };
  const isVisible = (path: string): boolean => isShown(path, mounts);
  const settled = (places: Places): Pick<SandboxPlan, "environment" | "homeFiles"> => ({
    environment: insideEnvironment(wanted, around, { isVisible, places }),
    homeFiles: agentFiles(places),
  });
  const doors = [
    { kind: "http", port: DOORS_PORT },
    { kind: "proxy", port: PROXY_PORT },
  ] as const;
  return { plan: { workspace, mounts, ...settled(BUBBLEWRAPPED), settled, doors, limits }, undo };
}

export function shown(kind: "read" | "write", path: string): Mount {
  const status = statusOf(path);
  if (status === null) throw missing(path);
  return mountOf(kind, path, status);
}

function realFolder(path: string): string {
  const place = realpathSync(path);
  if (isFolder(place)) return place;
  throw workspaceUnsafe(`${path} is no folder`, "Start the agent in the folder that it is to work in.");
}

function real(from: string, path: string): string {
  const place = resolve(from, path);
  if (!existsSync(place)) throw missing(place);
  return realpathSync(place);
}

export function isFolder(path: string): boolean {
  return statSync(path).isDirectory();
}

/** Of Linux and of macOS. */
const SYSTEM_SETTINGS: readonly string[] =
  "/etc /proc /sys /dev /run /boot /System /Library /Applications /private/etc /private/var/db /private/var/root".split(
    " ",
  );
const COMMON_FOLDERS: readonly string[] = [
  ..."/ /var /tmp /home /root /Users /Users/Shared /Volumes /private /private/tmp /private/var /private/var/folders".split(
    " ",
  ),
  ...SYSTEM_SETTINGS,
  ...SYSTEM_FOLDERS,
];

/** A folder that holds others' things as well as the work cannot be given away whole. */
export function demandOwnPlace(path: string, around: Pick<Surroundings, "home" | "secret">): void {
  demandNoSecret(path, around);
  const isSystem =
    COMMON_FOLDERS.includes(path) || [...SYSTEM_FOLDERS, ...SYSTEM_SETTINGS].some((one) => isIn(path, one));
  if (!isSystem && path !== around.home && !isIn(around.home, path)) return;
  throw workspaceUnsafe(
    `${path} holds more than one project's files: ${isSystem ? "the system's" : "your own settings and keys"}`,
    "Start the agent in a folder of its own, or in the one project it is to work on.",
  );
}

export function demandNoSecret(path: string, { secret }: Pick<Surroundings, "secret">): void {
  const held = secret.find((one) => path === one || isIn(path, one) || isIn(one, path));
  if (held === undefined) return;
  throw workspaceUnsafe(
    `Doorward keeps its own data in ${held}, which no sandbox may see (${path})`,
    "Name folders that do not hold it, or keep Doorward's data elsewhere (DOORWARD_DATA).",
  );
}

/** A home that is shown has its dot-files hidden, one by one, but those that were named. */
export function hiddenIn(
  path: string,
  { home }: Pick<Surroundings, "home">,
  lifted: ReadonlySet<string>,
): Mount[] {
  if (path !== home && !isIn(home, path)) return [];
  return dotFilesOf(home).flatMap((file) => {
    const status = statusOf(file);
    const isLink = status?.isSymbolicLink() === true;
    return status === null || isLink || lifted.has(file) ? [] : [mountOf("hide", file, status)];
  });
}

function dotFilesOf(home: string): string[] {
  return readdirSync(home)
    .filter((name) => name.startsWith(".") || (name === "Library" && isMacLibrary(join(home, name))))
    .map((name) => join(home, name));
}

/** Where a Mac keeps a person's keychains, mail and cookies. */
function isMacLibrary(path: string): boolean {
  return existsSync(join(path, "Keychains")) || existsSync(join(path, "Preferences"));
}

/**
 * Where the program itself lies, when that is not among the system's programs: its folder, the package it is part of, or the
 * installation it belongs to (`…/bin/x` beside `…/lib`), each as far as it is not a whole home.
 */
function toolFolders({ command, from }: Wanted, around: Surroundings): string[] {
  const program = locate(command[0] ?? "", from, around.environment["PATH"] ?? "");
  return program === null ? [] : foldersOf(program, from, around);
}

export function foldersOf(program: string, from: string, around: Pick<Surroundings, "home">): string[] {
  const chain = [program, ...linksOf(program)];
  return chain.flatMap((path) => {
    const folder = toolFolder(path, around.home);
    return SYSTEM_FOLDERS.some((one) => isIn(path, one)) || isIn(path, from) ? [] : [folder];
  });
}

function toolFolder(path: string, home: string): string {
  const packages = path.indexOf(`${sep}node_modules${sep}`);
  const above =
    packages >= 0 ? path.slice(0, packages + `${sep}node_modules`.length) : dirname(dirname(path));
  const isInstallation =
    packages >= 0 || (dirname(path).endsWith(`${sep}bin`) && existsSync(join(above, "lib")));
  const isTooMuch = above === home || isIn(home, above) || above === join(home, ".local") || above === "/";
  return isInstallation && !isTooMuch ? above : path;
}

export function locate(program: string, from: string, path: string): string | null {
  const places = program.includes(sep)
    ? [resolve(from, program)]
    : path.split(":").map((folder) => join(folder, program));
  return places.find(isFile) ?? null;
}

function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

const LINKS_MAX = 16;

/** Where a link leads, step by step: each has to be there for the next to be found. */
function linksOf(path: string): string[] {
  const steps: string[] = [];
  let at = path;
  while (statusOf(at)?.isSymbolicLink() === true && steps.length < LINKS_MAX) {
    at = resolve(dirname(at), readlinkSync(at));
    steps.push(at);
  }
  const end = realpathSync(path);
  return steps.includes(end) ? steps : [...steps, end];
}

export function outermost(paths: readonly string[]): string[] {
  return paths.filter((path) => !paths.some((other) => isIn(path, other)));
}

export function isShown(path: string, mounts: readonly Mount[]): boolean {
  return [...SYSTEM_FOLDERS, ...mounts.filter(({ kind }) => kind !== "hide").map((one) => one.path)].some(
    (one) => path === one || isIn(path, one),
  );
}

/** Whether `path` lies in `folder`, and is not it. */
export function isIn(path: string, folder: string): boolean {
  return folder === "/" ? path !== "/" : path.startsWith(`${folder}${sep}`);
}

function missing(path: string): Fault {
  return new Fault(
    "sandbox_path_missing",
    `there is nothing at ${path}`,
    "Check the paths given with --read and --write.",
  );
}

function tooMany(): Fault {
  return new Fault(
    "sandbox_paths_too_many",
    `more than ${PATHS_MAX} paths were named`,
    "Name folders that hold them, or the few that the agent needs.",
  );
}
