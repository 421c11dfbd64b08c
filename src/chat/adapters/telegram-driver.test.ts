import { expect, test } from "vitest";
import { adapterOf, asObject, ask } from "./sdk.ts";
import { telegramDriver } from "./telegram-driver.ts";

// The adapter polls by `telegramFetch("getUpdates", …)` and says nothing of what it meets (@chat-adapter/telegram 4.x,
// `pollingLoop` in dist/index.js): what is told of it is told by the driver.

test("polling that fails is told as down, with why, and up again once it does not; other calls are not", async () => {
  const meets: (Error | null)[] = [];
  const adapter = adapterOf({
    telegramFetch: async () => {
      const cause = meets.shift() ?? null;
      if (cause !== null) throw cause;
      return [];
    },
  });
  const told: (readonly [string, string | null])[] = [];
  telegramDriver.attend?.(adapter, (state, why) => void told.push([state, why]));
  const call = async (method: string, met: Error | null): Promise<void> => {
    meets.push(met);
    await ask(asObject(adapter), "telegramFetch", method).catch(() => {});
  };
  await call("getUpdates", null);
  await call("sendMessage", new Error("chat not found"));
  await call("getUpdates", Object.assign(new Error("cut"), { name: "AbortError" }));
  expect(told).toEqual([]);
  await call("getUpdates", new Error("Conflict: terminated by other getUpdates request"));
  await call("getUpdates", new Error("fetch failed"));
  await call("getUpdates", null);
  await call("getUpdates", null);
  expect(told).toEqual([
    ["down", "Telegram gives no updates: Conflict: terminated by other getUpdates request"],
    ["down", "Telegram gives no updates: fetch failed"],
    ["up", null],
  ]);
});
