import type { Page, Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { Json } from "#base";
import { type ConsolePages, openConsolePages, type PageOptions } from "../support/console-pages.ts";
import { idOf, seed } from "../support/console-seed.ts";
import { CHROMIUM, SKIP_REASON } from "./console-harness.ts";

// Where a person looks at something, they stop it: an agent, a session, a user, a model, a server, a credential, and from
// the bar of every page everything; what is stopped says so there, and is let go on there.

const REASON = "it does what nobody asked for";
const SESSION = idOf("ses", 1);
const CREDENTIAL = idOf("vcr", 1);
/** Where, which button of that name, and what is sent. */
const PLACES = [
  ["/agents/mailbot", "header", { kind: "agent", target: idOf("agt", 1) }],
  ["/agents/mailbot", "table", { kind: "session", target: SESSION }],
  ["/servers/fs", "header", { kind: "server", target: "fs" }],
  ["/apis/customers", "header", { kind: "server", target: "customers" }],
  ["/models/openai", "header", { kind: "server", target: "openai" }],
  ["/models/openai", "table", { kind: "model", target: "openai/gpt-5" }],
  [`/vault/${CREDENTIAL}`, "header", { kind: "credential", target: CREDENTIAL }],
  ["/sign-ins", "section", { kind: "user", target: "ben" }],
] as const;

interface Sent {
  readonly path: string;
  readonly body: unknown;
}

const stopOf = (kind: string, target: string): Json => ({
  id: idOf("stp", 7),
  kind,
  target,
  label: target,
  reason: REASON,
  stoppedBy: "petra",
  monitor: null,
  at: "2026-11-21T14:00:00.000Z",
  endedBy: null,
  endedAt: null,
  inForce: true,
});

describe.skipIf(CHROMIUM === undefined)(`stops in the console${SKIP_REASON}`, () => {
  let pages: ConsolePages;
  let page: Page;
  let sent: Sent[] = [];
  beforeAll(async () => {
    pages = await openConsolePages(seed());
  });
  afterAll(async () => {
    await pages.close();
  });
  afterEach(async () => {
    await page.context().close();
  });

  /** With these stops in force. */
  async function open(path: string, stops: readonly Json[] = [], options: PageOptions = {}): Promise<void> {
    pages.harness.answers.set("/stops", () => ({ items: [...stops], next: null }));
    page = await pages.open(path, options);
    sent = [];
    page.on("request", (request: Request) => {
      const { pathname } = new URL(request.url());
      if (request.method() === "POST" && pathname.startsWith("/api/v1"))
        sent.push({ path: pathname.replace("/api/v1", ""), body: request.postDataJSON() });
    });
  }
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const dialog = () => page.getByRole("dialog").last();
  const said = (text: string) => page.locator(".toast").getByText(text, { exact: true }).waitFor();
  const fits = () => page.evaluate("document.documentElement.scrollWidth <= innerWidth");

  test.each(PLACES)("%s: stopped in its %s, with the reason that is asked for", async (path, where, what) => {
    await open(path);
    await page.locator(`main ${where}`).getByRole("button", { name: "Stop", exact: true }).first().click();
    await button("Stop it now").click();
    // Without a reason nothing is sent.
    expect(sent).toEqual([]);
    await page.getByLabel("Why", { exact: true }).fill(REASON);
    await button("Stop it now").click();
    await said("Stopped");
    expect(sent).toEqual([{ path: "/stops/add", body: { ...what, reason: REASON } }]);
  });

  test.each(PLACES)(
    "%s: stopped, its %s says so and offers to let it go on, after presence",
    async (path, where, what) => {
      await open(path, [stopOf(what.kind, what.target)]);
      pages.harness.passTime(6 * 60_000);
      const saying = where === "table" ? page.locator("main td .chip") : page.locator(".notice");
      const words =
        where === "table" ? "stopped" : `It is stopped since 21 Nov 2026, 14:00:00, by petra: ${REASON}`;
      await saying.filter({ hasText: words }).first().waitFor();
      expect(await pages.violations(page)).toEqual([]);
      await page.locator("main").getByRole("button", { name: "Resume", exact: true }).first().click();
      await button("Let it go on").click();
      await page.getByText("You are about to").waitFor();
      await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
      await button("Confirm").click();
      await said("It may go on");
      expect(sent).toEqual([
        { path: "/stops/end", body: what },
        { path: "/stops/end", body: what },
      ]);
    },
  );

  test.each([1440, 390])(
    "everything is stopped from the bar of any page, %i wide, by keyboard",
    async (width) => {
      await open("/policy", [], { width, theme: "dark" });
      await button("Stop everything").focus();
      await page.keyboard.press("Enter");
      await dialog().waitFor();
      expect(await pages.violations(page)).toEqual([]);
      expect(await fits()).toBe(true);
      await page.getByLabel("Why", { exact: true }).fill(REASON);
      await page.keyboard.press("Enter");
      await said("Stopped");
      expect(sent).toEqual([{ path: "/stops/add", body: { kind: "everything", reason: REASON } }]);
    },
  );

  test("everything stopped is said on every page, and let go on from there", async () => {
    await open("/budgets", [stopOf("everything", "*")], { width: 390 });
    await page.getByText("Everything is stopped").waitFor();
    expect(await button("Stop everything").count()).toBe(0);
    expect(await pages.violations(page)).toEqual([]);
    expect(await fits()).toBe(true);
    await button("Resume").click();
    await button("Let it go on").click();
    await said("It may go on");
    expect(sent.at(-1)).toEqual({ path: "/stops/end", body: { kind: "everything" } });
  });
});
