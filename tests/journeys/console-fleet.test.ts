import type { Page, Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ConsolePages, openConsolePages, type PageOptions } from "../support/console-pages.ts";
import { emptySeed, seed } from "../support/console-seed.ts";
import { CHROMIUM, SKIP_REASON } from "./console-harness.ts";

// The pages of the fleet: machines that sensors watch, what is on one, and how the next one is added.

const PATHS = ["/fleet", "/fleet/ana-laptop", "/fleet/ana-laptop?kind=model&gone=true", "/fleet/new-one"];
const LOOKS = [
  { width: 1440, theme: "light" },
  { width: 1440, theme: "dark" },
  { width: 390, theme: "light" },
  { width: 390, theme: "dark" },
] as const;

const fits = (page: Page): Promise<unknown> =>
  page.evaluate("document.documentElement.scrollWidth <= innerWidth");

describe.skipIf(CHROMIUM === undefined)(`the console's pages of the fleet${SKIP_REASON}`, () => {
  let pages: ConsolePages;
  let empty: ConsolePages;
  beforeAll(async () => {
    pages = await openConsolePages(seed());
    empty = await openConsolePages(emptySeed());
  });
  afterAll(async () => {
    await pages.close();
    await empty.close();
  });

  async function open(path: string, options: PageOptions = {}) {
    const page = await pages.open(path, options);
    const sent: { path: string; body: unknown }[] = [];
    page.on("request", (request: Request) => {
      const { pathname } = new URL(request.url());
      if (request.method() === "POST" && pathname.startsWith("/api/v1"))
        sent.push({ path: pathname.replace("/api/v1", ""), body: request.postDataJSON() });
    });
    return { page, sent };
  }

  test.each(PATHS)("%s: axe finds nothing, it fits, and its policy blocks nothing", async (path) => {
    for (const look of LOOKS) {
      const page = await pages.open(path, look);
      const found = await pages.violations(page);
      expect({ look, found, fits: await fits(page) }).toEqual({ look, found: [], fits: true });
      await page.context().close();
    }
    expect(pages.complaints).toEqual([]);
  });

  test("without a machine it says what to do", async () => {
    const page = await empty.open("/fleet", { width: 390 });
    await page.getByText("doorward fleet add-sensor ana-laptop").waitFor();
    expect(await empty.violations(page)).toEqual([]);
    await page.context().close();
  });

  test("a machine's things are chosen by kind, and what is gone is shown where it is asked for", async () => {
    const { page } = await open("/fleet");
    await page.getByRole("link", { name: "ana-laptop" }).click();
    const rows = page.getByRole("table", { name: "What is on it" }).getByRole("row");
    await expect.poll(() => rows.count()).toBe(5);
    await page.getByLabel("Show what is gone, too").check();
    await expect.poll(() => rows.count()).toBe(6);
    await page.getByLabel("Kind", { exact: true }).selectOption("model");
    await expect.poll(() => rows.count()).toBe(4);
    expect(page.url()).toContain("kind=model");
    expect(page.url()).toContain("gone=true");
    await page.getByText("its name does not say that it is safetensors").waitFor();
    await page.getByLabel("Kind", { exact: true }).selectOption("");
    await page.getByLabel("Show what is gone, too").uncheck();
    await expect.poll(() => rows.count()).toBe(5);
    expect(new URL(page.url()).search).toBe("");
    await page.context().close();
  });

  test("a machine is added for somebody, its key shown once with what to type there, and removed", async () => {
    const { page, sent } = await open("/fleet");
    await page.getByRole("button", { name: "Add machine" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name", { exact: true }).fill(" lab-7 ");
    await dialog.getByLabel("Who answers for it").fill("ben");
    await dialog.getByRole("button", { name: "Add machine", exact: true }).click();
    await dialog.getByText(/^dwe_/).waitFor();
    expect(await dialog.textContent()).toContain("doorward sensor join https://doorward.example.com\n");
    expect(await pages.violations(page)).toEqual([]);
    await dialog.getByRole("button", { name: "Done" }).click();
    await dialog.waitFor({ state: "detached" });
    await page.goto(`${pages.harness.origin}/fleet/lab-3`);
    await page.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove it" }).click();
    await page.waitForURL(/\/fleet$/);
    expect(sent).toEqual([
      { path: "/fleet/add-sensor", body: { name: "lab-7", owner: "ben" } },
      { path: "/fleet/remove-sensor", body: { name: "lab-3" } },
    ]);
    await page.context().close();
  });
});
