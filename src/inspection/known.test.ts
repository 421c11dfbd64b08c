import { spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openCache } from "./cache.ts";
import { engineDigest } from "./engine.ts";
import { openInspector } from "./inspector.ts";
import { scanKnown } from "./known.ts";

const EXT = 0xef53;
const folder = mkdtempSync(join(tmpdir(), "known-"));
const store = join(folder, "store");
/** Files that were just written are old enough for whoever has this clock. */
const inspector = openInspector({ now: () => Date.now() + 60_000 });
const IS_KNOWN = process.platform === "linux" && statfsSync(folder).type === EXT;
const WHERE = IS_KNOWN ? "" : " (skipped: the temporary folder is on no ext4)";

afterAll(async () => {
  await inspector.close();
  rmSync(folder, { recursive: true, force: true });
});

function put(name: string, content: string) {
  writeFileSync(join(folder, name), content);
  return { path: join(folder, name), name };
}

async function scanned(files: readonly { path: string; name: string }[]) {
  const cache = openCache(store);
  const seen = [];
  for await (const { request, outcome, isKnown } of scanKnown(files, { inspector, cache }))
    seen.push([request.files[0]?.name, outcome.kind === "answered" && outcome.answer.verdict, isKnown]);
  cache.save();
  return seen;
}

test.skipIf(!IS_KNOWN)(`what was scanned is known until it changes, in the order asked${WHERE}`, async () => {
  const evil = put("evil.pkl", "cos\nsystem\n(S'true'\ntR.");
  const plain = put("plain.txt", "hello");
  const gone = { path: join(folder, "gone"), name: "gone" };
  const all = [evil, gone, plain];
  expect(await scanned(all)).toEqual([
    ["evil.pkl", "malicious", false],
    ["gone", false, false],
    ["plain.txt", "clean", false],
  ]);
  expect((await scanned(all)).map(([, , isKnown]) => isKnown)).toEqual([true, false, true]);
  writeFileSync(plain.path, readFileSync(evil.path));
  appendFileSync(evil.path, "more");
  expect((await scanned(all)).map(([, , isKnown]) => isKnown)).toEqual([false, false, false]);
  expect((await scanned([{ ...plain, name: "model.pkl" }]))[0]).toEqual(["model.pkl", "malicious", false]);
});

test.skipIf(!IS_KNOWN)(`what another engine found is nothing${WHERE}`, async () => {
  const file = put("other.txt", "hello");
  await scanned([file]);
  const cache = openCache(store);
  const { path } = file;
  const own = engineDigest();
  expect((await scanned([file]))[0]?.[2]).toBe(true);
  const text = readFileSync(join(store, "models"), "utf8");
  expect(text).toContain(own);
  const outcome = await inspector.inspect({ job: "scan", files: [file] });
  if (outcome.kind !== "answered" || outcome.files[0] === undefined) throw new Error("it was not scanned");
  const scan = { engine: "sha256:another", name: file.name, found: outcome.answer };
  cache.put(path, outcome.files[0], { scan });
  cache.save();
  expect((await scanned([file]))[0]?.[2]).toBe(false);
});

test.skipIf(process.platform !== "linux")(
  "no child is left, whether all answers were taken or one (asked of Linux's pgrep)",
  async () => {
    const files = Array.from({ length: 20 }, (_, n) => put(`left${n}.txt`, `${n}`));
    expect((await scanned(files)).length).toBe(20);
    for (const [n, file] of files.entries()) put(file.name, `again ${n}`);
    for await (const { outcome } of scanKnown(files, { inspector, cache: openCache(store) })) {
      expect(outcome.kind).toBe("answered");
      break;
    }
    const children = spawnSync("pgrep", ["-P", `${process.pid}`, "-a"], { encoding: "utf8" }).stdout;
    expect(children.split("\n").filter((line) => !line.includes("pgrep") && line !== "")).toEqual([]);
  },
);
