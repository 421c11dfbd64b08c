import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type ConsolePages, openConsolePages } from "../support/console-pages.ts";
import { activityItem, answering, idOf, seed } from "../support/console-seed.ts";
import { CHROMIUM, SKIP_REASON } from "./console-harness.ts";

// What happens at the doors, as it happens: in columns that stand, by day, under keys, and many a second.

const DAY_S = 86_400;

interface Watched {
  readonly rowsMax: number;
  readonly draws: number;
  readonly longMs: readonly number[];
}

/** Keeps the most rows that were ever drawn, how often the list changed, and tasks that kept the page from answering. */
const WATCH = `(() => {
  const watched = (window.watched = { rowsMax: 0, draws: 0, longMs: [] });
  new MutationObserver(() => {
    watched.draws += 1;
    watched.rowsMax = Math.max(watched.rowsMax, document.querySelectorAll(".feed-row").length);
  }).observe(document.querySelector(".feed-list"), { childList: true });
  new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) watched.longMs.push(duration);
  }).observe({ type: "longtask" });
})()`;

/** Where each shown cell of each row begins. Runs in the page. */
const PLACES = `[...document.querySelectorAll(".feed-row .feed-cells")].map((row) =>
  [...row.children]
    .filter((cell) => getComputedStyle(cell).display !== "none")
    .map((cell) => cell.className + " " + Math.round(cell.getBoundingClientRect().x)))`;

const rows = (page: Page) => page.locator(".feed-row");
const live = (page: Page) => page.getByText("live", { exact: true }).waitFor();
const focused = (page: Page): Promise<unknown> =>
  page.evaluate("document.activeElement.closest('[data-line]')?.dataset.line ?? null");

