import { GUARDED_FILES, GUARDED_FOLDERS } from "./guarded.table.ts";
import type { Mount, SandboxPlan } from "./port.ts";
import {
  DEVICES_BOTH,
  DEVICES_OPEN,
  DEVICES_READ,
  MACH_SERVICES,
  NOT_BY_DEFAULT,
  SYSCTL_PREFIXES,
  SYSCTLS,
  SYSTEM_FILES,
  SYSTEM_HIDDEN,
  SYSTEM_LINKS,
  SYSTEM_READ,
  SYSTEM_SHOWN,
} from "./seatbelt.table.ts";

/** A profile for sandbox-exec(1): its text, and what stands for the paths in it (`-D NAME=VALUE`). */
export interface SeatbeltProfile {
  readonly text: string;
  readonly parameters: Readonly<Record<string, string>>;
}

/** What of the run stands on the machine, under real paths. */
export interface SeatbeltRun {
  /** Shown to be read: certificates. */
  readonly shown: string;
  /** Its own, to write to: the home, and the folder for temporary files. */
  readonly own: readonly string[];
  /** Programs of ours that it may run. */
  readonly programs: readonly string[];
  /** Where the relays listen on loopback. */
  readonly ports: readonly number[];
}

/** Names, and nothing of a path that somebody chose, are ever part of the text. */
type Parameter = (value: string) => string;

const READ = "file-read* file-map-executable process-exec";

/**
 * A plan as a Seatbelt profile (SBPL): everything denied, then what the plan shows, then what stays as it is in it. Among rules with
 * a filter the last that matches decides, so that order is by depth, as mounts are. SBPL has no document of Apple's: its words are
 * those of the profiles named in seatbelt.table.ts. The kernel compares resolved paths; every path here must be one.
 */
export function seatbeltProfile(plan: Pick<SandboxPlan, "mounts">, run: SeatbeltRun): SeatbeltProfile {
  const parameters: Record<string, string> = {};
  const names = new Map<string, string>();
  const parameter: Parameter = (value) => {
    const name = names.get(value) ?? `P${names.size}`;
    names.set(value, name);
    parameters[name] = value;
    return `(param "${name}")`;
  };
  const rules = [
    "(version 1)",
    "(deny default)",
    ...NOT_BY_DEFAULT.map((operation) => `(deny ${operation})`),
    ...machine(),
    ...devices(),
    ...system(),
    ...plan.mounts.toSorted(byDepth).flatMap((mount) => mounted(mount, parameter)),
    ...ownOf(run, parameter),
    ...network(run, parameter),
  ];
  return { text: `${rules.join("\n")}\n`, parameters };
}

/** The profile without a plan, to try whether this system takes its words. */
export function trialProfile(): SeatbeltProfile {
  const mounts = (["write", "read", "pin", "fix", "hide"] as const).map((kind) => ({
    kind,
    path: `${NOWHERE}/${kind}`,
    isFolder: true,
    identity: null,
  }));
  const run = {
    shown: `${NOWHERE}/shown`,
    own: [`${NOWHERE}/own`],
    programs: [`${NOWHERE}/node`],
    ports: [1],
  };
  return seatbeltProfile({ mounts }, run);
}

/** There, and empty, on every Mac. */
const NOWHERE = "/private/var/empty";

function byDepth(one: Mount, other: Mount): number {
  return one.path.length - other.path.length;
}

function machine(): string[] {
  return [
    "(allow process-fork)",
    "(allow signal (target same-sandbox))",
    "(deny process-info* (target others))",
    "(allow process-info* (target same-sandbox))",
    `(allow sysctl-read ${filters("sysctl-name", SYSCTLS)} ${filters("sysctl-name-prefix", SYSCTL_PREFIXES)})`,
    `(allow mach-lookup ${filters("global-name", MACH_SERVICES)})`,
    '(deny mach-lookup (xpc-service-name-prefix ""))',
    // Python's locks between its own processes (multiprocessing.synchronize names them so); no shared memory, nothing of System V.
    '(allow ipc-posix-sem (ipc-posix-name-regex #"^/mp-[0-9a-z_]+$"))',
  ];
}

