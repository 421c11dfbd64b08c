import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  type Admin,
  residentBytes,
  type Running,
  scratch,
  signIn,
  startDoorward,
} from "../journeys/doorward-process.ts";
import {
  type HostileHttpServer,
  listenHostile,
  type Misbehaviour,
  reply,
  result,
} from "../servers/hostile-http.ts";

// Servers that misbehave, behind a whole Doorward: the client reads what happened and what to do, the ledger says how
// the call ended, a normal server beside them answers, and the process lives and stays small.

const HOSTILE = fileURLToPath(new URL("../servers/hostile-stdio.mjs", import.meta.url));
const NORMAL = fileURLToPath(new URL("../journeys/slow-server.mjs", import.meta.url));
const MIB = 1024 * 1024;
const GROWTH_MAX = 320 * MIB;
const OPEN =
  '@id("open")\n@reason("Everything is open in this test.")\npermit (principal, action, resource);\n';

const { path: folder, remove } = scratch();
let running: Running;
let admin: Admin;
let agent: Record<string, unknown>;
let normal: Client;
let rssBefore: number | null;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  running = await startDoorward(join(folder, "data"));
  admin = await signIn(running);
  await admin.perform("policy.activate", { text: OPEN });
  await admin.perform("servers.add", { name: "normal", command: [process.execPath, NORMAL], accept: true });
  agent = await admin.perform("agents.add", { name: "caller" });
  normal = await connect("normal");
  closers.length = 0;
  rssBefore = await residentBytes(running.pid);
});
afterAll(async () => {
  await normal?.close();
  await running?.stop();
  remove();
});
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
  equal((await admin.perform("health.get"))["status"], "ok");
  const answer = await normal.callTool({ name: "echo", arguments: { text: "still here" } });
  deepEqual(answer.content, [{ type: "text", text: "still here" }]);
  const rss = await residentBytes(running.pid);
  if (rss !== null && rssBefore !== null) ok(rss - rssBefore < GROWTH_MAX, `${rss - rssBefore} bytes more`);
});

async function connect(server: string): Promise<Client> {
  const client = new Client({ name: "caller", version: "1" }, { versionNegotiation: { mode: "auto" } });
  const requestInit = { headers: { authorization: `Bearer ${String(agent["key"])}` } };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${running.url}/door/mcp/${server}`), { requestInit }),
  );
  closers.push(() => client.close());
  return client;
}

interface End {
  readonly code: unknown;
  readonly remedy: unknown;
  readonly action: string;
}

/** Calls `act`, which fails; answers what the client was told. */
async function failing(server: string): Promise<End> {
  const client = await connect(server);
  const answer = await client.callTool({ name: "act", arguments: {} }, { timeout: 50_000 });
  expect(answer.isError).toBe(true);
  const [first] = answer.content;
  expect(first?.type === "text" ? first.text : "").toMatch(/^Failed: .+\nWhat to do: .+\nRecord: act_/s);
  return answer["_meta"]?.["doorward.dev/refusal"] as End;
}

/** One intent, one outcome, as recorded; the call is never sent again. */
async function recordedAs(end: End, outcome: string): Promise<void> {
  const action = await admin.perform("actions.get", { action: end.action });
  expect(action).toMatchObject({ verdict: "allow", outcome });
  expect((action["entries"] as { kind: string }[]).map((entry) => entry.kind)).toEqual(["intent", "outcome"]);
}

describe("over stdio", () => {
  test.each([
    ["die", "upstream_lost_answer"],
    ["die-mid-message", "upstream_lost_answer"],
    ["garbage", "upstream_lost_answer"],
    ["not-an-object", "upstream_lost_answer"],
    ["gigabyte", "upstream_lost_answer"],
  ])("a server that does `%s` in the middle of a call", async (mode, code) => {
    const name = `stdio-${mode}`;
    await admin.perform("servers.add", { name, command: [process.execPath, HOSTILE, mode], accept: true });
    const end = await failing(name);
    expect(end).toMatchObject({ code, remedy: expect.stringMatching(/\S/) });
    await recordedAs(end, "unknown");
  });

  test("one that hangs: the client gives up, the ledger says unknown, and nothing is left under way", async () => {
    await admin.perform("servers.add", {
      name: "hangs",
      command: [process.execPath, HOSTILE, "hang"],
      accept: true,
    });
    const client = await connect("hangs");
    await expect(client.callTool({ name: "act", arguments: {} }, { timeout: 500 })).rejects.toThrow(
      /timed out/i,
    );
    await expect
      .poll(async () => (await admin.perform("actions.list", { server: "hangs" }))["items"], {
        timeout: 20_000,
      })
      .toMatchObject([{ verdict: "allow", outcome: "unknown" }]);
  });

  test("one that does not start again is refused with its last words", async () => {
    await expect(
      admin.perform("servers.add", {
        name: "exits",
        command: [process.execPath, HOSTILE, "exits"],
        accept: true,
      }),
    ).rejects.toThrow(/upstream_handshake_failed.*cannot open the database/s);
  });
});

const EVENTS = { "content-type": "text/event-stream" };
const chunk = Buffer.alloc(MIB, "x");

const OVER_HTTP: [string, Misbehaviour, string][] = [
  ["cuts the connection", (response) => void response.socket?.destroy(), "egress_lost"],
  [
    "lies about its length",
    (response) =>
      response
        .writeHead(200, { "content-type": "application/json", "content-length": "999" })
        .write("{}", () => response.socket?.destroy()),
    "egress_lost",
  ],
  [
    "closes in the middle of an event",
    (response) =>
      response.writeHead(200, EVENTS).write('data: {"jsonrpc":"2.0"', () => response.socket?.destroy()),
    "egress_lost",
  ],
  [
    "sends a broken event",
    (response) => void response.writeHead(200, EVENTS).end("data: {not json}\n\n"),
    "upstream_lost_answer",
  ],
  [
    "answers a gigabyte",
    (response) => {
      response.writeHead(200, { "content-type": "application/json" }).write('{"x":"');
      let left = 1_024;
      const more = (): void => {
        while (left-- > 0 && !response.destroyed)
          if (!response.write(chunk)) return void response.once("drain", more);
      };
      more();
    },
    "egress_body_too_large",
  ],
];

describe("over HTTP", () => {
  test.each(OVER_HTTP)("a server that %s", async (what, misbehave, code) => {
    const server: HostileHttpServer = await listenHostile(misbehave);
    closers.push(() => server.close());
    const name = `http-${what.replaceAll(/\W+/g, "-").slice(0, 24)}`;
    await admin.perform("servers.add", { name, url: server.url, allowPrivate: true, accept: true });
    const end = await failing(name);
    expect(end).toMatchObject({ code, remedy: expect.stringMatching(/\S/) });
    await recordedAs(end, "unknown");
    expect(server.calls).toHaveLength(1);
  });

  test("a server that is gone: certainly not sent, and recorded so; back again, it serves", async () => {
    const server = await listenHostile((response, id) => reply(response, result(id, "done")));
    await admin.perform("servers.add", { name: "goes", url: server.url, allowPrivate: true, accept: true });
    const client = await connect("goes");
    const act = async () => client.callTool({ name: "act", arguments: {} });
    expect((await act()).content).toEqual([{ type: "text", text: "done" }]);
    await server.close();
    const answer = await act();
    const end = answer["_meta"]?.["doorward.dev/refusal"] as End;
    expect(end).toMatchObject({ code: "egress_unreachable", remedy: expect.stringMatching(/\S/) });
    await recordedAs(end, "not-sent");
  });
});
