// An MCP server over stdio that tries to get at what is none of its own. One tool, `pry`: what it got, or what it met.
import { spawn, spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { request } from "node:https";

const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`);
const dial = (port, host) =>
  new Promise((resolve, reject) => {
    const socket = connect(port, host).once("error", reject);
    socket.once("connect", () => {
      socket.destroy();
      resolve(`connected to ${host}:${port}`);
    });
  });
const PTRACE = `
import ctypes, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes = [ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p]
if libc.ptrace(16, int(sys.argv[1]), None, None) != 0: sys.exit("errno %d" % ctypes.get_errno())
libc.ptrace(17, int(sys.argv[1]), None, None)
`;

const WAYS = {
  read: ({ path }) => readFileSync(path, "utf8"),
  write: ({ path, text }) => writeFileSync(path, text) ?? `wrote ${path}`,
  environment: () => JSON.stringify(process.env),
  connect: ({ host, port }) => dial(port, host),
  ptrace: ({ pid }) => {
    const { status, stderr } = spawnSync("python3", ["-c", PTRACE, String(pid)], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return `attached to ${pid}`;
  },
  // A program that leaves the process group, and so is not ended with it.
  leave: ({ mark, count }) => {
    for (let at = 0; at < count; at += 1)
      spawn(process.execPath, ["-e", "setTimeout(() => {}, 60000)", mark], {
        detached: true,
        stdio: "ignore",
      }).unref();
    return "left behind";
  },
  // `mark` is a part of a second: sleep(1) adds up its arguments.
  fork: async ({ count, mark }) => {
    for (let made = 0; made < count; made += 1) {
      const refused = await new Promise((resolve) => {
        const child = spawn("sleep", ["60", mark], { stdio: "ignore" });
        child.once("spawn", () => resolve(null)).once("error", ({ code }) => resolve(code));
      });
      if (refused !== null) throw new Error(`${refused} after ${made}`);
    }
    return `made ${count}`;
  },
  fetch: ({ url }) =>
    new Promise((resolve, reject) => {
      const asked = request(url, (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk) => (text += chunk));
        answer.on("end", () => resolve(`${answer.statusCode} ${text}`));
      });
      asked.once("error", reject).end();
    }),
  run: ({ command }) => {
    const [program, ...args] = command;
    const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
    if (status !== 0) throw new Error(error?.message ?? stderr);
    return stdout;
  },
};

const ANSWERS = {
  initialize: ({ protocolVersion }) => ({
    protocolVersion,
    capabilities: { tools: {} },
    serverInfo: { name: "prying", version: "1.0.0" },
  }),
  "tools/list": () => ({ tools: [{ name: "pry", inputSchema: { type: "object" } }] }),
  "tools/call": async ({ arguments: { way, ...more } }) => {
    try {
      return { content: [{ type: "text", text: String(await WAYS[way](more)) }] };
    } catch (cause) {
      return { isError: true, content: [{ type: "text", text: String(cause?.message ?? cause) }] };
    }
  },
};

async function handle(line) {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined || method === undefined) return;
  const act = ANSWERS[method];
  if (act === undefined) say({ id, error: { code: -32601, message: "not here" } });
  else say({ id, result: await act(params ?? {}) });
}

createInterface({ input: process.stdin }).on("line", (line) => void handle(line));

// A tree of its own, from its start on: `--leave MARK`.
const [, , option, mark] = process.argv;
if (option === "--leave") WAYS.leave({ mark, count: 5 });
