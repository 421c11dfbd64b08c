import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { CATALOGUE } from "#operations";
import { type OperationsServer, serveOperations } from "./support/operations-server.ts";

// The operations as MCP tools, asked by the protocol's own client in both kinds of revision.

let server: OperationsServer;
beforeEach(async () => {
  server = await serveOperations();
});
afterEach(async () => {
  await server.close();
});

async function connect(name: string, era: "legacy" | "auto", query = ""): Promise<Client> {
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode: era } });
  const requestInit = { headers: { authorization: `Bearer ${name}` } };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${server.url}/mcp${query}`), { requestInit }),
  );
  return client;
}

describe.each(["legacy", "auto"] as const)("the SDK's client (%s)", (era) => {
  test("lists the tools of the caller's roles, calls one, and hears a refusal as a result", async () => {
    const client = await connect("ada", era);
    expect(client.getNegotiatedProtocolVersion()).toBe(era === "legacy" ? "2025-11-25" : "2026-07-28");
    expect((await client.listTools()).tools).toHaveLength(CATALOGUE.length);
    const { structuredContent } = await client.callTool({ name: "agents_list", arguments: {} });
    expect(structuredContent).toMatchObject({ items: [{ name: "olga-bot" }, { name: "otto-bot" }] });
    const unknown = await client.callTool({ name: "agents_get", arguments: { agent: "nobody" } });
    expect(unknown).toMatchObject({
      isError: true,
      _meta: { "doorward.dev/fault": { code: "agent_unknown" } },
    });
    await client.close();
  });

  test("sees only what its roles give, and a toolset narrows it further", async () => {
    const client = await connect("aud", era);
    const { tools } = await client.listTools();
    expect(tools.filter((tool) => tool.annotations?.readOnlyHint !== true).map(({ name }) => name)).toEqual([
      "approvals_arrive",
      "channels_link",
      "channels_unlink",
      "channels_subscribe",
      "vault_connect",
      "vault_connected",
      "vault_disconnect",
      "notices_dismiss",
      "tokens_create",
      "tokens_confirm",
      "tokens_revoke",
      "credentials_remove-passkey",
    ]);
    await expect(
      client.callTool({ name: "agents_revoke", arguments: { agent: "olga-bot" } }),
    ).rejects.toThrow(/no such tool/);
    await client.close();
    const narrowed = await connect("ada", era, "?toolset=read");
    expect((await narrowed.listTools()).tools.every((tool) => tool.annotations?.readOnlyHint === true)).toBe(
      true,
    );
    await narrowed.close();
  });

  test("rehearses a write", async () => {
    const client = await connect("ada", era);
    const { structuredContent } = await client.callTool({
      name: "agents_revoke",
      arguments: { agent: "olga-bot", dryRun: true },
    });
    expect(structuredContent).toEqual({ dryRun: true, would: "revoke agent olga-bot for good" });
    await client.close();
  });
});

const rpc = (method: string, params: object = {}) => ({ jsonrpc: "2.0", id: 1, method, params });

test("decisions made here are recorded as made through MCP", async () => {
  const body = rpc("tools/call", {
    name: "approvals_deny",
    arguments: { approval: server.world.ids.approvals["olga"] },
  });
  await server.send("ada", "POST /mcp", { body });
  expect(server.world.kept.at(-1)?.body).toMatchObject({ via: "mcp" });
});

test.each([
  ["GET /mcp", {}, 405, "method_not_allowed"],
  ["POST /mcp?toolset=everything", { body: rpc("tools/list") }, 404, "toolset_unknown"],
  ["POST /mcp", { raw: "{}", headers: { "content-type": "text/plain" } }, 415, "body_not_json"],
])("%s (%j) answers %i", async (request, sending, status, code) => {
  const answer = await server.send("ada", request, sending);
  expect([answer.status, answer.body["code"]]).toEqual([status, code]);
});

test.each([
  [{ raw: "{" }, 400, -32700],
  [{ raw: "[]" }, 400, -32600],
  [{ body: rpc("resources/list") }, 404, -32601],
  [{ body: rpc("constructor") }, 404, -32601],
  [{ body: rpc("tools/call", { name: "agents_list", arguments: [] }) }, 200, -32602],
  [{ body: rpc("initialize") }, 200, -32602],
  [{ body: rpc("tools/list"), headers: { "mcp-protocol-version": "1999-01-01" } }, 400, -32022],
  [{ body: rpc("tools/list"), headers: { "mcp-protocol-version": "2026-07-28" } }, 400, -32020],
])("a message that is none is answered in the protocol's words (%#)", async (sending, status, code) => {
  const answer = await server.send("ada", "POST /mcp", sending);
  expect(answer.status).toBe(status);
  expect(answer.body).toMatchObject({ jsonrpc: "2.0", error: { code } });
});

test("an agent's key does not open it, nor does nothing (T2)", async () => {
  expect((await server.send(`dwk_${"A".repeat(43)}`, "POST /mcp", { body: rpc("tools/list") })).status).toBe(
    403,
  );
  expect((await server.send("", "POST /mcp", { body: rpc("tools/list") })).status).toBe(401);
});

test("notifications are taken and not answered", async () => {
  const answer = await server.send("ada", "POST /mcp", {
    body: { jsonrpc: "2.0", method: "notifications/initialized" },
  });
  expect([answer.status, answer.text]).toEqual([202, ""]);
});
