import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { createSocket } from "node:dgram";
import {
  chmodSync,
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer as createWebServer } from "node:http";
import { createServer, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import { fileURLToPath } from "node:url";
import { DENIED, LOOKED_INTO } from "../../src/sandbox/syscalls.table.ts";
import { CASES, PRELUDE } from "./cases.ts";

/** What lies around a program that tries to get out: things to steal, to reach and to break, none of them real. */
export interface World {
  readonly root: string;
  readonly workspace: string;
  readonly home: string;
  readonly data: string;
  /** A descriptor of the secret file, handed on to whatever is started. */
  readonly descriptor: number;
  readonly environment: Readonly<Record<string, string>>;
  readonly close: () => Promise<void>;
}

/** How long a process that goes on waits before it writes, in seconds: longer than any run. */
export const OUTLIVES_S = 2;
const CANARY = "canary-7f3a";
/** Two worlds of one process have nothing in common. */
let worlds = 0;
const KEY = "doorward-escape-victim";

/** Somebody's process: a secret on its command line, in its environment, in its memory, in shared memory and in a keyring. */
const VICTIM = `
import ctypes, os, sys, time
libc = ctypes.CDLL(None, use_errno=True); libc.shmat.restype = ctypes.c_void_p
kept = bytearray(b"${CANARY}" * 100)
n = libc.shmget(int(sys.argv[3]), 4096, 0o1600)
ctypes.memmove(libc.shmat(n, None, 0), b"${CANARY}", ${CANARY.length})
libc.syscall(int(sys.argv[2]), b"user", b"${KEY}", b"${CANARY}", ${CANARY.length}, -4)
print("up"); sys.stdout.flush()
time.sleep(600)
`;

export async function makeWorld(): Promise<World> {
  worlds += 1;
  const own = `doorward-escape-${process.pid}-${worlds}`;
  const shm = 0x0d00_0000 + process.pid * 8 + worlds;
  const root = mkdtempSync("/var/tmp/doorward-escape-");
  chmodSync(root, 0o755);
  const closers: (() => unknown)[] = [() => rmSync(root, { recursive: true, force: true })];
  const [home, workspace, data, run] = ["home", "work", "data", "run"].map((name) => join(root, name)) as [
    string,
    string,
    string,
    string,
  ];
  writeHome(home, data, run);
  writeWorkspace(workspace);
  const held = await listen(run, own, closers);
  const victim = await startVictim(home, shm);
  closers.push(() => void victim.kill("SIGKILL"));
  closers.push(() => spawnSync("ipcrm", ["-M", String(shm)], { stdio: "ignore" }));
  const file = join(root, "held-open");
  writeFileSync(file, CANARY);
  const descriptor = openSync(file, "r");
  closers.push(() => closeSync(descriptor));
  const numbers = Object.fromEntries([
    ...DENIED.map(([name, x64, arm64]) => [name, process.arch === "arm64" ? arm64 : x64]),
    ...Object.entries(LOOKED_INTO).map(([name, pair]) => [name, pair[process.arch === "arm64" ? 1 : 0]]),
  ]);
  const facts = {
    root,
    home,
    data,
    numbers,
    canary: CANARY,
    victim: victim.pid,
    shm,
    key: KEY,
    outlive: OUTLIVES_S,
    descriptor: "held-open",
    ...held,
  };
  writeFileSync(join(workspace, "world.json"), JSON.stringify(facts));
  writeFileSync(join(workspace, "cases.json"), JSON.stringify(inOrder(CASES.map(({ id }) => id))));
  for (const { id, program } of CASES) writeFileSync(join(workspace, `${id}.py`), `${PRELUDE}\n${program}\n`);
  writeFileSync(
    join(workspace, "driver.mjs"),
    readFileSync(fileURLToPath(new URL("driver.mjs", import.meta.url))),
  );
  return {
    root,
    workspace,
    home,
    data,
    descriptor,
    environment: {
      AWS_SECRET_ACCESS_KEY: CANARY,
      SSH_AUTH_SOCK: join(run, "agent"),
      DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(run, "bus")}`,
      LD_LIBRARY_PATH: "/nonexistent",
      // Of a proxy that somebody's company has.
      ALL_PROXY_OLD: "http://user:password@proxy.example:3128",
    },
    close: async () => {
      for (const one of closers.toReversed()) await one();
    },
  };
}

/** What is to go on after the run begins just before its end. */
function inOrder(ids: readonly string[]): string[] {
  const last = "outlive";
  return [...ids.filter((id) => id !== last), last];
}

function writeHome(home: string, data: string, run: string): void {
  for (const folder of [join(home, ".ssh"), join(home, "letters"), join(data, "keys"), run])
    mkdirSync(folder, { recursive: true });
  writeFileSync(join(home, ".ssh", "id_rsa"), CANARY, { mode: 0o600 });
  writeFileSync(join(home, ".bashrc"), "# nothing\n");
  writeFileSync(join(data, "keys", "data.key"), CANARY, { mode: 0o600 });
}

function writeWorkspace(workspace: string): void {
  for (const folder of ["", "lib", "moved", "anew"]) {
    mkdirSync(join(workspace, folder), { recursive: true });
    execFileSync("git", ["init", "-q"], { cwd: join(workspace, folder), stdio: "ignore" });
  }
  writeFileSync(join(workspace, ".env"), `TOKEN=${CANARY}\n`);
  for (const file of ["CLAUDE.md", ".envrc", ".mcp.json"]) writeFileSync(join(workspace, file), "{}\n");
}

async function listen(run: string, abstract: string, closers: (() => unknown)[]) {
  const addresses = Object.values(networkInterfaces()).flatMap((all) => all ?? []);
  const isOutside = (family: string) => (one: (typeof addresses)[number]) =>
    one.family === family && !one.internal && !one.address.startsWith("fe80");
  const address = addresses.find(isOutside("IPv4"))?.address ?? "127.0.0.1";
  const address6 = addresses.find(isOutside("IPv6"))?.address ?? "::1";
  const started = async (server: Server, at: Parameters<Server["listen"]>[0]): Promise<Server> => {
    await new Promise<void>((resolve) => server.listen(at, () => resolve()));
    closers.push(() => void server.close());
    return server;
  };
  const names = ["docker.sock", "bus", "agent", "X7", "wayland-0"];
  for (const name of names) await started(speak(), { path: join(run, name) });
  await started(speak(), { path: `\0${abstract}` });
  const pems = selfSigned(run);
  const tls = createTlsServer(pems, (socket) => socket.on("error", () => {}).end(CANARY));
  const port = async (server: Server, host: string): Promise<number> => {
    const one = (await started(server, { host, port: 0 })).address();
    return typeof one === "object" && one !== null ? one.port : 0;
  };
  const dns = createSocket("udp4").on("message", (_, { port: to, address: at }) => dns.send(CANARY, to, at));
  await new Promise<void>((resolve) => dns.bind(0, address, resolve));
  closers.push(() => void dns.close());
  const ports = {
    loopback: await port(web(), "127.0.0.1"),
    loopback6: await port(speak(), "::1").catch(() => 0),
    any: await port(web(), address),
    tcp: await port(speak(), "127.0.0.1"),
    tcpAny: await port(speak(), address),
    any6: await port(speak(), address6).catch(() => 0),
    tls: await port(tls, address),
    dns: dns.address().port,
  };
  return {
    address,
    address6,
    abstract,
    ports,
    sockets: Object.fromEntries(names.map((name) => [name, join(run, name)])),
  };
}

function speak(): Server {
  return createServer((socket) => socket.on("error", () => {}).end(CANARY));
}

function web(): Server {
  return createWebServer((_, response) => response.end(CANARY));
}

/** openssl is in every Debian; without it the TLS case is not proven. */
function selfSigned(folder: string): { readonly key: string; readonly cert: string } {
  const [key, cert] = [join(folder, "key.pem"), join(folder, "cert.pem")];
  const made = [
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-subj",
    "/CN=escape",
    "-days",
    "2",
    "-keyout",
    key,
    "-out",
    cert,
  ];
  execFileSync("openssl", made, { stdio: "ignore" });
  return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
}

async function startVictim(home: string, shm: number): Promise<ChildProcess> {
  const addKey = String(DENIED.find(([name]) => name === "add_key")?.[process.arch === "arm64" ? 2 : 1]);
  const victim = spawn("python3", ["-c", VICTIM, CANARY, addKey, String(shm)], {
    cwd: home,
    env: { PATH: "/usr/bin:/bin", VICTIM_SECRET: CANARY },
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise<void>((resolve, reject) => {
    victim.stdout.once("data", () => resolve());
    victim.once("exit", () => reject(new Error("the victim did not start: is python3 there?")));
  });
  return victim;
}
