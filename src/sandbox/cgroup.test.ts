import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { cgroupOf, makeCgroup, type OwnCgroup } from "./cgroup.ts";
import { findMeans } from "./means.ts";
import { defaultLimits, makePlan } from "./plan.ts";
import { relayFor } from "./relay.ts";
import { startBubblewrap } from "./start.ts";

// A delegated control group, played by a folder with its files (Documentation/admin-guide/cgroup-v2.rst, "Core Interface
// Files"): what is written, and that the program is in it. What a kernel does with it is not tried here.

let root: string;
let self: string;
const own = () => join(root, "user.slice/run.scope");
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), "dw-cgroup-")));
  self = join(root, "self");
  mkdirSync(own(), { recursive: true });
  writeFileSync(join(root, "cgroup.controllers"), "cpu io memory pids\n");
  writeFileSync(self, "0::/user.slice/run.scope\n");
  writeFileSync(join(own(), "cgroup.controllers"), "cpu memory pids\n");
  writeFileSync(join(own(), "cgroup.procs"), "11\n12\n");
  writeFileSync(join(own(), "cgroup.subtree_control"), "\n");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const limits = { ...defaultLimits(2), memoryBytes: 1_000_000, processes: 7, cpuPercent: 150 };
const written = (...path: string[]) => readFileSync(join(own(), ...path), "utf8");
const found = (): OwnCgroup => {
  const group = cgroupOf(root, self);
  if (typeof group === "string") throw new Error(group);
  return group;
};

describe("whether there is one", () => {
  test("there is, where the controllers are delegated and it may be written to", () => {
    expect(cgroupOf(root, self)).toEqual({ path: own() });
  });

  test.each<[string, () => void, RegExp]>([
    ["no v2", () => rmSync(join(root, "cgroup.controllers")), /not mounted/],
    ["no group of ours", () => writeFileSync(self, "8:pids:/\n"), /in no cgroup v2/],
    [
      "controllers that are not delegated",
      () => writeFileSync(join(own(), "cgroup.controllers"), "memory\n"),
      /^pids, cpu not delegated/,
    ],
    ["files that are not ours", () => rmSync(join(own(), "cgroup.subtree_control")), /systemd-run --user/],
  ])("%s: it says why not", (_, change, why) => {
    change();
    expect(cgroupOf(root, self)).toEqual(expect.stringMatching(why));
  });
});

describe("a group of a sandbox", () => {
  test("has every limit written, after its controllers were switched on and nobody is left beside it", () => {
    makeCgroup(found(), "doorward-a", limits);
    expect(written("cgroup.subtree_control")).toBe("+memory +pids +cpu");
    // The kernel takes one process a write; a file keeps the last.
    expect(written("doorward", "cgroup.procs")).toBe("12");
    expect(written("doorward-a", "memory.max")).toBe("1000000");
    expect(written("doorward-a", "pids.max")).toBe("7");
    expect(written("doorward-a", "cpu.max")).toBe("150000 100000");
  });

  test("leaves alone what is switched on already, and keeps from swapping where the kernel can", () => {
    writeFileSync(join(own(), "cgroup.subtree_control"), "cpu memory pids\n");
    makeCgroup(found(), "doorward-b", limits);
    expect(written("cgroup.subtree_control")).toBe("cpu memory pids\n");
    expect(existsSync(join(own(), "doorward"))).toBe(false);
  });

  test("is ended at once where the kernel can, and otherwise says that it cannot", () => {
    const group = makeCgroup(found(), "doorward-c", limits);
    expect(group.kill()).toBe(false);
    writeFileSync(join(own(), "doorward-c", "cgroup.kill"), "");
    expect(group.kill()).toBe(true);
    expect(written("doorward-c", "cgroup.kill")).toBe("1");
  });
});

const means = findMeans();
describe.skipIf(means.kind === "missing")("a program (skipped where no sandbox can be made)", () => {
  test("is in the group before it begins, and has rlimits only for what the group does not bound", async () => {
    if (means.kind === "missing") return;
    const work = join(root, "work");
    mkdirSync(work);
    writeFileSync(join(own(), "cgroup.subtree_control"), "cpu memory pids\n");
    const command = ["/bin/sh", "-c", "cat /proc/self/limits > found"];
    const { plan, undo } = makePlan(
      { from: work, command, read: [], write: [], environment: [], limits },
      { environment: {}, home: join(root, "home"), secret: [], cores: 2, trusts: false },
    );
    const groups: string[] = [];
    let pid = 0;
    const running = await startBubblewrap({
      plan,
      command,
      ready: { ...means, limitsBy: "cgroup" },
      certificates: null,
      temporary: "/tmp",
      relay: relayFor({ doors: "http://127.0.0.1:9", proxy: null, key: "dwk_none" }),
      cgroup: (name, bounds) => {
        groups.push(name);
        return makeCgroup(found(), name, bounds);
      },
      spawned: (child) => (pid = child.pid ?? 0),
    });
    expect(await running.ended).toBe(0);
    undo();
    const [name = ""] = groups;
    expect(groups).toHaveLength(1);
    expect(written(name, "cgroup.procs").trim()).toBe(String(pid));
    expect(written(name, "pids.max")).toBe("7");
    const rows = readFileSync(join(work, "found"), "utf8");
    expect(rows).toMatch(new RegExp(`^Max open files +${limits.openFiles} `, "m"));
    expect(rows).not.toMatch(/^Max data size +1000000 /m);
    expect(rows).not.toMatch(/^Max processes +7 /m);
  });
});
