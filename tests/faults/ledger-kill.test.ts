import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const script = new URL("../../bench/kill-ledger.ts", import.meta.url).pathname;

test("five kills under load lose nothing acknowledged and fork nothing (bench/kill-ledger.ts does fifty)", async () => {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [script, "--iterations", "5", "--callers", "16"], {
    timeout: 55_000,
  });
  const figures: unknown = JSON.parse(stdout.trim().split("\n").at(-1) ?? "null");
  expect(figures).toMatchObject({ iterations: 5, lost: 0, wrong: 0, inconsistent: 0 });
});
