import { readdirSync, readFileSync } from "node:fs";

/** proc_pid_mountinfo(5): the fifth field; blanks and backslashes in it stand in octal. */
const POINT = /^(?:\S+ ){4}(\S+)/gm;

/**
 * Where any process that we may look at has something mounted, under the names that it has there. What is removed under another
 * sandbox's mount takes that mount away with it (rmdir(2), unlink(2), since Linux 3.18).
 */
export function mountPoints(processes = "/proc"): ReadonlySet<string> {
  const found = new Set<string>();
  for (const pid of numbersIn(processes)) {
    for (const [, point = ""] of textOf(`${processes}/${pid}/mountinfo`).matchAll(POINT))
      found.add(
        point.replaceAll(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8))),
      );
  }
  return found;
}

function numbersIn(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name));
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // It ended meanwhile, or is somebody else's.
    return "";
  }
}
