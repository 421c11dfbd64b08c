import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { watchFolders, type Watching } from "./watching.ts";

const folder = mkdtempSync(join(tmpdir(), "dw-watching-"));
const watchings: Watching[] = [];
const signal = new AbortController().signal;
const LONG_MS = 600_000;

afterEach(() => {
  for (const watching of watchings.splice(0)) watching.close();
  rmSync(folder, { recursive: true, force: true });
});

function watched(...places: string[]): Watching {
  const watching = watchFolders(places);
  watchings.push(watching);
  return watching;
}

test("a file that comes into a watched folder, or one in it, ends the wait", async () => {
  mkdirSync(join(folder, "hub/models--a"), { recursive: true });
  const watching = watched(folder, join(folder, "not-there"));
  for (const path of ["one.gguf", "hub/models--a/two.gguf"]) {
    const wait = watching.wait(LONG_MS, signal);
    writeFileSync(join(folder, path), "GGUF");
    await wait;
  }
  expect(true).toBe(true);
});

test("what moved while nobody waited ends the next wait; a signal ends any", async () => {
  mkdirSync(folder, { recursive: true });
  const watching = watched(folder);
  const ending = new AbortController();
  const first = watching.wait(LONG_MS, ending.signal);
  ending.abort();
  await first;
  writeFileSync(join(folder, "meanwhile.gguf"), "GGUF");
  await watching.wait(LONG_MS, signal);
  await watching.wait(LONG_MS, ending.signal);
  expect(ending.signal.aborted).toBe(true);
});

test("without anything to watch the wait has its own end; a loop of links is not walked", async () => {
  mkdirSync(folder, { recursive: true });
  symlinkSync(folder, join(folder, "loop"));
  await watched(join(folder, "gone")).wait(20, signal);
  await watched(folder).wait(20, signal);
  expect(watchings).toHaveLength(2);
});
