import { setTimeout as wait } from "node:timers/promises";
import { expect, test } from "vitest";
import { timeLimit } from "./time-limit.ts";

test("it ends with whoever asked, for their reason", () => {
  const asker = new AbortController();
  const { signal } = timeLimit(asker.signal, 60_000);
  expect(signal.aborted).toBe(false);
  const reason = new Error("gone");
  asker.abort(reason);
  expect([signal.aborted, signal.reason]).toEqual([true, reason]);
});

test("whoever has gone already ends it at once", () => {
  const { signal } = timeLimit(AbortSignal.abort("gone"), 60_000);
  expect([signal.aborted, signal.reason]).toEqual([true, "gone"]);
});

test("it ends when the time is up, and says so", async () => {
  const { signal } = timeLimit(new AbortController().signal, 5);
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  expect(signal.reason).toMatchObject({ name: "TimeoutError" });
});

test("lifted, it hears neither the clock nor the asker", async () => {
  const asker = new AbortController();
  const { signal, lift } = timeLimit(asker.signal, 5);
  lift();
  await wait(20);
  asker.abort();
  expect(signal.aborted).toBe(false);
});
