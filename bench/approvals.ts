// npm run -s bench:approvals [-- --taps 100 --open 1000 --live 10000]: from a tap at the webhook listener to the released call
// at its server, over loopback, with one and with many open requests; then so many open requests, a restart, all of them live.
// A whole Doorward with its real ledger; the platform is the generic webhook. The last line is one JSON object.
import { createServer, type Server } from "node:http";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { z } from "zod";
import { type Doorward, openDoorward, readConfig } from "../src/main/index.ts";
import { openSession, type Session } from "./mcp-load.ts";
import { openStore } from "../src/store/index.ts";
import { ampleQuota } from "./quota.ts";
import {
  freePort,
  openWebhookPeople,
  type PostedCard,
  type WebhookPeople,
} from "../tests/support/webhook-people.ts";

const { values } = parseArgs({
  options: {
    taps: { type: "string", default: "100" },
    open: { type: "string", default: "1000" },
    live: { type: "string", default: "10000" },
  },
});
const [TAPS, OPEN, LIVE] = [Number(values.taps), Number(values.open), Number(values.live)];
const MIB = 1_048_576;
const WAIT_MS = 600_000;
/** The door takes 64 calls of one agent at once. */
const CALLS_PER_SESSION = 50;
const say = (text: string): boolean => process.stdout.write(`${text}\n`);

const POLICY = `@id("all")
permit (principal, action, resource);

@id("calls-wait")
@reason("Calls wait for a person.")
@hold("admins")
forbid (principal is Doorward::Agent, action, resource is Doorward::Tool);
`;

/** An MCP server that says when a call reached it. */
interface Upstream {
  readonly url: string;
  /** Resolves with the time at which the call with this text arrived. */
  readonly arrival: (text: string) => Promise<number>;
  readonly server: Server;
}

