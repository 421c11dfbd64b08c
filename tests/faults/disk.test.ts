import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Admin,
  type Running,
  scratch,
  signIn,
  startDoorward,
  until,
} from "../journeys/doorward-process.ts";

// A full disk under a running Doorward: a small file system in memory, filled to the last byte.

const SERVER = fileURLToPath(new URL("../journeys/slow-server.mjs", import.meta.url));
const MIB = 1024 * 1024;

const { path: folder, remove } = scratch();
const disk = join(folder, "disk");
const canMount = mountable();

function mountable(): boolean {
  mkdirSync(disk);
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  try {
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=160m,mode=0700", "tmpfs", disk], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

afterAll(() => {
  if (canMount) execFileSync("umount", ["--lazy", disk]);
  remove();
});

describe.skipIf(!canMount)("a full disk (skipped unless this user may mount a tmpfs)", () => {
  let running: Running;
  let admin: Admin;
  let client: Client;
  const calls = join(folder, "calls");
  const release = join(folder, "release");
  const filler = join(disk, "filler");

  beforeAll(async () => {
    running = await startDoorward(join(disk, "data"));
    admin = await signIn(running);
    const environment = { CALLS_FILE: calls, RELEASE_FILE: release };
    const command = [process.execPath, SERVER];
    await admin.perform("servers.add", { name: "slow", command, environment, sandbox: "off", accept: true });
    const { key } = await admin.perform("agents.add", { name: "caller" });
    client = new Client({ name: "caller", version: "1" });
    const requestInit = { headers: { authorization: `Bearer ${String(key)}` } };
    await client.connect(
      new StreamableHTTPClientTransport(new URL(`${running.url}/door/mcp/slow`), { requestInit }),
    );
  });
  afterAll(async () => {
    await client?.close();
    await running?.stop();
  });

  const echo = async (text: string) => client.callTool({ name: "echo", arguments: { text } });
  const received = (): number => readFileSync(calls, "utf8").trim().split("\n").length;

  test("what was sent gets its outcome; nothing new is sent; the process lives and goes on once there is room", async () => {
    expect((await echo("before")).isError ?? false).toBe(false);
    const late = client.callTool({ name: "late", arguments: { text: "in flight" } });
    await until("the late call to arrive", () => (received() === 2 ? true : undefined));
    fill(filler);

    const refused = await until("the full disk to be noticed", async () => {
      const answer = await echo("refused");
      return answer.isError === true ? answer : undefined;
    });
    expect(refused["_meta"]?.["doorward.dev/refusal"]).toMatchObject({
      code: "journal_full",
      reason: expect.stringMatching(/\S/),
      remedy: expect.stringMatching(/space|disk|room/i),
    });
    const sent = received();
    expect((await echo("refused too")).isError).toBe(true);
    expect(received()).toBe(sent);

    // Space was reserved for the end of what was under way.
    writeFileSync(release, "");
    expect((await late).content).toEqual([{ type: "text", text: "in flight" }]);
    expect(await admin.perform("health.get")).toMatchObject({ status: "ok" });
    const { items } = await admin.perform("actions.list", { server: "slow" });
    const outcomes = (items as { outcome: string }[]).map((item) => item.outcome);
    expect(outcomes).toEqual(outcomes.map(() => "ok"));
    expect(outcomes).toHaveLength(sent);

    rmSync(filler);
    await until("room again", async () => ((await echo("after")).isError === true ? undefined : true));
    expect(await running.stop()).toBe(0);
    running = await startDoorward(join(disk, "data"));
    expect(running.complained()).not.toContain("no answer");
  });
});

/** Writes until not another byte fits. */
function fill(path: string): void {
  const file = openSync(path, "w");
  for (let size = MIB; size >= 1; size = Math.floor(size / 2)) {
    const bytes = Buffer.alloc(size);
    try {
      for (;;) writeSync(file, bytes);
    } catch (cause) {
      if (!(cause instanceof Error && "code" in cause && cause.code === "ENOSPC")) throw cause;
    }
  }
  closeSync(file);
}
