// T26 and T2, for MCP servers over stdio: a hostile one first gets what it reaches for, run as Doorward's user is; then, in the
// sandbox of its own, it gets nothing. Skipped, and said so, where no sandbox can be made.
import { spawn, spawnSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer as createWebServer } from "node:http";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Fault, type JsonObject } from "#base";
import { findMeans } from "#sandbox";
import type { StdioSandbox, UpstreamConnection } from "#upstream";
import { DEAF, openTestHouse, type TestHouse, within } from "../servers/upstreams.ts";

const means = findMeans();
const hasPython = spawnSync("python3", ["-c", "0"]).status === 0;
const PRYING = fileURLToPath(new URL("../servers/prying-stdio.mjs", import.meta.url));
const CANARY = "canary-51d2";
const IN_SANDBOX: StdioSandbox = { stance: "required", folders: [], hosts: [], allowPrivate: false };
const closers: (() => unknown)[] = [];
let house: TestHouse;
/** One as Doorward's user is, and one in its sandbox. */
let free: UpstreamConnection;
let bound: UpstreamConnection;
let root: string;
let ports: { own: number; outside: number };
let outsideAddress: string;
let victim: number;

beforeAll(async () => {
  root = realpathSync(mkdtempSync("/var/tmp/doorward-prying-"));
  closers.push(() => rmSync(root, { recursive: true, force: true }));
  for (const name of ["home/.ssh", "shared", "code"]) mkdirSync(join(root, name), { recursive: true });
  writeFileSync(join(root, "home/.ssh/id_ed25519"), CANARY);
  writeFileSync(join(root, "shared/.env"), CANARY);
  writeFileSync(join(root, "shared/notes.txt"), "notes");
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  outsideAddress = addresses.find((one) => one.family === "IPv4" && !one.internal)?.address ?? "127.0.0.1";
  ports = { own: await listen("127.0.0.1"), outside: await listen(outsideAddress) };
  const child = spawn("sleep", ["600"], { env: { SECRET: CANARY }, stdio: "ignore" });
  closers.push(() => child.kill("SIGKILL"));
  victim = child.pid ?? 0;
  house = await openTestHouse({}, [{ host: "127.0.0.1", port: ports.own }]);
  closers.push(() => house.close());
  mkdirSync(join(house.directory, "keys"));
  writeFileSync(join(house.directory, "keys/data.key"), CANARY);
  process.env["DOORWARD_T26_SECRET"] = CANARY;
  closers.push(() => delete process.env["DOORWARD_T26_SECRET"]);
  if (means.kind === "missing") return;
  [free, bound] = await Promise.all([started(undefined), started(IN_SANDBOX)]);
}, 60_000);
afterAll(async () => {
  for (const one of closers.toReversed()) await one();
});

