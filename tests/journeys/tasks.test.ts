import { createHmac } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { CallToolResultSchema } from "@modelcontextprotocol/sdk/types.js";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import {
  type Admin,
  type Running,
  scratch,
  signIn,
  signInAgain,
  startDoorward,
  until,
  waitingApproval,
} from "./doorward-process.ts";

// The official client's own tasks (SDK 1.32.2, `client.experimental.tasks`; SDK 2.4.0 has none), a whole Doorward process,
// and a server whose effects can be counted.

const { path: folder, remove } = scratch();
const file = join(folder, "lines");
const data = join(folder, "data");
const SERVER = fileURLToPath(new URL("counting-server.mjs", import.meta.url));

let doorward: Running;
let admin: Admin;
let key: string;
const closers: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  writeFileSync(file, "");
  doorward = await startDoorward(data);
  admin = await signIn(doorward);
  const command = [process.execPath, SERVER, file];
  await admin.perform("servers.add", { name: "count", command, sandbox: "off", accept: true });
  key = String((await admin.perform("agents.add", { name: "scribe" }))["key"]);
});

afterEach(async () => {
  for (const close of closers.splice(0)) await close().catch(() => {});
});

afterAll(async () => {
  await doorward?.stop();
  remove();
});

const lines = (): string[] => readFileSync(file, "utf8").split("\n").slice(0, -1);
const headers = (): { headers: Record<string, string> } => ({ headers: { authorization: `Bearer ${key}` } });

async function connect(): Promise<Client> {
  const client = new Client({ name: "journey", version: "1" });
  const transport = new StreamableHTTPClientTransport(new URL(`${doorward.url}/door/mcp/count`), {
    requestInit: headers(),
  });
  await client.connect(transport);
  closers.push(() => client.close());
  await client.listTools();
  return client;
}

async function decide(answer: "approve" | "deny"): Promise<void> {
  const { id } = await waitingApproval(admin);
  await admin.perform(`approvals.${answer}`, { approval: id });
}

async function restarted(): Promise<void> {
  await doorward.stop("SIGKILL");
  doorward = await startDoorward(data);
  admin = await signInAgain(doorward.url);
}

/** Asks for the call as a task; answers its id. */
async function asked(client: Client, line: string): Promise<string> {
  const call = { name: "add_line", arguments: { line } };
  const stream = client.experimental.tasks.callToolStream(call, CallToolResultSchema, {
    task: { ttl: 600_000 },
  });
  for await (const message of stream) {
    if (message.type === "taskCreated") return message.task.taskId;
    if (message.type === "error") throw message.error;
  }
  throw new Error("no task was created");
}

const statusOf = async (client: Client, id: string): Promise<string> =>
  (await client.experimental.tasks.getTask(id)).status;

test("the client's own task stream ends with the result of what a person approved", async () => {
  const client = await connect();
  const call = { name: "add_line", arguments: { line: "one" } };
  const seen: string[] = [];
  const results: unknown[] = [];
  const approving = decide("approve");
  for await (const message of client.experimental.tasks.callToolStream(call)) {
    seen.push(message.type);
    if (message.type === "result") results.push(message.result);
    if (message.type === "error") throw message.error;
  }
  await approving;
  expect(results).toMatchObject([{ content: [{ type: "text", text: "added one" }] }]);
  expect([seen[0], seen.at(-1), lines()]).toEqual(["taskCreated", "result", ["one"]]);
});

test("killed while a person thinks: approved after the restart it is released at once, with nobody connected", async () => {
  const id = await asked(await connect(), "two");
  await waitingApproval(admin);
  await restarted();
  await decide("approve");
  await until("the effect", () => (lines().includes("two") ? true : undefined));
  const client = await connect();
  await until("its end", async () => ((await statusOf(client, id)) === "completed" ? true : undefined));
  expect(await client.experimental.tasks.getTaskResult(id, CallToolResultSchema)).toMatchObject({
    content: [{ text: "added two" }],
    _meta: { "io.modelcontextprotocol/related-task": { taskId: id } },
  });
  await restarted();
  expect(lines().filter((line) => line === "two")).toHaveLength(1);
  const again = await connect();
  expect((await again.experimental.tasks.listTasks()).tasks.map(({ taskId }) => taskId)).toContain(id);
  expect(await statusOf(again, id)).toBe("completed");
});

