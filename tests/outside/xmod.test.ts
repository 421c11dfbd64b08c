import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { receiptFiles } from "#ledger";
import { bitTurned, type PublishedLog, publishLog } from "./published-log.ts";

// golang.org/x/mod, the reference library of transparency logs, over what a real journal published. Debian's Go and its
// packaged library, built here from xmod/main.go without any network.

const SOURCE = new URL("./xmod/main.go", import.meta.url).pathname;
const GO = { GO111MODULE: "off", GOPATH: "/usr/share/gocode", GOFLAGS: "", GOPROXY: "off" };
const build = mkdtempSync(join(tmpdir(), "doorward-xmod-"));
const PROGRAM = join(build, "xmod");
afterAll(() => rmSync(build, { recursive: true }));

const missing = ((): string | null => {
  const env = { ...process.env, ...GO, GOCACHE: join(build, "cache") };
  const asked = spawnSync("go", ["list", "golang.org/x/mod/sumdb/tlog"], { env, encoding: "utf8" });
  if (asked.error !== undefined) return "skipped: no Go (Debian golang-go)";
  if (asked.status !== 0) return "skipped: no golang.org/x/mod (Debian golang-golang-x-mod-dev)";
  const built = spawnSync("go", ["build", "-o", PROGRAM, SOURCE], { env, encoding: "utf8" });
  if (built.status !== 0) throw new Error(`xmod/main.go does not build: ${built.stderr}`);
  return null;
})();

function run(...args: readonly string[]): { status: number | null; stdout: string } {
  const { status, stdout } = spawnSync(PROGRAM, args, { encoding: "utf8" });
  return { status, stdout };
}

const ACTIONS_OLD = 1_500;
const ACTIONS_MORE = 1_111;

describe.skipIf(missing !== null)(`golang.org/x/mod (${missing ?? "Debian's Go"})`, () => {
  let log: PublishedLog;
  let [old, now] = ["", ""];
  beforeAll(async () => {
    log = await publishLog();
    await log.grow(ACTIONS_OLD);
    old = log.file("old", log.checkpoint());
    await log.grow(ACTIONS_MORE);
    now = log.file("now", log.checkpoint());
  });
  afterAll(async () => log?.close());

  test("verifies the checkpoint and every entry of a log of several thousand", () => {
    const verified = { status: 0, stdout: `ok ${2 * (ACTIONS_OLD + ACTIONS_MORE)} entries\n` };
    expect(run(log.vkey, "log", log.dir)).toEqual(verified);
  });

  test.each([
    ["an entry", "tile/entries/007", bitTurned, /^FAIL entry \d+ does not hash to its leaf/],
    [
      "the last entry",
      "tile/entries/020.p/102",
      (bytes: Buffer) => bitTurned(bytes, bytes.length - 1),
      /^FAIL/,
    ],
    ["a leaf hash", "tile/0/003", bitTurned, /^FAIL/],
    ["an inner hash", "tile/1/000.p/20", bitTurned, /^FAIL downloaded inconsistent tile/],
    ["a bundle cut short", "tile/entries/007", (bytes: Buffer) => bytes.subarray(0, -10), /^FAIL/],
    ["the checkpoint's root", "checkpoint", (bytes: Buffer) => bitTurned(bytes, 30), /^FAIL/],
  ])("refuses a copy with a bit turned or lost in %s", (_, path, change, says) => {
    const { status, stdout } = run(log.vkey, "log", log.tampered(path, change));
    expect(stdout).toMatch(says);
    expect(status).toBe(1);
  });

  test("verifies our consistency proof between two checkpoints, and no other", () => {
    const text = log.proofBetween(readFileSync(old, "utf8"), readFileSync(now, "utf8"));
    const proof = log.file("proof", text);
    const [older, newer] = [2 * ACTIONS_OLD, 2 * (ACTIONS_OLD + ACTIONS_MORE)];
    expect(run(log.vkey, "grown", old, now, proof)).toEqual({
      status: 0,
      stdout: `ok ${older} is a prefix of ${newer}\n`,
    });
    const lines = text.split("\n");
    const swapped = log.file("swapped", [lines[1], lines[0], ...lines.slice(2)].join("\n"));
    const short = log.file("short", lines.slice(1).join("\n"));
    for (const wrong of [swapped, short]) expect(run(log.vkey, "grown", old, now, wrong).status).toBe(1);
    expect(run(log.vkey, "grown", now, old, proof).status).toBe(1);
  });

  test("verifies each entry of a receipt by its tlog-proof, and no changed one", async () => {
    const files = receiptFiles(await log.receipt("act_1234"));
    const paths = files.map(({ name, text }) => log.file(name, text));
    const leaves = paths.filter((path) => path.endsWith(".leaf.json"));
    expect(leaves.map((leaf) => run(log.vkey, "entry", leaf).status)).toEqual([0, 0]);
    for (const leaf of leaves) writeFileSync(leaf, bitTurned(readFileSync(leaf)));
    expect(leaves.map((leaf) => run(log.vkey, "entry", leaf).status)).toEqual([1, 1]);
  });

  test("refuses another log's key", async () => {
    const stranger = await publishLog();
    expect(run(stranger.vkey, "log", log.dir).status).toBe(1);
    await stranger.close();
  });
});
