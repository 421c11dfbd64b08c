// An MCP server over stdio with typed arguments: read_note (reads), save_note (writes), send_note (reaches out).
import { createInterface } from "node:readline";

const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const text = { type: "string" };
const tool = (name, properties, annotations) => ({
  name,
  description: `Does ${name}`,
  inputSchema: { type: "object", properties, required: Object.keys(properties) },
  annotations,
});
const TOOLS = [
  tool("read_note", { path: text }, { readOnlyHint: true, openWorldHint: false }),
  tool(
    "save_note",
    { path: text, text },
    { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
  ),
  tool("send_note", { to: text, text }, { readOnlyHint: false, destructiveHint: false, openWorldHint: true }),
];

function answer(id, method, params) {
  if (method === "initialize") {
    const serverInfo = { name: "notes", version: "1.0.0" };
    const { protocolVersion } = params;
    return say({ id, result: { protocolVersion, capabilities: { tools: {} }, serverInfo } });
  }
  if (method === "tools/list") return say({ id, result: { tools: TOOLS } });
  if (method !== "tools/call") return say({ id, error: { code: -32601, message: "not here" } });
  return say({ id, result: { content: [{ type: "text", text: `did ${params.name}` }] } });
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id !== undefined && method !== undefined) answer(id, method, params ?? {});
});