async function openUpstream(): Promise<Upstream> {
  const waiting = new Map<string, (at: number) => void>();
  const tool = {
    name: "act",
    description: "Acts",
    inputSchema: { type: "object", properties: { text: { type: "string" } } },
  };
  const asked = z.looseObject({
    id: z.union([z.number(), z.string()]).optional(),
    method: z.string(),
    params: z
      .looseObject({
        arguments: z.looseObject({ text: z.string() }).optional(),
        protocolVersion: z.string().optional(),
      })
      .optional(),
  });
  const resultOf = (method: string, text: string, protocolVersion: string): object => {
    if (method === "tools/list") return { tools: [tool] };
    if (method === "tools/call") return { content: [{ type: "text", text }] };
    return { protocolVersion, capabilities: { tools: {} }, serverInfo: { name: "bench", version: "1" } };
  };
  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on("data", (part: Buffer) => void parts.push(part));
    request.on("end", () => {
      const at = performance.now();
      if (request.method !== "POST") return void response.writeHead(405).end();
      const { id, method, params } = asked.parse(JSON.parse(Buffer.concat(parts).toString("utf8")));
      if (id === undefined) return void response.writeHead(202).end();
      const text = params?.arguments?.text ?? "";
      if (method === "tools/call") waiting.get(text)?.(at);
      const result = resultOf(method, text, params?.protocolVersion ?? "2025-11-25");
      const body = JSON.stringify({ jsonrpc: "2.0", id, result });
      return void response.writeHead(200, { "content-type": "application/json" }).end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP listener's address
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/mcp`,
    arrival: (text) => new Promise((resolve) => waiting.set(text, resolve)),
    server,
  };
}

interface House {
  readonly doorward: Doorward;
  readonly hook: string;
  readonly key: string;
}

async function startIn(directory: string): Promise<Doorward> {
  const config = readConfig({ data: directory, port: 0 }, {});
  const quota = { ...ampleQuota(config), concurrentMax: 100_000 };
  const road = { ...config.road, openHoldsPerAgentMax: 100_000, holdWaitMs: WAIT_MS };
  return openDoorward({ ...config, quota, road }, (event, detail) => say(`! ${event}: ${String(detail)}`));
}

async function furnished(doorward: Doorward, people: WebhookPeople, upstream: Upstream): Promise<House> {
  const as = (name: string, input: Parameters<Doorward["asLocalAdmin"]>[1]) =>
    doorward.asLocalAdmin(name, input);
  await as("servers.add", { name: "act", url: upstream.url, allowPrivate: true, accept: true });
  await as("policy.activate", { text: POLICY });
  const { key } = z.object({ key: z.string() }).parse(await as("agents.add", { name: "bench" }));
  const added = await as("channels.add", {
    platform: "webhook",
    settings: { url: people.url, allowPrivate: "true" },
    secrets: people.secrets,
    agentsMayReach: ["none"],
    privacy: "full",
  });
  const hook = z.object({ webhook: z.string() }).parse(added).webhook;
  const { send } = z.object({ send: z.string() }).parse(await as("channels.link", { channel: "webhook" }));
  await people.write(hook, send, "boss");
  await as("channels.route", { group: "admins", channel: "webhook", place: "ops" });
  return { doorward, hook, key };
}

function sessionOf({ doorward, key }: House, connections: number): Promise<Session> {
  const url = new URL(`${doorward.addresses.door}/door/mcp/act`);
  return openSession(url, { authorization: `Bearer ${key}` }, "act", connections);
}

const textOf = ({ card }: PostedCard): string => /bench-[a-z0-9-]+/.exec(JSON.stringify(card))?.[0] ?? "";

/** Holds so many calls that nobody answers; they stay open when Doorward stops under their callers. */
async function openMany(house: House, people: WebhookPeople, count: number): Promise<void> {
  const before = requestsOn(people);
  for (let from = 0; from < count; from += CALLS_PER_SESSION) {
    const added = await house.doorward.asLocalAdmin("agents.add", { name: `open-${from}` });
    const { key } = z.object({ key: z.string() }).parse(added);
    const session = await sessionOf({ ...house, key }, CALLS_PER_SESSION);
    const until = Math.min(count, from + CALLS_PER_SESSION);
    for (let n = from; n < until; n += 1) void session.call(`bench-open-${n}`).catch(() => null);
  }
  await untilTrue(() => requestsOn(people) >= before + count);
}

/** Several of one session may stand on one card. */
function requestsOn({ cards }: WebhookPeople): number {
  return [...cards.values()].reduce((sum, { card }) => {
    const items = card.sections.filter(({ kind }) => kind === "item").length;
    return sum + Math.max(1, items);
  }, 0);
}

async function untilTrue(is: () => boolean): Promise<void> {
  const latest = performance.now() + WAIT_MS;
  while (!is()) {
    if (performance.now() > latest) throw new Error("waited in vain");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

interface Tapping {
  readonly house: House;
  readonly people: WebhookPeople;
  readonly upstream: Upstream;
  readonly name: string;
}

async function tapped({ house, people, upstream, name }: Tapping): Promise<number[]> {
  const taken: number[] = [];
  const session = await sessionOf(house, 1);
  for (let n = 0; n < TAPS; n += 1) {
    const text = `bench-${name}-${n}`;
    const card = people.nextCard();
    const arrival = upstream.arrival(text);
    const called = session.call(text);
    const posted = await card;
    if (textOf(posted) !== text) throw new Error(`another card came: ${textOf(posted)}`);
    const at = performance.now();
    await people.tap(house.hook, posted, "approve", "boss");
    taken.push((await arrival) - at);
    await called;
  }
  await session.close();
  return taken.toSorted((a, b) => a - b);
}

const at = (sorted: readonly number[], part: number): number =>
  Math.round((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0) * 10) / 10;

function told(label: string, sorted: readonly number[]): { readonly p50Ms: number; readonly p99Ms: number } {
  const [p50Ms, p99Ms] = [at(sorted, 0.5), at(sorted, 0.99)];
  say(`${label.padEnd(42)} p50 ${p50Ms} ms   p99 ${p99Ms} ms   (${sorted.length} taps)`);
  return { p50Ms, p99Ms };
}

/** Copies of an open request with its post, as another journal would have left them: only what the courier reads. */
function multiply(directory: string, count: number): void {
  const { connection, close } = openStore(join(directory, "doorward.db"));
  const columns = (table: string, own: Readonly<Record<string, string>>): string => {
    const names = connection
      .prepare(`SELECT name FROM pragma_table_info('${table}')`)
      .all()
      .map(({ name }) => String(name));
    const from = names.map((name) => own[name] ?? `"${name}"`);
    return `INSERT INTO ${table} (${names.map((name) => `"${name}"`).join(", ")}) SELECT ${from.join(", ")} FROM ${table}`;
  };
  const source = connection
    .prepare(
      "SELECT p.post_id AS post, a.id AS approval FROM post_items p JOIN approvals a ON a.id = p.approval_id WHERE a.status = 'requested' LIMIT 1",
    )
    .get();
  connection.exec("BEGIN");
  for (let n = 0; n < count; n += 1) {
    const [approval, post] = [`apr_copy${n}`, `pst_copy${n}`];
    connection.exec(
      `${columns("approvals", { id: `'${approval}'`, binding_digest: `'copy${n}'` })} WHERE id = '${String(source?.["approval"])}'`,
    );
    connection.exec(`${columns("posts", { id: `'${post}'` })} WHERE id = '${String(source?.["post"])}'`);
    connection.exec(
      `INSERT INTO post_items (post_id, approval_id, whole) VALUES ('${post}', '${approval}', 1)`,
    );
    connection.exec(
      `INSERT INTO post_tokens (digest, post_id, approval_id, answer) VALUES ('copy-digest-${n}', '${post}', '${approval}', 'approve')`,
    );
    connection.exec(
      `INSERT INTO courier_due (approval_id, at) VALUES ('${approval}', ${Date.now() + 600_000})`,
    );
  }
  connection.exec("COMMIT");
  close();
}

const directory = mkdtempSync(join(tmpdir(), "doorward-bench-approvals-"));
const port = await freePort();
writeFileSync(join(directory, "doorward.yaml"), `channels:\n  listen:\n    port: ${port}\n`);
const people = await openWebhookPeople();
const upstream = await openUpstream();
let house = await furnished(await startIn(directory), people, upstream);
const tapping = (name: string): Tapping => ({ house, people, upstream, name });

await tapped({ ...tapping("warm") });
const one = told("tap to released call, 1 open request", await tapped(tapping("one")));
await openMany(house, people, OPEN);
const many = told(`tap to released call, ${OPEN} open requests`, await tapped(tapping("many")));
await house.doorward.close();

const copies = Math.max(0, LIVE - OPEN);
multiply(directory, copies);
const [before, began] = [process.memoryUsage().rss, performance.now()];
const doorward = await startIn(directory);
const startedMs = Math.round(performance.now() - began);
house = { ...house, doorward };
const card = [...people.cards.values()].find((posted) => textOf(posted).startsWith("bench-open-"));
const answer = card === undefined ? null : await people.tap(house.hook, card, "approve", "boss");
const firstTapMs = Math.round(performance.now() - began);
const live = told(`after the restart, ${LIVE} open requests`, await tapped(tapping("live")));
const memoryMib = Math.round((process.memoryUsage().rss - before) / MIB);
say(
  `restart with ${LIVE} open requests: serves after ${startedMs} ms, first tap decided after ${firstTapMs} ms (${JSON.stringify(answer)}), ${memoryMib} MiB more`,
);
await doorward.close();
await people.close();
upstream.server.closeAllConnections();
upstream.server.close();
rmSync(directory, { recursive: true, force: true });
say(
  JSON.stringify({
    taps: TAPS,
    one,
    many,
    live,
    open: OPEN,
    openAfterRestart: LIVE,
    startedMs,
    firstTapMs,
    memoryMib,
  }),
);
process.exit(0);
