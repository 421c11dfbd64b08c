import type { Page, Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type ConsolePages, openConsolePages } from "../support/console-pages.ts";
import { idOf, seed } from "../support/console-seed.ts";
import { CHROMIUM, SKIP_REASON } from "./console-harness.ts";

// Who is away, when one wants to be asked, and drills: what is sent is what each operation takes.

describe.skipIf(CHROMIUM === undefined)(`duties on the console${SKIP_REASON}`, () => {
  let pages: ConsolePages;
  let page: Page;
  let sent: { readonly path: string; readonly body: unknown }[] = [];
  beforeAll(async () => {
    pages = await openConsolePages(seed());
  });
  afterAll(async () => {
    await pages.close();
  });
  afterEach(async () => {
    await page.context().close();
    const complaints = pages.complaints.filter((one) => !one.includes("status of 403"));
    if (complaints.length > 0) throw new Error(complaints.join("\n"));
  });

  async function press(name: string): Promise<void> {
    page = await pages.open("/duties", { width: 390, theme: "dark" });
    sent = [];
    page.on("request", (request: Request) => {
      const { pathname } = new URL(request.url());
      if (request.method() === "POST" && pathname.startsWith("/api/v1"))
        sent.push({ path: pathname.replace("/api/v1", ""), body: request.postDataJSON() });
    });
    await page.getByRole("button", { name, exact: true }).first().click();
    expect(await pages.violations(page)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  }
  const fill = (label: string, text: string) => page.getByLabel(label, { exact: true }).fill(text);
  const submit = (name: string) =>
    page.getByRole("dialog").getByRole("button", { name, exact: true }).click();

  test("a duty is handed over", async () => {
    await press("Hand over a duty");
    await fill("To", "ada");
    await fill("Group", "finance");
    await fill("Until", "14d");
    await submit("Hand over");
    await expect
      .poll(() => sent)
      .toEqual([{ path: "/duties/hand-over", body: { to: "ada", group: "finance", until: "14d" } }]);
  });

  test("somebody is out of office, and nobody stands in", async () => {
    await press("I am away");
    await fill("Until", "3d");
    await submit("Be away");
    await expect.poll(() => sent).toEqual([{ path: "/duties/out", body: { until: "3d" } }]);
  });

  test("a duty is taken back", async () => {
    await press("End");
    await submit("End it now");
    await expect.poll(() => sent).toEqual([{ path: "/duties/end", body: { duty: idOf("dty", 3) } }]);
  });

  test("quiet hours are kept, and what is no number is said in place", async () => {
    await press("Change");
    await fill("Quiet hours", "");
    await fill("Cards a day, at most", "many");
    await submit("Keep it");
    await page.getByText("“many” is no number of cards.").waitFor();
    expect(sent).toEqual([]);
    await fill("Cards a day, at most", "40");
    await submit("Keep it");
    await expect
      .poll(() => sent)
      .toEqual([
        { path: "/approvers/prefer", body: { quiet: "none", zone: "Europe/Berlin", openMax: 5, dayMax: 40 } },
      ]);
  });

  test("drills are turned off", async () => {
    await press("Turn off");
    await submit("Turn them off");
    await expect.poll(() => sent).toEqual([{ path: "/drills/set", body: { every: "off" } }]);
  });
});
