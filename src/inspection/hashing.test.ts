import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import { type Cache, openCache } from "./cache.ts";
import { type Hashed, type Hasher, openHasher } from "./hasher.ts";
import { openRegular } from "./open-file.ts";
import type { FileState } from "./port.ts";

const EXT = 0xef53;
const folder = mkdtempSync(join(tmpdir(), "hashing-"));
const path = join(folder, "model");
const store = join(folder, "store");
/** Files that were just written are old enough for whoever has this clock. */
const later = (): number => Date.now() + 60_000;
const closing: Hasher[] = [];

beforeEach(() => {
  rmSync(path, { force: true });
  rmSync(store, { recursive: true, force: true });
});
afterAll(async () => {
  await Promise.all(closing.map((hasher) => hasher.close()));
  rmSync(folder, { recursive: true, force: true });
});

function hasherFor(options: Partial<Parameters<typeof openHasher>[0]> = {}): Hasher {
  const opened = openHasher({ now: later, threads: 1, ...options });
  closing.push(opened);
  return opened;
}

const plain = (bytes: Uint8Array): string => `sha256:${createHash("sha256").update(bytes).digest("hex")}`;

describe("hashing in threads", () => {
  test.each([0, 1, 4 * 1_048_576, 4 * 1_048_576 + 1, 9_000_001])("of %d bytes is SHA-256", async (size) => {
    const bytes = Buffer.alloc(size, "doorward");
    writeFileSync(path, bytes);
    expect(await hasherFor().hash(path)).toMatchObject({ kind: "hashed", digest: plain(bytes), from: 0 });
  });

  test("many at once wait for each other", async () => {
    const all = hasherFor({ threads: 2 });
    writeFileSync(path, "content");
    const digests = await Promise.all(Array.from({ length: 20 }, async () => all.hash(path)));
    expect(new Set(digests.map((one) => one.kind === "hashed" && one.digest))).toEqual(
      new Set([plain(Buffer.from("content"))]),
    );
  });

  test("what is no file, and what is changed or cut while it is read, has no digest", async () => {
    const own = hasherFor();
    symlinkSync("nowhere", join(folder, "link"));
    expect([
      await own.hash(join(folder, "gone")),
      await own.hash(folder),
      await own.hash(join(folder, "link")),
    ]).toEqual([
      { kind: "failed", why: "unreadable", says: "it is not there" },
      { kind: "failed", why: "unreadable", says: "it is a folder" },
      { kind: "failed", why: "unreadable", says: "it is a link" },
    ]);
    for (const change of [() => appendFileSync(path, "more"), () => truncateSync(path, 1)]) {
      writeFileSync(path, Buffer.alloc(200 * 1_048_576));
      let isFirst = true;
      const progress = (): void => {
        if (isFirst) change();
        isFirst = false;
      };
      expect(await own.hash(path, { progress })).toMatchObject({ kind: "failed", why: "changed" });
    }
  });

  test("is cancelled, before and while it is read", async () => {
    truncateSyncNew(path, 2 ** 31);
    const before = AbortSignal.abort();
    expect(await hasherFor().hash(path, { signal: before })).toMatchObject({ why: "cancelled" });
    const during = new AbortController();
    const progress = (): void => during.abort();
    expect(await hasherFor().hash(path, { signal: during.signal, progress })).toMatchObject({
      why: "cancelled",
    });
  });
});

function truncateSyncNew(file: string, size: number): void {
  writeFileSync(file, "");
  truncateSync(file, size);
}

const IS_KNOWN = process.platform === "linux" && statfsSync(folder).type === EXT;
const WHERE = IS_KNOWN ? "" : " (skipped: the temporary folder is on no ext4)";

describe.skipIf(!IS_KNOWN)(`going on with half a file${WHERE}`, () => {
  const SIZE = 700 * 1_048_576;

  async function half(cache: Cache): Promise<void> {
    truncateSyncNew(path, SIZE);
    const stop = new AbortController();
    const progress = (done: number): void => (done > 600 * 1_048_576 ? stop.abort() : undefined);
    const options = { partials: cache.partials, resumableFrom: 0, resumable: "always" as const };
    expect(await hasherFor(options).hash(path, { signal: stop.signal, progress })).toMatchObject({
      why: "cancelled",
    });
  }

  test("another process goes on where the first was stopped, and plain SHA-256 comes out", async () => {
    await half(openCache(store));
    const { partials } = openCache(store);
    const hashed = await hasherFor({ partials, resumableFrom: 0 }).hash(path);
    expect(hashed).toMatchObject({
      kind: "hashed",
      from: 512 * 1_048_576,
      digest: plain(Buffer.alloc(SIZE)),
    });
    const { state } = settledOf(hashed);
    expect(partials.get(path, state)).toBe(null);
  }, 60_000);

  test("a file that was changed meanwhile is read from its beginning", async () => {
    await half(openCache(store));
    const { mtime } = statSync(path);
    appendFileSync(path, "x");
    truncateSync(path, SIZE);
    utimesSync(path, mtime, mtime);
    const { partials } = openCache(store);
    expect(await hasherFor({ partials, resumableFrom: 0 }).hash(path)).toMatchObject({
      kind: "hashed",
      from: 0,
    });
  }, 60_000);
});

