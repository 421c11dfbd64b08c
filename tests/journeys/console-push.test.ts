import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ConsolePages, openConsolePages } from "../support/console-pages.ts";
import { seed } from "../support/console-seed.ts";
import { CHROMIUM, SKIP_REASON } from "./console-harness.ts";

// The console's service worker in a real browser: it starts under the page's policy, nothing else does, and what is pushed
// becomes a notification that tells nothing. No push service is reached from here, so that no browser is subscribed.

const CHANNEL = {
  name: "browsers",
  platform: "webpush",
  account: "BA1Hxzyi1RUM1b5wjxsn7nGxAszw2u61m164i3MrAIxHF6YK5h4SDYic-dRuU_RCPCfA5aq9ojSwk5Y2EmClBPs",
  tenants: [],
  privacy: "minimal",
  withheld: [],
  agentsMayReach: [],
  answers: "links",
  inbound: "none",
  state: "up",
  reason: null,
  queued: 0,
  oldestUnsent: null,
  links: 0,
  addedAt: "2026-01-01T00:00:00.000Z",
};

const SHOWN = `navigator.serviceWorker.getRegistrations().then(([one]) => one.getNotifications()).then((all) => all.map(({ title, body, tag }) => [title, body, tag]))`;

describe.skipIf(CHROMIUM === undefined)(`notifications of the console${SKIP_REASON}`, () => {
  let pages: ConsolePages;
  let page: Page;
  beforeAll(async () => {
    const answers = new Map(seed()).set("/channels", () => ({ items: [CHANNEL], next: null }));
    pages = await openConsolePages(answers);
    page = await pages.open("/channels", { isTimed: true });
    await page.context().grantPermissions(["notifications"], { origin: pages.harness.origin });
  });
  afterAll(async () => pages.close());

  const worker = async () =>
    page.context().serviceWorkers()[0] ?? (await page.context().waitForEvent("serviceworker"));

  test("begin with a button on the page of channels, and the page's policy lets the worker start", async () => {
    await page.getByRole("button", { name: "Tell this browser" }).click();
    expect((await worker()).url()).toMatch(/\/console\/assets\/worker-[\w-]+\.js$/);
  });

  test("no other script becomes a worker, by text or by another policy", async () => {
    const outcomes = await page.evaluate(`Promise.all([
      navigator.serviceWorker.register("/console/assets/other.js").catch((error) => error.name),
      Promise.resolve().then(() => trustedTypes.createPolicy("mine", { createScriptURL: (url) => url })).catch((error) => error.name),
      Promise.resolve().then(() => trustedTypes.createPolicy("doorward-worker", { createScriptURL: (url) => url })).catch((error) => error.name),
    ])`);
    expect(outcomes).toEqual(["TypeError", "TypeError", "TypeError"]);
  });

  test("say what was pushed, or that something waits where it is nothing we sent", async () => {
    const running = await worker();
    const push = (data: string) =>
      running.evaluate(`void self.dispatchEvent(new PushEvent("push", { data: ${JSON.stringify(data)} }))`);
    await push(
      JSON.stringify({
        title: "x",
        body: "There is news of a request",
        tag: "t1",
        url: "https://evil.example/",
      }),
    );
    await push("no JSON");
    await expect.poll(() => page.evaluate(`${SHOWN}.then((all) => all.length)`)).toBe(2);
    expect(await page.evaluate(`${SHOWN}.then((all) => all.toSorted())`)).toEqual([
      ["Doorward", "A request waits for you", "doorward"],
      ["Doorward", "There is news of a request", "t1"],
    ]);
  });
});
