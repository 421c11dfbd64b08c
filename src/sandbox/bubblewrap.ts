import { existsSync, lstatSync, readdirSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { HIDDEN_PROC, SHOWN_ETC, SYSTEM_FOLDERS } from "./guarded.table.ts";
import { HOME, INSIDE, NODE, RUN, TEMPORARY } from "./places.ts";
import type { Mount, SandboxPlan, SandboxReady } from "./port.ts";
import { socketsIn } from "./sockets.ts";

/** What of the run stands outside: its folder, and the programs of ours that are shown. */
export interface RunFiles {
  readonly folder: string;
  /** Node's own program. */
  readonly node: string;
  /** `inside-main` of this Doorward. */
  readonly inside: string;
}

const DEVICES_BYTES = 64 * 1024 ** 2;
const INSIDE_USER = 1_000;

/**
 * A plan as bubblewrap's arguments, without the program: every namespace unshared, nothing of the machine but what the plan
 * shows, a read-only root. The filter of system calls is read from descriptor 3.
 */
export function bubblewrapArguments(plan: SandboxPlan, run: RunFiles, ready: SandboxReady): string[] {
  const size = (bytes: number): string[] => (ready.options.size ? ["--size", String(bytes)] : []);
  const { temporaryBytes } = plan.limits;
  return [
    ...words(
      "--unshare-all",
      "--unshare-user",
      "--die-with-parent",
      "--hostname",
      "sandbox",
      "--seccomp",
      "3",
    ),
    ...(ready.options.disableUserns ? ["--disable-userns"] : []),
    // Nobody is root inside, whoever began it; what that user owns stays theirs.
    ...words("--uid", String(insideUser()), "--gid", String(insideUser()), "--cap-drop", "ALL"),
    ...system(),
    ...[...SHOWN_ETC, ...javaSettings()].flatMap((name) => ["--ro-bind-try", `/etc/${name}`, `/etc/${name}`]),
    ...["passwd", "group", "hosts", "resolv.conf", "machine-id"].flatMap((name) => [
      "--ro-bind",
      `${run.folder}/etc/${name}`,
      `/etc/${name}`,
    ]),
    ...words("--dev", "/dev", ...size(DEVICES_BYTES), "--perms", "1777", "--tmpfs", "/dev/shm"),
    ...words("--proc", "/proc"),
    ...HIDDEN_PROC.filter((path) => existsSync(path)).flatMap((path) => [
      "--ro-bind",
      `${run.folder}/empty`,
      path,
    ]),
    ...words(...size(temporaryBytes), "--perms", "1777", "--tmpfs", TEMPORARY),
    ...words("--dir", "/var/tmp", "--symlink", "/run", "/var/run", "--symlink", TEMPORARY, "/var/cache"),
    ...words("--tmpfs", "/run"),
    ...words(...size(temporaryBytes), "--perms", "0700", "--tmpfs", HOME),
    ...words(
      "--ro-bind",
      `${run.folder}/shown`,
      RUN,
      "--ro-bind",
      run.node,
      NODE,
      "--ro-bind",
      run.inside,
      `${INSIDE}.mts`,
    ),
    ...plan.mounts.flatMap((mount) => mounted(mount, run)),
    ...socketsIn(SYSTEM_FOLDERS, plan.mounts).flatMap((path) => ["--ro-bind", `${run.folder}/empty`, path]),
    // Last of the mounts: something that is shown may lie in what is hidden.
    ...plan.mounts.filter(isHiddenFolder).flatMap(({ path }) => ["--remount-ro", path]),
    ...words("--remount-ro", "/run", "--remount-ro", "/dev", "--remount-ro", "/proc", "--remount-ro", "/"),
    ...words("--chdir", plan.workspace),
  ];
}

function words(...all: readonly string[]): readonly string[] {
  return all;
}

/** Whoever is root outside is user 1000 inside: programs that refuse to be root run, and nothing inside looks like it. */
function insideUser(): number {
  const own = process.getuid?.() ?? INSIDE_USER;
  return own === 0 ? INSIDE_USER : own;
}

export function passwordFiles(): Readonly<Record<string, string>> {
  const id = insideUser();
  return {
    passwd: `agent:x:${id}:${id}::${HOME}:/bin/sh\nnobody:x:65534:65534::/nonexistent:/usr/sbin/nologin\n`,
    group: `agent:x:${id}:\nnogroup:x:65534:\n`,
    hosts: "127.0.0.1 localhost sandbox\n::1 localhost\n",
    "resolv.conf": "# No name server is reached from here: the http door resolves names.\n",
    "machine-id": "",
  };
}

/** `/bin` is a link to `/usr/bin` on most systems, and stays one. */
function system(): string[] {
  return SYSTEM_FOLDERS.flatMap((path) => {
    const status = lstatSync(path, { throwIfNoEntry: false });
    if (status === undefined) return [];
    return status.isSymbolicLink() ? ["--symlink", readlinkSync(path), path] : ["--ro-bind", path, path];
  });
}

/**
 * Where Debian keeps what Java reads at its start (`/etc/java-17-openjdk`, which its `conf` leads to), without the folder in
 * which passwords of its management stand. Names in `/etc`.
 */
export function javaSettings(etc = "/etc"): string[] {
  const folders = readdirSync(etc, { withFileTypes: true }).filter(
    (one) => one.isDirectory() && /^java-[\w.-]+$/.test(one.name),
  );
  return folders.flatMap(({ name: folder }) =>
    readdirSync(join(etc, folder))
      .filter((name) => name !== "management")
      .map((name) => `${folder}/${name}`),
  );
}

function isHiddenFolder({ kind, isFolder }: Mount): boolean {
  return kind === "hide" && isFolder;
}

function mounted({ kind, path, isFolder }: Mount, { folder }: RunFiles): string[] {
  if (kind === "write" || kind === "pin") return ["--bind", path, path];
  if (kind === "read" || kind === "fix") return ["--ro-bind", path, path];
  return isFolder ? ["--perms", "0500", "--tmpfs", path] : ["--ro-bind", `${folder}/empty`, path];
}