async function listen(host: string): Promise<number> {
  const server = createServer((socket) => socket.on("error", () => {}).end()).listen(0, host);
  await new Promise<void>((resolve) => server.once("listening", resolve));
  closers.push(() => void server.close());
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

let count = 0;
async function started(sandbox: StdioSandbox | undefined, environment: Record<string, string> = {}) {
  count += 1;
  const name = `s${count}`;
  await house.upstreams.keepSecrets(
    name,
    Object.fromEntries(Object.entries(environment).map(([key, value]) => [`env:${key}`, value])),
  );
  await house.add(name, {
    transport: "stdio",
    command: [process.execPath, PRYING],
    environment: Object.keys(environment),
    ...(sandbox === undefined ? {} : { sandbox }),
  });
  return house.upstreams.connect(name, DEAF);
}

interface Pried {
  readonly got: string | null;
  readonly met: string | null;
}

async function pry(connection: UpstreamConnection, what: JsonObject): Promise<Pried> {
  const result = await connection.request("tools/call", { name: "pry", arguments: what }, within(20_000));
  const [first] = Array.isArray(result["content"]) ? result["content"] : [];
  const text =
    typeof first === "object" && first !== null && "text" in first && typeof first.text === "string"
      ? first.text
      : "";
  return result["isError"] === true ? { got: null, met: text } : { got: text, met: null };
}

describe.skipIf(means.kind === "missing")("a hostile server", () => {
  test.each<[string, () => JsonObject, RegExp, RegExp]>([
    [
      "reads a key in somebody's home",
      () => ({ way: "read", path: join(root, "home/.ssh/id_ed25519") }),
      /canary/,
      /ENOENT/,
    ],
    [
      "reads Doorward's own keys",
      () => ({ way: "read", path: join(house.directory, "keys/data.key") }),
      /canary/,
      /ENOENT/,
    ],
    [
      "reads the environment of whoever started it",
      () => ({ way: "read", path: `/proc/${process.pid}/environ` }),
      /PATH=/,
      /ENOENT/,
    ],
    [
      "reads another process' secrets",
      () => ({ way: "read", path: `/proc/${victim}/environ` }),
      /canary/,
      /ENOENT/,
    ],
    [
      "connects to Doorward's own port",
      () => ({ way: "connect", host: "127.0.0.1", port: ports.own }),
      /connected/,
      /ECONNREFUSED/,
    ],
    [
      "connects to the network",
      () => ({ way: "connect", host: outsideAddress, port: ports.outside }),
      /connected/,
      /ENETUNREACH|ECONNREFUSED/,
    ],
    [
      "writes where others read",
      () => ({ way: "write", path: join(root, "code/planted"), text: "x" }),
      /wrote/,
      /ENOENT|EROFS/,
    ],
    [
      "writes into its own code",
      () => ({ way: "write", path: `${PRYING}.planted`, text: "x" }),
      /wrote/,
      /EROFS/,
    ],
  ])("%s, and does not in its sandbox", async (_, what, outside, inside) => {
    closers.push(() => rmSync(`${PRYING}.planted`, { force: true }));
    expect(await pry(free, what())).toMatchObject({ got: expect.stringMatching(outside) });
    expect(await pry(bound, what())).toMatchObject({ got: null, met: expect.stringMatching(inside) });
  });

  test.skipIf(!hasPython)("attaches to a process, and does not in its sandbox", async () => {
    expect((await pry(free, { way: "ptrace", pid: victim })).got).toMatch(/attached/);
    expect((await pry(bound, { way: "ptrace", pid: victim })).met).toMatch(/errno (?:1|3|38)\b/);
    // Not its own sandbox' processes either: the call itself is refused.
    expect((await pry(bound, { way: "ptrace", pid: 1 })).met).toMatch(/errno (?:1|38)\b/);
  });

  test("what it left behind outlives it, and does not in its sandbox", async () => {
    const mark = `doorward-t26-${process.pid}`;
    const leaver = await started(undefined);
    await pry(leaver, { way: "leave", mark, count: 3 });
    await leaver.close();
    const left = marked(mark);
    expect(left).toHaveLength(3);
    for (const pid of left) process.kill(pid, "SIGKILL");
    await gone(mark);
    const held = await started(IN_SANDBOX);
    await pry(held, { way: "leave", mark, count: 20 });
    expect(marked(mark)).toHaveLength(20);
    await held.close();
    await gone(mark);
    expect(marked(mark)).toEqual([]);
  });

  test("knows of the environment what was given to it by name, and nothing else", async () => {
    const one = await started(IN_SANDBOX, { API_TOKEN: "given", LD_PRELOAD: "/nowhere.so" });
    const { got } = await pry(one, { way: "environment" });
    const environment: Record<string, string> = JSON.parse(got ?? "{}");
    expect(got).not.toContain(CANARY);
    expect(environment).toMatchObject({ API_TOKEN: "given", DOORWARD_SANDBOX: "1" });
    expect(environment["HOME"]).toBe(join(realpathSync(house.directory), `s${count}`, "work"));
    expect(Object.keys(environment).filter((name) => /^(?:LD_|DOORWARD_T|.*PROXY$)/.test(name))).toEqual([]);
    await one.close();
  });

  test("has its own folder to write to, which stays, and the folders it was granted, as they were granted", async () => {
    const shared = join(root, "shared");
    const one = await started({ ...IN_SANDBOX, folders: [{ path: shared, access: "read" }] });
    const name = `s${count}`;
    expect(await pry(one, { way: "read", path: join(shared, "notes.txt") })).toMatchObject({ got: "notes" });
    // Secrets in it are there, and empty.
    expect(await pry(one, { way: "read", path: join(shared, ".env") })).toMatchObject({ got: "" });
    expect((await pry(one, { way: "write", path: join(shared, "new"), text: "x" })).met).toMatch(/EROFS/);
    expect((await pry(one, { way: "write", path: "kept", text: "mine" })).got).toMatch(/wrote/);
    await one.close();
    expect(readFileSync(join(house.directory, name, "work/kept"), "utf8")).toBe("mine");
    const writer = await started({ ...IN_SANDBOX, folders: [{ path: shared, access: "write" }] });
    expect((await pry(writer, { way: "write", path: join(shared, "new"), text: "x" })).got).toMatch(/wrote/);
    // T26: what the host runs later stays as it is.
    expect(
      (await pry(writer, { way: "write", path: join(shared, ".vscode/tasks.json"), text: "x" })).met,
    ).toMatch(/EROFS|ENOENT/);
    await writer.close();
    for (let tries = 0; tries < 50 && readdirSync(shared).includes(".vscode"); tries += 1) await sleep(50);
    expect(readdirSync(shared)).not.toContain(".vscode");
  });
});

const curl = (url: string): JsonObject => ({
  way: "run",
  command: ["curl", "-sS", "--max-time", "10", "--noproxy", "", "--proxytunnel", url],
});

describe.skipIf(means.kind === "missing" || spawnSync("curl", ["--version"]).status !== 0)(
  "the hosts of a server",
  () => {
    test("are reached by name and port, and no others: not Doorward's own port, granted or not", async () => {
      const web = createWebServer((_, response) => response.end("from outside"));
      await new Promise<void>((resolve) => web.listen(0, "127.0.0.1", resolve));
      closers.push(() => void web.close());
      const address = web.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      const hosts = [`127.0.0.1:${port}`, `127.0.0.1:${ports.own}`];
      const one = await started({ ...IN_SANDBOX, hosts, allowPrivate: true });
      const name = `s${count}`;
      expect(await pry(one, curl(`http://127.0.0.1:${port}/`))).toMatchObject({
        got: "from outside",
      });
      expect((await pry(one, curl("http://127.0.0.1:1/"))).met).toMatch(/403/);
      // T2: what is Doorward's own stays out of reach, whoever granted it.
      expect((await pry(one, curl(`http://127.0.0.1:${ports.own}/`))).met).toMatch(/502/);
      expect((await pry(one, { way: "connect", host: "127.0.0.1", port })).met).toMatch(/ECONNREFUSED/);
      const { stance, folders } = IN_SANDBOX;
      const state = house.upstreams.sandbox(name, {
        transport: "stdio",
        command: ["true"],
        environment: [],
        sandbox: { ...IN_SANDBOX, hosts, folders, ...(stance === undefined ? {} : { stance }) },
      });
      expect(state).toMatchObject({
        isSandboxed: true,
        refusedHosts: ["127.0.0.1:1"],
      });
      await one.close();
    });
  },
);

const missing = () => ({
  kind: "missing" as const,
  missing: ["bwrap is not installed"],
  remedy: "Install it.",
});

describe("where no sandbox can be made", () => {
  test.each<[StdioSandbox["stance"], boolean, RegExp]>([
    ["required", false, /^does not run: bwrap is not installed/],
    ["when-available", true, /^runs unsandboxed: bwrap is not installed/],
    ["off", true, /^runs unsandboxed: somebody said so/],
  ])("a server that is `%s` runs: %s, and is shown so", async (stance, runs, how) => {
    const bare = await openTestHouse({}, [], { means: missing });
    closers.push(() => bare.close());
    const sandbox = { ...IN_SANDBOX, ...(stance === undefined ? {} : { stance }) };
    const configuration = {
      transport: "stdio" as const,
      command: [process.execPath, PRYING] as const,
      environment: [],
      sandbox,
    };
    await bare.add("s", configuration);
    expect(bare.upstreams.sandbox("s", configuration).how).toMatch(how);
    const code = await bare.upstreams.connect("s", DEAF).then(
      (connection) => connection.close(),
      (cause: unknown) => (cause instanceof Fault ? cause.code : "another"),
    );
    expect(code).toBe(runs ? undefined : "sandbox_unavailable");
  });

  test("one that is older than sandboxes goes on as it was, unless the house says otherwise", () => {
    const old = { transport: "stdio" as const, command: ["true"] as const, environment: [] };
    expect(house.upstreams.sandbox("old", old)).toMatchObject({
      stance: "off",
      how: "runs unsandboxed: it was added before servers had sandboxes",
    });
  });
});

describe.skipIf(means.kind === "missing")("what cannot be granted, or is not there", () => {
  test.each<[string, () => readonly string[], () => StdioSandbox["folders"], string]>([
    [
      "no folder",
      () => [],
      () => [{ path: join(root, "nowhere"), access: "read" }],
      "sandbox_folder_missing",
    ],
    ["a link", () => [], () => [{ path: join(root, "linked"), access: "read" }], "sandbox_folder_link"],
    [
      "Doorward's own data",
      () => [],
      () => [{ path: realpathSync(house.directory), access: "read" }],
      "sandbox_workspace_unsafe",
    ],
    ["a system's folder", () => [], () => [{ path: "/etc", access: "write" }], "sandbox_workspace_unsafe"],
    [
      "an argument that would not be there",
      () => [join(root, "shared")],
      () => [],
      "sandbox_argument_hidden",
    ],
  ])("%s", async (_, words, folders, code) => {
    symlinkSync(join(root, "shared"), join(root, "linked"));
    closers.push(() => rmSync(join(root, "linked"), { force: true }));
    count += 1;
    const name = `s${count}`;
    const sandbox = { ...IN_SANDBOX, folders: folders() };
    await house.add(name, {
      transport: "stdio",
      command: [process.execPath, PRYING, ...words()],
      environment: [],
      sandbox,
    });
    await expect(house.upstreams.connect(name, DEAF)).rejects.toMatchObject({ code });
    rmSync(join(root, "linked"));
  });
});

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

async function gone(mark: string): Promise<void> {
  for (let tries = 0; tries < 50 && marked(mark).length > 0; tries += 1) await sleep(50);
}
