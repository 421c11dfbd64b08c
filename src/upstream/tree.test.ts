import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { digestTree, signTree } from "./tree.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "doorward-tree-"));
  await mkdir(join(root, "b"));
  await writeFile(join(root, "a"), "1");
  await writeFile(join(root, "b", "c"), "2");
});
afterEach(() => rm(root, { recursive: true, force: true }));

const digest = async () => digestTree(root, await signTree(root));

test("the digest is of contents, not of times; the signature is of both", async () => {
  const [before, signature] = [await digest(), (await signTree(root)).text];
  await writeFile(join(root, "a"), "1");
  expect(await digest()).toBe(before);
  expect((await signTree(root)).text).not.toBe(signature);
});

test.each<[string, () => Promise<unknown>]>([
  ["a byte", () => writeFile(join(root, "a"), "2")],
  ["a new file", () => writeFile(join(root, "d"), "")],
  ["a missing file", () => rm(join(root, "a"))],
  ["a link", () => symlink("a", join(root, "e"))],
  ["a name", () => rm(join(root, "b", "c")).then(() => writeFile(join(root, "b", "C"), "2"))],
  ["a place", () => rm(join(root, "b", "c")).then(() => writeFile(join(root, "c"), "2"))],
])("%s changes it", async (_what, change) => {
  const before = await digest();
  await change();
  expect(await digest()).not.toBe(before);
});

test("a link that leaves the folder is refused", async () => {
  await symlink("../outside", join(root, "f"));
  await expect(signTree(root)).rejects.toMatchObject({ code: "upstream_tree_unsafe" });
});
