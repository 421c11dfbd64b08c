import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { findMeans } from "#sandbox";
import { serveOllama } from "../servers/models/ollama.ts";
import { serveOpenai } from "../servers/models/openai.ts";
import { HELLO } from "../servers/models/script.ts";
import type { ModelServer } from "../servers/models/server.ts";
import { type Admin, program, type Running, scratch, signIn, startDoorward } from "./doorward-process.ts";

// `doorward run` in its sandbox: its only way out is Doorward, and models of this machine just work through it, streaming
// included, with their official clients. Skipped, and said so, where no sandbox can be made.

const means = findMeans();
const MAIN = fileURLToPath(new URL("../../src/main/index.ts", import.meta.url));
const MODULES = fileURLToPath(new URL("../../node_modules", import.meta.url));

/** Kinds of runtimes that speak OpenAI's protocol. */
const KINDS = { llamacpp: "llama.cpp", vllm: "vllm", lmstudio: "lm-studio" } as const;
const RUNTIMES = Object.keys(KINDS);

/** Somebody's agent: the official clients, told nothing but the environment. */
const AGENT = `
import { writeFileSync } from "node:fs";
import OpenAI from "${MODULES}/openai/index.mjs";
import { Ollama } from "${MODULES}/ollama/dist/index.mjs";
const found = {};
const messages = [{ role: "user", content: "say hello" }];
const openai = new OpenAI({ maxRetries: 0 });
for (const name of ${JSON.stringify(RUNTIMES)}) {
  const model = name + "/openai-model";
  const whole = await openai.chat.completions.create({ model, messages });
  const parts = [];
  for await (const chunk of await openai.chat.completions.create({ model, messages, stream: true }))
    parts.push(chunk.choices[0]?.delta?.content ?? "");
  found[name] = { whole: whole.choices[0].message.content, streamed: parts.join(""), parts: parts.filter(Boolean).length };
}
const ollama = new Ollama({ host: process.env.OLLAMA_HOST });
const model = "ollama/ollama-model";
const whole = await ollama.chat({ model, messages });
const parts = [];
for await (const chunk of await ollama.chat({ model, messages, stream: true })) parts.push(chunk.message.content);
found.ollama = { whole: whole.message.content, streamed: parts.join(""), parts: parts.filter(Boolean).length };
writeFileSync("found.json", JSON.stringify(found));
`;

/** What is there and what is not, from the inside. */
const PROBE = `
import { existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
const ask = async (url, init) => { try { return (await fetch(url, init)).status; } catch (cause) { return cause.cause?.code ?? cause.name; } };
const env = process.env;
const [person, secret, outside] = process.argv.slice(2);
const found = {
  env, names: Object.keys(env).sort(),
  person: existsSync(person), secret: readFileSync(".env", "utf8"),
  processes: readdirSync("/proc").filter((name) => /^\\d+$/.test(name)).length,
  config: JSON.parse(readFileSync(env.DOORWARD_MCP_CONFIG, "utf8")),
  door: await ask(env.OPENAI_BASE_URL + "/models"),
  operations: await ask("http://127.0.0.1:7420/api/v1/agents"),
  console: await ask("http://127.0.0.1:7420/console/session"),
  direct: await ask(outside, { signal: AbortSignal.timeout(2000) }),
};
try { writeFileSync(".git/hooks/post-commit", "x"); found.hook = "written"; } catch (cause) { found.hook = cause.code; }
writeFileSync("found.json", JSON.stringify(found));
process.exitCode = 7;
`;

const seen = z.looseObject({
  env: z.record(z.string(), z.string()),
  names: z.array(z.string()),
  person: z.boolean(),
  secret: z.string(),
  processes: z.number(),
  door: z.unknown(),
  operations: z.unknown(),
  console: z.unknown(),
  direct: z.unknown(),
  hook: z.unknown(),
  config: z.unknown(),
});

