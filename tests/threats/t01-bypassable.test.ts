import { spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Json } from "#base";
import { type Doorward, openDoorward, readConfig } from "#main";
import { scratch, until } from "../journeys/doorward-process.ts";
import { openWorld } from "../support/operations.ts";

// T1: an agent that runs as Doorward's own OS user can read its files and memory; nothing may show its stage without
// saying so.

describe("wherever a stage is shown", () => {
  test("stands whether the agent was seen as Doorward's own user; new keys forget it", async () => {
    const world = await openWorld();
    const shown = async (): Promise<unknown[]> => {
      const agents = await world.ask("ada", "agents.list", {});
      const approvals = await world.ask("ada", "approvals.list", {});
      const actions = await world.ask("ada", "actions.list", { agent: "olga-bot" });
      const one = [
        (agents["items"] as Json[])[0],
        await world.ask("ada", "agents.get", { agent: "olga-bot" }),
        (approvals["items"] as Json[])[1],
        await world.ask("ada", "approvals.get", { approval: world.ids.approvals["olga"] }),
        (actions["items"] as Json[])[0],
        await world.ask("ada", "actions.get", { action: world.ids.actions["olga"] }),
      ];
      return one.map((item) => {
        const { stage, bypassable } = item as { stage: string; bypassable: string };
        return `${stage}, ${bypassable}`;
      });
    };
    expect(new Set(await shown())).toEqual(new Set(["enforce, not seen"]));
    world.store.connection.prepare("UPDATE agents SET seen_as_own_user_at = 1 WHERE name = 'olga-bot'").run();
    expect(new Set(await shown())).toEqual(new Set(["enforce, yes"]));
    await world.ask("olga", "agents.rotate-key", { agent: "olga-bot" });
    expect(await world.ask("ada", "agents.get", { agent: "olga-bot" })).toMatchObject({
      bypassable: "not seen",
    });
  });
});

const PROGRAM = `const [, url, key] = process.argv;
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion: "2025-11-25",
    capabilities: {}, clientInfo: { name: "agent", version: "1" } } });
  const headers = { authorization: "Bearer " + key, "content-type": "application/json",
    accept: "application/json, text/event-stream" };
  const answer = await fetch(url, { method: "POST", headers, body });
  process.stdout.write(String(answer.status)); await answer.text(); setInterval(() => {}, 1000);`;

/** Through the proxy, to a host that nobody granted: who asks is looked at whatever comes of it. */
const BY_PROXY = `import { request } from "node:http";
  const [, url, key] = process.argv;
  const { hostname, port } = new URL(url);
  const headers = { host: "docs.example.com", "proxy-authorization":
    "Basic " + Buffer.from("agent:" + key).toString("base64") };
  request({ hostname, port, path: "http://docs.example.com/", headers }, (answer) => {
    process.stdout.write(String(answer.statusCode)); answer.resume(); setInterval(() => {}, 1000);
  }).end();`;

describe.skipIf(process.platform !== "linux")("real agents at a real door (skipped: not Linux)", () => {
  const folder = { remove: () => {}, path: "" };
  let doorward: Doorward;
  const ask = async (name: string, input: Json) =>
    (await doorward.asLocalAdmin(name, input)) as Record<string, unknown>;

  beforeEach(async () => {
    Object.assign(folder, scratch());
    doorward = await openDoorward(readConfig({ data: folder.path, port: 0 }, {}));
  });
  afterEach(async () => {
    await doorward.close();
    folder.remove();
  });

  type Door = "mcp" | "http";
  const DOORS = [["mcp"], ["http"]] as const;

  /** A process of user `uid` (ours without one) that comes to a door; ends it once Doorward has said what to see. */
  async function agentOf(
    { door, name, uid }: { readonly door: Door; readonly name: string; readonly uid?: number },
    seen: () => Promise<void>,
  ): Promise<void> {
    const { key } = await ask("agents.add", { name });
    const [program, url] =
      door === "mcp"
        ? [PROGRAM, `${doorward.addresses.door}/door/mcp`]
        : [BY_PROXY, doorward.addresses.http ?? ""];
    const args = ["--input-type=module", "-e", program, url, String(key)];
    const child = spawn(process.execPath, args, {
      cwd: "/",
      stdio: ["ignore", "pipe", "inherit"],
      ...(uid === undefined ? {} : { uid }),
    });
    try {
      const [status] = await once(child.stdout, "data");
      expect(String(status)).toBe(door === "mcp" ? "200" : "403");
      await seen();
    } finally {
      child.kill("SIGKILL");
    }
  }

  test.each(DOORS)("of Doorward's own user at the %s door: shown as bypassable", async (door) => {
    await agentOf({ door, name: "insider" }, async () => {
      const row = await until("the agent to be seen", async () => {
        const found = await ask("agents.get", { agent: "insider" });
        return found["bypassable"] === "yes" ? found : undefined;
      });
      expect(row["stage"]).toBe("enforce");
    });
  });

  const isRoot = process.getuid?.() === 0;
  test.skipIf(!isRoot).each(DOORS)(
    "of another user at the %s door: not seen (skipped: not root)",
    async (door) => {
      await agentOf({ door, name: "outsider", uid: 65_534 }, async () => {
        // The insider's look, begun later, is over: so is the outsider's.
        await agentOf({ door, name: "insider" }, async () => {
          await until("the insider to be seen", async () => {
            const { bypassable } = await ask("agents.get", { agent: "insider" });
            return bypassable === "yes" ? true : undefined;
          });
        });
        expect(await ask("agents.get", { agent: "outsider" })).toMatchObject({ bypassable: "not seen" });
      });
    },
  );
});
