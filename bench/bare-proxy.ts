// The least that a proxy on the official SDK can be: streamable HTTP in, stdio out, no duties. A yardstick, not a product.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { Client } from "@modelcontextprotocol/client";
import { StdioClientTransport } from "@modelcontextprotocol/client/stdio";
import { NodeStreamableHTTPServerTransport } from "@modelcontextprotocol/node";
import { Server } from "@modelcontextprotocol/server";

const [port = "0", command = "node", ...args] = process.argv.slice(2);
const upstream = new Client({ name: "bare-proxy", version: "1.0.0" });
await upstream.connect(new StdioClientTransport({ command, args }));

const transports = new Map<string, NodeStreamableHTTPServerTransport>();

async function opened(): Promise<NodeStreamableHTTPServerTransport> {
  const transport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: () => randomUUID(),
    enableJsonResponse: true,
    onsessioninitialized: (id) => void transports.set(id, transport),
  });
  const server = new Server({ name: "bare-proxy", version: "1.0.0" }, { capabilities: { tools: {} } });
  server.setRequestHandler("tools/list", async () => upstream.listTools());
  server.setRequestHandler("tools/call", async ({ params }) => upstream.callTool(params));
  await server.connect(transport);
  return transport;
}

createServer((request, response) => {
  const session = request.headers["mcp-session-id"];
  const known = typeof session === "string" ? transports.get(session) : undefined;
  const answering = (known === undefined ? opened() : Promise.resolve(known)).then((transport) =>
    transport.handleRequest(request, response),
  );
  answering.catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    response.destroy();
  });
}).listen(Number(port), "127.0.0.1");
