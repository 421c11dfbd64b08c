// An MCP server over stdio with the tools that the file TOOLS_FILE lists. `inbox` answers the file INBOX_FILE, every other
// one "done".
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const fileOf = (name) => readFileSync(process.env[name] ?? "", "utf8");

const ANSWERS = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: "listed", version: "1.0.0" },
  }),
  "tools/list": () => ({ tools: JSON.parse(fileOf("TOOLS_FILE")) }),
  "tools/call": ({ name }) => ({
    content: [{ type: "text", text: name === "inbox" ? fileOf("INBOX_FILE") : "done" }],
  }),
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined || method === undefined) return;
  const answer = ANSWERS[method];
  if (answer === undefined) say({ id, error: { code: -32601, message: "not here" } });
  else say({ id, result: answer(params ?? {}) });
});
