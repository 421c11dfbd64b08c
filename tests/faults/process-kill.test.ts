import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const script = new URL("../../bench/kill-gateway.ts", import.meta.url).pathname;

test("five kills of the whole of Doorward under load: every answer on record, nothing sent unrecorded or twice (bench:kill does fifty)", async () => {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, [script, "--iterations", "5", "--callers", "8"], {
    timeout: 58_000,
  });
  const figures: unknown = JSON.parse(stdout.trim().split("\n").at(-1) ?? "null");
  const none = { lostAnswers: 0, unrecordedSends: 0, repeatedSends: 0, openIntents: 0, badLogs: 0 };
  expect(figures).toMatchObject({ kills: 5, killsWhileStarting: 1, ...none });
});
