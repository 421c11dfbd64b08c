import { existsSync, openSync, readSync, closeSync, realpathSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { Fault } from "#base";
import { guardFolder, mountOf, secretsIn, statusOf } from "./guard.ts";
import { SYSTEM_FOLDERS } from "./guarded.table.ts";
import { BUBBLEWRAPPED, PROXY_PORT } from "./places.ts";
import {
  defaultLimits,
  demandNoSecret,
  demandOwnPlace,
  foldersOf,
  hiddenIn,
  isFolder,
  isIn,
  isShown,
  locate,
  type Planned,
  shown,
} from "./plan.ts";
import type { Mount, Places, SandboxPlan, ServerWanted, Surroundings } from "./port.ts";
import { AUTHORITIES, serverEnvironment } from "./server-environment.ts";

/** How deep secrets are looked for in a server's own code: what lies beside its manifest. */
const CODE_DEPTH = 1;
const MEMORY_BYTES = 2 * 1024 ** 3;

type Around = Omit<Surroundings, "trusts">;

/**
 * Works out what the sandbox of an MCP server shows: its code and the folders that it was granted, its own folder to write to,
 * and nothing else of the machine but the system's programs. Throws `sandbox_folder_missing`, `sandbox_workspace_unsafe`, and
 * `sandbox_argument_hidden` for an argument that names what is there and would not be inside.
 */
export function planServer(wanted: ServerWanted, around: Around): Planned {
  const granted = new Set(wanted.folders.map(({ path }) => path));
  for (const { path, access } of wanted.folders) demandGrantable(path, access, around);
  const code = codeOf(wanted, around).filter((path) => !granted.has(path));
  const reads = [...code, ...wanted.folders.flatMap(({ path, access }) => (access === "read" ? [path] : []))];
  const writes = wanted.folders.flatMap(({ path, access }) => (access === "write" ? [path] : []));
  const guards = guardAll(writes, granted);
  const undo = (): void => guards.forEach((one) => one.undo());
  try {
    const mounts = [
      ...reads.flatMap((path) =>
        readable(path, code.includes(path) ? CODE_DEPTH : null, { around, granted }),
      ),
      ...[wanted.work, ...writes].map((path) => shown("write", path)),
      ...guards.flatMap((one) => one.mounts),
    ].toSorted((one, other) => one.path.length - other.path.length);
    const isVisible = (path: string): boolean => isShown(path, mounts);
    const settled = (places: Places): Pick<SandboxPlan, "environment" | "homeFiles"> => ({
      environment: serverEnvironment(wanted, around, { isVisible, places }),
      homeFiles: {},
    });
    for (const word of wanted.arguments) demandVisible(word, isVisible);
    return {
      plan: {
        workspace: wanted.work,
        mounts,
        ...settled(BUBBLEWRAPPED),
        settled,
        doors: wanted.reachesHosts ? [{ kind: "proxy", port: PROXY_PORT }] : [],
        limits: { ...defaultLimits(around.cores), memoryBytes: MEMORY_BYTES },
      },
      undo,
    };
  } catch (cause) {
    undo();
    throw cause;
  }
}

function guardAll(writes: readonly string[], granted: ReadonlySet<string>) {
  const guards: ReturnType<typeof guardFolder>[] = [];
  try {
    for (const path of writes) if (isFolder(path)) guards.push(guardFolder(path, granted));
    return guards;
  } catch (cause) {
    for (const one of guards) one.undo();
    throw cause;
  }
}

/** Shown, without the secrets in it, Doorward's own data and a home's dot-files. */
function readable(
  path: string,
  depth: number | null,
  { around, granted }: { around: Around; granted: ReadonlySet<string> },
): Mount[] {
  const hidden = around.secret.flatMap((secret) => {
    const status = isIn(secret, path) ? statusOf(secret) : null;
    return status === null ? [] : [mountOf("hide", secret, status)];
  });
  const secrets = isFolder(path) ? secretsIn(path, { lifted: granted, depth }) : [];
  return [shown("read", path), ...hiddenIn(path, around, granted), ...secrets, ...hidden];
}

function demandGrantable(path: string, access: "read" | "write", around: Around): void {
  if (!existsSync(path)) throw folderMissing(path);
  const real = realpathSync(path);
  if (real !== path) throw folderIsLink(path, real);
  if (access === "write") demandOwnPlace(path, around);
  else if (around.secret.some((one) => path === one || isIn(path, one))) demandNoSecret(path, around);
}

/** Everything that is run: the program with its installation, who reads its first line, and the code it is given. */
function codeOf(wanted: ServerWanted, around: Around): string[] {
  const programs = wanted.program === null ? [] : [wanted.program, ...interpreterOf(wanted.program, around)];
  const authorities = AUTHORITIES.flatMap((name) => {
    const path = wanted.reachesHosts ? around.environment[name] : undefined;
    return path !== undefined && isAbsolute(path) && existsSync(path) ? [path] : [];
  });
  const code = [
    ...programs.flatMap((path) => foldersOf(path, wanted.work, around)),
    ...wanted.code.flatMap((path) => projectOf(path, around)),
    ...authorities,
  ];
  return [...new Set(code)].filter((path) => !isSystem(path));
}

function isSystem(path: string): boolean {
  return SYSTEM_FOLDERS.some((one) => path === one || isIn(path, one)) || path.startsWith("/etc/ssl/certs");
}

const FIRST_LINE_BYTES = 512;

/** `#!/usr/bin/env -S python3 -u` as the path of python3: what the kernel would start (execve(2), Interpreter scripts). */
function interpreterOf(program: string, { environment }: Pick<Surroundings, "environment">): string[] {
  const descriptor = openSync(program, "r");
  const bytes = Buffer.alloc(FIRST_LINE_BYTES);
  const length = readSync(descriptor, bytes, 0, FIRST_LINE_BYTES, 0);
  closeSync(descriptor);
  const line = /^#!\s*(.+)/.exec(bytes.toString("latin1", 0, length))?.[1]?.trim() ?? "";
  const [first = "", ...rest] = line.split(/\s+/);
  const isEnv = first.endsWith("/env");
  const name = isEnv ? (rest.find((word) => !word.startsWith("-") && !word.includes("=")) ?? "") : first;
  const path = name === "" ? null : locate(name, "/", environment["PATH"] ?? "");
  return path === null ? [] : [path];
}

const MANIFESTS = [
  "package.json",
  "pyproject.toml",
  "requirements.txt",
  "setup.py",
  "Gemfile",
  "composer.json",
];
const UPWARDS_MAX = 8;

/**
 * The project that a file of code belongs to, up to the nearest manifest, and the folders of packages above it (Node looks
 * there: nodejs.org/api/modules.html, Loading from node_modules folders); else its folder; the file alone where that would be a
 * home, a system's folder or one that strangers write to.
 */
function projectOf(file: string, { home }: Pick<Surroundings, "home">): string[] {
  if (isFolder(file)) return [file];
  const isCommon = (path: string): boolean =>
    path === home || isIn(home, path) || ["/", "/tmp", "/var/tmp", "/srv", "/opt"].includes(path);
  const own = dirname(file);
  const above: string[] = [];
  for (let at = own; above.length < UPWARDS_MAX && !isCommon(at); at = dirname(at)) above.push(at);
  const project = above.find((at) => MANIFESTS.some((name) => existsSync(join(at, name)))) ?? own;
  const packages = above.map((at) => join(at, "node_modules")).filter((path) => existsSync(path));
  const shownWhole = isCommon(project) ? file : project;
  return [shownWhole, ...packages.filter((path) => !isIn(path, shownWhole))];
}

/** An argument that names a place of this machine is of no use where that place is not. */
function demandVisible(word: string, isVisible: (path: string) => boolean): void {
  const path = /^--?[\w-]+=(\/.*)$/.exec(word)?.[1] ?? word;
  if (!isAbsolute(path) || path === "/" || !existsSync(path) || isVisible(path)) return;
  throw new Fault(
    "sandbox_argument_hidden",
    `the argument ${word} names ${path}, which the server's sandbox does not show`,
    `Grant it with --folders ${path} (to read) or --folders ${path}:rw (to write as well), or have the server run without a sandbox: --sandbox off.`,
  );
}

function folderMissing(path: string): Fault {
  return new Fault(
    "sandbox_folder_missing",
    `there is nothing at ${path}, which the server was granted`,
    "Make the folder, or grant others: `doorward servers sandbox NAME --folders PATH`.",
  );
}

function folderIsLink(path: string, real: string): Fault {
  return new Fault(
    "sandbox_folder_link",
    `${path} is, or lies behind, a symbolic link to ${real}`,
    `Grant ${real} itself, and give the server that path: where a link leads can change.`,
  );
}
