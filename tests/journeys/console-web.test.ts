import type { Page, Request } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ConsolePages, openConsolePages, type PageOptions } from "../support/console-pages.ts";
import { emptySeed, idOf, seed } from "../support/console-seed.ts";
import { CHROMIUM, SKIP_REASON } from "./console-harness.ts";

// The pages of the http door: hosts that are granted, APIs, and what an agent could reach. What is sent is what the
// operation takes (the harness holds it to the operation's own input schema), after presence where it asks for it.

const PATHS = [
  "/hosts",
  "/hosts?agent=mailbot",
  "/apis",
  "/apis/customers",
  "/vault",
  `/vault/${idOf("vcr", 2)}`,
];
const EMPTY = ["/hosts", "/apis", "/vault"];
const LOOKS = [
  { width: 1440, theme: "light" },
  { width: 1440, theme: "dark" },
  { width: 390, theme: "light" },
  { width: 390, theme: "dark" },
] as const;
const DOCUMENT = JSON.stringify({ openapi: "3.1.0", info: { title: "CRM", version: "1" }, paths: {} });

interface Sent {
  readonly path: string;
  readonly body: unknown;
}

const fits = (page: Page): Promise<unknown> =>
  page.evaluate("document.documentElement.scrollWidth <= innerWidth");

