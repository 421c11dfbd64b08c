/**
 * The http door beside mitmdump and a bare Node proxy, side by side in one run:
 *   npm run bench:http [-- --requests 100000 --rounds 3 --seconds 24 --road-seconds 150]
 *   npm run bench:http -- --download-gib 10
 * `doorward` is the engine alone (reading, interception, forwarding); `road` is a whole Doorward: identify, label, decide,
 * record, forward, record. Requests/s with 16 callers, what one request of one caller takes longer than without a proxy (p50),
 * and the memory of the proxy's process over its requests: up to `--requests` each, for as many seconds as are given to it.
 * With `--download-gib` one download of that size over TLS is taken through `road` and `doorward` instead, and their memory watched. The last line is
 * JSON.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Agent, type Dispatcher, ProxyAgent, request } from "undici";
import { testAuthority } from "../tests/support/proxy/certificates.ts";
import { z } from "zod";
import { firstLine, has, onCore, pinLoad } from "./contenders.ts";
import { freePort, untilListening } from "./peers.ts";

const { values } = parseArgs({
  options: {
    requests: { type: "string", default: "100000" },
    rounds: { type: "string", default: "3" },
    seconds: { type: "string", default: "24" },
    "road-seconds": { type: "string", default: "150" },
    "download-gib": { type: "string" },
  },
});
const REQUESTS = Number(values.requests);
const ROUNDS = Number(values.rounds);
const SECONDS = Number(values.seconds);
/** For what is asked of the whole Doorward over TLS: the one that must come to all of its requests. */
const ROAD_SECONDS = Number(values["road-seconds"]);
const CALLERS = 16;
const SINGLE = 300;

const KINDS = ["plain", "intercepted", "tunnel"] as const;
type Kind = (typeof KINDS)[number];

interface Runner {
  readonly name: string;
  readonly kind: Kind;
  readonly pid: number;
  readonly dispatcher: Dispatcher;
  readonly url: string;
}

interface Result {
  readonly name: string;
  readonly kind: Kind;
  readonly perSecond: number;
  readonly addedMs: number;
  readonly rssMib: readonly number[];
  readonly requests: number;
}

const folder = mkdtempSync(join(tmpdir(), "doorward-bench-http-"));
pinLoad();
const upstreamCa = testAuthority("upstream");
const leaf = upstreamCa.leaf("127.0.0.1");
writeFileSync(join(folder, "upstream-ca.pem"), upstreamCa.certificate);
writeFileSync(join(folder, "upstream.pem"), leaf.certificate);
writeFileSync(join(folder, "upstream.key"), leaf.key);
const [plainPort, securePort] = [await freePort(), await freePort()];
onCore(1, process.execPath, ["bench/http-upstream.ts", String(plainPort), String(securePort), folder]);
await untilListening(securePort);

const QUIET = "--disable-warning=ExperimentalWarning";

function ca(kind: Kind, file: string): string {
  return kind === "intercepted" ? readFileSync(join(folder, file), "utf8") : upstreamCa.certificate;
}

const road = z.object({ url: z.string(), key: z.string() });

async function startedRoad(kind: Kind): Promise<Runner> {
  const hosts = [`127.0.0.1:${plainPort}`, `127.0.0.1:${securePort}`];
  const trusted = `NODE_EXTRA_CA_CERTS=${join(folder, "upstream-ca.pem")}`;
  const child = onCore(0, "env", [
    trusted,
    process.execPath,
    QUIET,
    "bench/doorward-http.ts",
    folder,
    ...hosts,
  ]);
  const { url, key } = road.parse(JSON.parse(await firstLine(child)));
  return runner({ name: "road", kind, pid: child.pid ?? 0 }, url, {
    token: `Bearer ${key}`,
    authority: readFileSync(join(folder, "road-ca.pem"), "utf8"),
  });
}

