import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { type Doorward, openDoorward, readConfig } from "#main";
import { CLIENT, type IdentityProvider, startIdentityProvider } from "../support/identity-provider.ts";
import { CHROMIUM, freshPage, goTo, openBrowser, SKIP_REASON } from "./console-harness.ts";

const SERVER = fileURLToPath(
  new URL("../../node_modules/@modelcontextprotocol/server-filesystem/dist/index.js", import.meta.url),
);

describe.skipIf(CHROMIUM === undefined)(
  `signing in with a real provider, in a real browser${SKIP_REASON}`,
  () => {
    let doorward: Doorward;
    let provider: IdentityProvider;
    let page: Page;
    let host: string;
    const closers: (() => Promise<void>)[] = [];
    const directory = realpathSync(mkdtempSync(join(tmpdir(), "doorward-provider-")));
    const [data, files] = [join(directory, "data"), join(directory, "files")];

    beforeAll(async () => {
      provider = await startIdentityProvider();
      closers.unshift(() => provider.close());
      host = new URL(provider.issuer).host;
      const file = {
        issuer: provider.issuer,
        clientId: CLIENT.id,
        clientSecretFile: "secret",
        allowPrivate: true,
      };
      mkdirSync(data, { mode: 0o700 });
      writeFileSync(join(data, "secret"), `${CLIENT.secret}\n`);
      writeFileSync(join(data, "doorward.yaml"), stringify({ identityProvider: file }));
      doorward = await openDoorward(readConfig({ data, port: 0 }, {}), () => {});
      closers.unshift(() => doorward.close());
      provider.register(`${doorward.addresses.console}/console/session/callback`);
      const browser = await openBrowser();
      closers.unshift(() => browser.close());
      page = await freshPage(browser);
    });
    afterAll(async () => {
      for (const close of closers) await close();
      rmSync(directory, { recursive: true, force: true });
    });

    const signIn = async (): Promise<void> => {
      await page.goto(doorward.addresses.console);
      await page.getByRole("button", { name: `Sign in with ${host}` }).click();
    };

    test("who was not added is told how to be, and is not in", async () => {
      provider.person = "ana-at-provider";
      await signIn();
      const problem = page.getByRole("alert").filter({ hasText: "nobody has added you" });
      await problem.waitFor();
      expect(await problem.textContent()).toContain(`--issuer ${provider.issuer} --subject ana-at-provider`);
      expect(page.url()).toBe(`${doorward.addresses.console}/`);
    });

    test("who was added signs in, confirms with the provider, and decides", async () => {
      const rights = { roles: ["admin"], groups: ["admins"] };
      const who = { issuer: provider.issuer, subject: "ana-at-provider" };
      await doorward.asLocalAdmin("users.add", { name: "ana", ...rights, ...who });
      // Apart from Doorward's own data, which no server's sandbox may see.
      mkdirSync(files);
      const command = [process.execPath, SERVER, files];
      await doorward.asLocalAdmin("servers.add", { name: "fs", command, folders: [`${files}:rw`] });
      await signIn();
      await goTo(page, "Servers");
      await page.getByText("fs/write_file", { exact: true }).click();
      await page.getByRole("button", { name: "Accept as it is now" }).click();
      await page.getByRole("button", { name: `Confirm with ${host}` }).click();
      await page.waitForLoadState();
      await page.getByText("fs/write_file", { exact: true }).click();
      await page.getByRole("button", { name: "Accept as it is now" }).click();
      await page.getByText("fs/write_file", { exact: true }).waitFor({ state: "detached" });
      expect(provider.asked.filter((asked) => asked === "POST /token")).toHaveLength(3);
      const kept = await page.evaluate(() => Object.keys(sessionStorage));
      expect(kept.filter((key) => key.startsWith("doorward"))).toEqual([]);
    });
  },
);
