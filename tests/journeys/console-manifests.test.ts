import type { Page, Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type ConsolePages, openConsolePages, type PageOptions } from "../support/console-pages.ts";
import { seed } from "../support/console-seed.ts";
import { CHROMIUM, SKIP_REASON } from "./console-harness.ts";

// What is known of each tool on the page of its server: shown as it stands, and put in force as it is shown.

const LOOKS = [1440, 390].flatMap((width) => (["light", "dark"] as const).map((theme) => ({ width, theme })));
const PRESENCE = "status of 403";

describe.skipIf(CHROMIUM === undefined)(`manifests in the console${SKIP_REASON}`, () => {
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
    const complaints = pages.complaints.filter((one) => !one.includes(PRESENCE));
    if (complaints.length > 0) throw new Error(complaints.join("\n"));
  });

  async function open(path: string, name: string, options: PageOptions = {}): Promise<void> {
    page = await pages.open(path, options);
    sent = [];
    page.on("request", (request: Request) => {
      const { pathname } = new URL(request.url());
      if (request.method() === "POST" && pathname.startsWith("/api/v1/manifests"))
        sent.push({ path: pathname.replace("/api/v1", ""), body: request.postDataJSON() });
    });
    await page.locator("main summary").filter({ hasText: name }).click();
    await known(name).waitFor();
  }
  const known = (name: string) => page.getByRole("region", { name: `What is known of ${name}` });
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const said = (text: string) => page.locator(".toast").getByText(text, { exact: true }).waitFor();

  test("every standing is told with what it does, what its arguments are for, and whose words its results are", async () => {
    await open("/servers/fs", "fs/read_file");
    const shipped = await known("fs/read_file").textContent();
    for (const words of ["in force, as shipped", "reads", "path", "a place", "others may have written them"])
      expect(shipped).toContain(words);
    expect(await button("Put this in force").count()).toBe(0);
    await page.context().close();
    await open("/servers/fs", "fs/edit_file");
    expect(await known("fs/edit_file").textContent()).toContain("stale: the definition has changed");
    await page.context().close();
    await open("/servers/fs", "fs/search_files");
    expect(await known("fs/search_files").textContent()).toContain("nobody has said");
  });

  test("a proposal is put in force for the definition that it was made for, after presence", async () => {
    await open("/agents/mailbot", "agent:mailbot/Bash");
    expect(await known("agent:mailbot/Bash").textContent()).toContain("runs commands");
    await button("Put this in force").click();
    await said("Accepted");
    expect(sent.at(-1)).toEqual({
      path: "/manifests/accept",
      body: { tools: ["agent:mailbot/Bash"], fingerprint: `sha256:${"9f2c".repeat(16)}` },
    });
  });

  test("where nothing is known, a proposal is one press away", async () => {
    await open("/servers/fs", "fs/search_files");
    await button("Propose from names and schemas").click();
    await said("Proposed");
    expect(sent).toEqual([{ path: "/manifests/init", body: { server: "fs" } }]);
  });

  test.each(LOOKS)("axe finds nothing, and it fits: $width $theme", async (look) => {
    await open("/servers/fs", "fs/edit_file", look);
    expect(await pages.violations(page)).toEqual([]);
    const room: number = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
    expect(room).toBeLessThanOrEqual(0);
  });
});
