import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { processesOn } from "./processes.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "discovery-proc-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A folder as the kernel shows a process in `/proc` (Documentation/filesystems/proc.rst). */
function process4000(maps: string, cmdline = "/opt/thing\0"): string {
  const own = join(folder, "proc", "4000");
  mkdirSync(join(own, "fd"), { recursive: true });
  writeFileSync(join(own, "stat"), "4000 (a (strange) name) S 12 4000 4000 0 -1 0\n");
  writeFileSync(join(own, "cmdline"), cmdline);
  writeFileSync(join(own, "maps"), maps);
  symlinkSync("/opt/thing", join(own, "exe"));
  symlinkSync("socket:[777]", join(own, "fd", "3"));
  symlinkSync("/dev/nvidia0", join(own, "fd", "4"));
  symlinkSync("/home/ada/letter.txt", join(own, "fd", "5"));
  return join(folder, "proc");
}

function model(name: string, beginning = "GGUF\x03\0\0\0"): { path: string; inode: number } {
  const path = join(folder, name);
  writeFileSync(path, beginning, "latin1");
  truncateSync(path, 2_000_000);
  return { path, inode: statSync(path).ino };
}

const line = (path: string, inode: number, rights = "r--s"): string =>
  `7f0000000000-7f0000200000 ${rights} 00000000 08:01 ${inode}                  ${path}\n`;

test("a process shows its program, its parent, its socket, its accelerator and the model that it maps", () => {
  const { path, inode } = model("renamed.dat");
  const { processes, holders, hidden } = processesOn(process4000(line(path, inode)));
  expect(processes).toMatchObject([
    { pid: 4000, parent: 12, program: "/opt/thing", name: "a (strange) name", devices: ["/dev/nvidia0"] },
  ]);
  expect(processes[0]?.mapped.map((one) => one.path)).toEqual([path]);
  expect([holders.get("777"), hidden]).toEqual([4000, 0]);
});

test.each([
  ["a file of another inode at its path", (inode: number) => inode + 1, "r--s", "GGUF\x03\0\0\0", "x"],
  ["code", (inode: number) => inode, "r-xp", "GGUF\x03\0\0\0", "x"],
  ["a database", (inode: number) => inode, "r--s", "SQLite format 3\0", "x"],
  ["what is named as a library", (inode: number) => inode, "r--p", "GGUF\x03\0\0\0", "x.so.1"],
])("%s is no model that is mapped", (...given) => {
  const [, inodeOf, rights, beginning, name] = given;
  const { path, inode } = model(name, beginning);
  const { processes } = processesOn(process4000(line(path, inodeOf(inode), rights)));
  expect(processes[0]?.mapped).toEqual([]);
});

test("of its arguments nothing is kept but words of the tables and paths of models", () => {
  const cmdline = "python3\0-m\0mlx_lm.server\0--api-key\0sk-secret\0--prompt\0tell me\0/m/a.gguf\0";
  const { processes } = processesOn(process4000("", cmdline));
  expect(processes[0]).toMatchObject({ words: ["mlx_lm.server"], modelPaths: ["/m/a.gguf"] });
  expect(JSON.stringify(processes)).not.toMatch(/secret|tell me|letter/);
});

test("where there is no such folder there are no processes", () => {
  expect(processesOn(join(folder, "nowhere")).processes).toEqual([]);
});
