import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { createServer, connect } from "node:net";
import { join } from "node:path";

const HERE = join(import.meta.dirname, "peers");
const WAIT_MS = 30_000;
const POLL_MS = 50;

interface Program {
  readonly bin: string | Record<string, string>;
}

/** Installs bench/peers/package.json (once) and answers the folder of a peer. */
export function peerFolder(name: string): string {
  const folder = join(HERE, "node_modules", name);
  if (!existsSync(folder))
    execFileSync("npm", ["install", "--ignore-scripts", "--no-audit", "--no-fund"], {
      cwd: HERE,
      stdio: "inherit",
    });
  return folder;
}

/** As `peerFolder`, and answers the path of the peer's program. */
export function installPeers(name: string): string {
  const folder = peerFolder(name);
  const { bin }: Program = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const program = typeof bin === "string" ? bin : (bin[name] ?? Object.values(bin)[0]);
  if (program === undefined) throw new Error(`${name} has no program of its name`);
  return join(folder, program);
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() =>
        typeof address === "object" && address !== null
          ? resolve(address.port)
          : reject(new Error("no port")),
      );
    });
  });
}

export async function untilListening(port: number): Promise<void> {
  const until = performance.now() + WAIT_MS;
  while (performance.now() < until) {
    if (await answers(port)) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`nothing listens on ${port} after ${WAIT_MS} ms`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1")
      .once("connect", () => {
        socket.destroy();
        resolve(true);
      })
      .once("error", () => resolve(false));
  });
}
