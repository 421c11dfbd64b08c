import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";
import { Fault } from "#base";
import { Listening } from "./listening.ts";

// A connection that is being renewed has no link: asking it throws at once. Unheard, that would end the process.
test("a connection that throws at once is a failed attempt, and the next one comes", async () => {
  let attempts = 0;
  const listening = new Listening(() => {
    attempts += 1;
    throw new Fault("upstream_gone", "not connected", "Try again.");
  });
  listening.update({ tools: { listChanged: true } }, new Set());
  await expect.poll(() => attempts, { timeout: 2_000 }).toBeGreaterThan(1);
  listening.stop();
  await sleep(10);
});
