import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { expect, test } from "vitest";
import type { Shown } from "../conformance/channel-rig.ts";
import { isInstalled, putAdapter, rowOf } from "../support/platforms/sdk.ts";
import { openSlack } from "../support/platforms/slack.ts";
import { scratch, signIn, startDoorward, until } from "./doorward-process.ts";

// The whole way with an adapter of the Chat SDK: the real Doorward, the adapter's own process, Slack's Socket Mode.

const SERVER = fileURLToPath(new URL("slow-server.mjs", import.meta.url));
const POLICY = `@id("all")
permit (principal, action, resource);

@id("calls-wait")
@reason("Calls wait for a person.")
@hold("admins")
forbid (principal is Doorward::Agent, action, resource is Doorward::Tool);
`;

/** Looks between two deeds of the same kind. */
const LOOKS_A_DEED = 40;

const slack = await openSlack("socket");
const isThere = await isInstalled(rowOf("slack"), slack);

test.runIf(isThere)(
  "Slack: linked by a code, asked with a card, answered with a tap, over a connection of ours",
  async () => {
    const folder = scratch();
    const data = join(folder.path, "data");
    mkdirSync(data, { mode: 0o700 });
    putAdapter("slack", join(data, "channels"));
    const running = await startDoorward(data);
    const { platform, user } = slack.rig;
    const seen = async (
      what: string,
      holds: (one: Shown) => boolean,
      act?: () => Promise<unknown>,
    ): Promise<Shown> => {
      let looks = -1;
      return until(what, async () => {
        looks += 1;
        if (looks % LOOKS_A_DEED === 0) await act?.();
        return (await platform.shown()).find(holds);
      });
    };
    try {
      const admin = await signIn(running);
      const environment = { CALLS_FILE: join(folder.path, "calls") };
      await admin.perform("servers.add", {
        name: "slow",
        command: [process.execPath, SERVER],
        environment,
        sandbox: "off",
        accept: true,
      });
      await admin.perform("policy.activate", { text: POLICY });
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
      const { send } = await admin.perform("channels.link", { channel: "slack" });
      // What is done while the connection is opened again is not told to us: people do it once more.
      await seen(
        "the link",
        ({ text }) => text.includes("This account now answers as admin"),
        () => platform.does({ kind: "words", user, text: String(send) }),
      );
      await admin.perform("channels.route", { group: "admins", channel: "slack", place: "C00FAKECHAN1" });
      const client = new Client({ name: "runner", version: "1" });
      const requestInit = { headers: { authorization: `Bearer ${String(key)}` } };
      await client.connect(
        new StreamableHTTPClientTransport(new URL(`${running.url}/door/mcp/slow`), { requestInit }),
      );
      const called = client.callTool({ name: "echo", arguments: { text: "through Slack" } });
      const card = await seen("the card", ({ buttons }) => buttons.length > 0);
      expect(card.text).toContain("through Slack");
      const [approve] = card.buttons;
      await platform.does({ kind: "tap", user: "U0STRANGER", token: approve?.token ?? "", on: card.ref });
      await seen(
        "the card to change",
        ({ ref, buttons }) => ref.id === card.ref.id && buttons.length === 0,
        () => platform.does({ kind: "tap", user, token: approve?.token ?? "", on: card.ref }),
      );
      expect((await called).content).toMatchObject([{ text: "through Slack" }]);
      const after = (await platform.shown()).find(({ ref }) => ref.id === card.ref.id);
      expect(after?.text).toContain("Approved");
      expect(readFileSync(join(folder.path, "calls"), "utf8").trim().split("\n")).toHaveLength(1);
      await client.close();
    } finally {
      await running.stop("SIGKILL");
      await slack.close();
      folder.remove();
    }
  },
  120_000,
);
