import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import type { Server } from "node:net";
import { dirname, join } from "node:path";
import { sandboxFailed } from "./faults.ts";
import { GATE_USER, gated, keylessAddress } from "./gate.ts";
import { NODE } from "./places.ts";
import type { Door, Places, SandboxLimits } from "./port.ts";
import { endTree } from "./process-tree.ts";
import { seatbeltProfile } from "./seatbelt.ts";
import { PROGRAMS } from "./seatbelt.table.ts";
import type { RunningSandbox, Start } from "./start.ts";

const SECRET_BYTES = 32;
const NICENESS = "10";

/**
 * Makes the sandbox of a plan by sandbox-exec(1) and runs a program in it. Without namespaces, what is its own (home, temporary
 * files) is a folder of the machine that nobody else may read, and the relays listen on loopback, where only who knows the secret of
 * this run is let in. Throws `sandbox_failed`. What it put on the disk is gone when `ended` resolves.
 */
export async function startSeatbelt(start: Start): Promise<RunningSandbox> {
  const folder = realpathSync(mkdtempSync(join(start.temporary, "dw-")));
  const closers: (() => void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const close = (): void => {
    for (const one of closers.splice(0).toReversed()) one();
  };
  try {
    for (const name of ["home", "tmp", "shown"]) mkdirSync(join(folder, name), { mode: 0o700 });
    const secret = randomBytes(SECRET_BYTES).toString("base64url");
    const ports = new Map<Door["kind"], number>();
    for (const door of start.plan.doors) {
      const server = gated(start.relay(door), door.kind, secret);
      closers.push(() => closeServer(server));
      ports.set(door.kind, await listening(server));
    }
    const places = placesOf(folder, ports, secret);
    const { environment, homeFiles } = start.plan.settled(places);
    writeFiles(start, folder, homeFiles);
    return run(start, { folder, ports: [...ports.values()], environment, close });
  } catch (cause) {
    close();
    throw cause;
  }
}

function placesOf(folder: string, ports: ReadonlyMap<Door["kind"], number>, secret: string): Places {
  const [http = 0, proxy = 0] = [ports.get("http"), ports.get("proxy")];
  return {
    home: join(folder, "home"),
    temporary: join(folder, "tmp"),
    certificates: join(folder, "shown", "ca.pem"),
    certificatesJava: join(folder, "shown", "ca.jks"),
    doors: `http://127.0.0.1:${http}`,
    keyless: keylessAddress(http, secret),
    proxy: `http://${GATE_USER}:${secret}@127.0.0.1:${proxy}`,
    key: secret,
    programs: PROGRAMS,
    node: realpathSync(process.execPath),
  };
}

function writeFiles(
  { certificates }: Start,
  folder: string,
  homeFiles: Readonly<Record<string, string>>,
): void {
  if (certificates !== null) {
    writeFileSync(join(folder, "shown", "ca.pem"), certificates.pem, { mode: 0o444 });
    writeFileSync(join(folder, "shown", "ca.jks"), certificates.jks, { mode: 0o444 });
  }
  for (const [name, text] of Object.entries(homeFiles)) {
    const path = join(folder, "home", name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    writeFileSync(path, text, { mode: 0o600 });
  }
}

interface Around {
  readonly folder: string;
  readonly ports: readonly number[];
  readonly environment: Readonly<Record<string, string>>;
  readonly close: () => void;
}

function run(start: Start, { folder, ports, environment, close }: Around): RunningSandbox {
  const { plan, ready, stdio = "inherit" } = start;
  const temporary = join(folder, "tmp");
  const node = realpathSync(process.execPath);
  const { text, parameters } = seatbeltProfile(plan, {
    shown: join(folder, "shown"),
    own: [join(folder, "home"), temporary],
    programs: [node],
    ports,
  });
  const definitions = Object.entries(parameters).flatMap(([name, value]) => ["-D", `${name}=${value}`]);
  const command = start.command.map((word, at) => (at === 0 && word === NODE ? node : word));
  const words = [...limitWords(plan.limits), ready.tool, "-p", text, ...definitions, "--", ...command];
  // A session of its own: it has no terminal into which it could type what the person's shell would run after it.
  const child = spawn("/bin/bash", ["-p", "-c", WRAPPER, "bash", ...words], {
    stdio: [stdio, stdio, stdio, "pipe"],
    env: { ...environment },
    cwd: plan.workspace,
    detached: true,
  });
  start.spawned?.(child);
  const endAll = (): void => {
    if (child.pid !== undefined) endTree(child.pid, `TMPDIR=${temporary}`);
  };
  const { promise: ended, resolve, reject } = Promise.withResolvers<number>();
  child.once("error", (cause) => {
    close();
    reject(sandboxFailed(cause.message, cause));
  });
  child.once("exit", (code, signal) => {
    endAll();
    close();
    resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
  });
  return { ended, kill: endAll, signal: (name) => signalGroup(child.pid, name) };
}

function signalGroup(pid: number | undefined, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch {
    // It ended by itself.
  }
}

/**
 * Limits of bash(1)'s `ulimit`, since macOS has no prlimit: none is set above what this user may have; sizes in KiB. Beside the program
 * waits a shell whose third descriptor closes when Doorward is gone, however it went: then everything in the group ends. INVARIANT: what
 * is named here is found by no PATH, which may lead to what the program wrote.
 */
const WRAPPER = [
  '{ trap "" HUP INT QUIT TERM USR1 USR2; read -r _ <&3; kill -9 0; } &',
  'bound() { hard=$(ulimit -H "$1"); if [ "$hard" = unlimited ] || [ "$hard" -gt "$2" ]; then ulimit "$1" "$2" || exit 125; fi; }',
  'ulimit -c 0; bound -n "$1"; bound -f "$2"; bound -u "$3"; shift 3',
  `exec /usr/bin/nice -n ${NICENESS} "$@" 3<&-`,
].join("\n");

function limitWords({ openFiles, fileBytes, processes }: SandboxLimits): string[] {
  return [openFiles, Math.ceil(fileBytes / 1024), processes].map(String);
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(sandboxFailed(cause.message, cause)));
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" ? (address?.port ?? 0) : 0);
    });
  });
}

function closeServer(server: Server): void {
  server.close();
  if ("closeAllConnections" in server && typeof server.closeAllConnections === "function")
    server.closeAllConnections();
}
