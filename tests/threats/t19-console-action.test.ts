import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM, SKIP_REASON } from "../journeys/console-harness.ts";
import { type ConsolePages, openConsolePages } from "../support/console-pages.ts";
import { idOf, seed } from "../support/console-seed.ts";
import { HOSTILE, isInert, named } from "../support/hostile-text.ts";

// T19 on the page of one action: every word that an agent, a server or a policy put there is shown and does nothing.

const FIELDS = (
  "agent onBehalfOf session verb server name model code policySet stage " +
  "outcome verdict reason remedy approval door"
).split(" ");
const ACTION = `/actions/${idOf("act", 60)}`;

describe.skipIf(CHROMIUM === undefined)(`agent text on an action's page${SKIP_REASON}`, () => {
  let pages: ConsolePages;
  let page: Page;
  const whole = seed().get("/actions/get")?.(new URLSearchParams()) ?? null;
  beforeAll(async () => {
    pages = await openConsolePages(seed());
  });
  afterAll(async () => {
    await pages.close();
  });

  test.each(HOSTILE)("%s is words and nothing else", async (_name, text) => {
    const entry = { index: 1, at: "2026-11-21T14:00:00.000Z", verdict: "hold", status: null, code: text };
    const hostile = {
      ...(whole as object),
      ...Object.fromEntries(FIELDS.map((field) => [field, text])),
      effects: [text],
      policies: [text],
      entries: [{ ...entry, kind: text, policies: [text], by: text }],
      arguments: { [text]: text, list: [text, { [text]: text }] },
      result: { [text]: text },
    };
    pages.harness.answers.set("/actions/get", () => hostile);
    const foreign: string[] = [];
    page = await pages.open("/agents");
    page.on("dialog", (dialog) => void dialog.dismiss().then(() => foreign.push("a dialog")));
    page.on("request", (request) => {
      if (!request.url().startsWith(pages.harness.origin)) foreign.push(request.url());
    });
    await page.goto(pages.harness.origin + ACTION);
    await page.getByRole("heading", { name: "What was asked" }).waitFor();
    await isInert(page, "action");
    const blocks = page.locator("pre");
    expect(await blocks.first().textContent()).toBe(named(text));
    const reason = page
      .getByRole("heading", { name: "Why it was refused" })
      .locator("xpath=following-sibling::p[1]");
    expect(await reason.textContent()).toBe(named(text));
    expect(foreign).toEqual([]);
    expect(pages.complaints).toEqual([]);
    await page.context().close();
  });

  test("a letter that passes for another is marked, and says what it is to who listens", async () => {
    pages.harness.answers.set("/actions/get", () => ({ ...(whole as object), agent: "p\u0430ypal" }));
    page = await pages.open(ACTION);
    const mark = page.locator("h2 mark");
    expect(await mark.textContent()).toBe("\u0430 (U+0430, not a)");
    expect(await mark.getAttribute("title")).toContain("U+0430");
    expect(await pages.violations(page)).toEqual([]);
    await page.context().close();
  });
});
