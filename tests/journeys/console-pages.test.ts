import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ConsolePages, openConsolePages } from "../support/console-pages.ts";
import { activityItem, emptySeed, idOf, seed } from "../support/console-seed.ts";
import { CHROMIUM, SKIP_REASON } from "./console-harness.ts";

// Every page of the console as people get it: on a desk and on a phone, light and dark, full and with nothing in it.

const PATHS = [
  "/",
  `/actions/${idOf("act", 60)}`,
  "/approvals",
  `/approvals/${idOf("apr", 60)}`,
  "/agents",
  "/servers",
  "/models",
  "/policy",
  "/policy?learn=mailbot",
  "/budgets",
  "/delegations",
  "/channels",
  "/grants",
  "/duties",
  "/stops",
  "/statistics",
  "/sign-ins",
] as const;
const LOOKS = [
  { width: 1440, theme: "light" },
  { width: 1440, theme: "dark" },
  { width: 390, theme: "light" },
  { width: 390, theme: "dark" },
] as const;

function fits(page: Page): Promise<unknown> {
  return page.evaluate("document.documentElement.scrollWidth <= innerWidth");
}

describe.skipIf(CHROMIUM === undefined)(`the console's pages${SKIP_REASON}`, () => {
  let full: ConsolePages;
  let empty: ConsolePages;
  beforeAll(async () => {
    full = await openConsolePages(seed());
    empty = await openConsolePages(emptySeed());
  });
  afterAll(async () => {
    await full.close();
    await empty.close();
  });

  test.each(PATHS)("%s: axe finds nothing, it fits, and its policy blocks nothing", async (path) => {
    for (const look of LOOKS) {
      const page = await full.open(path, look);
      expect({ look, found: await full.violations(page), fits: await fits(page) }).toEqual({
        look,
        found: [],
        fits: true,
      });
      await page.context().close();
    }
    expect(full.complaints).toEqual([]);
  });

  test.each([
    "/",
    "/approvals",
    "/agents",
    "/servers",
    "/models",
    "/budgets",
    "/delegations",
    "/grants",
    "/duties",
    "/stops",
    "/statistics",
  ])("%s with nothing in it says so, and is as clean", async (path) => {
    const page = await empty.open(path, { width: 390 });
    await page.locator(".empty").first().waitFor();
    expect(await empty.violations(page)).toEqual([]);
    expect(await fits(page)).toBe(true);
    expect(empty.complaints).toEqual([]);
    await page.context().close();
  });

  test("a draft of a policy is checked, replayed, and put in force as it was replayed", async () => {
    const page = await full.open("/policy?learn=mailbot");
    await page.getByRole("button", { name: "Use it as the draft" }).click();
    await page.getByRole("button", { name: "Check" }).click();
    await page.getByText("It is valid: 4 rules").waitFor();
    expect(await page.getByRole("button", { name: "Put it in force" }).count()).toBe(0);
    await page.getByRole("button", { name: "Replay 30 days" }).click();
    const table = page.getByRole("table", { name: "What would change" });
    await table.waitFor();
    expect(await table.getByRole("row").count()).toBe(4);
    expect(await full.violations(page)).toEqual([]);
    expect(await fits(page)).toBe(true);
    await page.getByRole("button", { name: "Put it in force" }).click();
    await expect.poll(() => full.harness.decided.some((one) => one.startsWith("activate"))).toBe(true);
    // Another text is another draft: what was seen of the first says nothing of it.
    await page.getByLabel("Text", { exact: true }).fill("permit (principal, action, resource);");
    expect(await page.getByRole("button", { name: "Put it in force" }).count()).toBe(0);
    await page.context().close();
  });

  test("rights are lent, made less and taken back where they are listed", async () => {
    const page = await full.open("/delegations");
    await page.getByRole("button", { name: "Lend rights" }).click();
    await page.getByLabel("Servers and tools").fill("mail, fs/read_file");
    await page.getByLabel("Actions at most").fill("20");
    expect(await full.violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Lend", exact: true }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Narrow" }).first().click();
    expect(await page.getByLabel("Servers and tools").inputValue()).toBe("mail");
    await page.getByRole("dialog").getByRole("button", { name: "Narrow" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Take back" }).first().click();
    await page.getByRole("button", { name: "Take them back" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    const done = full.harness.decided.map((one) => one.split(" ")[0]);
    expect(done.slice(-3)).toEqual(["grant", "narrow", "revoke"]);
    await page.context().close();
  });

  test("a terminal is vouched for, a sign-in of one's own ended, and another user signed out", async () => {
    const page = await full.open("/sign-ins", { width: 390 });
    await page.getByRole("button", { name: "I am there" }).click();
    await page.getByText("Confirmed: go on in the terminal").waitFor();
    await page.getByRole("button", { name: "End", exact: true }).first().click();
    await page.getByRole("button", { name: "End it now" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByLabel("User", { exact: true }).selectOption("ana");
    await page.getByRole("button", { name: "Sign out everywhere" }).click();
    expect(await full.violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Sign them out" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    const done = full.harness.decided.map((one) => one.split(" ")[0]);
    expect(done.slice(-3)).toEqual(["confirm", "revoke", "end"]);
    await page.context().close();
  });

  test("a person says on the agent's page what its session is for, and puts notices away", async () => {
    const page = await full.open("/agents/mailbot");
    await page.getByRole("button", { name: "Say what it is for" }).first().click();
    await page.getByLabel("In your own words").fill("Send the report of March to ana@example.org");
    expect(await full.violations(page)).toEqual([]);
    await page.getByRole("button", { name: "Say it" }).click();
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.goto(new URL("/", page.url()).href);
    await page.getByRole("list", { name: "Notices" }).getByText("no longer only observed").waitFor();
    await page.getByRole("button", { name: "Put away" }).click();
    await expect
      .poll(() => full.harness.decided.map((one) => one.split(" ")[0]).slice(-2))
      .toEqual(["give", "dismiss"]);
    await page.context().close();
  });

  test("what happens appears at the top; pointed at, the list stands still and counts", async () => {
    const page = await full.open("/");
    await page.getByText("live", { exact: true }).waitFor();
    const first = page.locator(".feed-row").first();
    full.harness.emit(activityItem(1_001, 0));
    await first.locator(`[href$="${idOf("act", 1_001)}"]`).waitFor();
    await first.hover();
    full.harness.emit(activityItem(1_002, 0));
    full.harness.emit(activityItem(1_003, 0));
    await page.getByRole("button", { name: "2 new" }).waitFor();
    expect(await first.getByRole("link").first().getAttribute("href")).toContain(idOf("act", 1_001));
    await page.getByRole("button", { name: "2 new" }).click();
    await first.locator(`[href$="${idOf("act", 1_003)}"]`).waitFor();
    await page.context().close();
  });

  test("keys: Ctrl-K finds a page and an id, g and a letter go there, ? says which", async () => {
    const page = await full.open("/");
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder(/Page, agent, server/).fill("budg");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Budgets", level: 1 }).waitFor();
    await page.keyboard.press("Control+k");
    await page.getByPlaceholder(/Page, agent, server/).fill(idOf("act", 60));
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Action", level: 1 }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("s");
    await page.getByRole("heading", { name: "Servers", level: 1 }).waitFor();
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard" }).waitFor();
    expect(await full.violations(page)).toEqual([]);
    await page.context().close();
  });

  test("the theme is the machine's until somebody turns it, and stays", async () => {
    const page = await full.open("/", { theme: "light" });
    const paper = () => page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
    const light = await paper();
    await page.getByRole("button", { name: "Theme: system" }).click();
    await page.getByRole("button", { name: "Theme: light" }).click();
    await page.getByRole("button", { name: "Theme: dark" }).waitFor();
    await expect.poll(paper).not.toBe(light);
    await page.reload();
    await page.getByRole("button", { name: "Theme: dark" }).waitFor();
    await expect.poll(paper).not.toBe(light);
    await page.context().close();
  });

  test("a connection that is lost is said, and found again", async () => {
    const page = await full.open("/agents");
    await page.route("**/*", (route) => route.abort());
    await page.getByRole("alert").filter({ hasText: "Connection lost." }).waitFor();
    expect(await page.getByRole("link", { name: "mailbot" }).count()).toBe(1);
    await page.unroute("**/*");
    await page.getByRole("alert").filter({ hasText: "Connection lost." }).waitFor({ state: "detached" });
    await page.context().close();
  });

  test("an address of nothing is told by the server, and a page that is none by the console", async () => {
    for (const path of ["/nothing", "/approvals/a/b", "/agents/", "/console/x"])
      expect((await fetch(full.harness.origin + path)).headers.get("content-type")).not.toContain("html");
    const page = await full.open("/policy/none");
    await page.getByRole("heading", { name: "There is no such page" }).waitFor();
    await page.context().close();
  });
});
