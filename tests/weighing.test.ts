import {
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { digestOfBytes } from "#base";
import { isMappedAt } from "#host";
import { type Hashed, type Hasher, stateAt } from "#inspection";
import { createWeighing, type LocalWeighing } from "../src/main/weighing.ts";
import { modelDigest } from "#models";

// T24: `proven` is what Doorward hashed itself since the file's last change, and saw mapped by whoever answers.

let folder: string;
let weighing: LocalWeighing;
let now = 0;
let isMapped = true;
const ambient = { now: Date.now, monotonic: () => now };
const url = "http://127.0.0.1:11434";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "registry-weighing-"));
  now = 0;
  isMapped = true;
  weighing = createWeighing({ ambient, isMapped: () => isMapped });
});
afterEach(async () => {
  await weighing.close();
  rmSync(folder, { recursive: true });
});

function hashOf(path: string, text: string): Hashed {
  const settled = { state: stateAt(path)!, beganAt: 0, isFlushed: true };
  return { kind: "hashed", digest: digestOfBytes(text), settled, from: 0 };
}

function put(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const weighed = (path: string) => weighing.weigh({ url, path });

describe("a file of this machine", () => {
  test("is waited for until it is hashed", async () => {
    const path = put("a.gguf", "weights");
    expect(await weighed(path)).toEqual({ digest: digestOfBytes("weights"), isMapped: true });
  });

  test("whose hash takes longer is pending, and never unknown; nor when it changed, or was written to meanwhile", async () => {
    const ends: ((end: Hashed) => void)[] = [];
    const hasher: Hasher = {
      hash: () => new Promise((resolve) => ends.push(resolve)),
      close: async () => {},
    };
    const slow = createWeighing({ ambient, hasher, isMapped: () => true, waitMs: 20 });
    const path = put("a.gguf", "weights");
    const asked = () => slow.weigh({ url, path });
    expect([await asked(), await asked(), ends.length]).toEqual(["pending", "pending", 1]);
    ends[0]?.({ kind: "failed", why: "changed", says: "" });
    expect(await asked()).toBe("pending");
    ends[1]?.(hashOf(path, "weights"));
    expect(await asked()).toMatchObject({ digest: digestOfBytes("weights") });
    utimesSync(path, 1, 1);
    expect(await asked()).toBe("pending");
    ends[2]?.(hashOf(path, "weights"));
    expect(await asked()).toMatchObject({ digest: digestOfBytes("weights") });
  });

  test("that cannot be read is not hashed here, and tried again later", async () => {
    let tried = 0;
    const hash = async (path: string): Promise<Hashed> => {
      tried += 1;
      return tried === 1 ? { kind: "failed", why: "unreadable", says: "" } : hashOf(path, "weights");
    };
    const blind = createWeighing({ ambient, hasher: { hash, close: async () => {} }, isMapped: () => true });
    const path = put("a.gguf", "weights");
    expect([await blind.weigh({ url, path }), await blind.weigh({ url, path }), tried]).toEqual([
      null,
      null,
      1,
    ]);
    now = 5_000;
    expect(await blind.weigh({ url, path })).toMatchObject({ digest: digestOfBytes("weights") });
  });

  test("is pending where nothing is hashed any more", async () => {
    await weighing.close();
    expect(await weighed(put("a.gguf", "weights"))).toBe("pending");
  });

  test("that is written to, or replaced by another, is not the one that was hashed", async () => {
    const path = put("a.gguf", "weights");
    await weighed(path);
    put("a.gguf", "WEIGHTS");
    expect(await weighed(path)).toMatchObject({ digest: digestOfBytes("WEIGHTS") });
    renameSync(put("b.gguf", "other"), path);
    expect(await weighed(path)).toMatchObject({ digest: digestOfBytes("other") });
  });

  test("behind a link is the file that the link leads to", async () => {
    const path = join(folder, "link.gguf");
    symlinkSync(put("blob", "weights"), path);
    expect(await weighed(path)).toMatchObject({ digest: digestOfBytes("weights") });
    rmSync(path);
    symlinkSync(put("blob2", "other"), path);
    expect(await weighed(path)).toMatchObject({ digest: digestOfBytes("other") });
  });

  test("of several parts is all of them", async () => {
    const parts = ["x-00001-of-00002.gguf", "x-00002-of-00002.gguf"];
    const paths = parts.map((name) => put(name, name));
    const whole = modelDigest(
      parts.map((name) => ({ path: name, size: name.length, sha256: digestOfBytes(name) })),
    );
    expect(await weighed(paths[0]!)).toMatchObject({ digest: whole.ok ? whole.digest : "" });
    rmSync(paths[1]!);
    expect(await weighing.weigh({ url, path: paths[0]! })).toBeNull();
  });

  test("of several parts in a cache of links is named as it was asked for, and not by its blobs", async () => {
    const parts = ["x-00001-of-00002.gguf", "x-00002-of-00002.gguf"];
    const paths = parts.map((name, at) => {
      // As huggingface_hub keeps them: snapshots/REVISION/NAME leads to blobs/HASH (docs, "Understand caching").
      symlinkSync(put(`blob${2 - at}`, name), join(folder, name));
      return join(folder, name);
    });
    const whole = modelDigest(
      parts.map((name) => ({ path: name, size: name.length, sha256: digestOfBytes(name) })),
    );
    expect(await weighed(paths[0]!)).toMatchObject({ digest: whole.ok ? whole.digest : "" });
  });

  test("that nobody maps any more is noticed", async () => {
    const path = put("a.gguf", "weights");
    await weighed(path);
    isMapped = false;
    now = 5_000;
    expect(await weighing.weigh({ url, path })).toMatchObject({ isMapped: false });
  });

  test.each([
    ["none", "/nowhere/a.gguf"],
    ["a folder", "/tmp"],
    ["a path that leads from here to there", "models/a.gguf"],
    ["a device", "/dev/zero"],
    ["more parts than are taken", "/m/x-00001-of-99999.gguf"],
  ])("is %s", async (_name, path) => {
    expect(await weighing.weigh({ url, path })).toBeNull();
    expect(await weighing.weigh({ url, path })).toBeNull();
  });
});

function putProcess(pid: number, parent: number, more: { maps?: string; socket?: string }): void {
  const own = join(folder, "proc", String(pid));
  mkdirSync(join(own, "fd"), { recursive: true });
  writeFileSync(join(own, "stat"), `${pid} (a (b) c) S ${parent} 1 1\n`);
  writeFileSync(join(own, "maps"), more.maps ?? "");
  if (more.socket !== undefined) symlinkSync(`socket:[${more.socket}]`, join(own, "fd", "3"));
}

describe("who maps a file", () => {
  // As the kernel shows it in /proc (Documentation/filesystems/proc.rst): port 11434 is 2CAA, listening is 0A.
  const file = { device: 0xfd01n, inode: 77n };
  const tcp =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n" +
    "   0: 0100007F:2CAA 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 555 1\n";
  const line = "7f0000000000-7f0000001000 r--s 00000000 fd:01 77 /m/a.gguf\n";

  function proc(): string {
    mkdirSync(join(folder, "proc", "net"), { recursive: true });
    writeFileSync(join(folder, "proc", "net", "tcp"), tcp);
    return join(folder, "proc");
  }

  test.each([
    ["the listener itself", () => putProcess(10, 1, { maps: line, socket: "555" }), true],
    [
      "a process that it started",
      () => (putProcess(10, 1, { socket: "555" }), putProcess(11, 10, { maps: line })),
      true,
    ],
    ["somebody else", () => (putProcess(10, 1, { socket: "555" }), putProcess(12, 1, { maps: line })), false],
    ["nobody", () => putProcess(10, 1, { socket: "555" }), false],
    [
      "the listener, of another disk",
      () => putProcess(10, 1, { maps: line.replace("fd:01", "fd:02"), socket: "555" }),
      false,
    ],
    [
      "the listener, another file whose number begins so",
      () => putProcess(10, 1, { maps: line.replace(" 77 ", " 777 "), socket: "555" }),
      false,
    ],
  ])("%s", (_name, make, expected) => {
    const at = proc();
    make();
    expect(isMappedAt(11_434, file, at)).toBe(expected);
    expect(isMappedAt(11_435, file, at)).toBe(false);
  });

  test("where nothing can be seen, nothing is mapped", () => {
    const { dev, ino } = statSync(folder, { bigint: true });
    expect(isMappedAt(11_434, { device: dev, inode: ino }, join(folder, "nowhere"))).toBe(false);
  });
});
