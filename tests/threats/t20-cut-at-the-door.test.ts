import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Admin,
  type Running,
  scratch,
  signIn,
  signInAgain,
  startDoorward,
  until,
} from "../journeys/doorward-process.ts";

// T20 over the whole road: an effect leaves at most once per intent, and a lost answer is outcome `unknown`. The client is
// cut off before, during and after the send, and Doorward itself in the middle of it. (t20-upstream-sends-once has the
// cuts between Doorward and the server, byte by byte.)

const SERVER = fileURLToPath(new URL("../journeys/slow-server.mjs", import.meta.url));
const { path: folder, remove } = scratch();
const calls = join(folder, "calls");
const release = join(folder, "release");
let running: Running;
let admin: Admin;
let key: string;

beforeAll(async () => {
  const data = join(folder, "data");
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(join(data, "doorward.yaml"), "holds: { waitSeconds: 2 }\n", { mode: 0o600 });
  running = await startDoorward(data);
  admin = await signIn(running);
  const environment = { CALLS_FILE: calls, RELEASE_FILE: release };
  const command = [process.execPath, SERVER];
  await admin.perform("servers.add", { name: "slow", command, environment, sandbox: "off", accept: true });
  key = String((await admin.perform("agents.add", { name: "cut" }))["key"]);
});
afterAll(async () => {
  await running?.stop();
  remove();
});

async function connected(mode: "auto" | "legacy"): Promise<Client> {
  const client = new Client({ name: "cut", version: "1" }, { versionNegotiation: { mode } });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(
    new StreamableHTTPClientTransport(new URL(`${running.url}/door/mcp/slow`), { requestInit }),
  );
  return client;
}

/** How often the server received a call with this text. */
function arrivals(text: string): number {
  return existsSync(calls) ? readFileSync(calls, "utf8").split(`"text":"${text}"`).length - 1 : 0;
}

interface Ended {
  readonly verdict: string;
  readonly outcome: string | null;
}

/** The newest action, once it has ended. */
async function newestEnd(): Promise<Ended> {
  return until("an outcome", async () => {
    const { items } = await admin.perform("actions.list", { server: "slow", limit: 1 });
    const [action] = items as Ended[];
    return action?.outcome === "none" || action?.outcome == null ? undefined : action;
  });
}

describe.each(["auto", "legacy"] as const)("%s client", (mode) => {
  test("cut before the send, while a person decides: nothing is sent until the retry", async () => {
    const text = `before-${mode}`;
    const client = await connected(mode);
    const gone = new AbortController();
    const lost = client.callTool({ name: "write", arguments: { text } }, { signal: gone.signal });
    lost.catch(() => {});
    const approval = await until("the request", async () => {
      const { items } = await admin.perform("approvals.list");
      return (items as { id: string }[])[0];
    });
    gone.abort();
    await client.close();
    expect(arrivals(text)).toBe(0);
    await admin.perform("approvals.approve", { approval: approval.id });
    const again = await connected(mode);
    // Three retries at once: they share the one effect, or ask anew once its result was told; it is not made twice.
    const retries = Array.from({ length: 3 }, async () =>
      again.callTool({ name: "write", arguments: { text } }),
    );
    const answers = await Promise.all(retries);
    expect(answers.map(({ content }) => content)).toContainEqual([{ type: "text", text }]);
    expect(arrivals(text)).toBe(1);
    await again.close();
    const { items } = await admin.perform("approvals.list");
    for (const { id } of items as { id: string }[]) await admin.perform("approvals.deny", { approval: id });
  });

  test("cut during the send: it arrived once, is not sent again, and its end is on record", async () => {
    const text = `during-${mode}`;
    const client = await connected(mode);
    const lost = client.callTool({ name: "wait", arguments: { text } });
    lost.catch(() => {});
    await until("its arrival", () => (arrivals(text) === 1 ? true : undefined));
    const gone = client.transport;
    await (gone instanceof StreamableHTTPClientTransport && mode === "legacy"
      ? gone.terminateSession()
      : Promise.resolve());
    await client.close();
    expect(await newestEnd()).toMatchObject({ verdict: "allow", outcome: "unknown" });
    expect(arrivals(text)).toBe(1);
  });

  test("cut after the send, before the answer was read: the effect is recorded with its outcome", async () => {
    const text = `after-${mode}`;
    const client = await connected(mode);
    await client.callTool({ name: "echo", arguments: { text } });
    await client.close();
    expect(await newestEnd()).toMatchObject({ verdict: "allow", outcome: "ok" });
    expect(arrivals(text)).toBe(1);
  });
});

test("Doorward cut down during the send: closed as unknown at the next start, and never sent again", async () => {
  const client = await connected("auto");
  const lost = client.callTool({ name: "wait", arguments: { text: "killed" } });
  lost.catch(() => {});
  await until("its arrival", () => (arrivals("killed") === 1 ? true : undefined));
  await running.stop("SIGKILL");
  await client.close();
  running = await startDoorward(running.directory);
  expect(running.complained()).toContain("1 actions had no answer when Doorward last stopped");
  admin = await signInAgain(running.url);
  expect(await newestEnd()).toMatchObject({ verdict: "allow", outcome: "unknown" });
  expect(arrivals("killed")).toBe(1);
});
