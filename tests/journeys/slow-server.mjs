// An MCP server over stdio that first writes each call it receives to CALLS_FILE and then answers it:
// `echo` (reads), `write` (writes), `wait` (reads, never answers) and `late` (reads, answers once RELEASE_FILE exists).
import { closeSync, existsSync, openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";

const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const tool = (name, readOnlyHint) => ({
  name,
  description: `Does ${name}`,
  inputSchema: { type: "object" },
  annotations: { readOnlyHint, destructiveHint: false, openWorldHint: false },
});
const TOOLS = [tool("echo", true), tool("write", false), tool("wait", true), tool("late", true)];

function note(call) {
  const path = process.env["CALLS_FILE"];
  if (path === undefined) return;
  const file = openSync(path, "a");
  writeSync(file, `${JSON.stringify({ name: call.name, arguments: call.arguments })}\n`);
  closeSync(file);
}

function whenReleased(done) {
  if (existsSync(process.env["RELEASE_FILE"] ?? "")) done();
  else setTimeout(() => whenReleased(done), 20);
}

function answer(id, method, params) {
  if (method === "initialize") {
    const { protocolVersion } = params;
    const serverInfo = { name: "slow", version: "1.0.0" };
    return say({ id, result: { protocolVersion, capabilities: { tools: {} }, serverInfo } });
  }
  if (method === "tools/list") return say({ id, result: { tools: TOOLS } });
  if (method !== "tools/call") return say({ id, error: { code: -32601, message: "not here" } });
  note(params);
  const done = () =>
    say({ id, result: { content: [{ type: "text", text: String(params.arguments?.text) }] } });
  if (params.name === "wait") return undefined;
  return params.name === "late" ? whenReleased(done) : done();
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id !== undefined && method !== undefined) answer(id, method, params ?? {});
});