describe.skipIf(means.kind === "missing")("doorward run, in a sandbox", () => {
  const { path: folder, remove } = scratch();
  const workspace = join(folder, "work");
  const models: ModelServer[] = [];
  let running: Running;
  let admin: Admin;

  beforeAll(async () => {
    mkdirSync(workspace);
    spawnSync("git", ["init", "-q"], { cwd: workspace });
    writeFileSync(join(workspace, ".env"), "TOKEN=of-the-project\n");
    writeFileSync(join(workspace, "agent.mjs"), AGENT);
    writeFileSync(join(workspace, "probe.mjs"), PROBE);
    running = await startDoorward(join(folder, "data"));
    admin = await signIn(running);
    await admin.perform("agents.add", { name: "coder" });
    for (const [name, kind] of Object.entries(KINDS)) {
      const server = await serveOpenai();
      models.push(server);
      await admin.perform("upstreams.add", {
        name,
        kind,
        url: server.url,
        allowPrivate: true,
        unchecked: true,
      });
    }
    const ollama = await serveOllama();
    models.push(ollama);
    await admin.perform("upstreams.add", {
      name: "ollama",
      kind: "ollama",
      url: ollama.url,
      allowPrivate: true,
      unchecked: true,
    });
  });
  afterAll(async () => {
    for (const model of models) await model.close();
    await running?.stop();
    remove();
  });

  const run = (args: readonly string[], variables: NodeJS.ProcessEnv = {}) =>
    program("/usr/bin/env", ["-C", workspace, process.execPath, MAIN, "run", ...args], {
      DOORWARD_URL: running.url,
      DOORWARD_DATA: join(folder, "terminal"),
      DOORWARD_TOKEN: admin.token,
      ...variables,
    });
  const refused = async (args: readonly string[]) => {
    const ran = run(["coder", ...args, "--", "true"]);
    await ran.ended;
    return /\((\w+)\)\s*$/.exec(ran.complained())?.[1];
  };
  const found = () => JSON.parse(readFileSync(join(workspace, "found.json"), "utf8"));

  test("models of this machine are there under the names that their own clients know, streaming included", async () => {
    const ran = run(["coder", "--read", MODULES, "--", process.execPath, "agent.mjs"]);
    expect([await ran.ended, ran.complained()]).toEqual([0, ""]);
    for (const name of [...RUNTIMES, "ollama"]) {
      expect(found()[name]).toMatchObject({ whole: HELLO, streamed: HELLO });
      expect(found()[name].parts).toBeGreaterThan(1);
    }
  });

  test("it finds the doors and nothing of the person's, keys least of all; the session says that it was isolated", async () => {
    const outside = createServer((_, response) => response.end("out"));
    await new Promise<void>((resolve) => outside.listen(0, "127.0.0.1", resolve));
    const address = `http://127.0.0.1:${(outside.address() as AddressInfo).port}/`;
    const args = [join(folder, "data"), "x", address];
    const ran = run(["--agent", "coder", "--", process.execPath, "probe.mjs", ...args], {
      OPENAI_API_KEY: "sk-the-persons-own",
      AWS_SECRET_ACCESS_KEY: "canary",
    });
    expect([await ran.ended, ran.complained()]).toEqual([7, ""]);
    outside.close();
    const told = seen.parse(found());
    expect(told).toMatchObject({
      person: false,
      secret: "",
      door: 200,
      operations: 403,
      console: 403,
      hook: "EROFS",
    });
    expect(told.direct).toBe("ECONNREFUSED");
    expect(told.processes).toBeLessThan(6);
    expect(told.env["HOME"]).toBe("/home/agent");
    const everything = JSON.stringify([told.env, told.config]);
    for (const secret of ["canary", "sk-the-persons-own", admin.token, "dwk_"])
      expect(everything).not.toContain(secret);
    const { items } = await admin.perform("sessions.list", { ended: true });
    expect(items).toMatchObject([
      { kind: "run", isolation: { backend: "bubblewrap", workspace }, endedAt: expect.any(String) },
      { isolation: { backend: "bubblewrap" } },
      { kind: "standing", isolation: null },
    ]);
    expect(readdirSync(join(workspace, ".git")).includes("commondir")).toBe(false);
    expect(existsSync(join(workspace, ".vscode"))).toBe(false);
  });

  test("without a name it is the one agent that there is; signals reach it, and its end is ours", async () => {
    const code =
      "process.on('SIGTERM', () => process.exit(3)); console.log('up'); setInterval(() => {}, 1e6)";
    const ran = run(["--", process.execPath, "-e", code]);
    await expect.poll(() => ran.said(), { timeout: 40_000 }).toContain("up");
    ran.child.kill("SIGTERM");
    expect(await ran.ended).toBe(3);
    expect(await run(["coder", "--", "no-such-program"]).ended).toBe(127);
  });

  test("who was begun with less priority (nice) is run, and has no more of it", async () => {
    // A workspace of its own: what the run before leaves at its end is told to whoever stands in the same one.
    const own = join(folder, "nice");
    mkdirSync(own);
    const words = ["nice", "-n", "15", process.execPath, MAIN, "run", "coder", "--", "nice"];
    const ran = program("/usr/bin/env", ["-C", own, ...words], {
      DOORWARD_URL: running.url,
      DOORWARD_DATA: join(folder, "terminal"),
      DOORWARD_TOKEN: admin.token,
    });
    expect([await ran.ended, ran.complained()]).toEqual([0, ""]);
    expect(Number(ran.said())).toBeGreaterThanOrEqual(15);
  });

  test("a session that is ended takes the whole sandbox with it, and says why", async () => {
    const code = "console.log('up'); setInterval(() => {}, 1e6)";
    const ran = run(["coder", "--", process.execPath, "-e", code]);
    await expect.poll(() => ran.said(), { timeout: 40_000 }).toContain("up");
    const { items } = z
      .object({ items: z.array(z.object({ id: z.string(), kind: z.string() })) })
      .parse(await admin.perform("sessions.list", {}));
    await admin.perform("sessions.end", { session: items.find(({ kind }) => kind === "run")?.id });
    expect(await ran.ended).toBe(137);
    expect(ran.complained()).toContain("the session ended");
  });

  test.each(["agent", "session", "user", "credential", "everything"])(
    "a stop of its %s takes the whole sandbox with it, what it left in the background too, and says why",
    async (kind) => {
      const file = join(workspace, `beating-${kind}`);
      if (kind === "user") {
        await admin.perform("users.add", { name: "una", roles: ["owner"] });
        await admin.perform("agents.set-owner", { agent: "coder", owner: "una" });
      }
      const beat = `require("node:fs").appendFileSync(${JSON.stringify(file)}, "x")`;
      const child = `setInterval(() => ${beat}, 20)`;
      const code = `require("node:child_process").spawn(process.execPath, ["-e", ${JSON.stringify(child)}], { detached: true, stdio: "ignore" }).unref(); console.log("up"); setInterval(() => {}, 1e6)`;
      const ran = run(["coder", "--", process.execPath, "-e", code]);
      await expect.poll(() => ran.said(), { timeout: 40_000 }).toContain("up");
      await expect.poll(() => existsSync(file), { timeout: 20_000 }).toBe(true);
      const { items } = z
        .object({ items: z.array(z.object({ id: z.string(), kind: z.string() })) })
        .parse(await admin.perform("sessions.list", {}));
      const session = items.find((one) => one.kind === "run")?.id;
      const { keys } = z
        .object({ keys: z.array(z.object({ id: z.string(), session: z.string() })) })
        .parse(await admin.perform("agents.get", { agent: "coder" }));
      const credential = keys.find((key) => key.session === session)?.id;
      const targets: Record<string, string | undefined> = {
        agent: "coder",
        session,
        credential,
        user: "una",
      };
      const target = targets[kind];
      const named = target === undefined ? { kind } : { kind, target };
      await admin.perform("stops.add", { ...named, reason: "it runs wild" });
      expect(await ran.ended).toBe(137);
      expect(ran.complained()).toMatch(/stopped[^]*it runs wild/);
      const beaten = readFileSync(file, "utf8").length;
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(readFileSync(file, "utf8")).toHaveLength(beaten);
      await admin.perform("stops.end", named);
    },
  );

  test("a dry run says what it could reach, and starts nothing", async () => {
    const ran = run(["coder", "--memory", "2G", "--dry-run", "--", process.execPath, "-e", "0"]);
    expect([await ran.ended, ran.complained()]).toEqual([0, ""]);
    const byGroup = means.kind === "ready" && means.limitsBy === "cgroup";
    for (const words of [
      "In a sandbox by bubblewrap",
      `workspace    ${workspace}`,
      `memory       2 GiB (${byGroup ? "all together, by control group" : "each process, by rlimit"})`,
      ".env",
    ])
      expect(ran.said()).toContain(words);
    const { items } = await admin.perform("sessions.list", {});
    expect(items).toMatchObject([{ kind: "standing" }]);
  });

  test("what cannot be given to an agent is refused: a home, Doorward's data, a link where a setting is kept", async () => {
    mkdirSync(join(folder, "terminal"), { recursive: true });
    expect(await refused(["--read", folder])).toBe("sandbox_workspace_unsafe");
    expect(await refused(["--write", "/etc"])).toBe("sandbox_workspace_unsafe");
    expect(await refused(["--read", join(folder, "nowhere")])).toBe("sandbox_path_missing");
    expect(await refused(["--memory", "much"])).toBe("limit_invalid");
  });
});
