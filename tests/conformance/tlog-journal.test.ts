import { join } from "node:path";
import { readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { createPublicKey } from "node:crypto";
import { expect, test } from "vitest";
import { formatReceipt, receiptFiles } from "#ledger";
import { logProblems, openTrusted, trustLog, verifyReceipt } from "../../verifier/src/index.ts";
import { draft } from "./journal.ts";
import { newRoot, openOn, shut } from "./journal-bench.ts";

test("what the journal publishes, killed sequencers and all, satisfies the offline verifier", async () => {
  const root = newRoot();
  const opened = await openOn(root);
  const { journal, keys } = opened;
  const trust = trustLog(keys.log.vkey);
  const receiptKey = createPublicKey({ key: keys.receipt.publicKeyDer, format: "der", type: "spki" });
  const problems = () => {
    const checkpoint = openTrusted(readFileSync(join(root, "log/checkpoint"), "utf8"), trust);
    return logProblems(join(root, "log"), checkpoint, [receiptKey]);
  };
  for (let kill = 0; kill < 6; kill += 1) {
    const appends = Array.from({ length: 90 }, async (_, i) =>
      journal.append({ entries: [{ ...draft(`act_${kill}_${i}`), kind: "intent" }] }),
    );
    await wait(kill * 7);
    process.kill(journal.sequencerPid() ?? 0, "SIGKILL");
    await Promise.all(appends);
    while (journal.status().published < journal.size()) await wait(10);
    expect(problems()).toEqual([]);
  }
  const receipt = await journal.receipt("act_3_7", { waitMs: 10_000 });
  const { entries, checkpoint } = verifyReceipt(formatReceipt(receipt), trust, [receiptKey]);
  expect(entries).toMatchObject([{ kind: "intent" }]);
  expect(checkpoint.size).toBe(540);
  expect(receiptFiles(receipt)).toHaveLength(4);
  await shut(opened);
});
