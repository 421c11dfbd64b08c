import { readdirSync, readFileSync } from "node:fs";

// Processor time of a process and all that it spawned, by thread, as Linux counts it: what a machine that others load
// as well hardly changes, where the wall's time says nothing.

/** Nanoseconds on a processor by "process thread", the threads of one name together. */
export type ThreadTimes = ReadonlyMap<string, number>;

/** Of `pid` and its descendants, as far as they live now. */
export function threadTimes(pid: number): ThreadTimes {
  const times = new Map<string, number>();
  for (const { id, role } of familyOf(pid)) {
    for (const task of tasksOf(id)) {
      const name = `${role} ${task.name}`;
      times.set(name, (times.get(name) ?? 0) + task.nanoseconds);
    }
  }
  return times;
}

/** What was spent between two readings, in microseconds for each of `calls`, the largest first. */
export function spentPerCall(before: ThreadTimes, after: ThreadTimes, calls: number): Map<string, number> {
  const spent = [...after].map(
    ([name, time]) => [name, (time - (before.get(name) ?? 0)) / 1_000 / calls] as const,
  );
  return new Map(spent.filter(([, time]) => time >= 0.05).toSorted((a, b) => b[1] - a[1]));
}

function familyOf(pid: number): { readonly id: number; readonly role: string }[] {
  const parents = new Map(pids().map((id) => [id, parentOf(id)]));
  const family = new Set([pid]);
  for (let size = 0; size < family.size; ) {
    size = family.size;
    for (const [id, parent] of parents) if (family.has(parent)) family.add(id);
  }
  return [...family].map((id) => ({ id, role: id === pid ? "main" : roleOf(id) }));
}

function pids(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function parentOf(pid: number): number {
  // The second field is the program's name in brackets, which may hold anything.
  return Number(/^.*\) \S (\d+)/.exec(readOrNothing(`/proc/${pid}/stat`))?.[1] ?? 0);
}

/** The script that a Node process runs. */
function roleOf(pid: number): string {
  const words = readOrNothing(`/proc/${pid}/cmdline`).split("\0");
  const script = words.findLast((word) => /\.[cm]?[jt]s$/.test(word)) ?? words[0] ?? "gone";
  return (script.split("/").at(-1) ?? script).replace(/\.[cm]?[jt]s$/, "");
}

function tasksOf(pid: number): { readonly name: string; readonly nanoseconds: number }[] {
  const folder = `/proc/${pid}/task`;
  return listOrNothing(folder).map((task) => ({
    name: readOrNothing(`${folder}/${task}/comm`).trim(),
    nanoseconds: Number(readOrNothing(`${folder}/${task}/schedstat`).split(" ")[0] ?? 0),
  }));
}

/** A process or thread may end while it is read. */
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function listOrNothing(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
