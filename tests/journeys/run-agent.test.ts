import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { type Admin, doorward, type Running, scratch, signIn, startDoorward } from "./doorward-process.ts";

// `doorward run AGENT -- COMMAND`: a session opened by a person, for one run of a program, and gone with it.

const SESSIONS = z.object({ items: z.array(z.object({ id: z.string(), endedAt: z.string().nullable() })) });
const MANDATES = z.object({ items: z.array(z.object({ standing: z.string(), words: z.string() })) });

/** What the program finds: its environment, the file with the door, and what the door says to its key. */
const PROBE = `
const { readFileSync, writeFileSync, statSync } = require("node:fs");
(async () => {
  const { env } = process;
  const path = env.DOORWARD_MCP_CONFIG;
  const config = JSON.parse(readFileSync(path, "utf8"));
  const models = await fetch(env.OPENAI_BASE_URL + "/models", { headers: { authorization: "Bearer " + env.OPENAI_API_KEY } });
  const keyless = await fetch(env.OLLAMA_HOST + "/api/tags");
  const names = Object.keys(env).filter((name) => name.startsWith("DOORWARD_"));
  writeFileSync(process.argv[1], JSON.stringify({
    env, names, config, path, mode: statSync(path).mode & 0o777, statuses: [models.status, keyless.status],
  }));
  process.exitCode = 7;
})();`;

const found = z.object({
  env: z.record(z.string(), z.string()),
  names: z.array(z.string()),
  config: z.unknown(),
  path: z.string(),
  mode: z.number(),
  statuses: z.array(z.number()),
});

describe("doorward run", () => {
  const { path: folder, remove } = scratch();
  let running: Running;
  let admin: Admin;
  beforeAll(async () => {
    running = await startDoorward(join(folder, "data"));
    admin = await signIn(running);
    await admin.perform("agents.add", { name: "coder" });
  });
  afterAll(async () => {
    await running?.stop();
    remove();
  });

  const run = (args: readonly string[], variables: NodeJS.ProcessEnv = {}) =>
    doorward(["run", "--no-sandbox", ...args], {
      DOORWARD_URL: running.url,
      DOORWARD_DATA: join(folder, "terminal"),
      DOORWARD_TOKEN: admin.token,
      OPENAI_API_KEY: "sk-the-persons-own",
      ...variables,
    });
  const openFolders = (...folders: string[]) =>
    admin.perform("agents.set-folders", { agent: "coder", folders });
  const started = () => run(["coder", "--", process.execPath, "-e", "0"]);
  const runs = async () => {
    const { items } = SESSIONS.parse(await admin.perform("sessions.list", { ended: true, limit: 100 }));
    return items;
  };

  test("the program finds both doors and nothing that is the person's; the session ends with it, the file goes", async () => {
    const report = join(folder, "report.json");
    const words = "Fix the failing test in parser.ts";
    const ran = run(["coder", "--mandate", words, "--", process.execPath, "-e", PROBE, report]);
    expect([await ran.ended, ran.complained()]).toEqual([7, ""]);
    const seen = found.parse(JSON.parse(readFileSync(report, "utf8")));
    expect(seen.statuses).toEqual([200, 200]);
    expect(seen.names.toSorted()).toEqual(
      ["DOORWARD_KEY", "DOORWARD_MCP_CONFIG", "DOORWARD_MCP_URL", "DOORWARD_SESSION"].toSorted(),
    );
    expect(JSON.stringify(seen.env)).not.toContain(admin.token);
    expect(seen.env["OPENAI_API_KEY"]).toMatch(/^dwk_/);
    expect(seen.env["ANTHROPIC_BASE_URL"]).toBe(running.url);
    expect(seen.config).toEqual({
      mcpServers: {
        doorward: {
          type: "http",
          url: `${running.url}/door/mcp`,
          headers: { Authorization: `Bearer ${seen.env["DOORWARD_KEY"]}` },
        },
      },
    });
    expect([seen.mode, existsSync(seen.path)]).toEqual([0o600, false]);
    const session = seen.env["DOORWARD_SESSION"] ?? "";
    expect((await runs()).find(({ id }) => id === session)?.endedAt).not.toBeNull();
    const after = await fetch(`${running.url}/v1/models`, {
      headers: { authorization: `Bearer ${seen.env["DOORWARD_KEY"]}` },
    });
    expect(after.status).toBe(401);
    const { items } = MANDATES.parse(await admin.perform("mandates.get", { session }));
    expect(items).toMatchObject([{ standing: "attested", words }]);
  });

  test("a program that is ended by a signal, is not there, or cannot be run, ends as in a shell, and its session too", async () => {
    const long = run([
      "coder",
      "--",
      process.execPath,
      "-e",
      "console.log('up'); setInterval(() => {}, 1e6)",
    ]);
    await expect.poll(() => long.said(), { timeout: 20_000 }).toContain("up");
    long.child.kill("SIGTERM");
    expect(await long.ended).toBe(128 + 15);
    const missing = run(["coder", "--", join(folder, "no-such-program")]);
    expect([await missing.ended, missing.complained()]).toEqual([
      127,
      expect.stringMatching(/is not there[\s\S]*command_unusable/),
    ]);
    expect(await run(["coder", "--", folder]).ended).toBe(126);
    const open = (await runs()).filter(({ endedAt }) => endedAt === null);
    // The agent's standing session alone.
    expect(open.length).toBe(1);
  });

  test("nothing runs without a session: an agent that is not there, nobody signed in, no Doorward", async () => {
    const report = join(folder, "never.json");
    const command = ["--", process.execPath, "-e", PROBE, report];
    expect(await run(["nobody", ...command]).ended).toBe(4);
    expect(await run(["coder", ...command], { DOORWARD_TOKEN: "dwt_x" }).ended).toBe(3);
    expect(await run(["coder", ...command], { DOORWARD_URL: "http://127.0.0.1:9" }).ended).toBe(5);
    expect(await run(["coder"]).ended).toBe(2);
    expect(existsSync(report)).toBe(false);
  });

  test("an agent with open folders is started in one of them, or not at all", async () => {
    await openFolders("/srv/elsewhere");
    const elsewhere = started();
    expect([await elsewhere.ended, elsewhere.complained()]).toEqual([
      2,
      expect.stringMatching(/folder_not_open/),
    ]);
    await openFolders("/srv/elsewhere", process.cwd());
    expect(await started().ended).toBe(0);
    await openFolders();
    expect(await started().ended).toBe(0);
  });

  test("a Doorward that is gone when the program ends: the person is told what is still open", async () => {
    const code = "process.kill(Number(process.argv[1]), 'SIGKILL'); setTimeout(() => {}, 500)";
    const ran = run(["coder", "--", process.execPath, "-e", code, String(running.pid)]);
    expect(await ran.ended).toBe(0);
    expect(ran.complained()).toMatch(/could not be ended[\s\S]*doorward sessions end ses_/);
  });
});
