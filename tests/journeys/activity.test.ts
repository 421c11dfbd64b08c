import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, test } from "vitest";
import {
  doorward,
  type Program,
  type Running,
  scratch,
  signIn,
  startDoorward,
  until,
} from "./doorward-process.ts";

// The activity of a real Doorward, followed over a kill: what was committed is given once, and in order.

const ECHO = fileURLToPath(new URL("slow-server.mjs", import.meta.url));

let folder: ReturnType<typeof scratch>;
const programs: Program[] = [];
beforeEach(() => {
  folder = scratch();
});
afterEach(async () => {
  for (const one of programs.splice(0)) {
    one.child.kill("SIGKILL");
    await one.ended;
  }
  folder.remove();
});

async function start(port = "0"): Promise<Running> {
  const running = await startDoorward(join(folder.path, "data"), ["--port", port]);
  programs.push(running);
  return running;
}

/** Calls a tool through the door, `times` times; what fails, fails. */
async function call(url: string, key: string, times: number): Promise<void> {
  const clientInfo = { name: "caller", version: "1" };
  const meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientInfo": clientInfo,
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  for (let id = 0; id < times; id += 1) {
    const params = { _meta: meta, name: "echo", arguments: { text: String(id) } };
    const answer = await fetch(`${url}/door/mcp/slow`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${key}`,
        accept: "application/json, text/event-stream",
        "content-type": "application/json",
        "mcp-protocol-version": "2026-07-28",
        "mcp-method": "tools/call",
        "mcp-name": "echo",
      },
      body: JSON.stringify({ jsonrpc: "2.0", id, method: "tools/call", params }),
    }).catch(() => null);
    if (answer === null) return;
    await answer.text();
  }
}

test("a browser's stream needs what its other reads need: our page, the cookie and its proof (T2)", async () => {
  const { url, link } = await start();
  const opened = await fetch(`${url}/console/session/open`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ token: link.split("#").at(-1) }),
  });
  const cookie = opened.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  const { proof } = (await opened.json()) as { proof: string };
  const stream = async (headers: Record<string, string>): Promise<string> => {
    const aborting = new AbortController();
    const answer = await fetch(`${url}/api/v1/activity`, {
      headers: { accept: "text/event-stream", ...headers },
      signal: aborting.signal,
    });
    const code = answer.status === 200 ? "follows" : ((await answer.json()) as { code: string }).code;
    aborting.abort();
    return code;
  };
  expect(await stream({})).toBe("not_signed_in");
  expect(await stream({ cookie })).toBe("csrf_refused");
  expect(await stream({ cookie, "x-doorward-csrf": "dwp_other" })).toBe("csrf_refused");
  expect(await stream({ cookie, "x-doorward-csrf": proof, origin: "https://evil.example" })).toBe(
    "origin_not_ours",
  );
  expect(await stream({ cookie, "x-doorward-csrf": proof, "sec-fetch-site": "same-site" })).toBe(
    "cross_site",
  );
  expect(await stream({ cookie, "x-doorward-csrf": proof })).toBe("follows");
});

test("the command line follows over a kill and a restart, without loss or repeat; then it is signed out", async () => {
  const first = await start();
  const { port } = new URL(first.url);
  const admin = await signIn(first);
  await admin.perform("servers.add", { name: "slow", command: [process.execPath, ECHO], accept: true });
  const key = String((await admin.perform("agents.add", { name: "runner" }))["key"]);
  const watching = doorward(["activity", "list", "--follow", "--json", "--after", "-1"], {
    DOORWARD_URL: first.url,
    DOORWARD_TOKEN: admin.token,
  });
  programs.push(watching);
  const seen = () =>
    watching
      .said()
      .split("\n")
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { readonly index: number; readonly kind: string });
  const calling = call(first.url, key, 10_000);
  await until("some of them", () => (seen().length >= 20 ? true : undefined));
  await first.stop("SIGKILL");
  await calling;

  const second = await start(port);
  await call(second.url, key, 5);
  const { head } = await admin.perform("activity.list", { limit: 1 });
  const all: { readonly index: number }[] = [];
  for (let after: unknown = -1; after !== null; ) {
    const page = await admin.perform("activity.list", { after, limit: 200 });
    all.push(...(page["items"] as { readonly index: number }[]));
    after = page["next"];
  }
  await until("the last one", () =>
    (seen().at(-1)?.index ?? 0) >= (all.at(-1)?.index ?? 0) ? true : undefined,
  );
  expect(seen()).toEqual(all);
  expect(all.at(-1)?.index).toBeLessThanOrEqual(Number(head));

  for (const tokens of ((await admin.perform("tokens.list"))["items"] ?? []) as { readonly id: string }[]) {
    await admin.ask("tokens.revoke", { token: tokens.id });
  }
  await call(second.url, key, 1);
  await sleep(1_100);
  await call(second.url, key, 1);
  expect(await watching.ended).toBe(3);
  expect(watching.complained()).toContain("not_signed_in");
  expect(await second.stop()).toBe(0);
});
