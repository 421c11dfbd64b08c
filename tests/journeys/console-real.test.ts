import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Doorward, openDoorward, readConfig } from "#main";
import { CHROMIUM, freshPage, goTo, openBrowser, setPassword, SKIP_REASON } from "./console-harness.ts";

const SERVER = fileURLToPath(
  new URL("../../node_modules/@modelcontextprotocol/server-filesystem/dist/index.js", import.meta.url),
);

describe.skipIf(CHROMIUM === undefined)(`the console over the whole of Doorward${SKIP_REASON}`, () => {
  let doorward: Doorward;
  let page: Page;
  const closers: (() => Promise<void>)[] = [];
  const directory = realpathSync(mkdtempSync(join(tmpdir(), "doorward-console-")));

  beforeAll(async () => {
    const config = readConfig({ data: join(directory, "data"), port: 0 }, {});
    doorward = await openDoorward(config, () => {});
    closers.push(() => doorward.close());
    const browser = await openBrowser();
    closers.unshift(() => browser.close());
    page = await freshPage(browser);
  });
  afterAll(async () => {
    for (const close of closers) await close();
    rmSync(directory, { recursive: true, force: true });
  });

  test("tools are reviewed and a held write approved in the browser; only then is it done", async () => {
    await page.goto((await doorward.loginLink()).url);
    await setPassword(page, "correct horse battery");
    await goTo(page, "Servers");
    await page.getByText("Every tool has been reviewed.").waitFor();
    // Apart from Doorward's own data, which no server's sandbox may see.
    const files = join(directory, "files");
    mkdirSync(files);
    const command = [process.execPath, SERVER, files];
    await doorward.asLocalAdmin("servers.add", { name: "fs", command, folders: [`${files}:rw`] });
    await page.getByText("fs/write_file", { exact: true }).click();
    await page.getByRole("button", { name: "Accept as it is now" }).click();
    await page.getByText("fs/write_file", { exact: true }).waitFor({ state: "detached" });

    const agent = (await doorward.asLocalAdmin("agents.add", { name: "scribe" })) as { key: string };
    // It may overwrite, so the starter policy denies it until it is granted, and then still holds it.
    await doorward.asLocalAdmin("agents.grant", { agent: "scribe", tools: ["fs/write_file"] });
    const target = join(files, "note.txt");
    const call = callTool(agent.key, { path: target, content: "as approved" });
    await goTo(page, "Approvals");
    await page.getByRole("heading", { name: "scribe asks for fs/write_file" }).waitFor();
    expect(await page.getByRole("group", { name: "Argument content" }).textContent()).toBe("as approved");
    expect(existsSync(target)).toBe(false);
    await page.getByRole("button", { name: "Approve once" }).click();
    await page.locator(".result.good").waitFor();
    expect((await call).isError ?? false).toBe(false);
    expect(existsSync(target)).toBe(true);
  });

  async function callTool(key: string, input: { path: string; content: string }) {
    const transport = new StreamableHTTPClientTransport(new URL(`${doorward.addresses.door}/door/mcp/fs`), {
      requestInit: { headers: { authorization: `Bearer ${key}` } },
    });
    const client = new Client({ name: "scribe", version: "1.0.0" });
    await client.connect(transport);
    closers.unshift(() => client.close());
    return client.callTool({ name: "write_file", arguments: input });
  }
});
