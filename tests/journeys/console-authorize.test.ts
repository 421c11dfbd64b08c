import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Doorward, openDoorward, readConfig } from "#main";
import { type AuthorizedServer, listenAuthorized, MACHINE, visit } from "../servers/authorized.ts";
import {
  CHROMIUM,
  freshPage,
  goTo,
  openBrowser,
  setPassword,
  signIn,
  SKIP_REASON,
  startConsole,
} from "./console-harness.ts";

// A server that a person must open, behind the whole of Doorward: a real authorization server, a real browser.

type Shown = { readonly [field: string]: unknown };
const PASSWORD = "correct horse battery";
let doorward: Doorward;
let server: AuthorizedServer;
let reports: string[];
let directory: string;

beforeEach(async () => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "doorward-authorize-")));
  reports = [];
  const config = readConfig({ data: join(directory, "data"), port: 0 }, {});
  doorward = await openDoorward(config, (event, detail) => void reports.push(`${event} ${String(detail)}`));
  server = await listenAuthorized();
});
afterEach(async () => {
  await doorward.close();
  await server.close();
  rmSync(directory, { recursive: true, force: true });
});

const perform = async (name: string, input: object): Promise<Shown> =>
  (await doorward.asLocalAdmin(name, JSON.parse(JSON.stringify(input)))) as Shown;
/** Adds the server as one types it, and answers the link. */
async function addVault(): Promise<string> {
  const added = await perform("servers.add", { name: "vault", url: server.url, allowPrivate: true });
  expect(added).toMatchObject({ status: "held", tools: { accepted: 0, waiting: [] } });
  const link = String(added["authorizationUrl"]);
  expect(new URL(link).searchParams.get("redirect_uri")).toBe(
    `${doorward.addresses.console}/console/authorize`,
  );
  return link;
}

/** What an agent gets from the server through the door. */
async function callAsAgent(): Promise<unknown> {
  const { key } = (await perform("agents.add", { name: "scribe" })) as { key: string };
  const transport = new StreamableHTTPClientTransport(new URL(`${doorward.addresses.door}/door/mcp/vault`), {
    requestInit: { headers: { authorization: `Bearer ${key}` } },
  });
  const client = new Client({ name: "scribe", version: "1.0.0" });
  await client.connect(transport);
  try {
    return await client.callTool({ name: "secret_of_the_house", arguments: {} });
  } finally {
    await client.close();
  }
}

const ledgerOf = async (): Promise<string> => JSON.stringify(await perform("ledger.entries", { limit: 200 }));

describe("servers.authorize over the whole of Doorward", () => {
  test.each<[string, (back: URL) => string]>([
    ["the address", (back) => back.href],
    ["its query", (back) => back.search],
    ["its query, bare", (back) => back.search.slice(1)],
  ])("given %s: pins the server, notes its tools, and an agent may use it", async (_what, form) => {
    const back = await visit(await addVault(), doorward.addresses.console);
    const shown = await perform("servers.authorize", { server: "vault", callback: form(back) });
    expect(shown).toMatchObject({
      status: "active",
      reason: null,
      authorizationUrl: null,
      tools: { waiting: ["vault/secret_of_the_house"] },
    });
    await perform("tools.accept", { tools: ["vault/secret_of_the_house"] });
    expect(await callAsAgent()).toMatchObject({ content: [{ text: "the key is under the mat" }] });
    const ledger = await ledgerOf();
    expect(ledger).toContain("authorized");
    for (const secret of [back.searchParams.get("code"), back.searchParams.get("state")])
      expect(ledger + reports.join("\n")).not.toContain(secret);
  });

  test("adding a server that waits shows its link again at refresh, and not twice another", async () => {
    const link = await addVault();
    await expect(perform("servers.refresh", { server: "vault" })).rejects.toMatchObject({
      code: "upstream_needs_authorization",
      remedy: expect.stringContaining(link),
    });
    expect(await perform("servers.get", { server: "vault" })).toMatchObject({ authorizationUrl: link });
  });

  test("is refused for an answer that is none, and writes nothing", async () => {
    const back = await visit(await addVault(), doorward.addresses.console);
    const twice = `${back.search}&state=other`;
    for (const callback of ["", "https://example.org/", "?code=only", twice]) {
      await expect(perform("servers.authorize", { server: "vault", callback })).rejects.toMatchObject({
        code: "server_callback_invalid",
      });
    }
    back.searchParams.set("state", "vault.forged");
    const forged = perform("servers.authorize", { server: "vault", callback: back.search });
    await expect(forged).rejects.toMatchObject({ code: "upstream_authorization_refused" });
    expect(await ledgerOf()).not.toContain("authorized");
  });

  test("a machine's own credentials need no person", async () => {
    const oauth = {
      oauthGrant: "client_credentials",
      oauthIssuer: server.issuer,
      oauthClientId: MACHINE.id,
      oauthClientSecret: MACHINE.secret,
    };
    const input = { name: "vault", url: server.url, allowPrivate: true, accept: true, ...oauth };
    expect(await perform("servers.add", input)).toMatchObject({
      status: "active",
      authorizationUrl: null,
      tools: { accepted: 1 },
    });
    expect(await callAsAgent()).toMatchObject({ content: [{ text: "the key is under the mat" }] });
    expect(await ledgerOf()).not.toContain(MACHINE.secret);
  });
});

