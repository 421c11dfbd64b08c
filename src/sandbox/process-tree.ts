import { spawnSync } from "node:child_process";

/** One process of the machine, as ps(1) shows it. */
export interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly group: number;
  /** Its words and, of this user's own, its environment. */
  readonly text: string;
}

const PASSES_MAX = 5;
const TABLE_BYTES_MAX = 64 * 1024 ** 2;

/**
 * Ends what a program left running where no namespace holds it together (macOS): its group, its descendants, and whatever was
 * begun with `mark` in its environment, until a look finds none. A process that left its group and its parents and cleared its
 * environment is not found.
 */
export function endTree(root: number, mark: string, list: () => readonly ProcessRow[] = processes): void {
  for (let pass = 0; pass < PASSES_MAX; pass += 1) {
    const found = membersOf(root, mark, list());
    if (found.length === 0) return;
    for (const pid of found) end(pid);
  }
}

/** Who belongs to it. Ourselves never. */
export function membersOf(root: number, mark: string, rows: readonly ProcessRow[]): readonly number[] {
  const found = new Set(
    rows
      .filter(({ pid, group, text }) => pid === root || group === root || text.split(" ").includes(mark))
      .map(({ pid }) => pid),
  );
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { pid, parent } of rows) if (found.has(parent)) found.add(pid);
  }
  return [...found].filter((pid) => pid > 1 && pid !== process.pid);
}

/** All of them. `-E` on macOS, and `e` on Linux, show the environment of one's own processes. Empty: ps does not answer. */
export function processes(): readonly ProcessRow[] {
  const columns = "pid=,ppid=,pgid=,stat=,command=";
  const options = process.platform === "darwin" ? ["-axEww", "-o", columns] : ["axeww", "-o", columns];
  const { stdout } = spawnSync("/bin/ps", options, { encoding: "utf8", maxBuffer: TABLE_BYTES_MAX });
  return (stdout ?? "").split("\n").flatMap((line) => {
    const [, pid, parent, group, state = "", text = ""] =
      /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s*(.*)$/.exec(line) ?? [];
    if (pid === undefined || state.startsWith("Z")) return [];
    return [{ pid: Number(pid), parent: Number(parent), group: Number(group), text }];
  });
}

function end(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It ended by itself.
  }
}
