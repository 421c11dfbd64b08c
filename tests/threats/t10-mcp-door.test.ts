import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import {
  type Admin,
  type Running,
  scratch,
  signIn,
  startDoorward,
  waitingApproval,
} from "../journeys/doorward-process.ts";

// T10 at the mcp door: what a person approved is the whole of what leaves. Headers that the agent sets, and whatever else it
// puts into a request beside the action, neither go with it nor can they be changed after the tap.

interface Sent {
  readonly headers: IncomingHttpHeaders;
  readonly params: unknown;
}

const TOOL = {
  name: "send",
  description: "Sends",
  inputSchema: {
    type: "object",
    properties: { to: { type: "string", "x-mcp-header": "To" }, text: { type: "string" } },
    required: ["to"],
  },
  annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
};

const sent: Sent[] = [];
const { path: folder, remove } = scratch();
let behind: Server;
let doorward: Running;
let admin: Admin;
let key: string;

const message = z.looseObject({
  id: z.union([z.string(), z.number()]).optional(),
  method: z.string(),
  params: z.looseObject({}).optional(),
});

/** An MCP server over HTTP, revision 2025-11-25, that answers JSON and keeps what it was sent. */
function serverBehind(): Promise<Server> {
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => void (body += text));
    request.on("end", () => {
      const { id, method, params } = message.parse(JSON.parse(body === "" ? '{"method":""}' : body));
      if (id === undefined) {
        response.writeHead(request.method === "POST" ? 202 : 405).end();
        return;
      }
      if (method === "tools/call") sent.push({ headers: request.headers, params });
      const results: Record<string, object> = {
        initialize: {
          protocolVersion: "2025-11-25",
          capabilities: { tools: {} },
          serverInfo: { name: "b", version: "1" },
        },
        "tools/list": { tools: [TOOL] },
        "tools/call": { content: [{ type: "text", text: "sent" }] },
      };
      const result = results[method];
      const answer = result === undefined ? { error: { code: -32601, message: "not here" } } : { result };
      response.writeHead(200, { "content-type": "application/json" });
      response.end(JSON.stringify({ jsonrpc: "2.0", id, ...answer }));
    });
  });
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve(server));
  });
}

beforeAll(async () => {
  behind = await serverBehind();
  const { port } = z.object({ port: z.number() }).parse(behind.address());
  doorward = await startDoorward(folder);
  admin = await signIn(doorward);
  const url = `http://127.0.0.1:${port}/mcp`;
  await admin.perform("servers.add", { name: "out", url, allowPrivate: true, accept: true });
  key = String((await admin.perform("agents.add", { name: "scribe" }))["key"]);
});

afterAll(async () => {
  await doorward?.stop();
  behind?.close();
  remove();
});

interface Asked {
  readonly to?: string;
  readonly headers?: Record<string, string>;
  readonly meta?: object;
  readonly signal?: AbortSignal;
}

function call({ to = "ann", headers = {}, meta = {}, signal }: Asked = {}): Promise<Response> {
  const envelope = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": { name: "t10", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const params = { name: "send", arguments: { to, text: "hi" }, _meta: { ...meta, ...envelope } };
  return fetch(`${doorward.url}/door/mcp/out`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      accept: "application/json, text/event-stream",
      "mcp-protocol-version": "2026-07-28",
      "mcp-method": "tools/call",
      "mcp-name": "send",
      "mcp-param-to": to,
      ...headers,
    },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params }),
    ...(signal === undefined ? {} : { signal }),
  });
}

/** Asks, goes home, and is approved meanwhile. */
async function approved(asked: Asked): Promise<void> {
  const leaving = new AbortController();
  const left = call({ ...asked, signal: leaving.signal }).then(async (response) => response.text());
  const { id } = await waitingApproval(admin);
  leaving.abort();
  await expect(left).rejects.toThrow("aborted");
  await admin.perform("approvals.approve", { approval: id });
}

test("headers and `_meta` that the agent adds to the retry do not leave, and what leaves is what was approved", async () => {
  await approved({ headers: { "x-shown": "4711" }, meta: { note: "4711", progressToken: "4711" } });
  const more = {
    "x-agent": "4712",
    cookie: "a=4712",
    traceparent: "00-4712",
    baggage: "4712",
    "mcp-param-other": "4712",
  };
  const meta = { note: "4712", progressToken: "4712", traceparent: "4712", "x.example/y": { z: "4712" } };
  expect(await (await call({ headers: more, meta })).text()).toContain("sent");
  expect(sent).toHaveLength(1);
  const [one] = sent;
  expect(one?.params).toMatchObject({ name: "send", arguments: { to: "ann", text: "hi" } });
  expect(JSON.stringify(one)).not.toMatch(/471[12]/);
});

test("another argument is another action: it asks anew, and the approval stays for its own", async () => {
  await approved({ to: "bea" });
  const before = sent.length;
  const leaving = new AbortController();
  const other = call({ to: "eve", signal: leaving.signal }).then(async (response) => response.text());
  const { id } = await waitingApproval(admin);
  leaving.abort();
  await expect(other).rejects.toThrow("aborted");
  expect(sent).toHaveLength(before);
  await admin.perform("approvals.deny", { approval: id });
  expect(await (await call({ to: "bea" })).text()).toContain("sent");
  expect(sent.slice(before).map(({ params }) => params)).toMatchObject([{ arguments: { to: "bea" } }]);
});

test("a header that says something else than the approved arguments stops the call (T8)", async () => {
  await approved({ to: "cora" });
  const lying = z.object({ error: z.object({ code: z.number() }) });
  const told = await (await call({ to: "cora", headers: { "mcp-param-to": "eve" } })).text();
  // As JSON, or as an event where the door took a while.
  const answer = lying.parse(JSON.parse(told.slice(told.indexOf("{"), told.lastIndexOf("}") + 1)));
  // The approved call itself may leave, once, where Doorward had not yet seen that its caller went home.
  const left = sent.filter(({ params }) => JSON.stringify(params).includes("cora")).length;
  expect([answer.error.code, left <= 1]).toEqual([-32_020, true]);
});
