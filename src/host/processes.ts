import { lstatSync, readdirSync, readlinkSync, statSync } from "node:fs";
import {
  contentOf,
  HEAD_BYTES,
  isAcceleratorDevice,
  type MappedSeen,
  type ProcessSeen,
  spoken,
  UNNAMED_BYTES_MIN,
} from "#discovery";
import { bytesOf, pseudoText } from "./first-bytes.ts";

export interface ProcessesSeen {
  readonly processes: ProcessSeen[];
  /** The process that holds a socket, by the socket's inode. */
  readonly holders: ReadonlyMap<string, number>;
  /** Processes of others, whose files and sockets the system does not show. */
  readonly hidden: number;
}

const PROCESSES_MAX = 20_000;
const TEXT_BYTES_MAX = 65_536;
const MAPS_BYTES_MAX = 8 * 1_048_576;
const OPEN_FILES_MAX = 65_536;
const MAPPED_MAX = 64;

/**
 * The processes that Linux shows in `/proc` (kernel, Documentation/filesystems/proc.rst). Of each its program, its words and files as
 * `discovery` allows. Those that end meanwhile are left out. Never throws. `proc`: where it is mounted; tests hand in a folder.
 */
export function processesOn(proc = "/proc"): ProcessesSeen {
  const holders = new Map<string, number>();
  const processes: ProcessSeen[] = [];
  let hidden = 0;
  for (const name of list(proc)
    .filter((one) => /^\d+$/.test(one))
    .slice(0, PROCESSES_MAX)) {
    const folder = `${proc}/${name}`;
    const stat = statusIn(pseudoText(`${folder}/stat`, TEXT_BYTES_MAX));
    if (stat === null || Number(name) === process.pid) continue;
    const devices = new Set<string>();
    const isShown = openFiles(folder, (target) => {
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode !== undefined) holders.set(inode, Number(name));
      if (isAcceleratorDevice(target)) devices.add(target);
    });
    if (!isShown) hidden += 1;
    const args = pseudoText(`${folder}/cmdline`, TEXT_BYTES_MAX)
      .split("\0")
      .filter((word) => word !== "");
    processes.push({
      pid: Number(name),
      ...stat,
      program: linkOf(`${folder}/exe`),
      ...spoken(args),
      mapped: mappedIn(folder),
      devices: [...devices],
    });
  }
  return { processes, holders, hidden };
}

/** `pid (name) state parent …`; a name may hold spaces and parentheses. */
function statusIn(text: string): Pick<ProcessSeen, "name" | "parent"> | null {
  const match = /^\d+ \(([\s\S]*)\) \S (\d+) /.exec(text);
  if (match === null) return null;
  const parent = Number(match[2]);
  return { name: match[1] ?? "", parent: parent === 0 ? null : parent };
}

/** Whether they may be seen at all. */
function openFiles(folder: string, tell: (target: string) => void): boolean {
  let names: string[];
  try {
    names = readdirSync(`${folder}/fd`);
  } catch {
    return false;
  }
  for (const name of names.slice(0, OPEN_FILES_MAX)) {
    const target = linkOf(`${folder}/fd/${name}`);
    if (target !== null) tell(target);
  }
  return true;
}

/** What maps much and is never a model. */
const NO_MODEL =
  /\.(?:so(?:\.[\d.]+)?|ttf|ttc|otf|db|sqlite3?|mo|jar|jsa|pak|cache|mmdb|asar|node|wasm)$|^\/usr\/lib\/locale\/|^\/(?:dev|proc|sys)\//;

/** Model files that it has mapped as data: recognised by the first bytes of the file that has the same inode. */
function mappedIn(folder: string): MappedSeen[] {
  const files = new Map<string, string>();
  const code = new Set<string>();
  for (const line of pseudoText(`${folder}/maps`, MAPS_BYTES_MAX).split("\n")) {
    const match = /^[\da-f]+-[\da-f]+ (\S{4}) [\da-f]+ \S+ (\d+) +(\/.*)$/.exec(line);
    if (match === null) continue;
    const [, rights = "", inode = "", path = ""] = match;
    if (rights.includes("x")) code.add(path);
    else if (!NO_MODEL.test(path)) files.set(path, inode);
  }
  const data = [...files].filter(([path]) => !code.has(path)).slice(0, MAPPED_MAX);
  return data.flatMap(([path, inode]) => mappedFile(folder, path, inode));
}

/** In a container a path leads elsewhere: then it is tried from the process's own root. */
function mappedFile(folder: string, path: string, inode: string): MappedSeen[] {
  for (const place of [path, `${folder}/root${path}`]) {
    try {
      const status = lstatSync(place);
      if (!status.isFile() || String(status.ino) !== inode || status.size < UNNAMED_BYTES_MIN) continue;
      const { read } = bytesOf(place, HEAD_BYTES, status);
      if (read === null || contentOf(read, status.size, path) === null) return [];
      return [{ path, size: status.size, head: read }];
    } catch {
      // Gone, or not to be seen: tried from the other root, or left out.
    }
  }
  return [];
}

function list(folder: string): string[] {
  try {
    return statSync(folder).isDirectory() ? readdirSync(folder) : [];
  } catch {
    return [];
  }
}

function linkOf(path: string): string | null {
  try {
    return readlinkSync(path);
  } catch {
    return null;
  }
}
