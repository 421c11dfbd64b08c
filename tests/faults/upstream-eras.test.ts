// The same server in three ways: 2026-07-28 over HTTP, 2025-11-25 over HTTP with sessions, and over stdio.
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { JsonObject } from "#base";
import type { ServerConfiguration, UpstreamConnection, UpstreamHandlers } from "#upstream";
import { listenConformanceServer, type ListeningServer } from "../servers/conformance/http.ts";
import { http, openTestHouse, type TestHouse, within } from "../servers/upstreams.ts";

const PROGRAM = fileURLToPath(new URL("../servers/conformance/main.ts", import.meta.url));
const CAPABILITIES = { sampling: {}, elicitation: { form: {} }, roots: {} };
let house: TestHouse;
let modern: ListeningServer;
let legacy: ListeningServer;
beforeAll(async () => {
  [house, modern, legacy] = await Promise.all([
    openTestHouse(),
    listenConformanceServer(),
    listenConformanceServer(0, "legacy"),
  ]);
  const stdio: ServerConfiguration = {
    transport: "stdio",
    command: [process.execPath, PROGRAM, "stdio"],
    environment: [],
  };
  for (const [name, configuration] of [
    ["modern", http(modern.url)],
    ["legacy", http(legacy.url)],
    ["stdio", stdio],
  ] as const) {
    await house.add(name, configuration);
  }
});
afterAll(async () => {
  await house.close();
  await Promise.all([modern.close(), legacy.close()]);
});

interface Heard {
  readonly notes: [string, JsonObject][];
  readonly asked: [string, string | undefined][];
  readonly connection: UpstreamConnection;
}

async function connect(name: string): Promise<Heard> {
  const notes: Heard["notes"] = [];
  const asked: Heard["asked"] = [];
  const handlers: UpstreamHandlers = {
    onNotification: (method, params) => void notes.push([method, params]),
    onRequest: async (method, _params, related) => {
      asked.push([method, related]);
      return { action: "accept", content: { username: "ada", email: "ada@example.com" } };
    },
  };
  return {
    notes,
    asked,
    connection: await house.upstreams.connect(name, handlers, { capabilities: CAPABILITIES }),
  };
}

const call = (connection: UpstreamConnection, name: string, more: object = {}) =>
  connection.request("tools/call", { name, arguments: {}, ...more }, within(10_000, { tag: "act_1" }));

describe.each([
  ["modern", "modern", "2026-07-28"],
  ["stdio", "modern", "2026-07-28"],
  ["legacy", "legacy", "2025-11-25"],
])("%s", (name, era, protocolVersion) => {
  test("is recognised, lists its tools and answers", async () => {
    const { connection } = await connect(name);
    expect(connection).toMatchObject({
      era,
      protocolVersion,
      serverInfo: { name: "doorward-conformance-server" },
    });
    const offered = await house.upstreams.inspect(name);
    expect([offered.tools.length, offered.prompts.length]).toEqual([14, 4]);
    expect(await call(connection, "test_simple_text")).toMatchObject({ content: [{ type: "text" }] });
    await connection.close();
  });

  test("keeps a schema of another dialect as it is", async () => {
    const { tools } = await house.upstreams.inspect(name);
    const tool = tools.find((listed) => listed["name"] === "json_schema_2020_12_tool");
    expect(tool?.["inputSchema"]).toMatchObject({
      $schema: expect.any(String),
      $defs: expect.any(Object),
      additionalProperties: false,
    });
  });

  test("reports progress to the call that asked for it", async () => {
    const { connection } = await connect(name);
    const seen: unknown[] = [];
    const options = within(10_000, { onProgress: ({ progress }) => seen.push(progress) });
    await connection.request("tools/call", { name: "test_tool_with_progress", arguments: {} }, options);
    expect(seen).toEqual([0, 50, 100]);
    await connection.close();
  });

  test("takes subscriptions, log levels and pings in the words of 2025", async () => {
    const { connection } = await connect(name);
    for (const [method, params] of [
      ["resources/subscribe", { uri: "test://watched-resource" }],
      ["resources/unsubscribe", { uri: "test://watched-resource" }],
      ["logging/setLevel", { level: "info" }],
      ["ping", {}],
    ] as const) {
      expect(await connection.request(method, params, within(10_000))).toMatchObject({});
    }
    await connection.close();
  });

  test("gives its errors as they are", async () => {
    const { connection } = await connect(name);
    await expect(call(connection, "no_such_tool")).rejects.toMatchObject({
      code: "upstream_error",
      rpc: { code: -32602 },
    });
    await connection.close();
  });
});

test("a 2025 server's question arrives with the tag of the call it belongs to, even among several", async () => {
  const { connection, asked } = await connect("legacy");
  const calls = ["act_1", "act_2", "act_3"].map((tag) =>
    connection.request(
      "tools/call",
      { name: "test_elicitation", arguments: { message: tag } },
      within(10_000, { tag }),
    ),
  );
  expect(await Promise.all(calls)).toMatchObject(
    Array.from({ length: 3 }, () => ({ content: [{ text: expect.stringContaining("ada@example.com") }] })),
  );
  expect(asked.toSorted(([, a], [, b]) => String(a).localeCompare(String(b)))).toEqual([
    ["elicitation/create", "act_1"],
    ["elicitation/create", "act_2"],
    ["elicitation/create", "act_3"],
  ]);
  await connection.close();
});

test.each(["modern", "stdio"])(
  "a 2026 server's question (%s) comes back as its result, and the retry answers it",
  async (name) => {
    const { connection, asked } = await connect(name);
    const first = await call(connection, "test_elicitation", { arguments: { message: "who?" } });
    expect(first).toMatchObject({
      resultType: "input_required",
      inputRequests: { answer: { method: "elicitation/create" } },
    });
    const inputResponses = {
      answer: { action: "accept", content: { username: "ada", email: "ada@example.com" } },
    };
    const second = await call(connection, "test_elicitation", {
      arguments: { message: "who?" },
      inputResponses,
    });
    expect(second).toMatchObject({ content: [{ text: expect.stringContaining("ada@example.com") }] });
    expect(asked).toEqual([]);
    await connection.close();
  },
);

test("a stream the server closed in the middle of a call is resumed and the answer arrives", async () => {
  const { connection } = await connect("legacy");
  expect(await call(connection, "test_reconnection")).toMatchObject({
    content: [{ text: expect.stringContaining("completed") }],
  });
  await connection.close();
});

test("log messages of a call arrive as notifications", async () => {
  const { connection, notes } = await connect("legacy");
  await call(connection, "test_tool_with_logging");
  expect(notes.filter(([method]) => method === "notifications/message")).toHaveLength(3);
  await connection.close();
});
