import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import type { SandboxLimits } from "./port.ts";

/** A control group of this process's own, in which others can be made (cgroup v2, Documentation/admin-guide/cgroup-v2.rst). */
export interface OwnCgroup {
  readonly path: string;
}

/** A control group of one sandbox. */
export interface SandboxCgroup {
  /** The file whose writer's process, and all its children, then are bound by the limits. */
  readonly procs: string;
  /** Ends all processes in it at once; false: this kernel (before 5.14) cannot. */
  readonly kill: () => boolean;
  readonly remove: () => void;
}

const ROOT = "/sys/fs/cgroup";
const NEEDED = ["memory", "pids", "cpu"];
const CPU_PERIOD_US = 100_000;
const REMOVE_TRIES_MAX = 50;

/** The group that sandboxes' groups are made in, or why there is none. Changes nothing. */
export function cgroupOf(root: string = ROOT, self = "/proc/self/cgroup"): OwnCgroup | string {
  if (!existsSync(join(root, "cgroup.controllers"))) return "cgroup v2 is not mounted";
  const own = /^0::(.*)$/m.exec(textOf(self))?.[1];
  if (own === undefined) return "this process is in no cgroup v2";
  const path = join(root, own);
  const controllers = new Set(textOf(join(path, "cgroup.controllers")).trim().split(/\s+/));
  const lacking = NEEDED.filter((name) => !controllers.has(name));
  if (lacking.length > 0) return `${lacking.join(", ")} not delegated to it`;
  try {
    for (const file of [".", "cgroup.procs", "cgroup.subtree_control"])
      accessSync(join(path, file), constants.W_OK);
  } catch {
    return "it is not delegated to this user (start in one with `systemd-run --user --scope -p Delegate=yes`)";
  }
  return { path };
}

/**
 * Makes a group with the limits. Where controllers are not on yet for groups inside, this process first steps into a group of
 * its own, since a group with processes can have none (the rule of no internal processes). Throws what the kernel says.
 */
export function makeCgroup(own: OwnCgroup, name: string, limits: SandboxLimits): SandboxCgroup {
  const enabled = new Set(textOf(join(own.path, "cgroup.subtree_control")).trim().split(/\s+/));
  if (NEEDED.some((one) => !enabled.has(one))) {
    const aside = join(own.path, "doorward");
    if (!existsSync(aside)) mkdirSync(aside);
    for (const pid of textOf(join(own.path, "cgroup.procs")).split("\n").filter(Boolean)) {
      writeFileSync(join(aside, "cgroup.procs"), pid);
    }
    writeFileSync(join(own.path, "cgroup.subtree_control"), NEEDED.map((one) => `+${one}`).join(" "));
  }
  const path = join(own.path, name);
  mkdirSync(path);
  const set = (file: string, value: string): void => writeFileSync(join(path, file), value);
  set("memory.max", String(limits.memoryBytes));
  if (existsSync(join(path, "memory.swap.max"))) set("memory.swap.max", "0");
  if (existsSync(join(path, "memory.oom.group"))) set("memory.oom.group", "1");
  set("pids.max", String(limits.processes));
  set("cpu.max", `${Math.round((limits.cpuPercent / 100) * CPU_PERIOD_US)} ${CPU_PERIOD_US}`);
  return {
    procs: join(path, "cgroup.procs"),
    kill: () => {
      if (!existsSync(join(path, "cgroup.kill"))) return false;
      set("cgroup.kill", "1");
      return true;
    },
    remove: () => {
      for (let tries = 0; tries < REMOVE_TRIES_MAX; tries += 1) {
        try {
          return rmdirSync(path);
        } catch {
          Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
        }
      }
    },
  };
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
