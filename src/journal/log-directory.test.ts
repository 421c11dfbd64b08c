import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { EMPTY_TREE, extend, type TreeState } from "#ledger";
import { openLogDirectory } from "./log-directory.ts";

let root = "";
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "doorward-log-"));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function files(): string[] {
  const names = readdirSync(root, { recursive: true, encoding: "utf8" });
  return names.filter((name) => statSync(join(root, name)).isFile()).toSorted();
}

/** Writes the batch's files, as a round does before its pledge. */
function write(state: TreeState, count: number, note: string): TreeState {
  const leaves = Array.from({ length: count }, (_, n) => Buffer.from(`${note} ${state.size + n}`));
  const next = extend(state, leaves);
  openLogDirectory(root).write([...next.bundles, ...next.tiles]);
  return next.state;
}

test.each([
  [0, 5],
  [3, 2],
  [3, 400],
  [200, 56],
  [256, 1],
  [256, 800],
  [300, 70_000],
])("after %i entries, a tail of %i that was never pledged is gone without a trace", (kept, tail) => {
  const state = kept === 0 ? EMPTY_TREE : write(EMPTY_TREE, kept, "kept");
  const before = files();
  write(state, tail, "lost");
  expect(files().length).toBeGreaterThan(before.length);
  const log = openLogDirectory(root);
  log.discard(kept);
  expect(files()).toEqual(before);
  log.discard(kept);
  expect(files()).toEqual(before);
});

test("a discard that was cut short is finished by the next", () => {
  const state = write(EMPTY_TREE, 10, "kept");
  const before = files();
  write(state, 1_000, "lost");
  rmSync(join(root, "tile/entries/003.p"), { recursive: true });
  rmSync(join(root, "tile/0/003.p"), { recursive: true });
  openLogDirectory(root).discard(10);
  expect(files()).toEqual(before);
  expect(existsSync(join(root, "tile/0/000"))).toBe(false);
});
