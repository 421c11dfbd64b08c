/**
 * The http door's engine beside mitmdump and a bare Node proxy, side by side in one run:
 *   npm run bench:http [-- --requests 100000 --rounds 3]
 * Requests/s with 16 callers, what one request of one caller takes longer than without a proxy (p50), and the memory of the
 * proxy's process over all its requests. The last line is JSON.
 */
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Agent, type Dispatcher, ProxyAgent, request } from "undici";
import { testAuthority } from "../tests/support/proxy/certificates.ts";
import { has, onCore, pinLoad } from "./contenders.ts";
import { freePort, untilListening } from "./peers.ts";

const { values } = parseArgs({
  options: { requests: { type: "string", default: "100000" }, rounds: { type: "string", default: "3" } },
});
const REQUESTS = Number(values.requests);
const ROUNDS = Number(values.rounds);
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

async function started(name: string, kind: Kind): Promise<Runner> {
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
  const dispatcher = new ProxyAgent({
    uri: `http://127.0.0.1:${port}`,
    token: "Bearer load",
    proxyTunnel: kind !== "plain",
    requestTls: { ca: authority },
    connections: CALLERS,
    allowH2: false,
  });
  const url = kind === "plain" ? `http://127.0.0.1:${plainPort}/` : `https://127.0.0.1:${securePort}/`;
  return { name, kind, pid: child.pid ?? 0, dispatcher, url };
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

async function load(runner: Runner, requests: number): Promise<number> {
  let left = requests;
  const since = performance.now();
  const caller = async (): Promise<void> => {
    for (; left > 0; ) {
      left -= 1;
      await ask(runner);
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return (requests * 1_000) / (performance.now() - since);
}

async function p50(runner: Pick<Runner, "dispatcher" | "url">): Promise<number> {
  const times: number[] = [];
  for (let at = 0; at < SINGLE; at += 1) {
    const since = performance.now();
    await ask(runner);
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

const contenders = ["doorward", "bare", ...(has("mitmdump") ? ["mitmdump"] : [])];
if (!has("mitmdump")) process.stdout.write("mitmdump is not here (apt: mitmproxy): compared without it\n");
const direct = new Agent({ connections: CALLERS, allowH2: false, connect: { ca: upstreamCa.certificate } });

async function round(kind: Kind): Promise<Result[]> {
  const names = contenders.filter((name) => kind !== "intercepted" || name !== "bare");
  const runners: Runner[] = [];
  for (const name of names) runners.push(await started(name, kind));
  const each = Math.ceil(REQUESTS / ROUNDS);
  const seen = new Map(
    runners.map(({ name }) => [name, { rates: [] as number[], added: [] as number[], mib: [] as number[] }]),
  );
  for (const runner of runners) await load(runner, 500);
  for (let at = 0; at < ROUNDS; at += 1) {
    for (const runner of runners) {
      const row = seen.get(runner.name);
      const bare = await p50({ dispatcher: direct, url: runner.url });
      row?.added.push((await p50(runner)) - bare);
      row?.rates.push(await load(runner, each));
      row?.mib.push(rss(runner.pid));
    }
  }
  for (const runner of runners) {
    await runner.dispatcher.destroy();
    execFileSync("kill", [String(runner.pid)]);
  }
  return runners.map(({ name }) => {
    const { rates, added, mib } = seen.get(name) ?? { rates: [], added: [], mib: [] };
    return {
      name,
      kind,
      perSecond: Math.round(median(rates)),
      addedMs: Number(median(added).toFixed(2)),
      rssMib: mib,
    };
  });
}

const results: Result[] = [];
for (const kind of KINDS) {
  const rows = await round(kind);
  for (const { name, perSecond, addedMs, rssMib } of rows)
    process.stdout.write(
      `${kind.padEnd(12)} ${name.padEnd(9)} ${perSecond}/s  +${addedMs} ms  ${rssMib.join(", ")} MiB\n`,
    );
  results.push(...rows);
}
process.stdout.write(`${JSON.stringify({ requests: REQUESTS, rounds: ROUNDS, results })}\n`);
process.exit(0);