describe.skipIf(CHROMIUM === undefined)(`/console/authorize in Chromium${SKIP_REASON}`, () => {
  let browser: Browser;
  let page: Page;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
  });
  beforeEach(async () => {
    page = await freshPage(browser);
  });
  afterEach(async () => {
    await page.context().close();
  });

  async function comeIn(): Promise<void> {
    await page.goto((await doorward.loginLink()).url);
    await setPassword(page, PASSWORD);
  }
  const inside = () => page.getByRole("navigation", { name: "Main", exact: true }).waitFor();
  const allowed = () => page.locator(".result.good", { hasText: "Doorward may use vault now." }).waitFor();
  const address = () => page.evaluate("location.href + ' ' + history.length");

  test("signed in and present, the person comes back and it is done; the address keeps nothing", async () => {
    await comeIn();
    await page.goto(await addVault());
    await allowed();
    expect(await address()).toContain(`${doorward.addresses.console}/ `);
    await goTo(page, "Servers");
    await page.getByText("vault/secret_of_the_house", { exact: true }).waitFor();
    await page.reload();
    await inside();
    expect(await page.getByText("Access to an MCP server").count()).toBe(0);
    expect(server.asked.filter((asked) => asked === "POST /token")).toHaveLength(1);
  });

  test("not signed in, the person signs in first, and then it is done", async () => {
    await comeIn();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goto(await addVault());
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    expect(await address()).toContain(`${doorward.addresses.console}/ `);
    await page.getByLabel("Name").fill("admin");
    await page.getByLabel("Password").fill(PASSWORD);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await allowed();
  });

  test("not present, the person confirms first; a cancelled confirmation loses nothing", async () => {
    const harness = await startConsole();
    try {
      await signIn(harness, page, PASSWORD);
      harness.passTime(6 * 60_000);
      await page.goto(`${harness.origin}/console/authorize?code=c&state=vault.s`);
      await page.getByText("let Doorward use the server vault").waitFor();
      await page.getByRole("button", { name: "Cancel" }).click();
      expect(harness.decided).toEqual([]);
      await page.getByRole("button", { name: "Finish" }).click();
      await page.getByLabel("Password").fill(PASSWORD);
      await page.getByRole("button", { name: "Confirm" }).click();
      await allowed();
      expect(harness.decided).toEqual(["authorize vault"]);
    } finally {
      await harness.close();
    }
  });

  test("a no is shown as the authorization server said it, as text", async () => {
    await comeIn();
    server.isGenerous = false;
    await page.goto(await addVault());
    await page.getByText(/Ana said <b>no<\/b>/).waitFor();
    await page.reload();
    await inside();
    expect(await page.getByText("Access to an MCP server").count()).toBe(0);
  });

  test("markup in the query stays out of the page, and what Doorward did not make is refused", async () => {
    await comeIn();
    const query = `?code=x&state=${encodeURIComponent("<img src=x onerror=alert(1)>.x")}&error_description=%3Cb%3E`;
    await page.goto(`${doorward.addresses.console}/console/authorize${query}`);
    await page.getByText("The address names no server of Doorward.").waitFor();
    expect(await page.locator("main img").count()).toBe(0);
    await page.goto(`${doorward.addresses.console}/console/authorize?code=x&state=vault.x`);
    await page.getByText(/no server vault/i).waitFor();
  });
});

test("/console/authorize serves the page as it is, whatever the query, under the console's own policy", async () => {
  const at = `${doorward.addresses.console}/console/authorize`;
  const [plain, asked] = await Promise.all([
    fetch(at),
    fetch(`${at}?code=zzsecret&state=vault.x&error=%3Cb%3E`),
  ]);
  const [text, other] = await Promise.all([plain.text(), asked.text()]);
  expect(other).toBe(text);
  expect(asked.headers.get("content-security-policy")).toBe(
    (await fetch(`${doorward.addresses.console}/`)).headers.get("content-security-policy"),
  );
  expect(asked.headers.get("referrer-policy")).toBe("no-referrer");
  const wrongName = `http://127.0.0.1:${doorward.port}/console/authorize?code=zz&state=vault.x`;
  const moved = await fetch(wrongName, { redirect: "manual" });
  expect(moved.headers.get("location")).toBe(`${at}?code=zz&state=vault.x`);
  expect((await fetch(at, { method: "POST" })).status).toBe(404);
  expect(reports.join("\n")).not.toContain("zzsecret");
});
