import { execFileSync } from "node:child_process";
import { closeSync, openSync, readFileSync, readlinkSync, readdirSync, readSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Admin, type Running, scratch, signIn, startDoorward } from "../journeys/doorward-process.ts";

// The key that every credential is sealed under is in the memory of the vault's process, and in no other's (T25). The
// same search finds it where it is, so it would find it where it must not be.

const folder = scratch();
let running: Running;
let admin: Admin;

beforeAll(async () => {
  running = await startDoorward(folder.path);
  admin = await signIn(running);
  const to = ["https://api.example.com"];
  await admin.perform("vault.add", { name: "any", kind: "bearer", to, secret: "a-secret-of-ours" });
}, 90_000);
afterAll(async () => {
  await running?.stop("SIGKILL");
  folder.remove();
});

interface Process {
  readonly pid: number;
  readonly name: string;
}

/** Doorward's own process and its children. */
function processes(): readonly Process[] {
  const lines = execFileSync("ps", ["-e", "-o", "pid=,ppid=,args="], { encoding: "utf8" }).trim().split("\n");
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([pid, parent]) => Number(parent) === running.pid || Number(pid) === running.pid)
    .map(([pid, , ...args]) => ({
      pid: Number(pid),
      name: /(\w+-main|main\/index)/.exec(args.join(" "))?.[1] ?? "",
    }));
}

const CHUNK = 4 * 1024 * 1024;

/** Whether any of these bytes is anywhere in what a process may write to: its heap, stacks and buffers. */
function holds(pid: number, needles: readonly Buffer[]): boolean {
  const memory = openSync(`/proc/${pid}/mem`, "r");
  try {
    return readFileSync(`/proc/${pid}/maps`, "utf8")
      .split("\n")
      .map((line) => /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line))
      .some(
        (found) =>
          found !== null && isWithin(memory, Number(`0x${found[1]}`), Number(`0x${found[2]}`), needles),
      );
  } finally {
    closeSync(memory);
  }
}

function isWithin(memory: number, from: number, to: number, needles: readonly Buffer[]): boolean {
  const overlap = Math.max(...needles.map((needle) => needle.length));
  const chunk = Buffer.alloc(CHUNK + overlap);
  for (let at = from; at < to; at += CHUNK) {
    const read = readOrNothing(memory, chunk, at, Math.min(chunk.length, to - at));
    if (needles.some((needle) => chunk.subarray(0, read).includes(needle))) return true;
  }
  return false;
}

/** Regions may go while they are read, and some are not there to be read. */
function readOrNothing(memory: number, into: Buffer, at: number, length: number): number {
  try {
    return readSync(memory, into, 0, length, at);
  } catch {
    return 0;
  }
}

/** A process of the same user may look into another's memory only where the system lets it. */
function mayLook(pid: number): boolean {
  try {
    closeSync(openSync(`/proc/${pid}/mem`, "r"));
    return true;
  } catch {
    return false;
  }
}

describe.runIf(process.platform === "linux")("in memory", () => {
  test("the key is in the vault's process alone", (context) => {
    if (!mayLook(running.pid)) context.skip("this system lets no process look into another's memory");
    const line = readFileSync(join(folder.path, "vault", "vault.key"), "utf8").trim();
    const needles = [Buffer.from(line, "base64"), Buffer.from(line)];
    const found = processes().filter(({ pid }) => holds(pid, needles));
    expect(found.map(({ name }) => name)).toEqual(["vault-main"]);
  }, 60_000);
});

describe.runIf(process.platform === "linux")("on Linux", () => {
  test("its process has no socket but the channel to its parent, and no file of the data directory open", () => {
    const vault = processes().find(({ name }) => name === "vault-main");
    const open = readdirSync(`/proc/${vault?.pid}/fd`).map((fd) => linkOf(`/proc/${vault?.pid}/fd/${fd}`));
    expect(open.filter((target) => target.startsWith("socket:")).length).toBeLessThanOrEqual(1);
    expect(open.filter((target) => target.startsWith(folder.path))).toEqual([]);
  });
});

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

test("no key, sealed bytes or secret is in what operations say of it", async () => {
  const shown = JSON.stringify([await admin.perform("vault.list"), await admin.perform("vault.status")]);
  expect(shown).not.toMatch(/a-secret-of-ours|sealed/);
  expect(shown).not.toContain(readFileSync(join(folder.path, "vault", "vault.key"), "utf8").trim());
});