test("killed in the middle of the call: its outcome is unknown, and it is never sent again (T20)", async () => {
  const id = await asked(await connect(), "silent");
  await decide("approve");
  await until("the effect", () => (lines().includes("silent") ? true : undefined));
  await restarted();
  const client = await connect();
  await until("its end", async () => ((await statusOf(client, id)) === "failed" ? true : undefined));
  const result = await client.experimental.tasks.getTaskResult(id, CallToolResultSchema);
  expect(result).toMatchObject({ _meta: { "doorward.dev/refusal": { code: "outcome_unknown" } } });
  await restarted();
  expect(lines().filter((line) => line === "silent")).toHaveLength(1);
});

test("a cancelled task asks nobody any more; another agent finds none of it", async () => {
  const client = await connect();
  const id = await asked(client, "three");
  await waitingApproval(admin);
  const own = key;
  key = String((await admin.perform("agents.add", { name: "stranger" }))["key"]);
  const stranger = await connect();
  await expect(stranger.experimental.tasks.getTask(id)).rejects.toThrow("Task not found");
  await expect(stranger.experimental.tasks.cancelTask(id)).rejects.toThrow("Task not found");
  key = own;
  expect(await client.experimental.tasks.cancelTask(id)).toMatchObject({ status: "cancelled" });
  const { items } = await admin.perform("approvals.list");
  expect([items, lines().includes("three")]).toEqual([[], false]);
});

/** A request of revision 2026-07-28 by hand. */
function calling(line: string, extensions: object = {}, signal?: AbortSignal): Promise<Response> {
  const meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "journey", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": { extensions },
  };
  const params = { name: "add_line", arguments: { line }, _meta: meta };
  return fetch(`${doorward.url}/door/mcp/count`, {
    method: "POST",
    headers: {
      ...headers().headers,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "tools/call",
      "mcp-name": "add_line",
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params }),
    ...(signal === undefined ? {} : { signal }),
  });
}

test("the extension of 2026-07-28: a held call becomes a task, polled by a client that knows its methods as its own", async () => {
  const response = await calling("four", { "io.modelcontextprotocol/tasks": {} });
  const created = z.object({ result: z.looseObject({ taskId: z.string() }) }).parse(await response.json());
  expect(created.result).toMatchObject({ resultType: "task", status: "working" });
  await decide("approve");
  const client = new ModernClient(
    { name: "journey", version: "1" },
    {
      versionNegotiation: { mode: { pin: "2026-07-28" } },
      capabilities: { extensions: { "io.modelcontextprotocol/tasks": {} } },
    },
  );
  await client.connect(
    new ModernTransport(new URL(`${doorward.url}/door/mcp/count`), { requestInit: headers() }),
  );
  closers.push(() => client.close());
  const { taskId } = created.result;
  const state = z.looseObject({ status: z.string() });
  const done = await until("its end", async () => {
    const now = await client.request({ method: "tasks/get", params: { taskId } }, state);
    return now.status === "completed" ? now : undefined;
  });
  expect(done).toMatchObject({ taskId, result: { content: [{ text: "added four" }] } });
});

test("an agent that went home: its owner's webhook hears of the release, and its retry collects the result", async () => {
  const told: { body: string; headers: IncomingHttpHeaders }[] = [];
  const receiver = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => void (body += text));
    request.on("end", () => {
      told.push({ body, headers: request.headers });
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => {
    receiver.listen(0, "127.0.0.1", resolve);
  });
  closers.push(async () => receiver.close());
  const { port } = z.object({ port: z.number() }).parse(receiver.address());
  const url = `http://127.0.0.1:${port}/hook`;
  const callback = { agent: "scribe", url, release: true, allowPrivate: true };
  const { secret } = await admin.perform("agents.set-callback", callback);
  const leaving = new AbortController();
  const left = calling("five", {}, leaving.signal).then(async (response) => response.text());
  const { id, action } = await waitingApproval(admin);
  leaving.abort();
  await expect(left).rejects.toThrow("aborted");
  await decide("approve");
  await until("the effect", () => (lines().includes("five") ? true : undefined));
  const { body, headers: sent } = await until("the webhook", () => told[0]);
  expect(JSON.parse(body)).toMatchObject({
    type: "action.released",
    data: { approval: id, action, outcome: "ok" },
  });
  const key64 = String(secret).slice("whsec_".length);
  const signed = `${String(sent["webhook-id"])}.${String(sent["webhook-timestamp"])}.${body}`;
  const mac = createHmac("sha256", Buffer.from(key64, "base64")).update(signed).digest("base64");
  expect(sent["webhook-signature"]).toBe(`v1,${mac}`);
  expect(await (await calling("five")).text()).toContain("added five");
  expect(lines().filter((line) => line === "five")).toHaveLength(1);
});
