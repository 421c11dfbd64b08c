import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, describe, expect, test } from "vitest";
import {
  type Admin,
  type Running,
  scratch,
  signIn,
  signInAgain,
  startDoorward,
  until,
} from "../journeys/doorward-process.ts";

// A stop on a disk that is really full (a small file system in memory, filled to the last byte), and a process that is really
// killed as soon as a stop is on record.

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

interface House {
  readonly running: Running;
  readonly admin: Admin;
  readonly client: Client;
  readonly key: string;
}

async function openHouse(directory: string): Promise<House> {
  const running = await startDoorward(directory);
  const admin = await signIn(running);
  const command = [process.execPath, SERVER];
  await admin.perform("servers.add", { name: "slow", command, sandbox: "off", accept: true });
  const key = String((await admin.perform("agents.add", { name: "caller" }))["key"]);
  return { running, admin, key, client: await connected(running, key) };
}

async function connected({ url }: Running, key: string): Promise<Client> {
  const client = new Client({ name: "caller", version: "1" });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/door/mcp/slow`), { requestInit }));
  return client;
}

const told = (work: Promise<unknown>): Promise<string> =>
  work.then(
    (result) => JSON.stringify(result),
    (cause: unknown) => JSON.stringify(cause, ["code", "message", "data"]) + String(cause),
  );
const waits = async (of: Admin): Promise<unknown[]> =>
  (await of.perform("approvals.list", { status: "requested" }))["items"] as unknown[];
const stopCaller = { kind: "agent", target: "caller", reason: "it runs wild" };

test.skipIf(!canMount)(
  "a stop on a full disk cuts, refuses, and is on record by itself (skipped unless this user may mount a tmpfs)",
  async () => {
    const filler = join(disk, "filler");
    const { running, admin, client } = await openHouse(join(disk, "data"));
    const waiting = told(client.callTool({ name: "wait", arguments: {} }));
    const echo = () => client.callTool({ name: "echo", arguments: { text: "x" } });
    expect((await echo()).isError ?? false).toBe(false);
    fill(filler);
    await until("the full disk to be noticed", async () =>
      (await echo()).isError === true ? true : undefined,
    );
    // Written into the room that is kept for stops, or held in memory: either way it stands.
    const { status, body } = await admin.ask("stops.add", stopCaller);
    expect(status === 200 || body["code"] === "stop_unrecorded").toBe(true);
    expect(await waiting).toMatch(/stopped|session/i);
    expect(await told(echo())).toMatch(/stopped|session/i);
    rmSync(filler);
    await until("the stop to be on record", async () => {
      const { items } = await admin.perform("stops.list", {});
      return (items as unknown[]).length === 1 ? true : undefined;
    });
    await client.close();
    expect(await running.stop()).toBe(0);
  },
);

describe("a process that is killed once a stop is on record", () => {
  test("has cut all with its end; the next one refuses before anything else, and withdraws what waited", async () => {
    const directory = join(folder, "killed");
    const { running, admin, client, key } = await openHouse(directory);
    const calls = ["wait", "write"].map((name) => told(client.callTool({ name, arguments: { text: "x" } })));
    await until("a request to wait", async () => ((await waits(admin)).length === 1 ? true : undefined));
    const store = new DatabaseSync(join(directory, "doorward.db"), { readOnly: true });
    const kept = store.prepare("SELECT count(*) AS count FROM stops");
    const asked = admin.ask("stops.add", stopCaller).catch(() => null);
    while (kept.get()?.["count"] !== 1) await nextTurn();
    await running.stop("SIGKILL");
    store.close();
    await asked;
    for (const said of await Promise.all(calls)) expect(said).not.toMatch(/"text":"x"/);
    const again = await startDoorward(directory);
    expect(await told(connected(again, key))).toMatch(/stopped.*it runs wild/);
    const after = await signInAgain(again.url);
    await until("what waited to be withdrawn", async () =>
      (await waits(after)).length === 0 ? true : undefined,
    );
    expect((await after.perform("stops.list", {}))["items"]).toMatchObject([{ label: "caller" }]);
    await client.close().catch(() => {});
    expect(await again.stop()).toBe(0);
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
