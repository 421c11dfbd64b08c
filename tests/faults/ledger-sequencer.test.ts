import { spawn } from "node:child_process";
import { rmSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { draft } from "../conformance/journal.ts";
import { isAlive, newRoot, openOn, shut } from "../conformance/journal-bench.ts";

async function until(what: () => boolean): Promise<void> {
  while (!what()) await wait(10);
}

test("a sequencer that is killed again and again under load comes back, and every entry is published", async () => {
  const opened = await openOn(newRoot());
  const { journal } = opened;
  for (let kill = 0; kill < 5; kill += 1) {
    const appends = Array.from({ length: 300 }, async (_, i) =>
      journal.append({ entries: [draft(`act_${i}`)] }),
    );
    const pid = journal.sequencerPid() ?? 0;
    await wait(kill * 15);
    process.kill(pid, "SIGKILL");
    await Promise.all(appends);
    await until(() => journal.status().published === journal.size());
    expect(journal.sequencerPid()).not.toBe(pid);
  }
  const pending = Symbol("no fault");
  expect(await Promise.race([journal.fatal, Promise.resolve(pending)])).toBe(pending);
  expect(journal.size()).toBe(1_500);
  await shut(opened);
});

test("Ctrl-C and a stop signal to the whole group leave the finishing to the parent", async () => {
  const opened = await openOn(newRoot());
  const pid = opened.journal.sequencerPid() ?? 0;
  process.kill(pid, "SIGINT");
  process.kill(pid, "SIGTERM");
  await opened.journal.append({ entries: [draft("act_1")] });
  await opened.journal.close();
  expect(opened.journal.status()).toMatchObject({ acknowledged: 1, published: 1 });
  expect(opened.journal.sequencerPid()).toBe(pid);
  expect(isAlive(pid)).toBe(false);
  await shut(opened);
});

test("closed, the journal takes nothing more and says so", async () => {
  const opened = await openOn(newRoot());
  await opened.journal.close();
  await expect(opened.journal.append({ entries: [draft("act_1")] })).rejects.toMatchObject({
    code: "journal_closed",
  });
  await shut(opened);
});

test("the sequencer ends with its parent, however the parent ends", async () => {
  const root = newRoot();
  const script = new URL("../../bench/kill-ledger.ts", import.meta.url).pathname;
  const parent = spawn(process.execPath, [script, "--victim", root, "--callers", "4"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [, pid = "0"] = await new Promise<string[]>((resolve) => {
    parent.stdout.once("data", (chunk: Buffer) =>
      resolve(/ready \d+ (\d+)/u.exec(String(chunk))?.slice(0) ?? []),
    );
  });
  expect(isAlive(Number(pid))).toBe(true);
  parent.stdout.resume();
  parent.kill("SIGKILL");
  await until(() => !isAlive(Number(pid)));
  rmSync(root, { recursive: true, force: true });
});
