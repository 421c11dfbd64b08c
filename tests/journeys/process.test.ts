import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  doorward,
  type Running,
  scratch,
  signIn,
  signInAgain,
  startDoorward,
  until,
  waitingApproval,
} from "./doorward-process.ts";

// The process as a person meets it: starting, being in the way, stopping, starting again.

const ECHO = fileURLToPath(new URL("slow-server.mjs", import.meta.url));

describe("starting and stopping", () => {
  let folder: ReturnType<typeof scratch>;
  const running: Running[] = [];
  beforeEach(() => {
    folder = scratch();
  });
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop("SIGKILL");
    folder.remove();
  });
  const start = async (): Promise<Running> => {
    const one = await startDoorward(join(folder.path, "data"));
    running.push(one);
    return one;
  };

  test("a second process on the data directory says who has it and leaves; the first one serves on", async () => {
    const first = await start();
    const second = doorward(["start", "--data", first.directory, "--port", "0", "--no-tour"]);
    expect(await second.ended).toBe(1);
    expect(second.complained()).toContain(`data_directory_in_use: another process (pid ${first.pid})`);
    expect(second.said()).toBe("");
    expect((await fetch(first.url)).status).toBe(200);
  });

  test("a log is given a login link only until the admin can sign in without one (T1)", async () => {
    const first = await start();
    expect(first.said()).toContain("/login#dwl_");
    await signIn(first);
    await first.stop();
    const second = await start();
    expect(second.said()).not.toContain("login#");
    expect(second.said()).toContain("login-links create");
  });

  test("a port that is taken is named, with what to do, and the data directory is free again", async () => {
    const first = await start();
    const port = new URL(first.url).port;
    const data = join(folder.path, "other");
    const second = doorward(["start", "--data", data, "--port", port, "--no-tour"]);
    expect(await second.ended).toBe(1);
    expect(second.complained()).toMatch(/listen_failed: .*EADDRINUSE/);
    expect(second.complained()).toContain("choose another port with `--port`");
    running.push(await startDoorward(data));
  });

  test("wrong words and wrong settings: exit status 2 and 1, with what to do", async () => {
    const wrong = doorward(["start", "--prot", "1"]);
    expect(await wrong.ended).toBe(2);
    expect(wrong.complained()).toContain("See `doorward start --help`.");
    const data = join(folder.path, "data");
    mkdirSync(data, { mode: 0o700 });
    writeFileSync(join(data, "doorward.yaml"), "address: 0.0.0.0\n");
    const open = doorward(["start", "--data", data]);
    expect(await open.ended).toBe(1);
    expect(open.complained()).toMatch(/tls/);
    writeFileSync(join(data, "doorward.yaml"), "addres: 127.0.0.1\n");
    const misspelt = doorward(["start", "--data", data]);
    expect(await misspelt.ended).toBe(1);
    expect(misspelt.complained()).toMatch(/config_invalid: .*addres/);
  });

  test.each(["SIGINT", "SIGTERM"] as const)(
    "%s with a call in flight stops cleanly; the next start serves, and nothing is sent again",
    async (signal) => {
      const first = await start();
      const calls = join(folder.path, "calls");
      const admin = await signIn(first);
      await admin.perform("servers.add", {
        name: "slow",
        command: [process.execPath, ECHO],
        environment: { CALLS_FILE: calls },
        sandbox: "off",
        accept: true,
      });
      const agent = await admin.perform("agents.add", { name: "runner" });
      const client = await clientOf(first.url, String(agent["key"]));
      const lost = client.callTool({ name: "wait", arguments: { for: "ever" } });
      lost.catch(() => {});
      await until("the call to arrive", () => (existsSync(calls) ? true : undefined));
      expect(await first.stop(signal)).toBe(0);
      expect(first.said()).toContain("Nothing acknowledged is lost.");
      await expect(lost).rejects.toThrow("Doorward is stopping");
      const linesBefore = readFileSync(calls, "utf8");

      const second = await start();
      const again = await signInAgain(second.url);
      const { items } = await again.perform("actions.list", { server: "slow" });
      expect(items).toMatchObject([{ name: "wait", verdict: "allow", outcome: "unknown" }]);
      const next = await clientOf(second.url, String(agent["key"]));
      const answer = await next.callTool({ name: "echo", arguments: { text: "back" } });
      expect(answer.content).toEqual([{ type: "text", text: "back" }]);
      expect(readFileSync(calls, "utf8")).toBe(`${linesBefore}{"name":"echo","arguments":{"text":"back"}}\n`);
      await next.close();
      expect(await second.stop(signal)).toBe(0);
    },
  );

  test("a held call survives the restart: approved on the other side of it, collected by the retry, once", async () => {
    const first = await start();
    const calls = join(folder.path, "calls");
    const admin = await signIn(first);
    await admin.perform("servers.add", {
      name: "slow",
      command: [process.execPath, ECHO],
      environment: { CALLS_FILE: calls },
      sandbox: "off",
      accept: true,
    });
    const { key } = await admin.perform("agents.add", { name: "runner" });
    const asked = { name: "write", arguments: { text: "held over" } };
    const lost = (await clientOf(first.url, String(key))).callTool(asked);
    lost.catch(() => {});
    const approval = await waitingApproval(admin);
    expect(await first.stop("SIGKILL")).toBe(null);

    const second = await start();
    const again = await signInAgain(second.url);
    await again.perform("approvals.approve", { approval: approval["id"] });
    const client = await clientOf(second.url, String(key));
    expect((await client.callTool(asked)).content).toEqual([{ type: "text", text: "held over" }]);
    expect(readFileSync(calls, "utf8").trim().split("\n")).toHaveLength(1);
    await client.close();
  });
});

async function clientOf(url: string, key: string): Promise<Client> {
  const client = new Client({ name: "journey", version: "1" });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/door/mcp/slow`), { requestInit }));
  return client;
}
