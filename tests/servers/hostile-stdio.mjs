// An MCP server over stdio that misbehaves as its first argument says. Plain JavaScript, no SDK: every byte is meant.
import { spawn } from "node:child_process";
import { appendFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";

const [mode, file = ""] = process.argv.slice(2);
const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const TOOL = { name: "act", description: "Acts", inputSchema: { type: "object" } };

if (mode === "deaf") process.on("SIGTERM", () => {});
if (mode === "silent") setInterval(() => {}, 1000);
if (mode === "family") {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "ignore" });
  writeFileSync(file, String(child.pid));
}
if (mode === "stderr") process.stderr.write(`${"x".repeat(300_000)}\u001b[31mlast words\n`);
if (mode === "exits") {
  process.stderr.write("cannot open the database\n");
  process.exit(3);
}

/** What each mode does with a call of its tool. */
const CALLS = {
  hang: () => {},
  die: () => process.exit(7),
  "die-mid-message": () => process.stdout.write('{"jsonrpc":"2.0","id":', () => process.exit(7)),
  garbage: () => process.stdout.write("this is a log line\n".repeat(200)),
  chatter: (id) =>
    process.stdout.write("this is a log line\n".repeat(20), () =>
      say({ id, result: says("after the noise") }),
    ),
  "not-an-object": (id) => say({ id, result: 5 }),
  invalid: () => process.stdout.write(Buffer.from([0x7b, 0xff, 0xfe, 0x7d, 0x0a])),
  unknown: (id) => say({ id, result: { ...says("ok"), surprise: { deep: [1, { x: null }] } } }),
  error: (id) => say({ id, error: { code: -32123, message: "no \u001b[2Jway", data: { why: "so" } } }),
  // A gigabyte on one line, as fast as the pipe takes it.
  gigabyte: () => {
    const chunk = "x".repeat(1024 * 1024);
    let left = 1024;
    const more = () => {
      while (left > 0) {
        left -= 1;
        if (process.stdout.write(chunk)) continue;
        process.stdout.once("drain", more);
        break;
      }
    };
    process.stdout.write('{"jsonrpc":"2.0","id":');
    more();
  },
  // Parsed without recursion, written with it: whoever passes it on overflows the stack.
  abyss: (id) => {
    const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
    process.stdout.write(`{"jsonrpc":"2.0","method":"notifications/message","params":{"data":${deep}}}\n`);
    process.stdout.write(`{"jsonrpc":"2.0","id":${id},"result":{"content":[],"data":${deep}}}\n`);
  },
  infinite: (id) => process.stdout.write(`{"jsonrpc":"2.0","id":${id},"result":{"content":[],"n":1e400}}\n`),
  notifies: () => say({ method: "notifications/message", params: { level: "info", data: "hello" } }),
  // What a JavaScript server says that cuts a text in the middle of an emoji.
  halved: (id) => say({ id, result: says("\u{1f600}".slice(0, 1)) }),
  talkative: (id) => {
    talk(3_000);
    say({ id, result: says("talked") });
  },
  babbler: (id) => {
    talk(30_000);
    say({ id, result: says("talked") });
  },
  flood: (id) => {
    for (let at = 0; at < 500; at += 1) say({ id: `s${at}`, method: "sampling/createMessage", params: {} });
    setTimeout(() => say({ id, result: says("flooded") }), 500);
  },
};

function talk(times) {
  for (let at = 0; at < times; at += 1)
    say({ method: "notifications/message", params: { level: "info", data: at } });
}

function says(text) {
  return { content: [{ type: "text", text }] };
}

function call(id, params) {
  if (file !== "" && mode !== "family") appendFileSync(file, `${JSON.stringify(params)}\n`);
  const act = CALLS[mode] ?? (() => say({ id, result: says("done") }));
  act(id);
}

const ANSWERS = {
  initialize: (id, params) => {
    const serverInfo = { name: "hostile", version: "1.0.0" };
    say({ id, result: { protocolVersion: params.protocolVersion, capabilities: { tools: {} }, serverInfo } });
  },
  "tools/list": (id) =>
    say({
      id,
      result: {
        tools: mode === "doubled" ? [TOOL, { ...TOOL, description: "Another." }] : [TOOL],
        ...(mode === "endless" ? { nextCursor: `c${id}` } : {}),
      },
    }),
  "tools/call": call,
};

createInterface({ input: process.stdin }).on("line", (line) => {
  const { id, method, params } = JSON.parse(line);
  if (method === "server/discover" && mode === "dies-on-discover") process.exit(1);
  const isMute = mode === "silent" || (method === "server/discover" && mode === "mute-on-discover");
  if (isMute || id === undefined || method === undefined) return;
  const answer = ANSWERS[method] ?? (() => say({ id, error: { code: -32601, message: "not here" } }));
  answer(id, params);
});
