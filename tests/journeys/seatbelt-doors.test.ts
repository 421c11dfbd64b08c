import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { makePlan, NODE, relayFor, startSandbox } from "#sandbox";
import { type Host, type HttpHouse, openHost, openHttpHouse } from "../support/http-house.ts";
import { scratch } from "./doorward-process.ts";

// The doors of a macOS sandbox, which stand on loopback behind the run's secret, with clients as they are and a real Doorward behind
// them. sandbox-exec is stood in for by a script that bounds nothing: what is shown is the way in, not the walls.

const folder = scratch();
const work = join(folder.path, "me", "work");
const tool = join(folder.path, "sandbox-exec");
const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));
const has = (program: string): boolean => spawnSync(program, ["--version"]).status === 0;
let house: HttpHouse;
let host: Host;
let key = "";

beforeAll(async () => {
  mkdirSync(work, { recursive: true });
  writeFileSync(tool, '#!/bin/bash\nwhile [ "$1" != -- ]; do shift; done; shift\nexec "$@"\n');
  chmodSync(tool, 0o755);
  [house, host] = [await openHttpHouse(), await openHost()];
  key = await house.session("coder");
  await house.grant("coder", host.name, { trusted: true });
}, 90_000);
afterAll(async () => {
  await house?.close();
  await host?.close();
  folder.remove();
});

/** `environment`: of the person's own; a host on loopback is asked for by the proxy only where it is said so. */
async function inside(
  command: readonly string[],
  environment: readonly string[] = ["NO_PROXY=", "no_proxy="],
): Promise<{ said: string; secret: string }> {
  const { hostname, port } = new URL(house.proxy);
  const { plan, undo } = makePlan(
    {
      from: realpathSync(work),
      command: ["true"],
      read: [],
      write: [],
      environment,
      limits: {},
    },
    { environment: {}, home: join(folder.path, "me"), secret: [], cores: 1, trusts: false },
  );
  let said = "";
  const running = await startSandbox({
    plan,
    command,
    ready: {
      kind: "ready",
      backend: "seatbelt",
      tool,
      version: "26.1",
      options: { size: false, disableUserns: false },
      limitsBy: "rlimit",
      notes: [],
    },
    relay: relayFor({ doors: house.running.url, proxy: { host: hostname, port: Number(port) }, key }),
    temporary: "/tmp",
    certificates: null,
    stdio: "pipe",
    spawned: ({ stdout }) =>
      void stdout?.setEncoding("utf8").on("data", (text: string) => void (said += text)),
  });
  await running.ended;
  undo();
  const [, secret = ""] = /secret (\S+)\n/.exec(said) ?? [];
  return { said: said.replace(/secret \S+\n/, ""), secret };
}

const SECRET = 'console.log("secret " + process.env.OPENAI_API_KEY);';
const CLIENTS: readonly (readonly [
  name: string,
  program: string,
  command: (url: string) => readonly string[],
])[] = [
  [
    "Node's fetch, twice",
    "node",
    (url) => [
      NODE,
      "-e",
      `${SECRET} const ask = async () => console.log(await (await fetch(${JSON.stringify(url)})).text()); ask().then(ask)`,
    ],
  ],
  [
    "curl, twice over one connection",
    "curl",
    (url) => ["/bin/sh", "-c", `echo "secret $OPENAI_API_KEY"; curl -sS "${url}" "${url}" -w '\\n'`],
  ],
  [
    "Python's urllib, with a body",
    "python3",
    (url) => [
      "/usr/bin/env",
      "python3",
      "-c",
      `import os, urllib.request as u\nprint("secret " + os.environ["OPENAI_API_KEY"])\nfor n in range(2): print(u.urlopen("${url}", data=b"x" * 100000 if n else None).read().decode())`,
    ],
  ],
];

describe("the http door", () => {
  for (const [name, program, command] of CLIENTS) {
    test.skipIf(!has(program))(`is reached by ${name} (skipped where it is not installed)`, async () => {
      host.reached.length = 0;
      const { said, secret } = await inside(command(`${host.url}/page`));
      expect(said.trim().split("\n")).toEqual(["fine", "fine"]);
      expect(host.reached.length).toBe(2);
      expect(secret).toMatch(/^[\w-]{43}$/);
      const basic = Buffer.from(`doorward:${secret}`).toString("base64");
      const seen = JSON.stringify(host.reached) + house.running.said();
      for (const one of [secret, basic, key]) expect(seen).not.toContain(one);
      expect(host.reached.flatMap(({ headers }) => Object.keys(headers))).not.toContain(
        "proxy-authorization",
      );
    });
  }

  test("is reached by nobody without the secret, and what it says of a session's key counts for nothing there", async () => {
    host.reached.length = 0;
    const ask = (user: string) =>
      `curl -s -o /dev/null -w '%{http_code}\\n' -x "$(echo $HTTP_PROXY | sed 's#//.*@#//${user}@#')" ${host.url}/page`;
    const { said } = await inside(["/bin/sh", "-c", `${ask("doorward:x")}; ${ask(`agent:${key}`)}`]);
    expect(said.trim().split("\n")).toEqual(["407", "407"]);
    expect(host.reached).toEqual([]);
  });

  test("holds what is not granted back, as everywhere", async () => {
    const { said } = await inside(["/bin/sh", "-c", "curl -s http://other.example/"]);
    expect(said).toMatch(/host_not_granted|denied|not granted/);
  });
});

test("the mcp door is reached by the settings that agents are given", async () => {
  const code = `
const { mcpServers: { doorward: { url, headers } } } = JSON.parse(require("node:fs").readFileSync(process.env.DOORWARD_MCP_CONFIG, "utf8"));
const message = { jsonrpc: "2.0", id: 1, method: "initialize", params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "x", version: "1" } } };
const accept = "application/json, text/event-stream";
fetch(url, { method: "POST", headers: { ...headers, accept, "content-type": "application/json" }, body: JSON.stringify(message) })
  .then(async (answer) => console.log(answer.status, await answer.text()));`;
  const { said } = await inside([NODE, "-e", code], []);
  expect(said).toMatch(/^200 [^]*"protocolVersion":"2025-06-18"/);
});

test("the llm door is reached by the official clients, those without a key too", async () => {
  const code = `
import OpenAI from "${MODULES}/openai/index.mjs";
import { Ollama } from "${MODULES}/ollama/dist/index.mjs";
const listed = await new OpenAI({ maxRetries: 0 }).models.list();
const { models } = await new Ollama({ host: process.env.OLLAMA_HOST }).list();
console.log(Array.isArray(listed.data), Array.isArray(models));`;
  const { said } = await inside([NODE, "--input-type=module", "-e", code], []);
  expect(said).toBe("true true\n");
});