describe.skipIf(CHROMIUM === undefined)(`the console, live${SKIP_REASON}`, () => {
  let pages: ConsolePages;
  const answers = seed();
  beforeAll(async () => {
    pages = await openConsolePages(answers);
  });
  afterAll(async () => {
    await pages.close();
  });
  beforeEach(() => {
    for (const [path, answer] of answers) pages.harness.answers.set(path, answer);
  });

  test("every column stands at the same place in every row, and no cell is wider than its own", async () => {
    const long = {
      ...activityItem(61, 0),
      policies: ["a-rule-with-a-name-that-is-far-too-long-for-its-column"],
    };
    const bare = {
      ...activityItem(62, 0),
      policies: [],
      status: "ok",
      durationMs: 123_456,
      onBehalfOf: "ben",
    };
    const items = [bare, long, ...Array.from({ length: 8 }, (_, n) => activityItem(50 - n, 9 + n))];
    pages.harness.answers.set(
      "/activity",
      answering("activity.list", () => ({ items, next: null, head: 62 })),
    );
    for (const width of [1440, 1100, 390]) {
      const page = await pages.open("/", { width });
      const places = await page.evaluate<readonly string[][]>(PLACES);
      // On a phone the chip's width moves the agent, and what ends a line ends it at the edge: there the chips stand.
      const told = width > 400 ? places : places.map(([, chip]) => [chip]);
      expect(new Set(told.map((row) => row.join())).size).toBe(1);
      expect(places).toHaveLength(10);
      expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
      await page.context().close();
    }
  });

  test("a row says door, verb and for whom; its day stands over it; its receipt is beside it", async () => {
    const items = [0, 1, 30, 60].map((hours, n) => activityItem(60 - n, hours * 3_600));
    pages.harness.answers.set(
      "/activity",
      answering("activity.list", () => ({ items, next: null, head: 60 })),
    );
    const page = await pages.open("/");
    expect(await page.locator(".feed-day").allTextContents()).toEqual([
      "Today",
      "Yesterday",
      "Thursday 19 November",
    ]);
    const first = rows(page).first();
    expect(await first.locator(".feed-who").textContent()).toBe("mailbot for ben");
    expect(await first.locator(".feed-door").textContent()).toBe("mcp door, tools/call");
    await first.getByRole("link", { name: "Receipt" }).click();
    await page.getByRole("button", { name: "Download receipt" }).and(page.locator(":focus")).waitFor();
    expect(new URL(page.url()).pathname).toBe(`/actions/${idOf("act", 60)}`);
    await page.context().close();
  });

  test("j and k go through the rows, past days and out of the window; Enter opens, r opens the receipt", async () => {
    const items = Array.from({ length: 60 }, (_, n) => activityItem(60 - n, n * (DAY_S / 20)));
    pages.harness.answers.set(
      "/activity",
      answering("activity.list", () => ({ items, next: null, head: 60 })),
    );
    const page = await pages.open("/");
    await live(page);
    await page.keyboard.press("j");
    expect(await focused(page)).toBe("1");
    for (let n = 0; n < 30; n += 1) await page.keyboard.press("j");
    await expect.poll(() => focused(page)).toBe("32");
    const box = await page.locator(":focus").boundingBox();
    expect(box?.y ?? -1).toBeGreaterThan(52);
    expect((box?.y ?? 9_999) + (box?.height ?? 0)).toBeLessThan(900);
    await page.keyboard.press("k");
    await expect.poll(() => focused(page)).toBe("31");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Action", level: 1 }).waitFor();
    await page.goBack();
    await live(page);
    await page.keyboard.press("j");
    await page.keyboard.press("r");
    await page.getByRole("button", { name: "Download receipt" }).and(page.locator(":focus")).waitFor();
    await page.context().close();
  });

  test("scrolled or focused, the list stands still and counts; at the top and left alone it goes on", async () => {
    const page = await pages.open("/");
    await live(page);
    const count = (text: string) => page.getByRole("button", { name: text, exact: true });
    await page.mouse.move(5, 5);
    await page.evaluate("window.scrollTo(0, 400)");
    await page.waitForFunction("scrollY > 300");
    await page.waitForTimeout(100);
    pages.harness.emit(activityItem(901, 0));
    await count("1 new").waitFor();
    await page.evaluate("window.scrollTo(0, 0)");
    await page
      .locator(`[href$="${idOf("act", 901)}"]`)
      .first()
      .waitFor();
    await page.keyboard.press("j");
    pages.harness.emit(activityItem(902, 0));
    await count("1 new").waitFor();
    await count("1 new").focus();
    await page.keyboard.press("Enter");
    await page
      .locator(`[href$="${idOf("act", 902)}"]`)
      .first()
      .waitFor();
    pages.harness.emit(activityItem(903, 0));
    await page
      .locator(`[href$="${idOf("act", 903)}"]`)
      .first()
      .waitFor();
    expect(pages.complaints).toEqual([]);
    await page.context().close();
  });

  test("narrowed to nothing it says the same as a command, of our own words alone", async () => {
    pages.harness.answers.set(
      "/activity",
      answering("activity.list", () => ({ items: [], next: null, head: -1 })),
    );
    const page = await pages.open("/?verdict=deny&agent=%24(reboot)");
    await page.getByText("doorward activity list --agent NAME --verdict deny", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Clear" }).click();
    await page.getByText("doorward agents add NAME", { exact: true }).waitFor();
    expect(pages.complaints).toEqual([]);
    await page.context().close();
  });

  test("an ending takes its place in the row of its action, and asks for no row of its own", async () => {
    const page = await pages.open("/?verdict=allow");
    await live(page);
    const before = await rows(page).count();
    const { verdict: _verdict, policies: _policies, ...item } = activityItem(57, 0);
    const ending = { index: 1_200, kind: "outcome" as const, verdict: null, policies: [], durationMs: 4_711 };
    pages.harness.emit({ ...item, ...ending, status: "error" });
    const row = rows(page).filter({ has: page.locator(`[href$="${idOf("act", 57)}"]`) });
    await row.getByText("4,711 ms").waitFor();
    expect(await row.locator("[data-verdict]").getAttribute("data-verdict")).toBe("allow");
    expect(await rows(page).count()).toBe(before);
    await page.context().close();
  });

  test("a receipt comes as a file, byte for byte, under its action's name", async () => {
    const receipt = '{"format":"doorward-receipt@v1","entries":[]}\n';
    const subject = idOf("act", 60);
    pages.harness.answers.set(
      "/receipts/get",
      answering("receipts.get", () => ({ subject, receipt })),
    );
    const page = await pages.open(`/actions/${subject}`);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: "Download receipt" }).click(),
    ]);
    expect(file.suggestedFilename()).toBe(`${subject}.receipt.json`);
    expect(readFileSync(await file.path(), "utf8")).toBe(receipt);
    await page.getByText(`npx doorward-verify receipt ${subject}.receipt.json`).waitFor();
    await page.context().close();
  });

  test("a request that is decided elsewhere says so on its own page; another's address shows another", async () => {
    const get = answers.get("/approvals/get");
    const held = (get?.(new URLSearchParams()) ?? {}) as { readonly [field: string]: string };
    let status = "requested";
    pages.harness.answers.set("/approvals/get", (query) => {
      const id = query.get("approval") ?? "";
      return { ...held, id, agent: id.endsWith("61") ? "scribe" : "mailbot", status };
    });
    const page = await pages.open(`/approvals/${idOf("apr", 60)}`);
    await page.clock.resume();
    const heading = (agent: string) => page.getByRole("heading", { name: `${agent} asks for mail/send` });
    await heading("mailbot").waitFor();
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder(/Page, agent, server/).fill(idOf("apr", 61));
    await page.keyboard.press("Enter");
    await heading("scribe").waitFor();
    expect(await heading("mailbot").count()).toBe(0);
    status = "denied";
    await page.locator(".result").getByText("Denied.").waitFor();
    await page.getByRole("status").filter({ hasText: "Denied." }).waitFor({ state: "attached" });
    expect(await page.getByRole("button", { name: "Approve once" }).count()).toBe(0);
    await page.context().close();
  });

  test("what comes to wait is said on any page to who listens", async () => {
    const page = await pages.open("/models");
    const list = answers.get("/approvals")?.(new URLSearchParams()) as { readonly items: readonly object[] };
    pages.harness.answers.set("/approvals", () => ({
      items: [{ ...list.items[0], id: idOf("apr", 61) }, ...list.items] as never,
      next: null,
    }));
    await page.clock.resume();
    await page
      .getByRole("status")
      .filter({ hasText: "1 more waiting for approval" })
      .waitFor({ state: "attached" });
    expect(pages.complaints).toEqual([]);
    await page.context().close();
  });

  test("at 200 events a second it draws few rows, keeps few, blocks nothing for long, and still answers", async () => {
    const page = await pages.open("/");
    await page.clock.resume();
    await live(page);
    await page.evaluate(WATCH);
    const [from, count] = [2_000, 1_000];
    for (let n = 0; n < count; n += 10) {
      for (let more = 0; more < 10; more += 1) pages.harness.emit(activityItem(from + n + more, 0));
      await page.waitForTimeout(50);
    }
    await page
      .locator(`[href$="${idOf("act", from + count - 1)}"]`)
      .first()
      .waitFor();
    const seen = await page.evaluate<Watched>("window.watched");
    // What a window of 900 pixels holds, twelve lines beyond each of its ends, and room for a day or two.
    expect(seen.rowsMax).toBeLessThan(60);
    expect(seen.draws).toBeLessThan(count / 2);
    // A machine that does much else at once may stall a page for a moment; a list that draws everything stalls it always.
    expect(seen.longMs.filter((ms) => ms > 500)).toEqual([]);
    await rows(page).first().hover();
    for (let n = 0; n < 300; n += 1) pages.harness.emit(activityItem(from + count + n, 0));
    await page.getByRole("button", { name: "300 new" }).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").waitFor();
    expect(pages.complaints).toEqual([]);
    await page.context().close();
  });
});
