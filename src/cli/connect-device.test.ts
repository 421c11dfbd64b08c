import { describe, expect, test } from "vitest";
import { Fault } from "#base";
import { operationNamed } from "#operations";
import type { Invocation } from "./command.ts";
import { finishDevice } from "./connect-device.ts";

const START = Date.parse("2026-11-22T09:00:00.000Z");
const BEGUN = {
  provider: "acme",
  url: "https://acme.example/device",
  userCode: "WDJB-MJHT",
  device: "@device.x",
  everySeconds: 5,
  expiresAt: "2026-11-22T09:01:00.000Z",
};
const pending = (seconds: number): Fault =>
  new Fault("connection_pending", "nobody yet", `Type it there, and ask again in ${seconds} seconds.`);

async function run(answers: (object | Fault)[], more: Partial<Invocation> = {}, answer: unknown = BEGUN) {
  const said: string[] = [];
  const waited: number[] = [];
  const asked: unknown[] = [];
  let now = START;
  const invocation: Invocation = {
    operation: operationNamed("vault.connect"),
    input: { provider: "acme", device: true },
    json: false,
    follow: false,
    dryRun: false,
    key: "once",
    ...more,
  };
  const done = finishDevice(
    {
      error: (text) => void said.push(text),
      now: () => now,
      wait: async (ms) => {
        waited.push(ms);
        now += ms;
      },
      perform: async ({ operation, input, key }) => {
        asked.push([operation.name, input, key]);
        const next = answers.shift() ?? pending(5);
        if (next instanceof Fault) throw next;
        return next;
      },
    },
    invocation,
    answer,
  );
  return { done: await done.catch((cause: unknown) => cause), said, waited, asked };
}

describe("waiting for a code to be typed", () => {
  test("says where and what, asks as often as it is told, and shows what was connected", async () => {
    const { done, said, waited, asked } = await run([pending(5), pending(10), { id: "vcr_1" }]);
    expect(done).toMatchObject({
      answer: { id: "vcr_1" },
      invocation: { operation: { name: "vault.connected" } },
    });
    expect(said.join("")).toBe(
      "Open https://acme.example/device in a browser on any machine, and type WDJB-MJHT\n",
    );
    expect(waited).toEqual([5_000, 5_000, 10_000]);
    expect(asked).toEqual(asked.map(() => ["vault.connected", { device: "@device.x" }, null]));
  });

  test("ends with the code", async () => {
    const { done, asked } = await run([]);
    expect(done).toMatchObject({ code: "connection_unknown" });
    expect(asked.length).toBe(12);
  });

  test("ends with any other answer", async () => {
    const { done } = await run([new Fault("connection_denied", "no", "Again.")]);
    expect(done).toMatchObject({ code: "connection_denied" });
  });

  test.each<[string, Partial<Invocation>, unknown]>([
    ["a script asks by itself", { json: true }, BEGUN],
    ["a dry run began nothing", { dryRun: true }, BEGUN],
    ["another operation", { operation: operationNamed("vault.list") }, BEGUN],
    ["a browser's way", {}, { ...BEGUN, userCode: null, device: null, everySeconds: null }],
  ])("%s: it does nothing", async (_, more, answer) => {
    const { done, waited } = await run([], more, answer);
    expect([done, waited]).toEqual([null, []]);
  });
});
