import type { Page, Request } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type ConsolePages, openConsolePages } from "../support/console-pages.ts";
import { idOf, seed } from "../support/console-seed.ts";
import { CHROMIUM, SKIP_REASON } from "./console-harness.ts";

// Credentials are put in, renewed, bound and removed on their page. INVARIANT: a secret that was typed there is in the
// request that carries it and nowhere else: not in the page, what React remembers of it, storage, address, history,
// console, or the browser's record of what it loaded.

const CANARY = "canary-7f3a91c0d55e4b62";
const OTHER = "canary-2b8c6e40aa19f7d3";

/** Everything that a script of the page could find: the document, its fields, storage, and React's own tree. */
const EVERYWHERE = `(async () => {
  const found = [document.documentElement.outerHTML, location.href, document.title, JSON.stringify(history.state)];
  found.push(JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage }), document.cookie);
  found.push(...[...document.querySelectorAll("input, textarea, select")].map((field) => field.value));
  found.push(...performance.getEntries().map(({ name }) => name));
  for (const { name } of await indexedDB.databases()) found.push("database " + name);
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys()) found.push(request.url);
  const seen = new Set();
  const open = [...document.querySelectorAll("*")].flatMap((node) =>
    Object.keys(node).filter((key) => key.startsWith("__react")).map((key) => node[key]));
  const [first] = open;
  if (first === undefined) throw new Error("React's tree was not found");
  for (let at = 0; at < open.length && at < 2_000_000; at += 1) {
    const one = open[at];
    if (typeof one === "string") { if (one.startsWith("canary")) found.push(one); continue; }
    if (typeof one !== "object" || one === null || seen.has(one) || one instanceof Node || one === window) continue;
    seen.add(one);
    for (const key of Reflect.ownKeys(one)) {
      const described = Object.getOwnPropertyDescriptor(one, key);
      if (described !== undefined && "value" in described) open.push(described.value);
    }
    if (one instanceof Map || one instanceof Set) open.push(...one.keys(), ...one.values());
  }
  return found.join("\\n") + "\\n" + seen.size;
})()`;

const file = (name: string, text: string) => ({
  name,
  mimeType: "text/plain",
  buffer: Buffer.from(text),
});

interface Sent {
  readonly path: string;
  readonly body: unknown;
}

