import { writeFileSync, mkdirSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import {
  type Admin,
  type Running,
  scratch,
  signIn,
  startDoorward,
  until,
} from "../journeys/doorward-process.ts";

// T21: an exceeded quota stops only its owner. A flooder uses every limit up; the agent beside it is served, people can
// decide and stop, and outcomes are written.

const SERVER = fileURLToPath(new URL("../journeys/slow-server.mjs", import.meta.url));
const LIMITS = `limits: { callsPerSecond: 5, burst: 20, concurrent: 8 }
holds: { waitSeconds: 1, openPerAgent: 3 }
`;

const { path: folder, remove } = scratch();
let running: Running;
let admin: Admin;
const keys: Record<string, string> = {};
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(join(data, "doorward.yaml"), LIMITS, { mode: 0o600 });
  running = await startDoorward(data);
  admin = await signIn(running);
  await admin.perform("servers.add", { name: "slow", command: [process.execPath, SERVER], accept: true });
  for (const name of ["flooder", "crowder", "holder", "hoarder", "normal"])
    keys[name] = String((await admin.perform("agents.add", { name }))["key"]);
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});
afterAll(async () => {
  await running?.stop();
  remove();
});

async function connected(name: string): Promise<Client> {
  const client = new Client({ name, version: "1" }, { versionNegotiation: { mode: "auto" } });
  const requestInit = { headers: { authorization: `Bearer ${keys[name] ?? ""}` } };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${running.url}/door/mcp/slow`), { requestInit }),
  );
  closers.push(() => client.close());
  return client;
}

type Called = Awaited<ReturnType<Client["callTool"]>>;

const codeOf = (answer: Called): unknown =>
  (answer["_meta"]?.["doorward.dev/refusal"] as { code?: unknown } | undefined)?.code ?? "served";

/** The normal agent works as on any day, while whatever `flood` started is going on. */
async function isServed(): Promise<void> {
  const client = await connected("normal");
  for (const text of ["one", "two", "three"]) {
    const answer = await client.callTool({ name: "echo", arguments: { text } });
    expect(answer.content).toEqual([{ type: "text", text }]);
  }
  expect(await admin.perform("health.get")).toMatchObject({ status: "ok" });
}

test("a flood of calls: the flooder is told to wait, the agent beside it is served meanwhile", async () => {
  const client = await connected("flooder");
  const flooding = new AbortController();
  const codes: unknown[] = [];
  const flood = Array.from({ length: 6 }, async () => {
    while (!flooding.signal.aborted)
      codes.push(codeOf(await client.callTool({ name: "echo", arguments: { text: "x" } })));
  });
  await until("the flood to hit its limit", () => (codes.includes("rate_limited") ? true : undefined));
  await isServed();
  flooding.abort();
  await Promise.all(flood);
  expect(new Set(codes)).toEqual(new Set(["served", "rate_limited"]));
});

test("calls that never end fill only their owner's places, and revoking it ends them", async () => {
  const client = await connected("crowder");
  const stuck = Array.from({ length: 8 }, async () =>
    client.callTool({ name: "wait", arguments: {} }).catch((cause: unknown) => String(cause)),
  );
  await until("its places to be taken", async () => {
    const answer = await client.callTool({ name: "echo", arguments: { text: "x" } });
    return codeOf(answer) === "rate_limited" ? true : undefined;
  });
  await isServed();
  await admin.perform("agents.revoke", { agent: "crowder" });
  for (const end of await Promise.all(stuck)) expect(JSON.stringify(end)).toMatch(/revoked/);
  await until("their outcomes", async () => {
    const { items } = await admin.perform("actions.list", { server: "slow", agent: "crowder", limit: 100 });
    const waits = (items as { name: string; outcome: string | null }[]).filter(({ name }) => name === "wait");
    return waits.length === 8 && waits.every(({ outcome }) => outcome === "unknown") ? true : undefined;
  });
});

test("requests for a yes beyond its share are refused, and approvers still see the other's", async () => {
  const client = await connected("holder");
  const codes: unknown[] = [];
  for (let at = 0; at < 5; at += 1)
    codes.push(codeOf(await client.callTool({ name: "write", arguments: { text: `hold ${at}` } })));
  expect(codes).toEqual(["held", "held", "held", "holds_exceeded", "holds_exceeded"]);
  const normal = await connected("normal");
  const held = await normal.callTool({ name: "write", arguments: { text: "mine" } });
  expect(codeOf(held)).toBe("held");
  const { items } = await admin.perform("approvals.list");
  const mine = (items as { id: string; agent: unknown }[])[0];
  await admin.perform("approvals.approve", { approval: mine?.id });
  const released = await normal.callTool({ name: "write", arguments: { text: "mine" } });
  expect(released.content).toEqual([{ type: "text", text: "mine" }]);
});

test("sessions and connections hoarded by one leave the door open to the other", async () => {
  const { hostname, port } = new URL(running.url);
  const sockets: Socket[] = [];
  for (let at = 0; at < 500; at += 1) sockets.push(connect(Number(port), hostname).on("error", () => {}));
  const initialize = {
    jsonrpc: "2.0",
    id: 1,
    method: "initialize",
    params: {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "hoarder", version: "1" },
    },
  };
  const headers = {
    authorization: `Bearer ${keys["hoarder"] ?? ""}`,
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
  };
  const statuses: number[] = [];
  for (let at = 0; at < 100; at += 1) {
    const response = await fetch(`${running.url}/door/mcp/slow`, {
      method: "POST",
      headers,
      body: JSON.stringify(initialize),
    });
    await response.text();
    statuses.push(response.status);
  }
  // The least recently used session gives way to the next; nobody else's does.
  expect(new Set(statuses)).toEqual(new Set([200]));
  await isServed();
  for (const socket of sockets) socket.destroy();
});
