import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { Client, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";
import { z } from "zod";
import { Fault } from "#base";
import type { Doorward } from "./doorward.ts";
import { VERSION } from "./version.ts";

const run = promisify(execFile);
const SERVER = "tour-files";
const APPROVAL_WAIT_MS = 20_000;
const POLL_MS = 50;
const VERIFY_TIMEOUT_MS = 15_000;

/** What the tour prints with; a test hands in its own. */
export interface Voice {
  readonly say: (line: string) => void;
  /** For the operator, on standard error. */
  readonly warn: (line: string) => void;
  /** Whether a person reads along, rather than a log. */
  readonly isWatched: boolean;
}

// What the tour reads of the answers it gets: of operations, and of the MCP client.
const ADDED = z.object({ key: z.string() });
const WAITING = z.object({ items: z.array(z.object({ id: z.string(), server: z.string() })) });
const ACTIONS = z.object({ items: z.array(z.object({ id: z.string(), name: z.string() })) });
const RECEIPT = z.object({ receipt: z.string() });
const RESULT = z.object({
  isError: z.boolean().default(false),
  content: z.array(z.object({ text: z.string().default("") })),
});

interface Result {
  readonly isError: boolean;
  readonly text: string;
}

interface Tour {
  readonly doorward: Doorward;
  readonly voice: Voice;
  readonly client: Client;
  readonly folder: string;
}

/**
 * Shows the road once, with nothing staged: the official MCP client calls `@modelcontextprotocol/server-filesystem`
 * (installed from npm, pinned, spawned over stdio) through the mcp door. One call goes through, one is refused, one
 * waits for the local admin; then each receipt is verified by the offline verifier, a program of its own.
 */
export async function tour(doorward: Doorward, voice: Voice): Promise<void> {
  const folder = join(doorward.directory, "tour");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, "hello.txt"), "Hello from behind the door.\n");
  voice.say("");
  voice.say("The tour: a real MCP client, a real MCP server, and Doorward between them.");
  voice.say(`  adding server ${SERVER}: npx -y @modelcontextprotocol/server-filesystem ${folder}`);
  await doorward.asLocalAdmin("servers.add", {
    name: SERVER,
    command: ["npx", "-y", "@modelcontextprotocol/server-filesystem", folder],
    accept: true,
  });
  const name = `tour-${doorward.isFirstStart ? "guide" : Date.now().toString(36)}`;
  const agent = ADDED.parse(await doorward.asLocalAdmin("agents.add", { name, purpose: "the tour" }));
  const client = await connected(doorward, agent.key);
  try {
    await walk({ doorward, voice, client, folder });
  } finally {
    await client.close();
    await doorward.asLocalAdmin("agents.revoke", { agent: name });
    await doorward.asLocalAdmin("servers.remove", { server: SERVER });
    rmSync(folder, { recursive: true, force: true });
  }
}

async function connected(doorward: Doorward, key: string): Promise<Client> {
  const client = new Client({ name: "doorward-tour", version: VERSION });
  const url = new URL(`${doorward.addresses.door}/door/mcp/${SERVER}`);
  const authorization = `Bearer ${key}`;
  await client.connect(
    new StreamableHTTPClientTransport(url, { requestInit: { headers: { authorization } } }),
  );
  return client;
}

async function walk({ doorward, voice, client, folder }: Tour): Promise<void> {
  const { tools } = await client.listTools();
  voice.say(`  agent sees ${tools.length} tools: those that policy lets it use`);

  voice.say("");
  voice.say("1. A read: allowed");
  const read = await call(client, "read_text_file", { path: join(folder, "hello.txt") });
  voice.say(`     read_text_file hello.txt -> ${read.text}`);

  voice.say("");
  voice.say("2. A destructive write: refused, with the rule, the reason and what to do");
  const refused = await call(client, "write_file", {
    path: join(folder, "hello.txt"),
    content: "overwritten",
  });
  if (!refused.isError) throw broken("the destructive call was not refused");
  for (const line of refused.text.split("\n")) voice.say(`     ${line}`);

  voice.say("");
  voice.say("3. A write: held until a person says yes");
  const held = call(client, "create_directory", { path: join(folder, "reports") });
  const approval = await waiting(doorward);
  voice.say(`     create_directory reports -> waiting as ${approval}`);
  await doorward.asLocalAdmin("approvals.approve", { approval, note: "the tour says yes" });
  const released = await held;
  if (released.isError) throw broken(`the approved call failed: ${released.text}`);
  voice.say(`     approved by the local admin -> ${released.text}`);

  voice.say("");
  voice.say("4. The proof: every receipt, checked by the offline verifier");
  for (const action of await actionsOf(doorward)) await verify(doorward, voice, action);
}

async function call(client: Client, name: string, args: Record<string, unknown>): Promise<Result> {
  const { isError, content } = RESULT.parse(await client.callTool({ name, arguments: args }));
  return {
    isError,
    text: content
      .map(({ text }) => text)
      .join("\n")
      .trim(),
  };
}

async function waiting(doorward: Doorward): Promise<string> {
  const until = performance.now() + APPROVAL_WAIT_MS;
  while (performance.now() < until) {
    const { items } = WAITING.parse(await doorward.asLocalAdmin("approvals.list", { status: "requested" }));
    const mine = items.find(({ server }) => server === SERVER);
    if (mine !== undefined) return mine.id;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw broken("no held action appeared");
}

async function actionsOf(doorward: Doorward): Promise<readonly { id: string; name: string }[]> {
  const { items } = ACTIONS.parse(await doorward.asLocalAdmin("actions.list", { server: SERVER }));
  return items.toReversed();
}

/** Runs the verifier as anyone would: a program without our code, given the file and the public keys. */
async function verify(doorward: Doorward, voice: Voice, action: { id: string; name: string }): Promise<void> {
  const { receipt } = RECEIPT.parse(await doorward.asLocalAdmin("receipts.get", { id: action.id }));
  const folder = join(doorward.directory, "receipts");
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = join(folder, `${action.id}.json`);
  writeFileSync(file, receipt, { mode: 0o600 });
  const key = doorward.keys.receipt.publicKeyDer.toString("base64");
  const verifier = fileURLToPath(import.meta.resolve("@doorward/verifier/cli"));
  const args = [verifier, "receipt", file, "--log-key", doorward.keys.log.vkey, "--receipt-key", key];
  try {
    const { stdout } = await run(process.execPath, args, { timeout: VERIFY_TIMEOUT_MS });
    voice.say(`     ${action.id}  ${action.name.padEnd(18)} ${stdout.trim().split(/\s/)[0] ?? ""}`);
  } catch (cause) {
    throw broken(`the receipt of ${action.id} did not verify`, cause);
  }
}

function broken(what: string, cause?: unknown): Fault {
  return new Fault("tour_failed", `the tour stopped: ${what}`, "Report this with the lines above it.", cause);
}
