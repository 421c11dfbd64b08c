import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePort, openWebhookPeople, type WebhookPeople } from "../support/webhook-people.ts";
import {
  type Admin,
  type Running,
  scratch,
  signIn,
  signInAgain,
  startDoorward,
  until,
} from "./doorward-process.ts";

// The whole way, with the real process: an agent's call is held, its card goes to a platform, a tap there comes back to the
// webhook listener, and exactly that call is released, once; also when Doorward was killed in between.

const SERVER = fileURLToPath(new URL("slow-server.mjs", import.meta.url));
const POLICY = `@id("all")
permit (principal, action, resource);

@id("calls-wait")
@reason("Calls wait for a person.")
@hold("admins")
forbid (principal is Doorward::Agent, action, resource is Doorward::Tool);
`;

let folder: ReturnType<typeof scratch>;
let people: WebhookPeople;
let running: Running;
let data: string;
let port: number;
beforeEach(async () => {
  folder = scratch();
  people = await openWebhookPeople();
  data = join(folder.path, "data");
  port = await freePort();
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(
    join(data, "doorward.yaml"),
    `channels:\n  listen:\n    port: ${port}\nholds:\n  waitSeconds: 60\n`,
  );
  running = await startDoorward(data);
});
afterEach(async () => {
  await running.stop("SIGKILL");
  await people.close();
  folder.remove();
});

async function prepared(admin: Admin): Promise<{ readonly key: string; readonly hook: string }> {
  await admin.perform("servers.add", {
    name: "slow",
    command: [process.execPath, SERVER],
    environment: { CALLS_FILE: join(folder.path, "calls") },
    sandbox: "off",
    accept: true,
  });
  await admin.perform("policy.activate", { text: POLICY });
  const { key } = await admin.perform("agents.add", { name: "runner" });
  const { webhook } = await admin.perform("channels.add", {
    platform: "webhook",
    settings: { url: people.url, allowPrivate: "true" },
    secrets: people.secrets,
    agentsMayReach: ["none"],
  });
  const hook = String(webhook);
  const { send } = await admin.perform("channels.link", { channel: "webhook" });
  expect(await people.write(hook, String(send), "boss")).toEqual({
    say: "This account now answers as admin in Doorward.",
  });
  await admin.perform("channels.route", { group: "admins", channel: "webhook", place: "ops" });
  return { key: String(key), hook };
}

async function clientOf(url: string, key: string): Promise<Client> {
  const client = new Client({ name: "runner", version: "1" });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/door/mcp/slow`), { requestInit }));
  return client;
}

/** Under another name, as a page that was rebound would ask. */
function statusUnder(host: string, at: number, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const asked = request(
      { host: "127.0.0.1", port: at, path, method: "POST", headers: { host } },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    asked.on("error", reject).end("{}");
  });
}

test("held, shown, tapped, released; the card says so, and a second tap is told who decided", async () => {
  const admin = await signIn(running);
  const { key, hook } = await prepared(admin);
  const client = await clientOf(running.url, key);
  const card = people.nextCard();
  const called = client.callTool({ name: "echo", arguments: { text: "through people" } });
  const posted = await card;
  expect(posted.place).toEqual({ kind: "room", id: "ops" });
  expect(JSON.stringify(posted.card)).toContain("through people");
  expect(await people.tap(hook, posted, "approve", "mallory")).toMatchObject({
    say: expect.stringContaining("Link it"),
  });
  expect(await people.tap(hook, posted, "approve", "boss")).toEqual({ say: "Approved: this action, once." });
  expect((await called).content).toMatchObject([{ text: "through people" }]);
  await until("the card to change", () =>
    people.cards.get(posted.message)?.card.status.kind === "open" ? undefined : true,
  );
  expect(await people.tap(hook, posted, "deny", "boss")).toMatchObject({
    say: expect.stringMatching(/^Already approved by admin at \d\d:\d\d UTC/),
  });
  await until("nothing to be left to deliver", async () => {
    const { channels } = await admin.perform("health.get");
    const { up, down, queued } = channels as Record<string, number>;
    return up === 1 && down === 0 && queued === 0 ? true : undefined;
  });
  await client.close();
});

test("killed while it waits, and while the platform was down: the same card decides the retry, once", async () => {
  const admin = await signIn(running);
  const { key, hook } = await prepared(admin);
  const first = await clientOf(running.url, key);
  people.up(false);
  first.callTool({ name: "echo", arguments: { text: "later" } }).catch(() => {});
  await until("the request", async () => {
    const { items } = await admin.perform("approvals.list");
    return (items as unknown[])[0];
  });
  await running.stop("SIGKILL");
  people.up(true);
  const card = people.nextCard();
  running = await startDoorward(data);
  const posted = await card;
  expect(await people.tap(hook, posted, "approve", "boss")).toEqual({ say: "Approved: this action, once." });
  const second = await clientOf(running.url, key);
  // One letter more is another action: it is held, and has a card of its own.
  const other = people.nextCard();
  second.callTool({ name: "echo", arguments: { text: "later!" } }).catch(() => {});
  expect(JSON.stringify((await other).card)).toContain("later!");
  const answer = await second.callTool({ name: "echo", arguments: { text: "later" } });
  expect(answer.content).toMatchObject([{ text: "later" }]);
  expect(readFileSync(join(folder.path, "calls"), "utf8").trim().split("\n")).toHaveLength(1);
  const again = await signInAgain(running.url);
  const { items } = await again.perform("approvals.list", { status: "any" });
  expect(items).toMatchObject([{ status: "requested" }, { status: "consumed" }]);
  expect(people.cards.size).toBe(2);
  await second.close();
});

test("the webhook listener has its hooks, and nothing else: no console, no API, no door", async () => {
  const admin = await signIn(running);
  const { hook } = await prepared(admin);
  const base = `http://127.0.0.1:${port}`;
  const statuses = new Set<number>();
  const others = [
    "/",
    "/healthz",
    "/api/v1/health",
    "/door/mcp",
    "/mcp",
    "/hooks",
    "/hooks/webhook/AAAA",
    "/hooks/slack/x",
  ];
  for (const path of others) statuses.add((await fetch(base + path, { method: "POST", body: "{}" })).status);
  expect([...statuses]).toEqual([404]);
  const forged = await fetch(hook, { method: "POST", body: "{}", headers: { "webhook-signature": "v1,x" } });
  expect(forged.status).toBe(401);
  expect((await fetch(hook, { method: "POST", body: "x".repeat(1_100_000) })).status).toBe(413);
  const path = new URL(hook).pathname;
  expect(await statusUnder("evil.example", port, path)).toBe(421);
  expect((await fetch(running.url + path, { method: "POST", body: "{}" })).status).not.toBe(200);
});
