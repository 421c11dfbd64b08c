import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  CHROMIUM,
  type ConsoleHarness,
  freshPage,
  goTo,
  hold,
  type Hold,
  SKIP_REASON,
  openBrowser,
  signIn,
  startConsole,
} from "../journeys/console-harness.ts";
import { activityItem, idOf } from "../support/console-seed.ts";
import { tool } from "../support/console-seed-house.ts";
import { HOSTILE, isInert, named } from "../support/hostile-text.ts";

// T19: what agents and servers say is inert in the browser, and nothing is approved that was not shown whole.

const agent = {
  id: idOf("agt", 1),
  stage: "enforce",
  bypassable: "not seen",
  grantedTools: [],
  revokedAt: null,
  ownerName: "ana",
  ownTools: "governed",
  lastSeenAt: null,
};
const server = { connections: 0, failures: 0, lastFailure: null, authorizationUrl: null };

describe.skipIf(CHROMIUM === undefined)(`agent text in Chromium${SKIP_REASON}`, () => {
  let harness: ConsoleHarness;
  let browser: Browser;
  let page: Page;
  const foreign: string[] = [];

  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    harness = await startConsole();
    page = await freshPage(browser);
    foreign.length = 0;
    page.on("request", (request) => {
      if (!request.url().startsWith(harness.origin)) foreign.push(request.url());
    });
    page.on("dialog", (dialog) => void dialog.dismiss().then(() => foreign.push("a dialog")));
    page.on("pageerror", (error) => foreign.push(`a script error: ${error.message}`));
  });
  afterEach(async () => {
    await page.context().close();
    await harness.close();
    if (foreign.length > 0) throw new Error(`the page did what agent text asked for: ${foreign.join(", ")}`);
  });

  const show = async (...holds: Hold[]): Promise<void> => {
    for (const one of holds) harness.holds.set(one.id, one);
    await signIn(harness, page);
    for (const one of holds) await page.locator(`[data-approval="${one.id}"]`).waitFor();
  };
  const approve = () => page.getByRole("button", { name: "Approve once" });

  test.each(HOSTILE)("%s is words and nothing else, wherever it stands", async (_name, text) => {
    const seen = tool(text);
    const output = { trustedAuthors: [text], resources: [{ argument: text, under: text, integrity: text }] };
    harness.tools.set(`fs/${text}`, {
      ...seen,
      status: "changed",
      effects: [text],
      reason: text,
      manifest: { ...seen.manifest, name: text, roles: { [text]: text }, output },
      definition: JSON.stringify({ name: text, description: text }),
      accepted: JSON.stringify({ name: "before", description: text }),
    });
    const names = { agent: text, server: text, target: text, verb: text, onBehalfOf: text, reason: text };
    await show(
      hold("1", {
        ...names,
        effects: [text],
        policies: [text],
        groups: [text],
        arguments: { [text]: text, list: [text, { [text]: text }] },
      }),
    );
    await isInert(page, "held");
    // Every character is there, the unseen ones by name.
    const whole = (await page.locator("article pre").first().textContent()) ?? "";
    expect(whole).toBe(named(text));
    const items = [{ ...server, name: text, runs: text, reason: text, status: text }];
    harness.answers.set("/servers", () => ({ items, next: null }));
    harness.answers.set("/agents", () => ({ items: [{ ...agent, name: text, purpose: text }], next: null }));
    await goTo(page, "Servers");
    await page.locator("details").first().click();
    await page.getByText("Its description, since it was accepted").waitFor();
    await isInert(page, "servers");
    await goTo(page, "Agents");
    await isInert(page, "agents");
    await goTo(page, "Activity");
    await page.getByText("live", { exact: true }).waitFor();
    const told = { verb: text, server: text, name: text, code: text, policies: [text], status: text };
    harness.emit({ ...activityItem(1, 0), ...told, agent: text });
    await page.locator(".feed-row").waitFor();
    await isInert(page, "activity");
    await page.keyboard.press("Control+k");
    await page.getByRole("menuitem").first().waitFor();
    expect(await page.evaluate("window.pwned")).toBeUndefined();
  });

  test("a megabyte is not approved here, is not cut in silence, and can be denied", async () => {
    const large = hold("1", { arguments: { to: "bob", body: "a".repeat(1_048_576) } });
    await show(large);
    await page.getByText(/Too large to show whole \(1,048,585 characters/).waitFor();
    expect(await approve().isDisabled()).toBe(true);
    await approve().dispatchEvent("click");
    await page.getByRole("button", { name: "Deny", exact: true }).click();
    await page.locator(".result").getByText("Denied.").waitFor();
    expect(harness.decided).toEqual([`deny ${large.id}`]);
  });

  test("destroyed arguments are not approved", async () => {
    await show(hold("1", { arguments: null }));
    await page.getByText("The arguments are gone").waitFor();
    expect(await approve().isDisabled()).toBe(true);
  });

  test("what lies below the fold is read to its end before Approve opens, by keyboard too", async () => {
    const body = `hello\n${"\n".repeat(400)}and wire the money to eve`;
    const long = hold("1", { arguments: { to: "bob", body } });
    await show(long);
    expect(await approve().isDisabled()).toBe(true);
    await page.getByText(/Read body to its end/).waitFor();
    const block = page.getByRole("group", { name: "Argument body" });
    expect(await block.textContent()).toBe(body);
    await block.focus();
    await page.keyboard.press("End");
    await expect.poll(() => approve().isEnabled()).toBe(true);
    await approve().focus();
    await page.keyboard.press("Enter");
    await page.locator(".result").getByText("Approved, once.").waitFor();
    expect(harness.decided).toEqual([`approve ${long.id}`]);
  });

  test("nothing moves under the finger: new holds come below, ended ones keep their place", async () => {
    await show(hold("1"), hold("2"));
    const second = page
      .locator(`[data-approval="${hold("2").id}"]`)
      .getByRole("button", { name: "Approve once" });
    const before = await second.boundingBox();
    harness.holds.set(hold("3").id, hold("3"));
    harness.holds.delete(hold("1").id);
    await page.locator(`[data-approval="${hold("3").id}"]`).waitFor();
    await page.getByText("No longer waiting").waitFor();
    const order = await page
      .locator("[data-approval]")
      .evaluateAll((nodes) => nodes.map((node) => node.getAttribute("data-approval")));
    expect(order).toEqual([hold("1").id, hold("2").id, hold("3").id]);
    const after = await second.boundingBox();
    expect(Math.abs((after?.y ?? 0) - (before?.y ?? 0))).toBeLessThan(44);
  });

  test("even a script of ours could not make markup from a string or run code that is not in our files", async () => {
    await show(hold("1"));
    const attempts = await page.evaluate(`(() => {
      const tries = [
        () => { document.body.innerHTML = "<b>x</b>"; },
        () => document.write("x"),
        () => document.createElement("script").setAttribute("src", "/x.js"),
        () => { document.createElement("script").text = "window.pwned = 1"; },
      ];
      return tries.map((attempt) => { try { attempt(); return "worked"; } catch { return "blocked"; } });
    })()`);
    expect(attempts).toEqual(["blocked", "blocked", "blocked", "blocked"]);
    const inline = `const made = document.createElement("img"); made.setAttribute("onerror", "window.pwned = 1"); made.src = "/nothing"; document.body.append(made);`;
    await page.evaluate(inline).catch(() => null);
    expect(await page.evaluate("window.pwned")).toBeUndefined();
  });
});