describe.skipIf(CHROMIUM === undefined)(`the console's pages of the http door${SKIP_REASON}`, () => {
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
    const sent: Sent[] = [];
    page.on("request", (request: Request) => {
      const { pathname } = new URL(request.url());
      if (request.method() === "POST" && pathname.startsWith("/api/v1"))
        sent.push({ path: pathname.replace("/api/v1", ""), body: request.postDataJSON() });
    });
    const button = (name: string) => page.getByRole("button", { name, exact: true });
    const dialog = page.getByRole("dialog").last();
    const said = (text: string) => page.locator(".toast").getByText(text, { exact: true }).waitFor();
    return { page, sent, button, dialog, said };
  }

  test.each(PATHS)("%s: axe finds nothing, it fits, and its policy blocks nothing", async (path) => {
    for (const look of LOOKS) {
      const page = await pages.open(path, look);
      for (const summary of await page.locator("main summary").all()) await summary.click();
      const found = await pages.violations(page);
      expect({ look, found, fits: await fits(page) }).toEqual({ look, found: [], fits: true });
      await page.context().close();
    }
    expect(pages.complaints).toEqual([]);
  });

  test.each(EMPTY)("%s with nothing in it says what to do, and is as clean", async (path) => {
    const page = await empty.open(path, { width: 390 });
    await page
      .locator(".empty")
      .first()
      .getByText(/^doorward /)
      .waitFor();
    expect(await empty.violations(page)).toEqual([]);
    expect(await fits(page)).toBe(true);
    await page.context().close();
  });

  test.each([
    ["/hosts", "Grant a host"],
    ["/apis", "Add API"],
    ["/apis/customers", "Remove"],
  ])("%s, %s: its window is clean and fits a phone; Escape changes nothing", async (path, name) => {
    const { page, sent, button, dialog } = await open(path, { width: 390, theme: "dark" });
    await button(name).focus();
    await page.keyboard.press("Enter");
    await dialog.waitFor();
    expect(await pages.violations(page)).toEqual([]);
    expect(await fits(page)).toBe(true);
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    const hasFocus = () => button(name).evaluate((node) => node === node.ownerDocument.activeElement);
    await expect.poll(hasFocus).toBe(true);
    expect(sent).toEqual([]);
    await page.context().close();
  });

  test("hosts: shown of one agent, granted with what they give away said, and taken back", async () => {
    const { page, sent, button, dialog, said } = await open("/hosts");
    const table = page.getByRole("table", { name: "Granted hosts" });
    expect(await table.getByRole("row").count()).toBe(5);
    await page.getByLabel("Agent", { exact: true }).selectOption("mailbot");
    await page.waitForURL(/\/hosts\?agent=mailbot$/);
    await expect.poll(() => table.getByRole("row").count()).toBe(3);
    await page.getByLabel("Agent", { exact: true }).selectOption("");
    await page.waitForURL(/\/hosts$/);
    await page.getByText("passed through").waitFor();
    await page.getByLabel("Show those too that were taken back").check();
    await page.getByText("every host").waitFor();
    await button("Grant a host").click();
    await dialog.getByLabel("Agent", { exact: true }).selectOption("scribe");
    await page.getByLabel("Host", { exact: true }).fill(" API.Example.com ");
    await dialog.getByLabel("It may", { exact: true }).selectOption("write");
    await page.getByLabel("It is on this machine or a private network").check();
    await page.getByLabel("Send on bodies that are too large to be read").check();
    await page.getByLabel("Send on bodies that are too large to be read").uncheck();
    await button("Grant it").click();
    await said("Granted");
    await button("Take back").first().click();
    expect(await dialog.textContent()).toContain("api.crm.example");
    await button("Take it back").click();
    await said("Taken back");
    const none = { passThrough: false, largeUploads: false, ownCredentials: false, trusted: false };
    expect(sent).toEqual([
      {
        path: "/hosts/grant",
        body: { agent: "scribe", host: "api.example.com", access: "write", private: true, ...none },
      },
      { path: "/hosts/revoke", body: { agent: "mailbot", host: "api.crm.example" } },
    ]);
    await page.context().close();
  });

  test("a grant of a host needs presence, and is not given where that is withdrawn", async () => {
    const { page, button } = await open("/agents/scribe");
    pages.harness.passTime(6 * 60_000);
    pages.harness.decided.length = 0;
    await button("Grant a host").click();
    await page.getByLabel("Host", { exact: true }).fill("docs.example.com");
    await button("Grant it").click();
    await page.getByText("You are about to").waitFor();
    await button("Cancel").click();
    await page.getByText("You are about to").waitFor({ state: "detached" });
    expect(pages.harness.decided).toEqual([]);
    await button("Grant it").click();
    await page.getByLabel("Password").fill("correct horse battery");
    await button("Confirm").click();
    await page.locator(".toast").getByText("Granted", { exact: true }).waitFor();
    expect(pages.harness.decided).toHaveLength(1);
    await page.context().close();
  });

  test("APIs: added from a file or an address, read again, reviewed as tools are, and removed", async () => {
    pages.harness.answers.set("POST /apis/add", () => ({ name: "crm" }));
    const { page, sent, button, said } = await open("/apis");
    await button("Add API").click();
    await page.getByLabel("Its OpenAPI document").selectOption("file");
    await page
      .getByLabel("File", { exact: true })
      .setInputFiles({ name: "crm.json", mimeType: "application/json", buffer: Buffer.from(DOCUMENT) });
    await page.getByLabel("Name", { exact: true }).fill("crm");
    await page.getByLabel("Where it is served").fill("https://crm.example.com/api\n");
    await page.getByLabel("Only paths that begin so").fill("/customers\n\n /orders");
    await page.getByLabel("Accept now").selectOption("reads");
    expect(await pages.violations(page)).toEqual([]);
    await button("Read it and add it").click();
    await said("API added");
    await page.getByRole("heading", { name: "crm", level: 1 }).waitFor();
    await page.goto(`${pages.harness.origin}/apis/customers`);
    await page.getByText("One operation waits for review.").waitFor();
    await page.getByText("cannot be told apart from others").waitFor();
    await page.locator("main summary").filter({ hasText: "customers.create" }).click();
    await page.getByText("POST /customers: adds a customer.").waitFor();
    await button("Accept as it is now").click();
    await said("Accepted");
    await button("Read its document again").click();
    await said("Read again");
    await button("Remove").click();
    await button("Remove it").click();
    await page.getByRole("heading", { name: "APIs", level: 1 }).waitFor();
    const [added, accepted, ...others] = sent;
    expect(added).toEqual({
      path: "/apis/add",
      body: {
        document: DOCUMENT,
        name: "crm",
        servers: ["https://crm.example.com/api"],
        only: ["/customers", "/orders"],
        allowPrivate: false,
        accept: "reads",
      },
    });
    expect(accepted).toMatchObject({
      path: "/tools/accept",
      body: { tools: ["customers/customers.create"], fingerprint: `sha256:${"9f2c".repeat(16)}` },
    });
    expect(others).toEqual([
      { path: "/apis/refresh", body: { api: "customers" } },
      { path: "/apis/remove", body: { api: "customers" } },
    ]);
    await page.context().close();
  });

  test("a file that is too large for the API is said to be, and not sent", async () => {
    const { page, sent, button, dialog } = await open("/apis");
    await button("Add API").click();
    await page.getByLabel("Its OpenAPI document").selectOption("file");
    const buffer = Buffer.alloc(3_600_000, 32);
    const file = page.getByLabel("File", { exact: true });
    await file.setInputFiles({ name: "large.json", mimeType: "application/json", buffer });
    await dialog.getByText("It is larger than 3.5 MB.").waitFor();
    expect(sent).toEqual([]);
    await page.context().close();
  });

  test("what an agent could reach is counted at each stage, and named at the one that is asked for", async () => {
    const { page } = await open("/agents/mailbot");
    const stages = page.getByRole("table", { name: "What it could reach at each stage" });
    expect(await stages.getByRole("row").count()).toBe(4);
    await stages.getByText("enforce, now").waitFor();
    await page.locator("summary").filter({ hasText: "Tools" }).first().click();
    const tools = page.getByRole("table", { name: "Tools it could call" });
    await tools.getByText("held for a person").waitFor();
    await page.locator("summary").filter({ hasText: "Credentials" }).click();
    await page
      .getByRole("table", { name: /Credentials that could/ })
      .getByText("https://api.github.com/")
      .waitFor();
    const asked = page.waitForRequest((request) => request.url().includes("stage=isolate"));
    await page.getByRole("radiogroup", { name: "In stage" }).getByText("isolate").click();
    await asked;
    await page.getByText("and no way out but the doors").waitFor();
    await page.context().close();
  });

  test("the palette and the keys go to the pages", async () => {
    const { page } = await open("/");
    await page.keyboard.press("g");
    await page.keyboard.press("h");
    await page.getByRole("heading", { name: "Hosts", level: 1 }).waitFor();
    await page.keyboard.press("g");
    await page.keyboard.press("e");
    await page.getByRole("heading", { name: "APIs", level: 1 }).waitFor();
    expect(page.url()).toBe(`${pages.harness.origin}/apis`);
    await page.context().close();
  });
});
