import type { Page, Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type ConsolePages, openConsolePages, type PageOptions } from "../support/console-pages.ts";
import { seed } from "../support/console-seed.ts";
import { CHROMIUM, SKIP_REASON } from "./console-harness.ts";

// The pages of one thing, and everything that is changed there: what is sent is what the operation takes (the harness
// holds it to the operation's own input schema), after presence where the operation asks for it.

const DETAILS = [
  "/agents/mailbot",
  "/agents/deploy-agent",
  "/agents/old-crawler",
  "/servers/crm",
  "/servers/fs",
  "/servers/wiki",
  "/models/openai",
  "/models/gpu",
  "/models?name=llama3.2",
  "/budgets/daily",
  "/budgets/mailbot-calls",
] as const;
const LOOKS = [
  { width: 1440, theme: "light" },
  { width: 1440, theme: "dark" },
  { width: 390, theme: "light" },
  { width: 390, theme: "dark" },
] as const;
/** What Chromium notes of an answer that asks for presence. */
const PRESENCE = "status of 403";
const KEY = `dwk_${"a".repeat(43)}`;
const DOOR = "http://127.0.0.1:7420/door/mcp";

describe.skipIf(CHROMIUM === undefined)(`the console's pages of one thing${SKIP_REASON}`, () => {
  let pages: ConsolePages;
  let page: Page;
  let sent: { readonly path: string; readonly body: unknown }[] = [];
  beforeAll(async () => {
    pages = await openConsolePages(seed());
    for (const path of ["POST /agents/add", "POST /agents/rotate-key"])
      pages.harness.answers.set(path, () => ({
        session: "ses_1",
        key: KEY,
        door: DOOR,
        keylessDoor: null,
        models: DOOR.replace("/door/mcp", "/v1"),
        keylessModels: null,
      }));
  });
  afterAll(async () => {
    await pages.close();
  });
  afterEach(async () => {
    await page.context().close();
    const complaints = pages.complaints.filter((one) => !one.includes(PRESENCE));
    if (complaints.length > 0) throw new Error(complaints.join("\n"));
  });

  async function open(path: string, options: PageOptions = {}): Promise<void> {
    page = await pages.open(path, options);
    sent = [];
    page.on("request", (request: Request) => {
      const { pathname } = new URL(request.url());
      if (request.method() === "POST" && pathname.startsWith("/api/v1"))
        sent.push({ path: pathname.replace("/api/v1", ""), body: request.postDataJSON() });
    });
  }
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const fold = (name: string) => page.locator("main summary").filter({ hasText: name });
  const dialog = () => page.getByRole("dialog").last();
  const said = (text: string) => page.locator(".toast").getByText(text, { exact: true }).waitFor();

  test.each(DETAILS)("%s: axe finds nothing, and it fits", async (path) => {
    for (const look of LOOKS) {
      await open(path, look);
      for (const summary of await page.locator("main summary").all()) await summary.click();
      const fits = await page.evaluate("document.documentElement.scrollWidth <= innerWidth");
      expect({ look, found: await pages.violations(page), fits }).toEqual({ look, found: [], fits: true });
      if (look !== LOOKS.at(-1)) await page.context().close();
    }
  });

  test.each([
    ["/agents", "Add agent"],
    ["/agents", "Stop all"],
    ["/agents/mailbot", "Set stage"],
    ["/agents/mailbot", "New key"],
    ["/agents/mailbot", "Grant a tool"],
    ["/agents/mailbot", "Set dialects"],
    ["/agents/mailbot", "Revoke"],
    ["/servers", "Add server"],
    ["/servers/wiki", "Pin what it runs now"],
    ["/servers/fs", "Remove"],
    ["/models", "Add upstream"],
    ["/models", "Add route"],
    ["/models/openai", "Set key or prices"],
    ["/budgets", "Add budget"],
    ["/budgets/each-agent", "Change"],
  ])(
    "%s, %s: its window is clean and fits a phone; Escape changes nothing and gives the focus back",
    async (path, name) => {
      await open(path, { width: 390, theme: "dark" });
      await button(name).focus();
      await page.keyboard.press("Enter");
      await dialog().waitFor();
      expect(await pages.violations(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth <= innerWidth")).toBe(true);
      await page.keyboard.press("Escape");
      await dialog().waitFor({ state: "detached" });
      const hasFocus = () => button(name).evaluate((node) => node === node.ownerDocument.activeElement);
      // It comes back a frame after the window is gone.
      await expect.poll(hasFocus).toBe(true);
      expect(sent).toEqual([]);
    },
  );

  test("an agent is added: its key is shown this once, with what to paste where, and is gone after", async () => {
    await open("/agents");
    await button("Add agent").click();
    await page.getByLabel("Name").fill("fresh");
    await page.getByLabel("What it is for").fill("tests");
    await dialog().getByRole("button", { name: "Add agent" }).click();
    await page.getByText("This key is not shown again.").waitFor();
    expect(sent).toEqual([
      { path: "/agents/add", body: { name: "fresh", purpose: "tests", keyless: false } },
    ]);
    expect(await page.getByRole("region", { name: "Key", exact: true }).textContent()).toBe(KEY);
    await page.getByText("Point a client at Doorward").click();
    expect(await page.getByRole("region", { name: "OpenAI's SDKs" }).textContent()).toContain(KEY);
    expect(await pages.violations(page)).toEqual([]);
    await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
    await button("Copy Key").click();
    expect(await page.evaluate("navigator.clipboard.readText()")).toBe(KEY);
    await button("I have copied it").click();
    await dialog().waitFor({ state: "detached" });
    expect(await page.content()).not.toContain(KEY);
    expect(
      await page.evaluate("JSON.stringify([localStorage, sessionStorage, location.href])"),
    ).not.toContain(KEY);
  });

  test("an agent is changed: stage, grants, dialects, session, and its end, by its name", async () => {
    await open("/agents/mailbot");
    await button("Set stage").click();
    await dialog().getByRole("button", { name: "Set stage" }).click();
    await said("Stage set to observe");
    await button("Grant a tool").click();
    await page.getByLabel("Tool", { exact: true }).fill("fs/move_file");
    await button("Grant").click();
    await said("Granted");
    await button("Take away").click();
    await button("Take it away").click();
    await said("Taken away");
    await button("Set dialects").click();
    await button("ReAct").click();
    await dialog().getByRole("button", { name: "Set dialects" }).click();
    await said("Dialects set");
    await button("End").click();
    await button("End it now").click();
    await said("Session ended");
    await button("Revoke").click();
    expect(await dialog().textContent()).toContain("mailbot is never let in again");
    await button("Revoke for good").click();
    await said("Revoked");
    expect(sent).toEqual([
      { path: "/agents/set-stage", body: { agent: "mailbot", stage: "observe", days: 7 } },
      { path: "/agents/grant", body: { agent: "mailbot", tools: ["fs/move_file"] } },
      { path: "/agents/ungrant", body: { agent: "mailbot", tools: ["mail/send"] } },
      { path: "/agents/set-dialects", body: { agent: "mailbot", dialects: ["hermes"] } },
      { path: "/sessions/end", body: { session: "ses_00000000000000000000000001" } },
      { path: "/agents/revoke", body: { agent: "mailbot" } },
    ]);
  });

  test("a changed tool is told apart word by word, and taken as what was shown, or classified, or refused", async () => {
    await open("/servers/fs");
    await fold("fs/edit_file").click();
    const description = page.getByRole("region", { name: /^Its description/ });
    expect(await description.locator("ins").textContent()).toBe(
      "Added: file, and mails it to backup@example.net.",
    );
    expect(await description.locator("del").textContent()).toBe("Removed: file.");
    await page.getByRole("toolbar", { name: "What it does" }).getByText("reaches outside").click();
    await button("Accept as it is now").click();
    await said("Accepted");
    await fold("fs/edit_file").click();
    // A manifest in force says what the tool does: nothing else is asked.
    await fold("fs/read_file").click();
    await button("Refuse").waitFor();
    expect(await button("Classify so").count()).toBe(0);
    await fold("fs/read_file").click();
    await fold("fs/list_directory").click();
    expect(await button("Classify so").isDisabled()).toBe(true);
    await page.getByRole("toolbar", { name: "What it does" }).getByText("can destroy").click();
    await button("Classify so").click();
    await said("Classified");
    await button("Refuse").click();
    await said("Refused");
    const [accepted, ...others] = sent;
    expect(accepted).toMatchObject({
      path: "/tools/accept",
      body: { tools: ["fs/edit_file"], kind: "tool", fingerprint: `sha256:${"e41b".repeat(16)}` },
    });
    expect(accepted?.body).toMatchObject({ effects: ["write", "outbound"] });
    expect(others).toEqual([
      {
        path: "/tools/classify",
        body: { tool: "fs/list_directory", kind: "tool", effects: ["read", "destructive"] },
      },
      { path: "/tools/refuse", body: { tools: ["fs/list_directory"], kind: "tool" } },
    ]);
  });

  test("servers: added by address or command, looked at, restarted, pinned anew, let in by their own link", async () => {
    await open("/servers/crm");
    const link = page.getByRole("link", { name: /Let Doorward in at/ });
    expect(await link.getAttribute("href")).toMatch(/^https:\/\/login\.example\.com\/authorize\?/);
    await button("Look again").click();
    await said("Looked again");
    await button("Restart").click();
    await said("Restarted");
    await page.getByRole("link", { name: "Servers", exact: true }).first().click();
    await button("Add server").click();
    await page.getByLabel("Name").fill("files");
    await page.getByLabel("How it is reached").selectOption("command");
    await page.getByLabel(/Program and its arguments/).fill("npx\n-y\n\n server-filesystem \n/srv/my files");
    await page.getByLabel(/Folders that it sees/).fill("/srv/my files\n\n/srv/notes:rw");
    await page.getByLabel(/Hosts that it reaches/).fill(" api.example.com ");
    await button("Pin and connect it").click();
    await said("Server added");
    await page.getByRole("heading", { name: "files", level: 1 }).waitFor();
    await page.goto(`${pages.harness.origin}/servers/wiki`);
    await button("Pin what it runs now").click();
    await button("Pin it anew").click();
    await said("Pinned anew");
    expect(sent.map(({ path, body }) => [path, body])).toEqual([
      ["/servers/refresh", { server: "crm" }],
      ["/servers/restart", { server: "crm" }],
      [
        "/servers/add",
        {
          name: "files",
          command: ["npx", "-y", "server-filesystem", "/srv/my files"],
          folders: ["/srv/my files", "/srv/notes:rw"],
          hosts: ["api.example.com"],
        },
      ],
      ["/servers/repin", { server: "wiki" }],
    ]);
  });

  test("models: a name is tried, routes are set and removed, a key goes in and is not kept in the page", async () => {
    await open("/models");
    await page.getByLabel("Name, as an agent asks for it").fill("no-such");
    await page.keyboard.press("Enter");
    await page.getByText(/goes nowhere/).waitFor();
    expect(page.url()).toContain("/models?name=no-such");
    await button("Add route").click();
    await page.getByLabel("Name that agents ask for").fill("fast");
    await page.getByLabel(/^Goes to/).fill("ollama/llama3.2:3b\ngpu/*");
    await button("Set route").click();
    await said("Route set");
    await button("Remove").first().click();
    await button("Remove it").click();
    await said("Route removed");
    await page.goto(`${pages.harness.origin}/models/openai`);
    await button("Check now").click();
    await button("Set key or prices").click();
    const key = page.getByLabel("API key");
    expect(await key.getAttribute("type")).toBe("password");
    expect(await key.getAttribute("autocomplete")).toBe("off");
    await key.fill("sk-0123456789abcdef0123");
    await page.getByLabel("Prices, one on each line").fill("gpt-5 = 1.5/12");
    await button("Change it").click();
    await said("Changed");
    await dialog().waitFor({ state: "detached" });
    expect(await page.content()).not.toContain("sk-0123456789abcdef0123");
    expect(sent).toEqual([
      { path: "/models/set-route", body: { model: "fast", targets: ["ollama/llama3.2:3b", "gpu/*"] } },
      { path: "/models/remove-route", body: { model: "gpt-*" } },
      {
        path: "/upstreams/set",
        body: { upstream: "openai", prices: { "*": "", "gpt-5": "1.5/12" }, key: "sk-0123456789abcdef0123" },
      },
    ]);
  });

  test("budgets: how full they are is said in words, and they are added, changed and removed", async () => {
    await open("/budgets");
    expect(await page.getByRole("meter", { name: "Used of each-agent" }).getAttribute("aria-valuetext")).toBe(
      "21.30 of 25.00 USD, 85 %",
    );
    await button("Add budget").click();
    await page.getByLabel("Name").fill("hourly");
    await page.getByLabel("What is counted").selectOption("cost");
    await page.getByLabel("At most, in US dollars").fill("2.50");
    await page.getByLabel("In", { exact: true }).selectOption("hour");
    await page.getByLabel("Agent", { exact: true }).fill("each");
    await page.getByLabel("Beyond it").selectOption("hold");
    await page.getByLabel("Group that may say yes").fill("finance");
    await dialog().getByRole("button", { name: "Add budget" }).click();
    await said("Budget added");
    await page.goto(`${pages.harness.origin}/budgets/each-agent`);
    await page.getByText("6 months in which something was counted").waitFor();
    await page.getByText("The figures").click();
    expect(await page.getByRole("table", { name: "Windows before" }).getByRole("row").count()).toBe(7);
    await button("Change").click();
    await page.getByLabel("At most, in US dollars").fill("30.00");
    await button("Change it").click();
    await said("Budget changed");
    await button("Remove").click();
    await button("Remove it").click();
    await page.getByRole("heading", { name: "Budgets", level: 1 }).waitFor();
    expect(sent).toEqual([
      {
        path: "/budgets/add",
        body: {
          name: "hourly",
          metric: "cost",
          window: "hour",
          amount: "2.50",
          agent: "each",
          over: "hold",
          group: "finance",
        },
      },
      {
        path: "/budgets/set",
        body: { budget: "each-agent", amount: "30.00", over: "hold", group: "finance" },
      },
      { path: "/budgets/remove", body: { budget: "each-agent" } },
    ]);
  });

  test("the palette finds agents, servers, models and budgets, and goes to their own pages", async () => {
    await open("/");
    for (const [text, path] of [
      ["scribe", "/agents/scribe"],
      ["wiki", "/servers/wiki"],
      ["gpu", "/models/gpu"],
      ["nomic", "/models?name=nomic-embed-text"],
      ["mailbot-calls", "/budgets/mailbot-calls"],
    ] as const) {
      await page.keyboard.press("Control+k");
      await page.getByPlaceholder(/Page, agent, server/).fill(text);
      await page.getByRole("menuitem").first().waitFor();
      await page.keyboard.press("Enter");
      await page.waitForURL(pages.harness.origin + path);
      expect(await page.locator("h1").first().isVisible()).toBe(true);
    }
  });

  test("a change that needs presence asks for it and is done then; withdrawn, nothing is done", async () => {
    await open("/agents/mailbot");
    pages.harness.passTime(6 * 60_000);
    pages.harness.decided.length = 0;
    await button("Set stage").click();
    await dialog().getByRole("button", { name: "Set stage" }).click();
    await page.getByText("You are about to").waitFor();
    await button("Cancel").click();
    await page.getByText("You are about to").waitFor({ state: "detached" });
    expect(pages.harness.decided).toEqual([]);
    await dialog().getByRole("button", { name: "Set stage" }).click();
    await page.getByLabel("Password").fill("correct horse battery");
    await button("Confirm").click();
    await said("Stage set to observe");
    expect(pages.harness.decided).toHaveLength(1);
  });
});