describe.skipIf(CHROMIUM === undefined)(`credentials in the console${SKIP_REASON}`, () => {
  let pages: ConsolePages;
  let page: Page;
  let sent: Sent[] = [];
  const heard: string[] = [];
  beforeAll(async () => {
    pages = await openConsolePages(seed());
  });
  afterAll(async () => {
    await pages.close();
  });
  afterEach(async () => {
    await page.context().close();
  });

  async function open(path: string): Promise<void> {
    page = await pages.open(path);
    sent = [];
    heard.length = 0;
    page.on("console", (message) => void heard.push(message.text()));
    page.on("request", (request: Request) => {
      heard.push(request.url());
      const { pathname } = new URL(request.url());
      if (request.method() === "POST" && pathname.startsWith("/api/v1"))
        sent.push({ path: pathname.replace("/api/v1", ""), body: request.postDataJSON() });
    });
  }
  const button = (name: string) => page.getByRole("button", { name, exact: true });
  const dialog = () => page.getByRole("dialog").last();
  const said = (text: string) => page.locator(".toast").getByText(text, { exact: true }).waitFor();
  const isNowhere = async (...secrets: readonly string[]): Promise<void> => {
    await dialog().waitFor({ state: "detached" });
    const everywhere = `${await page.evaluate<string>(EVERYWHERE)}\n${heard.join("\n")}`;
    expect(Number(/\n(\d+)\n/.exec(everywhere)?.[1] ?? 0)).toBeGreaterThan(100);
    for (const secret of secrets) expect(everywhere).not.toContain(secret);
  };

  test("a token goes in once, after presence, and is nowhere in the page afterwards", async () => {
    await open("/vault");
    pages.harness.passTime(6 * 60_000);
    await button("Add credential").click();
    await page.getByLabel("Name", { exact: true }).fill("github");
    await page.getByLabel("Where it may go").fill("https://api.github.com\nGET https://uploads.github.com/");
    await page.getByLabel("Only for these agents").fill("mailbot");
    await page.getByLabel("Ends after, or at").fill("90d");
    const field = page.getByLabel("Token", { exact: true });
    expect(await field.getAttribute("type")).toBe("password");
    expect(await field.getAttribute("autocomplete")).toBe("off");
    await field.fill(CANARY);
    // What is looked through finds it while it is there.
    expect(await page.evaluate<string>(EVERYWHERE)).toContain(CANARY);
    expect(await page.content()).not.toContain(CANARY);
    await button("Put it in").click();
    await page.getByText("You are about to").waitFor();
    await page.getByLabel("Password", { exact: true }).fill("correct horse battery");
    await button("Confirm").click();
    await said("It is in the vault");
    await isNowhere(CANARY);
    const body = {
      name: "github",
      kind: "bearer",
      to: ["https://api.github.com", "GET https://uploads.github.com/"],
      agents: ["mailbot"],
      mine: false,
      expires: "90d",
      secret: CANARY,
    };
    expect(sent).toEqual([
      { path: "/vault/add", body },
      { path: "/vault/add", body },
    ]);
    await button("Add credential").click();
    expect(await page.getByLabel("Token", { exact: true }).inputValue()).toBe("");
    await page.keyboard.press("Escape");
  });

  test("what was refused or left is not kept either, and a kind's own secrets do not go to another", async () => {
    await open("/vault");
    await button("Add credential").click();
    await page.getByLabel("Token", { exact: true }).fill(CANARY);
    await page.getByLabel("What it is").selectOption("aws-sigv4");
    expect(await page.getByLabel("Secret access key").inputValue()).toBe("");
    await page.getByLabel("Secret access key").fill(OTHER);
    await page.keyboard.press("Escape");
    await isNowhere(CANARY, OTHER);
    expect(sent).toEqual([]);
  });

  test("a client certificate is taken from files, which are never shown", async () => {
    await open("/vault");
    await button("Add credential").click();
    await page.getByLabel("Name", { exact: true }).fill("bank");
    await page.getByLabel("What it is").selectOption("mtls");
    await page.getByLabel("Where it may go").fill("https://api.bank.example");
    await page.getByLabel("Private key, in PEM").setInputFiles(file("bank.key", `-----BEGIN\n${CANARY}`));
    await page
      .getByLabel("Certificate with its chain")
      .setInputFiles(file("bank.pem", `-----BEGIN\n${OTHER}`));
    expect(await pages.violations(page)).toEqual([]);
    await button("Put it in").click();
    await said("It is in the vault");
    await isNowhere(CANARY, OTHER);
    expect(sent.map(({ body }) => body)).toMatchObject([
      { kind: "mtls", secret: `-----BEGIN\n${CANARY}`, certificate: `-----BEGIN\n${OTHER}` },
    ]);
  });

  test.each([
    ["basic", [["User", "x-access-token"]], { user: "x-access-token" }],
    ["header", [["Header", "x-api-key"]], { header: "x-api-key" }],
    ["query", [["Parameter", "appid"]], { parameter: "appid" }],
    [
      "oauth",
      [
        ["Token endpoint", "https://login.example.com/token"],
        ["Client id", "doorward"],
        ["Scopes, one on each line", "read\nwrite"],
      ],
      { tokenUrl: "https://login.example.com/token", clientId: "doorward", scopes: ["read", "write"] },
    ],
    [
      "aws-sigv4",
      [
        ["Access key id", "AKIAEXAMPLE1"],
        ["Region", "eu-central-1"],
        ["Service", "s3"],
      ],
      { accessKeyId: "AKIAEXAMPLE1", region: "eu-central-1", service: "s3" },
    ],
    [
      "template",
      [["Headers, NAME=TEXT on each line", "X-Auth=Token {{secret}}"]],
      { headers: { "X-Auth": "Token {{secret}}" } },
    ],
  ] as const)(
    "a credential of kind %s says what the operation asks of it",
    async (kind, fields, settings) => {
      await open("/vault");
      await button("Add credential").click();
      await page.getByLabel("Name", { exact: true }).fill("it");
      await page.getByLabel("What it is").selectOption(kind);
      for (const [label, text] of fields) await page.getByLabel(label, { exact: true }).fill(text);
      await page.getByLabel("Where it may go").fill("https://api.example.com");
      await page.getByLabel("Whose it is").selectOption("team");
      await page.getByLabel("Team", { exact: true }).fill("finance");
      await dialog().locator("input[type=password]").first().fill(CANARY);
      await button("Put it in").click();
      await said("It is in the vault");
      expect(sent).toEqual([
        {
          path: "/vault/add",
          body: {
            name: "it",
            kind,
            to: ["https://api.example.com"],
            agents: [],
            mine: false,
            team: "finance",
            secret: CANARY,
            ...settings,
          },
        },
      ]);
      await isNowhere(CANARY);
    },
  );

  test("a secret may stay with its manager: what is sent says where, and what opens it", async () => {
    await open("/vault");
    await button("Add credential").click();
    await page.getByLabel("Name", { exact: true }).fill("kept");
    await page.getByLabel("Where it may go").fill("https://api.github.com");
    await page.getByLabel("Where the secret is kept").selectOption("elsewhere");
    await page
      .getByLabel("Where it is there")
      .fill("manager=hashicorp\nurl=https://vault.example:8200\npath=a/b");
    await page.getByLabel("What opens the manager").fill(CANARY);
    await button("Put it in").click();
    await said("It is in the vault");
    expect(sent.map(({ body }) => body)).toMatchObject([
      {
        reference: { manager: "hashicorp", url: "https://vault.example:8200", path: "a/b" },
        secret: CANARY,
      },
    ]);
    await isNowhere(CANARY);
  });

  test("a credential gets a new secret, is bound elsewhere, and is removed; a connection is ended there", async () => {
    const id = idOf("vcr", 1);
    await open(`/vault/${id}`);
    await button("New secret").click();
    await page.getByLabel("Token", { exact: true }).fill(CANARY);
    await button("Replace the secret").click();
    await said("It has a new secret");
    await isNowhere(CANARY);
    await button("Change").click();
    expect(await page.getByLabel("Where it may go").inputValue()).toBe("https://api.github.com/");
    await page.getByLabel("Where it may go").fill("GET https://api.github.com/repos");
    await page.getByLabel("Only for these agents").fill("scribe");
    await button("Change it").click();
    await said("Changed");
    await dialog().waitFor({ state: "detached" });
    await button("Remove").click();
    await button("Remove it").click();
    await page.getByRole("heading", { name: "Credentials", level: 1 }).waitFor();
    await page.goto(`${pages.harness.origin}/vault/${idOf("vcr", 2)}`);
    await button("Disconnect").click();
    await button("Disconnect it").click();
    await page.getByRole("heading", { name: "Credentials", level: 1 }).waitFor();
    expect(sent).toEqual([
      { path: "/vault/rotate", body: { credential: id, secret: CANARY } },
      {
        path: "/vault/set",
        body: { credential: id, to: ["GET https://api.github.com/repos"], agents: ["scribe"] },
      },
      { path: "/vault/remove", body: { credential: id } },
      { path: "/vault/disconnect", body: { connection: idOf("vcr", 2) } },
    ]);
  });

  test("an account is connected at a provider of doorward.yaml, by a link that the person opens", async () => {
    const url = "https://github.com/login/oauth/authorize?client_id=x&state=%40connect.abc";
    pages.harness.answers.set("POST /vault/connect", () => ({ provider: "github", url }));
    await open("/vault");
    await button("Connect an account").click();
    await page.getByLabel("Provider").selectOption("github");
    await button("Go on").click();
    const link = page.getByRole("link", { name: /Agree at/ });
    expect(await link.getAttribute("href")).toBe(url);
    expect(await link.textContent()).toContain("github.com");
    expect(await pages.violations(page)).toEqual([]);
    expect(sent).toEqual([{ path: "/vault/connect", body: { provider: "github" } }]);
    // An address that no browser should open is none.
    pages.harness.answers.set("POST /vault/connect", () => ({ provider: "x", url: "javascript:alert(1)" }));
    await page.keyboard.press("Escape");
    await button("Connect an account").click();
    await button("Go on").click();
    await page.getByText("is none that a browser may open").waitFor();
    expect(await dialog().locator("a").count()).toBe(0);
  });

  test("its key is shown by name, and made anew after a warning", async () => {
    await open("/vault");
    await page.getByText("kek_5f2b7a90").waitFor();
    await button("Make a new key").click();
    expect(await pages.violations(page)).toEqual([]);
    await button("Seal everything anew").click();
    await said("There is a new key");
    expect(sent).toEqual([{ path: "/vault/rotate-key", body: {} }]);
  });
});
