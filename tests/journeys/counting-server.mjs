// An MCP server over stdio whose one tool adds a line to the file it was started with: its effects can be counted.
import { appendFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [, , file] = process.argv;
const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const TOOLS = [
  {
    name: "add_line",
    description: "Adds a line",
    inputSchema: { type: "object", properties: { line: { type: "string" } }, required: ["line"] },
    annotations: { readOnlyHint: false, destructiveHint: false, openWorldHint: false },
  },
];

function answer(id, method, params) {
  if (method === "initialize") {
    const serverInfo = { name: "counting", version: "1.0.0" };
    const { protocolVersion } = params;
    return say({ id, result: { protocolVersion, capabilities: { tools: {} }, serverInfo } });
  }
  if (method === "tools/list") return say({ id, result: { tools: TOOLS } });
  if (method !== "tools/call") return say({ id, error: { code: -32601, message: "not here" } });
  const { line } = params.arguments;
  appendFileSync(file, `${line}\n`);
  // What is never answered is what a kill cuts.
  if (line.startsWith("silent")) return undefined;
  return say({ id, result: { content: [{ type: "text", text: `added ${line}` }] } });
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id !== undefined && method !== undefined) answer(id, method, params ?? {});
});
