import { absolute, type Contender, firstLine, onCore, PROFILED } from "./contenders.ts";
import { type Load, median } from "./load.ts";
import { drive, openSession, type Session } from "./mcp-load.ts";
import { freePort, installPeers, untilListening } from "./peers.ts";

const ECHO = "bench/echo-server.ts";
const WARM_UP_SECONDS = 3;

export async function doorwardMcp(profile: string | null): Promise<Contender> {
  const child = onCore(0, process.execPath, [
    ...PROFILED(profile),
    "bench/doorward-process.ts",
    "echo",
    process.execPath,
    absolute(ECHO),
  ]);
  const { url, key }: { url: string; key: string } = JSON.parse(await firstLine(child));
  return { name: "doorward", url, headers: [{ authorization: `Bearer ${key}` }], process: child };
}

export async function bareProxy(): Promise<Contender> {
  const port = await freePort();
  const child = onCore(0, process.execPath, ["bench/bare-proxy.ts", String(port), process.execPath, ECHO]);
  await untilListening(port);
  return { name: "bare SDK proxy", url: `http://127.0.0.1:${port}/mcp`, headers: [{}], process: child };
}

export async function mcpProxy(): Promise<Contender> {
  const port = await freePort();
  const [bin, where] = [installPeers("mcp-proxy"), ["--port", String(port), "--host", "127.0.0.1"]];
  const child = onCore(0, process.execPath, [
    bin,
    ...where,
    "--server",
    "stream",
    "--",
    process.execPath,
    ECHO,
  ]);
  child.stdout?.resume();
  await untilListening(port);
  return { name: "mcp-proxy", url: `http://127.0.0.1:${port}/mcp`, headers: [{}], process: child };
}

export interface McpFigures {
  readonly callsPerSecond: number;
  readonly p50Ms: number;
  readonly oneCallerP50Ms: number;
  readonly vsMcpProxy: number;
  readonly vsBareSdkProxy: number;
}

export interface McpRun {
  readonly rounds: number;
  readonly seconds: number;
  readonly callers: number;
  readonly say: (text: string) => boolean;
}

/** One MCP session each: every contender then has one upstream process, and what is compared is the way there. */
export async function mcpRounds({ rounds, seconds, callers, say }: McpRun): Promise<McpFigures> {
  const contenders = [await doorwardMcp(null), await mcpProxy(), await bareProxy()];
  const running: { session: Session; many: Load[]; one: Load[]; contender: Contender }[] = [];
  for (const contender of contenders) {
    const session = await openSession(new URL(contender.url), contender.headers[0] ?? {}, "echo", callers);
    running.push({ session, many: [], one: [], contender });
    await drive(session, callers, { seconds: WARM_UP_SECONDS });
  }
  for (let turn = 1; turn <= rounds; turn += 1) {
    for (const { session, many, one, contender } of running) {
      const busy = await drive(session, callers, { seconds });
      const quiet = await drive(session, 1, { seconds: seconds / 2 });
      many.push(busy);
      one.push(quiet);
      say(
        `round ${turn} ${contender.name.padEnd(15)} ${busy.callsPerSecond.toFixed(0).padStart(6)} mcp calls/s  p50 ${busy.p50Ms.toFixed(2)} ms  p99 ${busy.p99Ms.toFixed(2)} ms | one caller p50 ${quiet.p50Ms.toFixed(3)} ms`,
      );
    }
  }
  for (const { contender } of running) contender.process.kill();
  const rates = running.map(({ many }) => median(many.map((load) => load.callsPerSecond)));
  const [ours = 0, peer = 1, bare = 1] = rates;
  return {
    callsPerSecond: round(ours),
    p50Ms: round(p50(running[0]?.many)),
    oneCallerP50Ms: round(p50(running[0]?.one)),
    vsMcpProxy: round(ours / peer),
    vsBareSdkProxy: round(ours / bare),
  };
}

function p50(loads: readonly Load[] = []): number {
  return median(loads.map((load) => load.p50Ms));
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
