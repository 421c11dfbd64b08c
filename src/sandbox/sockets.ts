import { readFileSync, realpathSync } from "node:fs";
import { sep } from "node:path";
import type { Mount } from "./port.ts";

/** One line for each unix socket of this machine (Linux, net/unix/af_unix.c): its path is what stands last, where it has one. */
const LISTED = /^[0-9a-f]+: (?:\S+ +){5,6}(\/.*)$/gim;

/**
 * Sockets of this machine's programs that lie in what is shown: a namespace of networks does not shut them, nor does a mount that
 * is read-only, and what answers there (a container daemon, a server that a person is working on) is a way around the
 * doors (T26). One that was itself named is meant. `listed`: text of /proc/net/unix.
 */
export function socketsIn(
  places: readonly string[],
  mounts: readonly Mount[],
  listed = ofMachine(),
): string[] {
  const shown = mounts.filter(({ kind }) => kind !== "hide").map(({ path }) => path);
  const hidden = mounts.filter(({ kind }) => kind === "hide").map(({ path }) => path);
  const all = [...listed.matchAll(LISTED)].flatMap(([, path = ""]) => real(path));
  return [...new Set(all)].filter(
    (path) =>
      isWithin(path, [...places, ...shown]) &&
      !isWithin(path, hidden) &&
      !shown.includes(path) &&
      !hidden.includes(path),
  );
}

function isWithin(path: string, folders: readonly string[]): boolean {
  return folders.some((folder) => path.startsWith(`${folder}${sep}`));
}

function ofMachine(): string {
  try {
    return readFileSync("/proc/net/unix", "utf8");
  } catch {
    return "";
  }
}

function real(path: string): string[] {
  try {
    return [realpathSync(path)];
  } catch {
    return [];
  }
}