function settledOf(hashed: Hashed) {
  if (hashed.kind !== "hashed") throw new Error(hashed.says);
  return hashed.settled;
}

function stateNow(file: string): FileState {
  const opening = openRegular(file);
  if (!opening.ok) throw new Error(opening.why);
  return opening.file.state;
}

async function known(now = later): Promise<Cache> {
  const hashed = await hasherFor({ now }).hash(path);
  const cache = openCache(store);
  if (hashed.kind === "hashed") cache.put(path, hashed.settled, { digest: hashed.digest });
  cache.save();
  return openCache(store);
}

describe.skipIf(!IS_KNOWN)(`what is known of a file${WHERE}`, () => {
  test("is known again by another process, for its owner alone", async () => {
    writeFileSync(path, "content");
    const cache = await known();
    expect(cache.get(path, stateNow(path))).toEqual({ digest: plain(Buffer.from("content")), scan: null });
    expect(cache.get(`${path}2`, stateNow(path))).toBe(null);
    expect(statSync(store).mode & 0o777).toBe(0o700);
    expect(statSync(join(store, "models")).mode & 0o777).toBe(0o600);
  });

  test.each<[string, () => void]>([
    [
      "written to in place, and its times set back",
      () => {
        const { atime, mtime } = statSync(path);
        writeFileSync(path, "CONTENT");
        utimesSync(path, atime, mtime);
      },
    ],
    [
      "replaced by a file of the same size and times",
      () => {
        const { atime, mtime } = statSync(path);
        writeFileSync(`${path}.new`, "CONTENT");
        utimesSync(`${path}.new`, atime, mtime);
        renameSync(`${path}.new`, path);
      },
    ],
    [
      "removed and made anew, perhaps with the same inode",
      () => {
        const { atime, mtime } = statSync(path);
        rmSync(path);
        writeFileSync(path, "CONTENT");
        utimesSync(path, atime, mtime);
      },
    ],
    [
      "written to by another name of it",
      () => {
        const { atime, mtime } = statSync(path);
        linkSync(path, `${path}.other`);
        writeFileSync(`${path}.other`, "CONTENT");
        rmSync(`${path}.other`);
        utimesSync(path, atime, mtime);
      },
    ],
  ])("is not known any more when it was %s", async (_, change) => {
    writeFileSync(path, "content");
    const cache = await known();
    change();
    expect(readFileSync(path, "utf8")).toBe("CONTENT");
    expect(cache.get(path, stateNow(path))).toBe(null);
  });

  test("is not kept where it was changed just before it was read, or in the future", async () => {
    writeFileSync(path, "content");
    expect((await known(() => Date.now())).get(path, stateNow(path))).toBe(null);
    utimesSync(path, 2 ** 32, 2 ** 32);
    expect((await known()).get(path, stateNow(path))).toBe(null);
  });

  const MAPPER = `
import mmap, sys
f = open(sys.argv[1], "r+b")
m = mmap.mmap(f.fileno(), 0)
m[0:1] = b"A"
print("ready", flush=True)
sys.stdin.readline()
m[0:1] = b"B"
print("done", flush=True)
sys.stdin.readline()`;

  test("a write to a page that was mapped and written before it was read shows all the same", async () => {
    writeFileSync(path, Buffer.alloc(8_192));
    const mapper = spawn("python3", ["-c", MAPPER, path]);
    try {
      await once(mapper.stdout, "data");
      const cache = await known();
      expect(cache.get(path, stateNow(path))).not.toBe(null);
      mapper.stdin.write("\n");
      await once(mapper.stdout, "data");
      expect(readFileSync(path)[0]).toBe(66);
      expect(cache.get(path, stateNow(path))).toBe(null);
    } finally {
      mapper.kill("SIGKILL");
    }
  });

  test.each<[string, (file: string) => void]>([
    ["cut", (file) => truncateSync(file, statSync(file).size - 2)],
    ["changed", (file) => writeFileSync(file, readFileSync(file, "utf8").replace("sha256:", "sha256:0"))],
    ["empty", (file) => truncateSync(file, 0)],
    ["readable by others", (file) => chmodSync(file, 0o644)],
    [
      "a link",
      (file) => {
        renameSync(file, `${file}.real`);
        symlinkSync(`${file}.real`, file);
      },
    ],
    ["in a folder that others may write to", (file) => chmodSync(join(file, ".."), 0o777)],
    [
      "a folder",
      (file) => {
        rmSync(file);
        mkdirSync(file);
      },
    ],
  ])("a store that is %s is not believed, and made anew where it may be", async (_, harm) => {
    writeFileSync(path, "content");
    await known();
    harm(join(store, "models"));
    const cache = openCache(store);
    expect(cache.get(path, stateNow(path))).toBe(null);
    expect(() => cache.save()).not.toThrow();
  });
});

test.skipIf(process.platform !== "linux")(
  "nothing is kept of files in memory, whose writes by mapping show in no time (/dev/shm is Linux's)",
  async () => {
    const memory = mkdtempSync("/dev/shm/hashing-");
    try {
      writeFileSync(join(memory, "model"), "content");
      const hashed = await hasherFor().hash(join(memory, "model"));
      expect(openCache(store).put(join(memory, "model"), settledOf(hashed), {})).toBe(false);
    } finally {
      rmSync(memory, { recursive: true });
    }
  },
);
