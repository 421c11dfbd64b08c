import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli, type Terminal } from "#cli";
import { type ExchangeHouse, openExchangeHouse } from "../support/exchange-house.ts";
import { confirmDevice } from "../support/sign-in.ts";
import { doorward, scratch } from "./doorward-process.ts";

// A user of an OpenID provider at a terminal: Doorward, the provider and `doorward login` are processes of their own.

let house: ExchangeHouse;
const folder = scratch();
const environment = () => ({ DOORWARD_URL: house.running.url, DOORWARD_DATA: join(folder.path, "terminal") });

beforeAll(async () => {
  house = await openExchangeHouse();
  await house.admin.perform("agents.add", { name: "mailbot" });
});
afterAll(async () => {
  await house?.close();
  folder.remove();
});

/** What the terminal was told to open. */
const addressIn = (text: string): string => /Open (\S+)/.exec(text)?.[1] ?? "";

test("signs in by a code confirmed at the provider, and reads with it", async () => {
  const login = doorward(["login", "--provider"], environment());
  await expect.poll(() => addressIn(login.complained()), { timeout: 30_000 }).toMatch(/user_code=/);
  expect(login.complained()).toContain("confirm this code there");
  await confirmDevice(addressIn(login.complained()));
  expect([await login.ended, login.said()]).toEqual([
    0,
    expect.stringMatching(/^Signed in as ben, until \S+Z\.\n$/),
  ]);
  const list = doorward(["approvals", "list"], environment());
  expect(await list.ended).toBe(0);
});

test("shows presence by signing in anew, and lends rights with it; without anybody there it is refused", async () => {
  const words = ["delegations", "grant", "mailbot", "--servers", "slow", "--effects", "read"];
  const script = doorward(words, environment());
  expect([await script.ended, script.complained()]).toEqual([
    3,
    expect.stringContaining("presence_required"),
  ]);
  const said = { out: "", error: "" };
  const terminal: Terminal = {
    out: (text) => void (said.out += text),
    error: (text) => {
      said.error += text;
      const address = addressIn(text);
      if (address !== "") void confirmDevice(address);
    },
    width: null,
    secret: async () => "",
    ask: async () => "",
    stdin: async () => "",
  };
  const directory = environment().DOORWARD_DATA;
  const options = { version: "0", environment: environment(), directory, terminal, fetch, local: [] };
  expect([await runCli(words, options), said.error]).toEqual([0, expect.stringContaining("sign in anew")]);
  expect(said.out).toContain("dlg_");
});
