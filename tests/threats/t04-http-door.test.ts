import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, Server } from "@modelcontextprotocol/server";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { type Host, type HttpHouse, openHost, openHttpHouse } from "../support/http-house.ts";

// T4: what is governed by a door of its own is not written to around it: a host that an upstream of models or an MCP server
// stands at takes no write at the http door, whatever was granted.

let house: HttpHouse;
let host: Host;
let key = "";
beforeAll(async () => {
  [house, host] = [await openHttpHouse(), await openHost()];
  key = await house.session("sneak");
  await house.grant("sneak", host.name);
});
afterAll(async () => {
  await house?.close();
  await host?.close();
});

const post = () => house.get(key, `${host.url}/v1/chat/completions`, { method: "POST", body: "{}" });

test("a host of an upstream's takes no write at the http door, and a read is decided as ever", async () => {
  expect((await post()).status).toBe(200);
  host.answer = (_, response) =>
    void response
      .writeHead(200, { "content-type": "application/json" })
      .end(JSON.stringify({ object: "list", data: [{ id: "served", object: "model" }] }));
  await house.admin.perform("upstreams.add", {
    name: "brain",
    kind: "openai",
    url: host.url,
    allowPrivate: true,
  });
  const before = host.reached.filter(({ method }) => method === "POST").length;
  for (const method of ["POST", "PUT", "PATCH", "DELETE"]) {
    const got = await house.get(key, `${host.url}/v1/chat/completions`, { method, body: "{}" });
    expect([method, got.status, got.code]).toEqual([method, 403, "operation_unmapped"]);
  }
  expect(host.reached.filter(({ method }) => method === "POST").length).toBe(before);
  expect((await house.get(key, `${host.url}/v1/about`)).status).toBe(200);
  const alias = host.url.replace("127.0.0.1", "localhost");
  await house.grant("sneak", new URL(alias).host);
  const around = await house.get(key, `${alias}/v1/chat/completions`, { method: "POST", body: "{}" });
  expect([around.status, around.code]).toEqual([403, "operation_unmapped"]);
  expect(host.reached.filter(({ method }) => method === "POST").length).toBe(before);
});

/** An MCP server over HTTP that writes letters, by the official SDK; what was called, and what else reached its host. */
async function letters() {
  const [called, reached]: [string[], string[]] = [[], []];
  const handler = toNodeHandler(
    createMcpHandler(() => {
      const server = new Server({ name: "letters", version: "1" }, { capabilities: { tools: {} } });
      server.setRequestHandler("tools/list", () => ({
        tools: [
          { name: "write_letter", inputSchema: { type: "object", properties: { to: { type: "string" } } } },
        ],
      }));
      server.setRequestHandler("tools/call", ({ params }) => {
        called.push(params.name);
        return { content: [{ type: "text", text: "written" }] };
      });
      return server;
    }),
  );
  const server = createServer((request, response) => {
    if (request.url?.startsWith("/mcp") === true)
      return void handler(request as Parameters<typeof handler>[0], response);
    reached.push(`${request.method} ${request.url}`);
    request.resume();
    return void response.end("fine");
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => void server.once("listening", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const name = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { name, url: `http://${name}`, called, reached };
}

test("a host of an MCP server's takes no write either: neither its own protocol nor anything else that no operation names", async () => {
  const { name, url, called, reached } = await letters();
  // A session that has read nothing yet: what it is refused for is this alone.
  const fresh = await house.session("scribe");
  await house.grant("scribe", name);
  const call = JSON.stringify({
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name: "write_letter", arguments: { to: "mallory@evil.example" } },
  });
  const json = { "content-type": "application/json", accept: "application/json, text/event-stream" };
  // Before it is anybody's, it is a host like any other.
  expect((await house.get(fresh, `${url}/notes`, { method: "POST", body: "{}" })).status).toBe(200);
  await house.admin.perform("servers.add", {
    name: "letters",
    url: `${url}/mcp`,
    allowPrivate: true,
    accept: true,
  });
  for (const [method, path, body] of [
    ["POST", "/mcp", call],
    ["DELETE", "/mcp", ""],
    ["POST", "/mcp/", call],
    ["POST", "/notes", "{}"],
    ["PUT", "/notes", "{}"],
    ["PATCH", "/notes", "{}"],
  ] as const) {
    const got = await house.get(fresh, `${url}${path}`, {
      method,
      headers: json,
      ...(body !== "" && { body }),
    });
    expect([method, path, got.status, got.code]).toEqual([method, path, 403, "operation_unmapped"]);
  }
  expect([called, reached]).toEqual([[], ["POST /notes"]]);
  expect((await house.get(fresh, `${url}/about`)).status).toBe(200);
});
