import { expect, test } from "vitest";
import { walk } from "./walk.ts";
import type { FileStatus, FolderEntry, WalkFiles } from "./walk-files.ts";

// A folder of ten million entries, which no test makes on a disk: through the port by which a walk asks the file system.

const VAST = 10_000_000;
const MEMORY_BYTES_MAX = 600 * 1_048_576;

function status(isFolder: boolean): FileStatus {
  return { dev: 1, ino: 1, size: 1, blocks: 0, isFile: () => !isFolder, isDirectory: () => isFolder };
}

function vast(kind: FolderEntry["kind"], named: (at: number) => string): WalkFiles {
  return {
    real: () => Buffer.from("/vast"),
    statusBehind: () => status(true),
    status: () => status(kind === "folder"),
    firstBytes: () => ({ read: Buffer.from("GGUF"), why: null }),
    open: (folder) => {
      let at = folder.toString() === "/vast" ? 0 : VAST;
      return { close: () => {}, next: () => (at < VAST ? { kind, name: named((at += 1)) } : null) };
    },
  };
}

async function walked(files: WalkFiles, entriesMax: number) {
  const count = { entries: 0, looked: 0, skipped: 0 };
  let most = 0;
  const progress = (): void => {
    if (count.entries % 524_288 === 0) most = Math.max(most, process.memoryUsage.rss());
  };
  const before = process.memoryUsage.rss();
  const found = await walk(
    { path: "/vast", store: null, layout: "any" },
    { count, progress, entriesMax, files },
  );
  return { ...found, count, grown: Math.max(0, most - before) };
}

test("a folder of ten million files is walked to its end within bounds, and what is at its end is found", async () => {
  const found = await walked(
    vast("file", (at) => (at === VAST ? "last.gguf" : `${at}.txt`)),
    VAST + 1,
  );
  expect(found.files.map(({ path }) => path)).toEqual(["/vast/last.gguf"]);
  expect([found.count.entries, found.troubles]).toEqual([VAST, []]);
  expect(found.grown).toBeLessThan(MEMORY_BYTES_MAX);
}, 240_000);

test("ten million models are told as far as they are kept, and that there are more", async () => {
  const found = await walked(
    vast("file", (at) => `${at}.gguf`),
    VAST,
  );
  expect(found.files.length).toBe(200_000);
  expect(found.troubles.at(-1)?.why).toContain("200000 files of models");
}, 240_000);

test("two million folders in one are entered as far as they fit, and the others told", async () => {
  const found = await walked(vast("folder", String), 2_000_000);
  expect(found.troubles.length).toBe(1_001);
  expect(found.troubles[0]?.why).toContain("500000 folders wait");
  expect(found.grown).toBeLessThan(MEMORY_BYTES_MAX);
}, 240_000);
