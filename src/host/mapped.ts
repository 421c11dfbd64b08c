import { readdirSync, readlinkSync } from "node:fs";
import { pseudoText } from "./first-bytes.ts";
import { listeningOn } from "./listeners.ts";

const PROCESSES_MAX = 20_000;
const MAPS_BYTES_MAX = 8 * 1_048_576;
const STAT_BYTES_MAX = 65_536;
const OPEN_FILES_MAX = 65_536;
const ANCESTORS_MAX = 16;

/** A file as the system numbers it. */
export interface FileNumbers {
  readonly device: bigint;
  readonly inode: bigint;
}

/**
 * Whether the process that listens at this port, or one that it started, maps the file: as Linux shows it in `/proc` (kernel,
 * Documentation/filesystems/proc.rst, `maps`, `stat`, `fd`; Documentation/networking/proc_net_tcp.rst). False where it cannot be
 * seen: of another user, on another system. Never throws. `proc`: where it is mounted; tests hand in a folder.
 */
export function isMappedAt(port: number, file: FileNumbers, proc = "/proc"): boolean {
  const sockets = new Set(
    listeningOn(proc).flatMap((one) => (one.port === port ? [`socket:[${one.inode}]`] : [])),
  );
  if (sockets.size === 0) return false;
  const mapping = mappedText(file);
  return namesIn(proc)
    .filter((name) => /^\d+$/.test(name))
    .slice(0, PROCESSES_MAX)
    .some((pid) => maps(proc, pid, mapping) && isBelow(proc, pid, sockets));
}

/** `fd:01 1234` as it stands in `maps`: major and minor as glibc's `makedev` packs them (sys/sysmacros.h). */
function mappedText({ device, inode }: FileNumbers): string {
  const major = ((device >> 8n) & 0xfffn) | ((device >> 32n) & ~0xfffn);
  const minor = (device & 0xffn) | ((device >> 12n) & ~0xffn);
  return ` ${hex(major)}:${hex(minor)} ${inode} `;
}

function hex(part: bigint): string {
  return part.toString(16).padStart(2, "0");
}

function maps(proc: string, pid: string, mapping: string): boolean {
  return pseudoText(`${proc}/${pid}/maps`, MAPS_BYTES_MAX).includes(mapping);
}

function isBelow(proc: string, start: string, sockets: ReadonlySet<string>): boolean {
  let pid = start;
  for (let steps = 0; steps < ANCESTORS_MAX && pid !== "0"; steps += 1) {
    if (holds(proc, pid, sockets)) return true;
    pid = parentOf(proc, pid);
  }
  return false;
}

function parentOf(proc: string, pid: string): string {
  const text = pseudoText(`${proc}/${pid}/stat`, STAT_BYTES_MAX);
  return /^\d+ \([\s\S]*\) \S (\d+) /.exec(text)?.[1] ?? "0";
}

function holds(proc: string, pid: string, sockets: ReadonlySet<string>): boolean {
  const folder = `${proc}/${pid}/fd`;
  return namesIn(folder)
    .slice(0, OPEN_FILES_MAX)
    .some((name) => sockets.has(linkOf(`${folder}/${name}`)));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}