/** Terminals: what was handed on stays usable, and those that are made inside are; another window's cannot be opened. */
function devices(): string[] {
  return [
    "(allow pseudo-tty)",
    `(allow file-read* file-write-data file-ioctl ${filters("literal", DEVICES_BOTH)})`,
    `(allow file-read* ${filters("literal", DEVICES_READ)})`,
    `(allow file-read* file-write-data ${filters("literal", DEVICES_OPEN)} (subpath "/dev/fd"))`,
    '(allow file-read-metadata file-ioctl (regex #"^/dev/ttys[0-9]+$"))',
    '(allow file-read* file-write* (require-all (regex #"^/dev/ttys[0-9]+$") (extension "com.apple.sandbox.pty")))',
  ];
}

function system(): string[] {
  return [
    `(allow ${READ} ${filters("subpath", SYSTEM_READ)})`,
    `(deny ${READ} ${filters("subpath", SYSTEM_HIDDEN)})`,
    `(allow file-read* ${filters("subpath", SYSTEM_SHOWN)} ${filters("literal", SYSTEM_FILES)})`,
    `(allow file-read-metadata ${filters("literal", SYSTEM_LINKS)})`,
  ];
}

function filters(kind: string, values: readonly string[]): string {
  return values.map((value) => `(${kind} "${value}")`).join(" ");
}

function mounted({ kind, path }: Mount, parameter: Parameter): string[] {
  const at = parameter(path);
  // It may lie in what may be written to.
  if (kind === "read")
    return [...reached(at), `(allow ${READ} (subpath ${at}))`, `(deny file-write* (subpath ${at}))`];
  if (kind === "write") return writable(path, parameter);
  if (kind === "pin") return [`(deny file-write-unlink (literal ${at}))`];
  if (kind === "fix") return [`(deny file-write* (subpath ${at}))`];
  return [`(deny ${READ} file-write* (subpath ${at}))`];
}

/** The folders above: that they are there, so that paths can be resolved, and not what else is in them. */
function reached(at: string): string[] {
  return [`(allow file-read-metadata (path-ancestors ${at}))`];
}

/** The folder itself stays where it is: moved into another that may be written to, nothing in it would be guarded. */
function writable(path: string, parameter: Parameter): string[] {
  const at = parameter(path);
  return [
    ...reached(at),
    `(allow ${READ} file-write* (subpath ${at}))`,
    `(deny file-write-setugid (subpath ${at}))`,
    `(deny file-write-unlink (literal ${at}))`,
    `(deny file-write* (regex ${parameter(absentIn(path))}))`,
  ];
}

/**
 * What a program of the host would run or obey, were it put into the root of a folder: also where it is not there yet, and in any
 * spelling, since a Mac's disk makes no difference between great and small letters.
 */
function absentIn(path: string): string {
  const names = [...GUARDED_FOLDERS, ...GUARDED_FILES].map(anyCase).join("|");
  return `^${literally(path)}/(${names}|[^/]+${anyCase(".code-workspace")})(/|$)`;
}

/** Each letter as both. */
export function anyCase(text: string): string {
  return literally(text).replaceAll(
    /[a-z]/gi,
    (letter) => `[${letter.toLowerCase()}${letter.toUpperCase()}]`,
  );
}

/** As the words of a regular expression, whatever they are. */
function literally(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}

function ownOf({ shown, own: folders, programs }: SeatbeltRun, parameter: Parameter): string[] {
  return [
    ...reached(parameter(shown)),
    `(allow file-read* (subpath ${parameter(shown)}))`,
    ...folders.flatMap((path) => [
      ...reached(parameter(path)),
      `(allow ${READ} file-write* (subpath ${parameter(path)}))`,
      `(deny file-write-setugid (subpath ${parameter(path)}))`,
      `(deny file-write-unlink (literal ${parameter(path)}))`,
    ]),
    ...programs.flatMap((path) => [
      ...reached(parameter(path)),
      `(allow ${READ} (literal ${parameter(path)}))`,
    ]),
  ];
}

/**
 * The relays' ports of loopback, and unix sockets of its own. Seatbelt knows no addresses but `localhost`, and no ranges of ports: a program
 * that wants to listen on a port would have to be let reach every port of the machine, so none listens.
 */
function network({ ports, own: folders }: SeatbeltRun, parameter: Parameter): string[] {
  return [
    ...ports.map((port) => `(allow network-outbound (remote tcp "localhost:${port}"))`),
    ...folders.flatMap((path) => [
      `(allow network-bind network-inbound (local unix-socket (subpath ${parameter(path)})))`,
      `(allow network-outbound (remote unix-socket (subpath ${parameter(path)})))`,
    ]),
  ];
}
