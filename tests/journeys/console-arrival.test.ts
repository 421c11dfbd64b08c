import type { Page, Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Fault } from "#base";
import { type ConsolePages, openConsolePages, type PageOptions } from "../support/console-pages.ts";
import { answering, idOf, seed } from "../support/console-seed.ts";
import { CHROMIUM, SKIP_REASON } from "./console-harness.ts";

// How a person comes to a request by a card's one-time link, and what the console says of that.

const APPROVAL = idOf("apr", 63);
const LINK = `dw1.l.${"A".repeat(22)}`;
const CARD = `/approvals/${APPROVAL}?link=${LINK}`;
const CAME = { approval: APPROVAL, channel: "slack", post: idOf("pst", 1), message: "171.0001" };

describe.skipIf(CHROMIUM === undefined)(`a card's link on the console${SKIP_REASON}`, () => {
  let pages: ConsolePages;
  let page: Page;
  let sent: unknown[] = [];
  beforeAll(async () => {
    pages = await openConsolePages(seed());
  });
  afterAll(async () => {
    await pages.close();
  });
  beforeEach(() => {
    sent = [];
  });
  afterEach(async () => {
    await page.context().close();
    const complaints = pages.complaints.filter((one) => !one.includes("status of 403"));
    if (complaints.length > 0) throw new Error(complaints.join("\n"));
  });

  const arriving = (state: "counted" | "used", usedBy: string): void => {
    const came = { ...CAME, state, usedBy, usedAt: "2026-01-02T03:04:05.000Z" };
    pages.harness.answers.set(
      "POST /approvals/arrive",
      answering("approvals.arrive", () => came),
    );
  };
  async function open(options: PageOptions): Promise<void> {
    page = await pages.open("/approvals", options);
    page.on("request", (request: Request) => {
      if (new URL(request.url()).pathname === "/api/v1/approvals/arrive") sent.push(request.postDataJSON());
    });
    await page.goto(pages.harness.origin + CARD);
  }
  /** The link is out of the address: nobody who looks at the screen, or at its history, has it. */
  const isClean = (): Promise<void> => page.waitForURL(`${pages.harness.origin}/approvals/${APPROVAL}`);

  test("signed out it leads to the sign-in, tells nothing, and then to the request, by which card one came", async () => {
    arriving("counted", "admin");
    await open({ isSignedIn: false });
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(sent).toEqual([]);
    expect(await page.locator("[data-approval]").count()).toBe(0);
    await page.getByLabel("Name", { exact: true }).fill("admin");
    await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByText("You came by a card on").waitFor();
    await isClean();
    expect(sent[0]).toEqual({ approval: APPROVAL, link: LINK });
  });

  test.each([
    [1440, "light"],
    [390, "dark"],
  ] as const)("opened before by somebody else it says by whom, %i wide", async (width, theme) => {
    arriving("used", "Petra\u202Egnp.exe");
    await open({ width, theme });
    await page.getByText("link was used before, by").waitFor();
    await isClean();
    await page.getByText("names no card").waitFor();
    expect(await page.getByText("\u202E").count()).toBe(0);
    expect(await pages.violations(page)).toEqual([]);
    expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
  });

  test("forged it says nothing of any card", async () => {
    pages.harness.answers.set("POST /approvals/arrive", () => {
      throw new Fault("link_unknown", "no such link", "Open the request from the list.");
    });
    await open({});
    await isClean();
    await page.locator("h1").first().waitFor();
    expect(sent.length).toBeGreaterThan(0);
    expect(await page.getByText(/by a card on|was used before/).count()).toBe(0);
  });
});
