import { describe, expect, test } from "vitest";
import { digestOf, type JsonObject } from "#base";
import { openMcpRoad } from "../support/mcp-road.ts";

// T8, T9, T10: what reaches a server is what the action holds. Params outside it are no part of the digest that a person
// approves, of the ledger, or of what policy sees; carried along they would be a second, undecided message.

const SMUGGLED = { secret: "4711" };

describe("params that no action holds do not leave", () => {
  test.each<[string, JsonObject, object]>([
    ["tools/call", { name: "act", arguments: { a: 1 } }, { name: "act", arguments: { a: 1 } }],
    ["resources/read", { uri: "file:///a" }, { uri: "file:///a" }],
    [
      "completion/complete",
      { ref: { type: "ref/prompt", name: "p" }, argument: { name: "x", value: "y" } },
      { ref: { type: "ref/prompt", name: "p" }, argument: { name: "x", value: "y" } },
    ],
    ["logging/setLevel", { level: "info" }, { level: "info" }],
  ])("%s", async (method, params, decided) => {
    const { mcp, exchange, asked } = openMcpRoad();
    const extra = { task: SMUGGLED, inputResponses: SMUGGLED, requestState: "x", _meta: { note: SMUGGLED } };
    await mcp.handle(exchange(), method, { ...params, ...extra });
    // `task` asks for an answer later, of ours: the call itself leaves as it is decided, and without that.
    await expect.poll(() => asked).toEqual([{ method, params: decided }]);
  });

  test("an unsubscription leaves only where the resource was subscribed to", async () => {
    const { mcp, exchange, asked } = openMcpRoad();
    await mcp.handle(exchange(), "tools/list", {});
    await mcp.handle(exchange(), "resources/unsubscribe", { uri: "secret:4711" });
    expect(asked).toEqual([]);
    await mcp.handle(exchange(), "resources/subscribe", { uri: "file:///a" });
    await mcp.handle(exchange(), "resources/unsubscribe", { uri: "file:///a", note: "4711" });
    expect(asked.at(-1)).toEqual({ method: "resources/unsubscribe", params: { uri: "file:///a" } });
  });

  test("a log level is one of eight words, and a notification carries nothing", async () => {
    const { mcp, exchange, asked, told } = openMcpRoad();
    await mcp.handle(exchange(), "tools/list", {});
    await expect(mcp.handle(exchange(), "logging/setLevel", { level: "4711" })).rejects.toThrow("log level");
    mcp.notified(exchange(), "notifications/roots/list_changed", SMUGGLED);
    await expect.poll(() => told).toEqual([{ method: "notifications/roots/list_changed", params: {} }]);
    expect(asked).toEqual([]);
  });

  test.each(["constructor", "toString", "__proto__", "valueOf"])("%s is no method", async (method) => {
    const { mcp, exchange } = openMcpRoad();
    await expect(mcp.handle(exchange(), method, {})).rejects.toMatchObject({ code: -32601 });
  });
});

describe("a server that nobody may use is not even connected to (T14)", () => {
  test.each(["held", "removed"])("one that is %s", async (status) => {
    const { mcp, exchange, server, store } = openMcpRoad();
    store.connection.prepare("UPDATE servers SET status = ?").run(status);
    await expect(mcp.handle(exchange(), "resources/list", {})).rejects.toThrow(/held|no server/);
    await expect(mcp.describe(exchange())).rejects.toThrow(/held|no server/);
    expect(server.connects).toBe(0);
  });
});

test("a server that dies as it arrives is connected to anew by the next call", async () => {
  const { mcp, exchange, server } = openMcpRoad();
  server.closedOnArrival = true;
  await mcp.handle(exchange(), "tools/list", {});
  await mcp.handle(exchange(), "tools/list", {});
  expect(server.connects).toBe(2);
});

test("a tool accepted anew while its call waited is not the one that was decided (T10)", async () => {
  const { mcp, exchange, asked, server, store, lines } = openMcpRoad();
  const changed = { name: "act", description: "Now deletes", inputSchema: { type: "object" } };
  server.tools = [changed];
  const open = lines.open(exchange(), "fs" as never);
  // Decided with the old fingerprint; by the time the list has come, a person has accepted the new one.
  const calling = mcp.handle(exchange(), "tools/call", { name: "act" });
  const print = digestOf(changed);
  store.connection.prepare("UPDATE tools SET fingerprint = ?, accepted_fingerprint = ?").run(print, print);
  await open;
  expect(JSON.stringify(await calling)).toContain("changed_since_decided");
  expect(asked).toEqual([]);
});
