import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { expect, test } from "vitest";
import type { Shown } from "../conformance/channel-rig.ts";
import { isInstalled, putAdapter, rowOf } from "../support/platforms/sdk.ts";
import { openSlack } from "../support/platforms/slack.ts";
import {
  type Admin,
  doorward,
  type Running,
  scratch,
  signIn,
  startDoorward,
  until,
  waitingApproval,
} from "./doorward-process.ts";

// Channels by the command line, beside a Doorward as `npm start` runs it: an account linked by `channels link`, a held call decided
// where people are, and the next ones let through by `approvals approve --grant`.

const SERVER = fileURLToPath(new URL("slow-server.mjs", import.meta.url));
const POLICY = `@id("all")
permit (principal, action, resource);

@id("calls-wait")
@reason("Calls wait for a person.")
@hold("admins")
@grantable("session; 5 times; 2h")
forbid (principal is Doorward::Agent, action, resource is Doorward::Tool);
`;
const MANIFESTS = {
  write: { effect: "write", roles: { text: "content" }, output: { integrity: "trusted" } },
};
/** Looks between two deeds of the same kind. */
const LOOKS_A_DEED = 40;

const slack = await openSlack("socket");
const isThere = await isInstalled(rowOf("slack"), slack);
const { platform, user } = slack.rig;

async function seen(
  what: string,
  holds: (one: Shown) => boolean,
  act?: () => Promise<unknown>,
): Promise<Shown> {
  let looks = -1;
  return until(what, async () => {
    looks += 1;
    if (looks % LOOKS_A_DEED === 0) await act?.();
    return (await platform.shown()).find(holds);
  });
}

async function prepared(running: Running, admin: Admin, calls: string): Promise<Client> {
  await admin.perform("servers.add", {
    name: "slow",
    command: [process.execPath, SERVER],
    environment: { CALLS_FILE: calls },
    sandbox: "off",
    accept: true,
  });
  await admin.perform("manifests.set", { server: "slow", text: JSON.stringify(MANIFESTS) });
  await admin.perform("policy.activate", { text: POLICY, withoutBacktest: "a test" });
  const { key } = await admin.perform("agents.add", { name: "runner" });
  await admin.perform("channels.add", {
    platform: "slack",
    settings: slack.settings,
    secrets: JSON.stringify(slack.secrets),
    agentsMayReach: ["none"],
  });
  await until("the socket", async () => {
    const { channels } = await admin.perform("health.get");
    return Reflect.get(Object(channels), "up") === 1 ? true : undefined;
  });
  const client = new Client({ name: "runner", version: "1" });
  const requestInit = { headers: { authorization: `Bearer ${String(key)}` } };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${running.url}/door/mcp/slow`), { requestInit }),
  );
  return client;
}

test.runIf(isThere)(
  "linked by a code, answered with a tap, and the next calls granted, all by the command line",
  async () => {
    const folder = scratch();
    const data = join(folder.path, "data");
    const calls = join(folder.path, "calls");
    mkdirSync(data, { mode: 0o700 });
    putAdapter("slack", join(data, "channels"));
    const running = await startDoorward(data);
    try {
      const admin = await signIn(running);
      const cli = async (...args: readonly string[]): Promise<string> => {
        const environment = {
          DOORWARD_URL: running.url,
          DOORWARD_DATA: join(folder.path, "terminal"),
          DOORWARD_TOKEN: admin.token,
        };
        const ran = doorward(args, environment);
        expect({ args, status: await ran.ended, error: ran.complained() }).toMatchObject({ status: 0 });
        return ran.said();
      };
      const client = await prepared(running, admin, calls);
      const write = (text: string) => client.callTool({ name: "write", arguments: { text } });

      const { send } = JSON.parse(await cli("channels", "link", "slack", "--json"));
      await seen(
        "the link",
        ({ text }) => text.includes("This account now answers as admin"),
        () => platform.does({ kind: "words", user, text: String(send) }),
      );
      expect(await cli("channels", "links")).toContain("slack");
      await cli("channels", "route", "--group", "admins", "--channel", "slack", "--place", "C00FAKECHAN1");

      const first = write("by a tap");
      const card = await seen("the card", ({ buttons }) => buttons.length > 0);
      expect(card.buttons.map(({ label }) => label)).toEqual([
        "Approve once",
        "Deny",
        "Approve more like it…",
        "Deny and stop…",
      ]);
      await seen(
        "the card to change",
        ({ ref, buttons }) => ref.id === card.ref.id && buttons.length === 0,
        () => platform.does({ kind: "tap", user, token: card.buttons[0]?.token ?? "", on: card.ref }),
      );
      expect((await first).content).toMatchObject([{ text: "by a tap" }]);

      const second = write("by a grant");
      const approval = String((await waitingApproval(admin))["id"]);
      const wish = ["--grant", "session", "--times", "1", "--until", "1h"];
      const { grant } = JSON.parse(await cli("approvals", "approve", approval, ...wish, "--json"));
      expect(grant).toMatch(/^gra_/);
      expect((await second).content).toMatchObject([{ text: "by a grant" }]);
      expect((await write("within it")).content).toMatchObject([{ text: "within it" }]);
      expect(readFileSync(calls, "utf8").trim().split("\n")).toHaveLength(3);

      const fourth = write("beyond it").catch(String);
      const last = String((await waitingApproval(admin))["id"]);
      await cli("approvals", "deny", last, "--stop", "agent", "--reason", "enough was written");
      expect(JSON.stringify(await fourth)).toMatch(/denied|stopped/i);
      expect(await cli("stops", "list")).toContain("runner");
      expect(readFileSync(calls, "utf8").trim().split("\n")).toHaveLength(3);
      await client.close();
    } finally {
      await running.stop("SIGKILL");
      await slack.close();
      folder.remove();
    }
  },
  240_000,
);
