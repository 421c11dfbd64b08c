import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { freePort, installPeers, untilListening } from "./peers.ts";

/** Whoever stands between the load and the upstream, on a core of its own. */
export interface Contender {
  readonly name: string;
  readonly url: string;
  /** Taken in turn by its callers. */
  readonly headers: readonly Readonly<Record<string, string>>[];
  readonly process: ChildProcess;
}

export const isPinned = availableParallelism() >= 2 && has("taskset");

/** The load, and whatever it spawns without saying where, stays on core 1. */
export function pinLoad(): void {
  if (isPinned) execFileSync("taskset", ["-cp", "1", String(process.pid)], { stdio: "ignore" });
}

export function has(program: string): boolean {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

export function onCore(core: number, command: string, args: readonly string[]): ChildProcess {
  const [file, rest] = isPinned ? ["taskset", ["-c", String(core), command, ...args]] : [command, [...args]];
  const child = spawn(file, rest, { stdio: ["pipe", "pipe", "inherit"] });
  process.once("exit", () => child.kill());
  return child;
}

export function absolute(path: string): string {
  return new URL(`../${path}`, import.meta.url).pathname;
}

export async function firstLine(child: ChildProcess): Promise<string> {
  if (child.stdout === null) throw new Error("no standard output");
  for await (const line of createInterface({ input: child.stdout })) return line;
  throw new Error("it ended without a word");
}

/** Where Node writes what it measured of Doorward, when asked to. */
export const PROFILED = (folder: string | null): readonly string[] =>
  folder === null ? [] : ["--cpu-prof", `--cpu-prof-dir=${folder}`];
const NODE = [process.execPath, "--disable-warning=ExperimentalWarning"] as const;

export async function modelUpstream(): Promise<string> {
  const port = await freePort();
  onCore(1, NODE[0], ["bench/llm-upstream.ts", String(port)]);
  await untilListening(port);
  return `http://127.0.0.1:${port}`;
}

const CHAT = "/v1/chat/completions";

export async function doorwardLlm(upstream: string, profile: string | null): Promise<Contender> {
  const [node, ...flags] = NODE;
  const child = onCore(0, node, [...flags, ...PROFILED(profile), "bench/doorward-llm.ts", upstream]);
  const { url, keys }: { url: string; keys: string[] } = JSON.parse(await firstLine(child));
  const headers = keys.map((key) => ({ authorization: `Bearer ${key}` }));
  return { name: "doorward", url: `${url}${CHAT}`, headers, process: child };
}

export async function bareLlm(upstream: string): Promise<Contender> {
  const port = await freePort();
  const child = onCore(0, NODE[0], ["bench/bare-llm-proxy.ts", String(port), upstream]);
  await untilListening(port);
  return { name: "bare undici", url: `http://127.0.0.1:${port}${CHAT}`, headers: [{}], process: child };
}

export async function portkey(upstream: string): Promise<Contender> {
  const port = await freePort();
  const bin = installPeers("@portkey-ai/gateway");
  const child = onCore(0, process.execPath, [bin, "--headless", `--port=${port}`]);
  child.stdout?.resume();
  await untilListening(port);
  const headers = {
    "x-portkey-provider": "openai",
    "x-portkey-custom-host": `${upstream}/v1`,
    authorization: "Bearer bench",
  };
  return { name: "portkey", url: `http://127.0.0.1:${port}${CHAT}`, headers: [headers], process: child };
}

/** One worker, as every contender has one core; connections to the upstream are pooled. Null where nginx is missing. */
export async function nginx(upstream: string): Promise<Contender | null> {
  if (!has("nginx")) return null;
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), "doorward-bench-nginx-"));
  const file = join(folder, "nginx.conf");
  writeFileSync(file, nginxConfig(port, new URL(upstream).host, folder));
  const child = onCore(0, "nginx", ["-c", file, "-p", folder, "-g", "daemon off;"]);
  await untilListening(port);
  return { name: "nginx", url: `http://127.0.0.1:${port}${CHAT}`, headers: [{}], process: child };
}

function nginxConfig(port: number, upstream: string, folder: string): string {
  const places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (name) => `${name}_temp_path ${folder}/${name};`,
  );
  return `worker_processes 1; pid ${folder}/pid; error_log stderr crit;
events { worker_connections 1024; }
http { access_log off; ${places.join(" ")}
  upstream bench { server ${upstream}; keepalive 128; }
  server { listen 127.0.0.1:${port};
    location / { proxy_pass http://bench; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; } } }
`;
}

/** Resident memory in MiB, of the contender alone without what it spawned. */
export function memoryMiB(pid: number | undefined): number {
  const pages = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  return Number(pages?.[1] ?? 0) / 1_024;
}
