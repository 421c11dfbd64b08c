import { expect, test } from "vitest";
import { channelRefused, channelUnreachable } from "./faults.ts";
import { startPoll } from "./poll.ts";

const states: string[] = [];
const state = (now: "up" | "down", why: string | null): void =>
  void states.push(why === null ? now : `${now}: ${why}`);
const report = (): void => {};

test("goes on after a failure, as soon as the platform says", async () => {
  states.length = 0;
  let asked = 0;
  const third = Promise.withResolvers<void>();
  const poll = startPoll({
    state,
    report,
    once: async (signal) => {
      asked += 1;
      if (asked === 1) throw channelUnreachable("gone", undefined, 1);
      if (asked < 3) return;
      third.resolve();
      await new Promise((resolve) => signal.addEventListener("abort", resolve));
    },
  });
  await third.promise;
  await poll.close();
  expect(states.slice(0, 2)).toEqual(["down: gone", "up"]);
});

test("is not asked without end by a platform that says again and again to come back at once", async () => {
  let asked = 0;
  const poll = startPoll({
    state,
    report,
    once: async () => {
      asked += 1;
      throw channelUnreachable("busy", undefined, 0);
    },
  });
  await new Promise((resolve) => setTimeout(resolve, 50));
  await poll.close();
  expect(asked).toBe(2);
});

test("ends at a refusal: nothing is asked again that would be refused again", async () => {
  states.length = 0;
  let asked = 0;
  const poll = startPoll({
    state,
    report,
    once: async () => {
      asked += 1;
      throw channelRefused("token revoked");
    },
  });
  await new Promise((resolve) => setTimeout(resolve, 20));
  await poll.close();
  expect(asked).toBe(1);
  expect(states).toEqual(["down: token revoked"]);
});

test("closes while it waits and while it asks, and says nothing of that", async () => {
  states.length = 0;
  const waits = startPoll({
    state,
    report,
    once: async () => Promise.reject(channelUnreachable("gone", undefined, 3_000_000)),
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  await waits.close();
  const asks = startPoll({
    state,
    report,
    once: async (signal) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("cut")))),
  });
  await asks.close();
  expect(states).toEqual(["down: gone"]);
});
