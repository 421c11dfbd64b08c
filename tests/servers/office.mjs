// An MCP server over stdio: an office. What each tool answers stands in ANSWERS_FILE (JSON: tool -> result), read afresh at
// each call; each call is first written to CALLS_FILE. Notes that are written are read back by `read_note`.
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { createInterface } from "node:readline";

const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const TEXT = { type: "string" };
const tool = (name, properties, annotations) => ({
  name,
  description: name === "list_rooms" ? (process.env["ROOMS_SAY"] ?? "Lists the rooms") : `Does ${name}`,
  inputSchema: { type: "object", properties, required: Object.keys(properties) },
  annotations: { readOnlyHint: false, destructiveHint: true, openWorldHint: true, ...annotations },
});
const READS = { readOnlyHint: true, destructiveHint: false, openWorldHint: false };
const TOOLS = [
  tool("find_letters", { text: TEXT }, READS),
  tool("look_up_person", { name: TEXT }, READS),
  tool("list_rooms", {}, READS),
  tool("read_note", { title: TEXT }, READS),
  tool("shout", { text: TEXT }, READS),
  tool("write_letter", { to: TEXT, body: TEXT }),
  tool("make_note", { title: TEXT, text: TEXT }, { destructiveHint: false, openWorldHint: false }),
  tool("open_page", { url: TEXT }, { readOnlyHint: true, destructiveHint: false }),
  tool("publish", { forum: TEXT, text: TEXT }),
];
const notes = new Map();

function answersNow() {
  const path = process.env["ANSWERS_FILE"] ?? "";
  return existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
}

function call(id, { name, arguments: given = {} }) {
  appendFileSync(process.env["CALLS_FILE"] ?? "", `${JSON.stringify({ name, arguments: given })}\n`);
  if (name === "make_note") notes.set(given.title, given.text);
  if (name === "shout") say({ method: "notifications/message", params: { level: "info", data: given.text } });
  const said = answersNow()[name];
  const note = name === "read_note" ? notes.get(given.title) : undefined;
  const text = note === undefined ? "done" : note;
  if (said?.error !== undefined) return say({ id, error: { code: -32000, message: said.error } });
  return say({ id, result: said ?? { content: [{ type: "text", text }] } });
}

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params = {} } = JSON.parse(line);
  if (id === undefined || method === undefined) return;
  if (method === "initialize") {
    const { protocolVersion } = params;
    const capabilities = { tools: {}, logging: {} };
    say({ id, result: { protocolVersion, capabilities, serverInfo: { name: "office", version: "1.0.0" } } });
  } else if (method === "tools/list") say({ id, result: { tools: TOOLS } });
  else if (method === "tools/call") call(id, params);
  else say({ id, result: {} });
});