function runner(
  who: Pick<Runner, "name" | "kind" | "pid">,
  uri: string,
  { token, authority }: { readonly token: string; readonly authority: string },
): Runner {
  const { kind } = who;
  const dispatcher = new ProxyAgent({
    uri,
    token,
    proxyTunnel: kind !== "plain",
    requestTls: { ca: authority },
    connections: CALLERS,
    allowH2: false,
  });
  const url = kind === "plain" ? `http://127.0.0.1:${plainPort}/` : `https://127.0.0.1:${securePort}/`;
  return { ...who, dispatcher, url };
}

async function started(name: string, kind: Kind): Promise<Runner> {
  if (name === "road") return startedRoad(kind);
  const port = await freePort();
  const child =
    name === "doorward"
      ? onCore(0, process.execPath, [QUIET, "bench/http-door.ts", String(port), folder, kind])
      : name === "bare"
        ? onCore(0, process.execPath, ["bench/bare-connect-proxy.ts", String(port)])
        : onCore(0, "mitmdump", mitmOptions(port, kind));
  await untilListening(port);
  await sleep(500);
  const authority = ca(kind, name === "doorward" ? "doorward-ca.pem" : "mitmproxy-ca-cert.pem");
  return runner({ name, kind, pid: child.pid ?? 0 }, `http://127.0.0.1:${port}`, {
    token: "Bearer load",
    authority,
  });
}

function mitmOptions(port: number, kind: Kind): string[] {
  const trust = `ssl_verify_upstream_trusted_ca=${join(folder, "upstream-ca.pem")}`;
  const common = [
    "-q",
    "-p",
    String(port),
    "--listen-host",
    "127.0.0.1",
    "--set",
    `confdir=${folder}`,
    "--set",
    trust,
  ];
  return kind === "tunnel" ? [...common, "--ignore-hosts", ".*"] : common;
}

async function ask({ dispatcher, url }: Pick<Runner, "dispatcher" | "url">): Promise<void> {
  const answer = await request(url, { dispatcher });
  if (answer.statusCode !== 200) throw new Error(`${url}: ${answer.statusCode} ${await answer.body.text()}`);
  await answer.body.arrayBuffer();
}

interface Loaded {
  readonly perSecond: number;
  readonly requests: number;
}

async function load(one: Runner, requests: number, seconds: number): Promise<Loaded> {
  let begun = 0;
  const since = performance.now();
  const until = since + seconds * 1_000;
  const caller = async (): Promise<void> => {
    for (; begun < requests && performance.now() < until; ) {
      begun += 1;
      await ask(one);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return { perSecond: (begun * 1_000) / (performance.now() - since), requests: begun };
}

async function p50(one: Pick<Runner, "dispatcher" | "url">): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at < SINGLE; at += 1) {
    const since = performance.now();
    await ask(one);
    times.push(performance.now() - since);
  }
  return median(times);
}

function median(all: readonly number[]): number {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;
}

/** MiB, of the process and its children: Linux alone says. */
function rss(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    return Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1_024);
  } catch {
    return 0;
  }
}

const contenders = ["doorward", "road", "bare", ...(has("mitmdump") ? ["mitmdump"] : [])];
if (!has("mitmdump")) process.stdout.write("mitmdump is not here (apt: mitmproxy): compared without it\n");
const direct = new Agent({ connections: CALLERS, allowH2: false, connect: { ca: upstreamCa.certificate } });

/** `road` passes nothing through: a tunnel is one action, and its bytes are the engine's. */
function namesFor(kind: Kind): readonly string[] {
  return contenders.filter((name) =>
    kind === "intercepted" ? name !== "bare" : kind === "plain" || name !== "road",
  );
}

async function startedAll(kind: Kind): Promise<readonly Runner[]> {
  const runners: Runner[] = [];
  for (const name of namesFor(kind)) runners.push(await started(name, kind));
  return runners;
}

async function ended(runners: readonly Runner[]): Promise<void> {
  for (const { dispatcher, pid } of runners) {
    await dispatcher.destroy();
    execFileSync("kill", [String(pid)]);
  }
}

interface Row {
  readonly perSecond: number[];
  readonly added: number[];
  readonly mib: number[];
  requests: number;
}

const empty = (): Row => ({ perSecond: [], added: [], mib: [], requests: 0 });

