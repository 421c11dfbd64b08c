import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerGit, hasGitBackend } from "../support/git-backend.ts";
import { type HttpHouse, openHttpHouse } from "../support/http-house.ts";
import { scratch } from "./doorward-process.ts";

// A real git through the http door: an address for SSH is rewritten (`insteadOf`), the credential is put in on the way, and a
// push is a write. The other end is git's own server, `git http-backend` (git-http-backend(1)), behind a password.

const TOKEN = "canary.git.0123456789";
const hasGit = hasGitBackend();
const folder = scratch();
const repositories = join(folder.path, "repositories");
let server: Server;
let house: HttpHouse;
let at = "";
const heard: string[] = [];

function backend(request: IncomingMessage, response: ServerResponse): void {
  const wanted = `Basic ${Buffer.from(`x-access-token:${TOKEN}`).toString("base64")}`;
  heard.push(`${request.method} ${request.url}`);
  if (request.headers.authorization === wanted) answerGit(repositories, request, response);
  else response.writeHead(401, { "www-authenticate": 'Basic realm="git"' }).end();
}

async function git(key: string, ...args: string[]): Promise<{ status: number | null; said: string }> {
  const { host } = new URL(house.proxy);
  const child = spawn("git", args, {
    cwd: folder.path,
    env: {
      PATH: process.env["PATH"],
      HOME: folder.path,
      GIT_TERMINAL_PROMPT: "0",
      http_proxy: `http://agent:${key}@${host}`,
    },
  });
  let said = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (part: Buffer) => (said += part.toString()));
  const [status] = (await once(child, "close")) as [number | null];
  return { status, said };
}

beforeAll(async () => {
  if (!hasGit) return;
  server = createServer(backend).listen(0, "127.0.0.1");
  await once(server, "listening");
  at = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  mkdirSync(repositories);
  const bare = join(repositories, "acme", "tool.git");
  spawnSync("git", ["init", "-q", "--bare", "-b", "main", bare]);
  writeFileSync(
    join(folder.path, ".gitconfig"),
    `[url "http://${at}/"]\n\tinsteadOf = git@git.example:\n\tinsteadOf = ssh://git@git.example/\n[user]\n\tname = robot\n\temail = robot@example.com\n[init]\n\tdefaultBranch = main\n`,
  );
  house = await openHttpHouse();
  const input = {
    name: "git",
    kind: "basic",
    user: "x-access-token",
    to: [`http://${at}/acme`],
    secret: TOKEN,
  };
  await house.admin.perform("vault.add", input);
}, 90_000);
afterAll(async () => {
  await house?.close();
  server?.closeAllConnections();
  server?.close();
  folder.remove();
});

describe.skipIf(!hasGit)("git (skipped where it is not installed)", () => {
  test("clones, and pushes what was granted to be written; the agent has no credential", async () => {
    const key = await house.session("coder");
    await house.grant("coder", at, { trusted: true });
    expect(await git(key, "clone", "git@git.example:acme/tool.git", "work")).toMatchObject({ status: 0 });
    writeFileSync(join(folder.path, "work", "a.txt"), "a line\n");
    await git(key, "-C", "work", "add", "a.txt");
    await git(key, "-C", "work", "commit", "-q", "-m", "Add a line");
    expect(await git(key, "-C", "work", "push", "origin", "main")).toMatchObject({ status: 0 });
    const again = await git(key, "clone", "ssh://git@git.example/acme/tool.git", "again");
    expect(again).toMatchObject({ status: 0 });
    expect(readFileSync(join(folder.path, "again", "a.txt"), "utf8")).toBe("a line\n");
    expect(heard.some((line) => line.startsWith("POST") && line.includes("git-receive-pack"))).toBe(true);
    const config = readFileSync(join(folder.path, "work", ".git", "config"), "utf8");
    expect(config + again.said).not.toContain(TOKEN);
  }, 60_000);

  test("a push of an agent that may only read is refused as a write, and sends nothing on", async () => {
    const key = await house.session("reader");
    await house.grant("reader", at, { access: "read", trusted: true });
    const listed = await git(key, "-c", "protocol.version=0", "ls-remote", "git@git.example:acme/tool.git");
    expect(listed).toMatchObject({ status: 0, said: expect.stringContaining("refs/heads/main") });
    writeFileSync(join(folder.path, "work", "b.txt"), "another\n");
    await git(key, "-C", "work", "add", "b.txt");
    await git(key, "-C", "work", "commit", "-q", "-m", "Add another");
    const before = heard.filter((line) => line.startsWith("POST")).length;
    const pushed = await git(key, "-C", "work", "push", "origin", "main");
    expect(pushed.status).not.toBe(0);
    expect(pushed.said).toMatch(/403/);
    expect(heard.filter((line) => line.startsWith("POST")).length).toBe(before);
  }, 60_000);
});
