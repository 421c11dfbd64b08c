import { spawnSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { receiptFiles } from "#ledger";
import { bitTurned, type PublishedLog, publishLog } from "./published-log.ts";
import { lackOf, toolPath } from "./tools.ts";

// `spicy` of litetlog (Debian 13) and of torchwood (sid): one leaf, checked by the .spicy file beside it.

const TOOLS = [
  ["litetlog", "spicy-litetlog"],
  ["torchwood", "spicy-torchwood"],
].map(([debian = "", program = ""]) => ({
  program: toolPath(debian, program),
  missing: lackOf(debian, program),
  name: program,
}));

for (const { program, name, missing } of TOOLS) {
  describe.skipIf(missing !== null)(`${name} (${missing ?? "Debian's"})`, () => {
    spicyVerifies(program);
  });
}

const edited = (from: RegExp, to: string) => (bytes: Buffer) =>
  Buffer.from(bytes.toString().replace(from, to));

function change(path: string, into: (bytes: Buffer) => Uint8Array): void {
  writeFileSync(path, into(readFileSync(path)));
}

function spicyVerifies(program: string): void {
  let log: PublishedLog;
  let stranger: PublishedLog;
  let leaves: string[] = [];
  beforeAll(async () => {
    log = await publishLog();
    stranger = await publishLog();
    await log.grow(400);
    await stranger.grow(1);
  });
  afterAll(async () => {
    await log?.close();
    await stranger?.close();
  });

  /** The files of one action's receipt, laid out anew; answers the paths of its leaves. */
  async function layOut(): Promise<void> {
    const files = receiptFiles(await log.receipt("act_222")).map(({ name, text }) => log.file(name, text));
    leaves = files.filter((path) => path.endsWith(".leaf.json"));
  }

  const verify = (leaf = "", vkey = log.vkey) =>
    spawnSync(program, ["-verify", vkey, leaf], { encoding: "utf8" });

  test("verifies each leaf of a receipt", async () => {
    await layOut();
    expect(leaves).toHaveLength(2);
    for (const leaf of leaves) expect(verify(leaf)).toMatchObject({ status: 0 });
  });

  test.each([
    ["a bit of the leaf", "", bitTurned],
    ["the index", ".spicy", edited(/^index \d+/, "index 443")],
    ["a hash of the proof", ".spicy", (bytes: Buffer) => bitTurned(bytes, 40)],
    ["the size in the checkpoint", ".spicy", edited(/\n800\n/, "\n801\n")],
    ["the checkpoint's signature", ".spicy", (bytes: Buffer) => bitTurned(bytes, bytes.length - 20)],
  ])("refuses when this was changed: %s", async (_, suffix, into) => {
    await layOut();
    change(`${leaves[0]}${suffix}`, into);
    expect(verify(leaves[0]).status).toBe(1);
    expect(verify(leaves[1]).status).toBe(0);
  });

  test("refuses the other leaf's proof, another log's key, and a leaf without a proof", async () => {
    await layOut();
    expect(verify(leaves[0], stranger.vkey).status).toBe(1);
    change(`${leaves[0]}.spicy`, () => readFileSync(`${leaves[1]}.spicy`));
    expect(verify(leaves[0]).status).toBe(1);
    rmSync(`${leaves[1]}.spicy`);
    expect(verify(leaves[1]).status).toBe(1);
  });
}
