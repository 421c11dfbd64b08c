// T26, for MCP servers over stdio: however many processes one makes, there is an end to it, and a stop takes all of them.
import { type ChildProcess, spawn } from "node:child_process";
import { chmodSync, chownSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findMeans } from "#sandbox";
import {
  type Admin,
  doorward,
  type Running,
  scratch,
  signIn,
  startDoorward,
} from "../journeys/doorward-process.ts";

const means = findMeans();
const PRYING = fileURLToPath(new URL("../servers/prying-stdio.mjs", import.meta.url));
const BOUND = fileURLToPath(new URL("../escape/stdio-sandboxed.ts", import.meta.url));

/** Processes of this machine with a word on their command line. */
function marked(mark: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0").includes(mark);
      } catch {
        return false;
      }
    })
    .map(Number);
}

function end(mark: string): void {
  for (const pid of marked(mark)) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended meanwhile.
    }
  }
}

describe.skipIf(means.kind === "missing")("a stop of a server (skipped where no sandbox can be made)", () => {
  const folder = scratch();
  let running: Running;
  let admin: Admin;
  let key: string;
  beforeAll(async () => {
    running = await startDoorward(join(folder.path, "data"));
    admin = await signIn(running);
    key = String((await admin.perform("agents.add", { name: "coder" }))["key"]);
  }, 90_000);
  afterAll(async () => {
    await running?.stop();
    folder.remove();
  });

  test.each([
    ["off", 5],
    ["required", 0],
  ])(
    "whose sandbox is %s leaves %i of the processes that left its group",
    async (sandbox, left) => {
      const name = `s-${sandbox}`;
      const mark = `doorward-t26-${process.pid}-${sandbox}`;
      const command = [process.execPath, PRYING, "--leave", mark];
      await admin.perform("servers.add", { name, command, sandbox, accept: true });
      // What was begun to list its tools is gone, or none of this.
      if (left > 0) end(mark);
      await expect.poll(() => marked(mark), { timeout: 20_000 }).toEqual([]);
      const client = new Client({ name: "t26", version: "1" });
      const requestInit = { headers: { authorization: `Bearer ${key}` } };
      const url = new URL(`${running.url}/door/mcp/${name}`);
      await client.connect(new StreamableHTTPClientTransport(url, { requestInit }));
      await client.listTools();
      // Itself, its sandbox, and the five.
      await expect.poll(() => marked(mark).length, { timeout: 20_000 }).toBeGreaterThan(5);
      const variables = { DOORWARD_TOKEN: admin.token, DOORWARD_URL: running.url, NO_COLOR: "1" };
      const stop = doorward(["stop", "server", name, "--reason", "it runs wild"], variables);
      expect([await stop.ended, stop.said()]).toEqual([0, expect.stringContaining("it runs wild")]);
      await expect.poll(() => marked(mark).length, { timeout: 20_000 }).toBe(left);
      end(mark);
      await client.close();
    },
    120_000,
  );
});

/** Nobody else's: the kernel counts a user's processes wherever they are. */
const USER = 61_826;
const isRoot = process.getuid?.() === 0;
const COUNT = 250;

describe.skipIf(means.kind === "missing" || !isRoot)(
  "a fork bomb in a server (skipped where no sandbox can be made, or not as root: another user is needed)",
  () => {
    const root = mkdtempSync("/var/tmp/doorward-forks-");
    const work = join(root, "work");
    const mark = `0.${process.pid}`;
    beforeAll(() => {
      chmodSync(root, 0o755);
      mkdirSync(work);
      chownSync(work, USER, USER);
    });
    afterAll(() => {
      end(mark);
      rmSync(root, { recursive: true, force: true });
    });

    test("goes on outside; in its sandbox there is an end to it, and its own end takes them all", async () => {
      const free = begun(PRYING);
      expect(await forked(free, mark)).toBe(`made ${COUNT}`);
      free.kill("SIGKILL");
      end(mark);
      await expect.poll(() => marked(mark), { timeout: 20_000 }).toEqual([]);

      const bound = begun(BOUND, work);
      const [, made] = /^EAGAIN after (\d+)$/.exec(await forked(bound, mark)) ?? [];
      expect(Number(made)).toBeGreaterThan(10);
      expect(Number(made)).toBeLessThan(100);
      expect(marked(mark)).toHaveLength(Number(made));
      bound.kill("SIGTERM");
      await expect.poll(() => marked(mark), { timeout: 20_000 }).toEqual([]);
    }, 120_000);
  },
);

function begun(...args: readonly string[]): ChildProcess {
  return spawn(process.execPath, args, {
    cwd: "/",
    uid: USER,
    gid: USER,
    env: { PATH: process.env["PATH"] ?? "", HOME: "/nonexistent" },
    stdio: ["pipe", "pipe", "inherit"],
  });
}

/** What the server says of as many processes as it could make. */
async function forked({ stdin, stdout }: ChildProcess, mark: string): Promise<string> {
  const call = { name: "pry", arguments: { way: "fork", count: COUNT, mark } };
  stdin?.write(`${JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params: call })}\n`);
  if (stdout === null) throw new Error("no output");
  for await (const line of createInterface({ input: stdout })) {
    const { result } = JSON.parse(line) as { result: { content: { text: string }[] } };
    return result.content[0]?.text ?? "";
  }
  return "it ended";
}
