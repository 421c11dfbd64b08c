import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { constants } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bubblewrapArguments, passwordFiles, type RunFiles } from "./bubblewrap.ts";
import { cgroupOf, makeCgroup, type SandboxCgroup } from "./cgroup.ts";
import { sandboxFailed } from "./faults.ts";
import { HOME, INSIDE, NODE, RUN } from "./places.ts";
import type { Door, SandboxLimits, SandboxPlan, SandboxReady } from "./port.ts";
import { limiter } from "./rlimits.ts";
import { type Architecture, seccompBytes } from "./seccomp.ts";

/** A sandbox that runs. */
export interface RunningSandbox {
  /** Its program's exit code, or 128 and the number of the signal that ended it. Everything in it is gone then. */
  readonly ended: Promise<number>;
  /** Passes a signal to the program inside. */
  readonly signal: (name: NodeJS.Signals) => void;
  /** Ends everything in it at once. */
  readonly kill: () => void;
}

export interface Start {
  readonly plan: SandboxPlan;
  readonly command: readonly string[];
  readonly ready: SandboxReady;
  /** What a door leads to: a server that listens on a unix socket. */
  readonly relay: (door: Door) => Server;
  /** Where the folder of the run is made: short, since the paths of unix sockets are. */
  readonly temporary: string;
  /** What is trusted inside, PEM, and the same for Java; null: there is no authority. */
  readonly certificates: { readonly pem: string; readonly jks: Uint8Array } | null;
  readonly stdio?: "inherit" | "pipe";
  /** In a process group of its own, for whoever ends it by that. */
  readonly detached?: boolean;
  /** Makes the control group of this run; left out: in the one that is delegated to this process. */
  readonly cgroup?: (name: string, limits: SandboxLimits) => SandboxCgroup;
  /** The process itself, for whoever reads what it says. */
  readonly spawned?: (child: ChildProcess) => void;
}

/** The helper runs as source from source and as JavaScript from a package. */
const INSIDE_MAIN = fileURLToPath(new URL(`./inside-main${extname(import.meta.url)}`, import.meta.url));
const NICENESS = 10;
const SOCKET_PATH_CHARS_MAX = 100;

/**
 * Makes the sandbox of a plan and runs a program in it, its only ways out being the relays begun here. Throws
 * `sandbox_failed`. What it put on the disk is gone when `ended` resolves.
 */
export async function startBubblewrap(start: Start): Promise<RunningSandbox> {
  const folder = realpathSync(mkdtempSync(join(start.temporary, "dw-")));
  const closers: (() => void)[] = [() => rmSync(folder, { recursive: true, force: true })];
  const close = (): void => {
    for (const one of closers.splice(0).toReversed()) one();
  };
  try {
    writeRun(folder, start);
    const control = await openControl(join(folder, "shown", "control"));
    closers.push(control.close);
    for (const door of start.plan.doors) {
      const server = await listening(start.relay(door), join(folder, "shown", socketName(door)));
      closers.push(() => closeServer(server));
    }
    const cgroup = limited(start, folder);
    if (cgroup !== null) closers.push(cgroup.remove);
    return run(start, { folder, control, cgroup, close });
  } catch (cause) {
    close();
    throw cause;
  }
}

interface Around {
  readonly folder: string;
  readonly control: Control;
  readonly cgroup: SandboxCgroup | null;
  readonly close: () => void;
}

async function run(start: Start, { folder, control, cgroup, close }: Around): Promise<RunningSandbox> {
  const files: RunFiles = { folder, node: realpathSync(process.execPath), inside: realpathSync(INSIDE_MAIN) };
  const filter = openSync(join(folder, "filter"), "r");
  const command = [
    start.ready.tool,
    ...bubblewrapArguments(start.plan, files, start.ready),
    "--",
    ...limiter(start.plan.limits, cgroup !== null),
    NODE,
    "--disable-warning=ExperimentalWarning",
    `${INSIDE}.mts`,
    `${RUN}/task.json`,
  ];
  const stdio = start.stdio ?? "inherit";
  const child = spawn("/bin/sh", ["-c", WRAPPER, "sh", cgroup?.procs ?? "", ...command], {
    stdio: [stdio, stdio, stdio, filter],
    env: nodesOwn(start.plan.environment).others,
    detached: start.detached === true,
  });
  closeSync(filter);
  start.spawned?.(child);
  const kill = (): void => {
    if (cgroup?.kill() !== true) child.kill("SIGKILL");
  };
  const { promise: ended, resolve, reject } = Promise.withResolvers<number>();
  child.once("error", (cause) => {
    close();
    reject(sandboxFailed(cause.message, cause));
  });
  child.once("exit", (code, signal) => {
    close();
    resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
  });
  return { ended, kill, signal: control.send };
}

