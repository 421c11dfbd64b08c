import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { CallToolResultSchema } from "@modelcontextprotocol/sdk/types.js";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { STARTER_POLICY } from "#policy";
import { findMeans } from "#sandbox";
import { entriesOf, type LlmHouse, openLlmHouse } from "../support/llm-house.ts";
import { chunk, stream } from "../support/model-upstream.ts";
import { doorward, signInAgain, startDoorward, type Running } from "./doorward-process.ts";

// A whole Doorward, real clients in the middle of everything that can be under way (OpenAI's SDK 6 streaming, the official
// MCP SDK 1.32.2 calling, waiting for a person and with a task), and what a stop does to them.

const SLOW = fileURLToPath(new URL("slow-server.mjs", import.meta.url));

let house: LlmHouse;
let isLetGo = 0;

beforeAll(async () => {
  house = await openLlmHouse({
    policy: STARTER_POLICY,
    behave: (response) => {
      stream(response, [chunk({ role: "assistant", content: "" })]);
      const more = setInterval(() => response.write(chunk({ content: "word " })), 10);
      response.on("close", () => {
        clearInterval(more);
        isLetGo += 1;
      });
    },
  });
  const command = [process.execPath, SLOW];
  await house.admin.perform("servers.add", { name: "slow", command, accept: true });
});
afterAll(async () => house?.close());

interface Load {
  /** Settles with what each of them was told when it ended. */
  readonly ends: Promise<readonly string[]>;
  readonly close: () => Promise<void>;
}

const said = (cause: unknown): string =>
  JSON.stringify(cause, ["code", "reason", "message", "error", "data"]) + String(cause);

/** A stream, a call that its server does not answer, a call that waits for a person, and a task. Resolves once all go. */
async function loadOf(url: string, key: string): Promise<Load> {
  const client = new Client({ name: "journey", version: "1" });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/door/mcp/slow`), { requestInit }));
  await client.listTools();
  const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: key, maxRetries: 0 });
  const messages = [{ role: "user" as const, content: "talk" }];
  const answer = await openai.chat.completions.create({ model: "served", messages, stream: true });
  const words = answer[Symbol.asyncIterator]();
  await words.next();
  const streaming = (async () => {
    for (;;) if ((await words.next()).done === true) return "ended";
  })().catch(said);
  const calling = client.callTool({ name: "wait", arguments: {} }).then(JSON.stringify, said);
  const holding = client.callTool({ name: "write", arguments: { text: "x" } }).then(JSON.stringify, said);
  const task = await begun(client);
  const tasking = (async () => {
    for (;;) {
      const { status } = await client.experimental.tasks.getTask(task);
      if (status !== "working")
        return JSON.stringify(await client.experimental.tasks.getTaskResult(task, CallToolResultSchema));
    }
  })().catch(said);
  return {
    ends: Promise.all([streaming, calling, holding, tasking]),
    close: async () => client.close().catch(() => {}),
  };
}

async function begun(client: Client): Promise<string> {
  const call = { name: "wait", arguments: { text: "task" } };
  const options = { task: { ttl: 600_000 } };
  for await (const message of client.experimental.tasks.callToolStream(call, CallToolResultSchema, options))
    if (message.type === "taskCreated") return message.task.taskId;
  throw new Error("no task was created");
}

const newAgent = async (name: string): Promise<string> =>
  String((await house.admin.perform("agents.add", { name }))["key"]);

const held = async (): Promise<unknown[]> =>
  (await house.admin.perform("approvals.list", { status: "requested" }))["items"] as unknown[];

async function stopped(kind: string, target: string | undefined, key: string): Promise<readonly string[]> {
  const load = await loadOf(house.running.url, key);
  await expect.poll(held).toHaveLength(1);
  const input = { kind, reason: "drill of a journey", ...(target === undefined ? {} : { target }) };
  const answer = await house.admin.perform("stops.add", input);
  const ends = await load.ends;
  expect(answer).toMatchObject({ inForce: true, already: false, withdrawn: 1 });
  await load.close();
  return ends;
}

const refused = async (key: string): Promise<[number, string]> => {
  const body = { model: "served", messages: [{ role: "user", content: "hello" }] };
  const answer = await fetch(`${house.running.url}/v1/chat/completions`, {
    method: "POST",
    headers: { "content-type": "application/json", authorization: `Bearer ${key}` },
    body: JSON.stringify(body),
  });
  return [answer.status, await answer.text()];
};

const resume = (kind: string, target?: string) =>
  house.admin.perform("stops.end", { kind, ...(target === undefined ? {} : { target }) });

test.each(["agent", "everything"])("stopping %s ends a stream, a call, a hold and a task", async (kind) => {
  const name = `walker-${kind}`;
  const key = await newAgent(name);
  const before = isLetGo;
  const target = kind === "agent" ? name : undefined;
  const ends = await stopped(kind, target, key);
  for (const end of ends) expect(end).toMatch(/stopped|drill of a journey|session/i);
  await expect.poll(() => isLetGo).toBeGreaterThan(before);
  expect(await held()).toEqual([]);
  const [status, text] = await refused(key);
  expect([status, text]).toEqual([403, expect.stringMatching(/stopped.*admin.*drill of a journey/)]);
  expect(text).toMatch(/doorward resume/);
  await resume(kind, target);
  const again = await loadOf(house.running.url, key);
  await expect.poll(held).toHaveLength(1);
  await again.close();
  await house.admin.perform("agents.revoke", { agent: name });
});

test("a stop of one agent leaves the others alone", async () => {
  await newAgent("alone");
  await house.admin.perform("stops.add", { kind: "agent", target: "alone", reason: "odd" });
  const other = await newAgent("bystander");
  const client = new Client({ name: "other", version: "1" });
  const requestInit = { headers: { authorization: `Bearer ${other}` } };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${house.running.url}/door/mcp/slow`), { requestInit }),
  );
  expect(JSON.stringify(await client.callTool({ name: "echo", arguments: { text: "go on" } }))).toMatch(
    /go on/,
  );
  await client.close();
  await resume("agent", "alone");
});