async function round(kind: Kind): Promise<Result[]> {
  const runners = await startedAll(kind);
  const each = Math.ceil(REQUESTS / ROUNDS);
  const seen = new Map(runners.map(({ name }) => [name, empty()]));
  for (const one of runners) await load(one, 500, SECONDS);
  for (let at = 0; at < ROUNDS; at += 1) {
    for (const one of runners) {
      const row = seen.get(one.name) ?? empty();
      const seconds = one.name === "road" && kind === "intercepted" ? ROAD_SECONDS : SECONDS;
      const bare = await p50({ dispatcher: direct, url: one.url });
      row.added.push((await p50(one)) - bare);
      const { perSecond, requests } = await load(one, each, seconds / ROUNDS);
      row.perSecond.push(perSecond);
      row.requests += requests;
      row.mib.push(rss(one.pid));
    }
  }
  await ended(runners);
  return runners.map(({ name }) => {
    const { added, mib, requests, ...row } = seen.get(name) ?? empty();
    const perSecond = Math.round(median(row.perSecond));
    return { name, kind, perSecond, addedMs: Number(median(added).toFixed(2)), rssMib: mib, requests };
  });
}

interface Downloaded {
  readonly name: string;
  readonly kind: Kind;
  readonly bytes: number;
  readonly seconds: number;
  readonly rssBeforeMib: number;
  readonly rssMaxMib: number;
  readonly rssAfterMib: number;
}

const WATCH_MS = 250;

/** One download, thrown away as it comes. */
async function download(one: Runner, wanted: number): Promise<Downloaded> {
  await load(one, 100, SECONDS);
  const rssBeforeMib = rss(one.pid);
  let rssMaxMib = rssBeforeMib;
  const watch = setInterval(() => (rssMaxMib = Math.max(rssMaxMib, rss(one.pid))), WATCH_MS);
  const since = performance.now();
  const answer = await request(new URL(`/stream/${wanted}`, one.url), { dispatcher: one.dispatcher });
  let bytes = 0;
  for await (const chunk of answer.body) bytes += Buffer.isBuffer(chunk) ? chunk.length : 0;
  clearInterval(watch);
  if (bytes !== wanted) throw new Error(`${one.name}: ${bytes} of ${wanted} bytes came`);
  const seconds = Math.round((performance.now() - since) / 1_000);
  return {
    name: one.name,
    kind: one.kind,
    bytes,
    seconds,
    rssBeforeMib,
    rssMaxMib,
    rssAfterMib: rss(one.pid),
  };
}

/** The whole Doorward, then its engine alone; mitmdump keeps bodies in memory unless told otherwise, and is left out. */
async function downloads(size: number): Promise<void> {
  const results: Downloaded[] = [];
  for (const name of ["road", "doorward"]) {
    const runners = [await started(name, "intercepted")];
    for (const one of runners) {
      const got = await download(one, size * 1_024 ** 3);
      const { seconds, rssBeforeMib, rssMaxMib, rssAfterMib } = got;
      const memory = `${rssBeforeMib} MiB before, ${rssMaxMib} at most, ${rssAfterMib} after`;
      process.stdout.write(`${name.padEnd(9)} ${size} GiB in ${seconds} s  ${memory}\n`);
      results.push(got);
    }
    await ended(runners);
  }
  process.stdout.write(`${JSON.stringify({ downloads: results })}\n`);
}

async function rates(): Promise<void> {
  const results: Result[] = [];
  for (const kind of KINDS) {
    const rows = await round(kind);
    for (const { name, perSecond, addedMs, rssMib, requests } of rows)
      process.stdout.write(
        `${kind.padEnd(12)} ${name.padEnd(9)} ${perSecond}/s  +${addedMs} ms  ${rssMib.join(", ")} MiB over ${requests}\n`,
      );
    results.push(...rows);
  }
  process.stdout.write(`${JSON.stringify({ requests: REQUESTS, rounds: ROUNDS, results })}\n`);
}

const gib = values["download-gib"];
await (gib === undefined ? rates() : downloads(Number(gib)));
process.exit(0);