/**
 * Keys typed into the terminal go to all its programs; bubblewrap, which would die of them, is begun deaf to them, and the
 * program inside hears them as always (libuv sets every signal back before it starts one).
 */
const WRAPPER = 'trap "" INT QUIT; if [ -n "$1" ]; then echo $$ >"$1" || exit 125; fi; shift; exec "$@"';

function limited({ plan, ready, cgroup = delegated }: Start, folder: string): SandboxCgroup | null {
  return ready.limitsBy === "cgroup" ? cgroup(`doorward-${folder.slice(-6)}`, plan.limits) : null;
}

function delegated(name: string, limits: SandboxLimits): SandboxCgroup {
  const own = cgroupOf();
  if (typeof own === "string") throw sandboxFailed(`the control group is gone: ${own}`);
  return makeCgroup(own, name, limits);
}

function writeRun(folder: string, { plan, command, certificates, ready }: Start): void {
  const shown = join(folder, "shown");
  mkdirSync(shown, { mode: 0o700 });
  mkdirSync(join(folder, "etc"), { mode: 0o755 });
  for (const [name, text] of Object.entries(passwordFiles()))
    writeFileSync(join(folder, "etc", name), text, { mode: 0o644 });
  writeFileSync(join(folder, "empty"), "", { mode: 0o444 });
  writeFileSync(join(folder, "filter"), seccompBytes(architecture()), { mode: 0o400 });
  if (certificates !== null) {
    writeFileSync(join(shown, "ca.pem"), certificates.pem, { mode: 0o444 });
    writeFileSync(join(shown, "ca.jks"), certificates.jks, { mode: 0o444 });
  }
  const task = {
    doors: plan.doors.map((door) => ({ port: door.port, socket: `${RUN}/${socketName(door)}` })),
    control: `${RUN}/control`,
    expected: plan.mounts.flatMap(({ path, identity }) => (identity === null ? [] : [{ path, ...identity }])),
    files: Object.fromEntries(
      Object.entries(plan.homeFiles).map(([path, text]) => [`${HOME}/${path}`, text]),
    ),
    command,
    environment: nodesOwn(plan.environment).nodes,
    // Without doors nobody has to stay beside the program: the helper becomes it.
    stays: plan.doors.length > 0,
    niceness: ready.limitsBy === "cgroup" ? 0 : NICENESS,
  };
  writeFileSync(join(shown, "task.json"), JSON.stringify(task), { mode: 0o444 });
}

/** What Node reads of an environment is the program's inside, and not the helper's, which is begun with the others. */
function nodesOwn(environment: SandboxPlan["environment"]): Record<"nodes" | "others", NodeJS.ProcessEnv> {
  const [nodes, others]: [NodeJS.ProcessEnv, NodeJS.ProcessEnv] = [{}, {}];
  for (const [name, value] of Object.entries(environment)) {
    (name.startsWith("NODE_") ? nodes : others)[name] = value;
  }
  return { nodes, others };
}

function architecture(): Architecture {
  return process.arch === "arm64" ? "arm64" : "x64";
}

function socketName({ kind }: Door): string {
  return `${kind}.sock`;
}

interface Control {
  readonly send: (signal: NodeJS.Signals) => void;
  readonly close: () => void;
}

/** The helper inside is the first to connect, before anything else runs there; nobody is let in after it. */
async function openControl(path: string): Promise<Control> {
  let inside: Socket | null = null;
  const server = createServer((socket) => {
    socket.on("error", () => {});
    if (inside === null) {
      inside = socket.resume();
      server.close();
    } else {
      socket.destroy();
    }
  });
  await listening(server, path);
  return {
    send: (signal) => void inside?.write(`${signal}\n`),
    close: () => {
      inside?.destroy();
      server.close();
    },
  };
}

function listening(server: Server, path: string): Promise<Server> {
  if (path.length > SOCKET_PATH_CHARS_MAX)
    throw sandboxFailed(`the path ${path} is too long for a unix socket`);
  return new Promise((resolve, reject) => {
    server.once("error", (cause) => reject(sandboxFailed(cause.message, cause)));
    server.listen(path, () => resolve(server));
  });
}

function closeServer(server: Server): void {
  server.close();
  if ("closeAllConnections" in server && typeof server.closeAllConnections === "function")
    server.closeAllConnections();
}
