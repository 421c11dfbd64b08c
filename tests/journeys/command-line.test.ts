import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  type Admin,
  doorward,
  type Running,
  scratch,
  signIn,
  startDoorward,
  waitingApproval,
} from "./doorward-process.ts";

// `doorward …` as processes of their own beside a running Doorward: what scripts may rely on.

const ECHO = fileURLToPath(new URL("slow-server.mjs", import.meta.url));

describe("the command line against the process", () => {
  const { path: folder, remove } = scratch();
  let running: Running;
  let admin: Admin;
  beforeAll(async () => {
    running = await startDoorward(join(folder, "data"));
    admin = await signIn(running);
  });
  afterAll(async () => {
    await running?.stop();
    remove();
  });

  interface Said {
    readonly status: number | null;
    readonly out: string;
    readonly error: string;
  }

  const cli = async (args: readonly string[], variables: NodeJS.ProcessEnv = {}): Promise<Said> => {
    const environment = { DOORWARD_URL: running.url, DOORWARD_DATA: join(folder, "terminal"), ...variables };
    const ran = doorward(args, environment);
    return { status: await ran.ended, out: ran.said(), error: ran.complained() };
  };

  test("without signing in: refused, status 3; signed in by a one-time link, with a token file nobody else reads", async () => {
    const stranger = await cli(["agents", "list"]);
    expect(stranger.status).toBe(3);
    expect(stranger.error).toMatch(/not_signed_in|sign/i);
    const { link } = (await admin.perform("login-links.create", { user: "admin" })) as { link: string };
    const login = await cli(["login", link]);
    expect([login.status, login.out]).toEqual([
      0,
      expect.stringMatching(/^Signed in as admin, until \S+Z\.\n$/),
    ]);
    expect(statSync(join(folder, "terminal", "cli-token")).mode & 0o777).toBe(0o600);
    expect((await cli(["agents", "list"])).status).toBe(0);
    const reused = await cli(["login", link]);
    expect(reused.status).toBe(3);
  });

  test("what needs presence is refused in a terminal nobody sits at, as the API says it, on standard error", async () => {
    const { link } = (await admin.perform("login-links.create", { user: "admin" })) as { link: string };
    await cli(["login", link]);
    const file = join(folder, "open.cedar");
    writeFileSync(file, '@id("all") permit (principal, action, resource);\n');
    const activation = await cli(["policy", "activate", file, "--json"]);
    expect(activation.status).toBe(3);
    expect(JSON.parse(activation.error)).toMatchObject({
      code: "presence_required",
      remedy: expect.stringMatching(/\S/),
    });
  });

  test("a whole errand: add, list as JSON, dry run, grant, revoke; each exit status as documented", async () => {
    const token = { DOORWARD_TOKEN: admin.token };
    const server = ["servers", "add", "slow", "--accept", "--json", "--", process.execPath, ECHO];
    const added = await cli(server, token);
    expect(added).toMatchObject({ status: 0 });
    expect(JSON.parse(added.out)).toMatchObject({ name: "slow", tools: { accepted: 4 } });

    const rehearsed = await cli(["agents", "add", "nightly", "--dry-run"], token);
    expect(rehearsed.status).toBe(0);
    expect((await cli(["agents", "get", "nightly"], token)).status).toBe(4);
    const made = await cli(["agents", "add", "nightly", "--json"], token);
    expect(JSON.parse(made.out)).toMatchObject({ name: "nightly", key: expect.stringMatching(/^dwk_/) });
    expect((await cli(["agents", "add", "nightly"], token)).status).toBe(6);
    expect((await cli(["agents", "grant", "nightly", "slow/write"], token)).status).toBe(0);
    const listed = await cli(["agents", "list", "--json"], token);
    expect(JSON.parse(listed.out)).toMatchObject({
      items: [{ name: "nightly", grantedTools: ["slow/write"] }],
    });
    expect((await cli(["agents", "list"], token)).out).toContain("nightly");
    expect((await cli(["agents", "ad"], token)).status).toBe(2);
    expect((await cli(["agents", "add"], token)).status).toBe(2);
    expect((await cli(["agents", "revoke", "nightly"], token)).status).toBe(0);
    const unreachable = await cli(["agents", "list"], { ...token, DOORWARD_URL: "http://127.0.0.1:9" });
    expect(unreachable.status).toBe(5);
    expect(unreachable.error).toMatch(/doorward start|running/i);
  });

  test("a held call approved from the command line while the client waits; its receipt verifies", async () => {
    const token = { DOORWARD_TOKEN: admin.token };
    const { key } = await admin.perform("agents.add", { name: "writer" });
    const client = await clientOf(running.url, String(key));
    const call = client.callTool({ name: "write", arguments: { text: "by the command line" } });
    const approval = String((await waitingApproval(admin))["id"]);
    expect((await cli(["approvals", "list"], token)).out).toContain(approval);
    expect((await cli(["approvals", "approve", approval, "--note", "yes"], token)).status).toBe(0);
    expect((await call).content).toEqual([{ type: "text", text: "by the command line" }]);
    expect((await cli(["approvals", "approve", approval], token)).status).toBe(6);
    const receipt = await cli(["receipts", "get", approval], token);
    const file = join(folder, "receipt.json");
    writeFileSync(file, receipt.out);
    const verified = await cli(["receipts", "verify", file, "--json"], token);
    expect([verified.status, JSON.parse(verified.out)]).toMatchObject([0, { verified: true }]);
    writeFileSync(file, receipt.out.replace(/"index\\":(\d+)/, '"index\\":9$1'));
    expect((await cli(["receipts", "verify", file], token)).status).not.toBe(0);
    await client.close();
  });
});

async function clientOf(url: string, key: string): Promise<Client> {
  const client = new Client({ name: "journey", version: "1" });
  const requestInit = { headers: { authorization: `Bearer ${key}` } };
  await client.connect(new StreamableHTTPClientTransport(new URL(`${url}/door/mcp/slow`), { requestInit }));
  return client;
}