test("stopping a server cuts its calls and leaves the model's stream; stopping the model the other way round", async () => {
  const key = await newAgent("half");
  const load = await loadOf(house.running.url, key);
  const ends: string[] = [];
  void load.ends.then((all) => ends.push(...all));
  await house.admin.perform("stops.add", { kind: "server", target: "slow", reason: "looks odd" });
  const client = new Client({ name: "half", version: "1" });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${house.running.url}/door/mcp`), { requestInit }),
  );
  const call = await client
    .callTool({ name: "slow__echo", arguments: { text: "x" } })
    .then(JSON.stringify, said);
  expect(call).toMatch(/looks odd/);
  expect(ends).toEqual([]);
  await house.admin.perform("stops.add", { kind: "model", target: "up/served", reason: "wrong weights" });
  const all = await load.ends;
  expect(all[0]).toMatch(/wrong weights|stopped/);
  for (const end of all.slice(1)) expect(end).toMatch(/looks odd|stopped/);
  expect((await refused(key))[1]).toMatch(/wrong weights/);
  await load.close();
  await client.close();
  await resume("server", "slow");
  await resume("model", "up/served");
});

test("a stop holds over a restart, before the first request, and from the command line", async () => {
  const key = await newAgent("lasting");
  const cli = async (...args: string[]): Promise<string> => {
    const variables = { DOORWARD_TOKEN: house.admin.token, DOORWARD_URL: house.running.url, NO_COLOR: "1" };
    const run = doorward(args, variables);
    const status = await run.ended;
    return `${status} ${run.said()}${run.complained()}`;
  };
  expect(await cli("stop", "agent", "lasting", "--reason", "over night")).toMatch(/^0 [^]*over night/);
  await house.running.stop("SIGKILL");
  const running: Running = await startDoorward(house.running.directory);
  Object.assign(house, { running, admin: await signInAgain(running.url) });
  const [status, text] = await refused(key);
  expect([status, text]).toEqual([403, expect.stringMatching(/over night/)]);
  expect(await cli("stops", "list")).toMatch(/lasting/);
  expect(await cli("resume", "agent", "lasting")).toMatch(/^0 /);
  const kinds = [await entriesOf(house.admin, "stop.added"), await entriesOf(house.admin, "stop.ended")];
  expect(JSON.stringify(kinds)).not.toMatch(/over night/);
});

test("a drill puts a load at the real doors, stops it, says how long that took, and leaves nothing behind but the record", async () => {
  const report = await house.admin.perform("stops.drill");
  const { missing } = report as { missing: { part: string; said: string }[] };
  expect([report["refusedAfter"], missing.filter(({ part }) => part !== "sandbox")]).toEqual(["stopped", []]);
  const kinds = ["stream", "call", "hold", "task", "web-request", "web-stream", "tunnel"];
  const isReady = findMeans().kind === "ready";
  if (isReady) kinds.push("sandbox");
  const untried = missing.map(({ said: why }) => why.startsWith("not tried: "));
  expect(untried).toEqual(isReady ? [] : [true]);
  // How long it takes is what the drill is for, and no test of ours: a machine that does much else is slower.
  expect(report["holds"]).toBe(Number(report["worstMs"]) <= 1_000);
  const parts = report["parts"] as { part: string; ms: number }[];
  expect(new Set(parts.map(({ part }) => part))).toEqual(new Set(kinds));
  expect((report["kinds"] as { part: string }[]).map(({ part }) => part)).toEqual(kinds);
  expect(parts.map(({ ms }) => ms)).not.toContain(null);
  expect(await entriesOf(house.admin, "drill.stop")).toMatchObject([{ holds: report["holds"] }]);
  const left = await Promise.all([
    house.admin.perform("servers.list", {}),
    house.admin.perform("upstreams.list", {}),
    house.admin.perform("agents.list", {}),
    house.admin.perform("stops.list", {}),
  ]);
  expect(JSON.stringify(left)).not.toMatch(/drill-/);
});

test("a drill of a stage tries what the stage promises: enforce refuses, observe records, isolate wants its sandbox", async () => {
  const key = await newAgent("staged");
  const drill = () => house.admin.perform("stages.drill", { agent: "staged" });
  const set = (stage: string) => house.admin.perform("agents.set-stage", { agent: "staged", stage, days: 1 });
  expect(await drill()).toMatchObject({ stage: "enforce", holds: true });
  await set("observe");
  expect(await drill()).toMatchObject({
    stage: "observe",
    holds: true,
    result: "it went through, and is on record",
  });
  await set("isolate");
  const isReady = findMeans().kind === "ready";
  const isolated = await drill();
  expect(isolated).toMatchObject({
    stage: "isolate",
    holds: isReady,
    result: expect.stringMatching(
      isReady ? /^refused: isolation_required; a program in its sandbox/ : /no sandbox can be made.*nstall/,
    ),
  });
  const found = isolated["sandbox"] as { tried: string; got: string; holds: boolean }[];
  expect(found.filter(({ holds }) => !holds)).toEqual([]);
  expect(found.length).toBeGreaterThanOrEqual(isReady ? 5 : 0);
  const [status, text] = await refused(key);
  expect([status, text]).toEqual([403, expect.stringMatching(/isolation_required[^]*doorward run staged/)]);
  expect(await entriesOf(house.admin, "drill.stage")).toHaveLength(3);
});

test("a monitor that falls silent stops what it watches over; only its own key is heard", async () => {
  const key = await newAgent("watched");
  const added = await house.admin.perform("stops.add-monitor", {
    name: "pulse",
    every: 2,
    kind: "agent",
    target: "watched",
  });
  const beat = (bearer: string): Promise<Response> =>
    fetch(`${house.running.url}/heartbeat`, {
      method: "POST",
      headers: { authorization: `Bearer ${bearer}` },
    });
  expect((await beat(key)).status).toBe(401);
  expect((await beat(String(added["key"]))).status).toBe(204);
  await expect.poll(async () => (await refused(key))[0], { timeout: 20_000 }).toBe(403);
  expect((await refused(key))[1]).toMatch(/no heartbeat of pulse/);
  await house.admin.perform("stops.remove-monitor", { name: "pulse" });
  await resume("agent", "watched");
});
