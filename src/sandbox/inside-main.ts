/**
 * Runs inside the sandbox, before and beside the program, in one process without secrets: it looks whether what was mounted is what
 * was looked at, opens the loopback ports that lead to the relays outside, starts the program and passes signals and its end
 * on. Started as `node inside-main.ts TASK-FILE`; it loads nothing else of Doorward's, which is not there.
 */
import { spawn } from "node:child_process";
import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { constants, getPriority, setPriority } from "node:os";
import { dirname } from "node:path";

interface Task {
  readonly doors: readonly { readonly port: number; readonly socket: string }[];
  readonly control: string;
  readonly expected: readonly { readonly path: string; readonly device: string; readonly inode: string }[];
  /** Files of the private home, which the program may change, by their whole path. */
  readonly files: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  /** What of the program's environment is not this process's: what Node would read of it. */
  readonly environment: Readonly<Record<string, string>>;
  /** Whether this process stays beside the program; otherwise it becomes the program. */
  readonly stays: boolean;
  readonly niceness: number;
}

const EXIT_NOT_FOUND = 127;
const EXIT_NOT_RUN = 126;
const EXIT_UNSAFE = 125;
const EXIT_SIGNAL = 128;
const CONNECTIONS_MAX = 512;
const PASSED_ON: readonly NodeJS.Signals[] = ["SIGTERM", "SIGHUP", "SIGINT", "SIGUSR1", "SIGUSR2"];

/** fcntl.h; in /proc/self/fdinfo it stands in octal. */
const CLOSE_ON_EXEC = 0o2000000;

closeInherited();
// Written by `startBubblewrap` into a folder that nothing in here can write to.
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Our own parent wrote it.
const task = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as Task;

for (const { path, device, inode } of task.expected) {
  const status = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (String(status?.dev) === device && String(status?.ino) === inode) continue;
  give(`${path} was changed while the sandbox was made; nothing was run`, EXIT_UNSAFE);
}

for (const [path, text] of Object.entries(task.files)) {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text, { mode: 0o600 });
}
// Who was begun with less (`nice`) stays there: to take it back is refused.
if (task.niceness > getPriority()) setPriority(task.niceness);
if (!task.stays) become();
// The first connection is ours: nothing else runs in here yet, and outside takes no second one.
const control = connect(task.control);
control.on("error", () => give("the relay outside is gone", EXIT_UNSAFE));
await new Promise<void>((resolve) => control.once("connect", () => resolve()));
await Promise.all(task.doors.map(openDoor));
start();

/**
 * What whoever started Doorward had open is none of the program's: only what closes itself at its start is ours. Node reads the
 * file of `NODE_EXTRA_CA_CERTS` in a thread, by a descriptor that does not: closed here, its number is closed once more by that
 * thread, when it is the control's or a door's. So `startBubblewrap` withholds Node's variables from this process.
 */
function closeInherited(): void {
  for (const name of readdirSync("/proc/self/fd")) {
    const descriptor = Number(name);
    if (descriptor <= 2) continue;
    try {
      const flags =
        /^flags:\s*([0-7]+)$/m.exec(readFileSync(`/proc/self/fdinfo/${name}`, "utf8"))?.[1] ?? "0";
      if ((Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0) closeSync(descriptor);
    } catch {
      // The descriptor with which the folder was read is closed by now.
    }
  }
}

function openDoor({ port, socket }: Task["doors"][number]): Promise<void> {
  const server = createServer({ allowHalfOpen: true }, (inner) => {
    const outer = connect({ path: socket, allowHalfOpen: true });
    join(inner, outer);
    join(outer, inner);
  });
  server.maxConnections = CONNECTIONS_MAX;
  return new Promise((resolve) => {
    server.listen(port, "127.0.0.1", () => resolve());
  });
}

function join(from: Socket, to: Socket): void {
  from.on("error", () => to.destroy());
  from.on("close", () => to.destroySoon());
  from.pipe(to);
}

function become(): void {
  const [program = "", ...args] = task.command;
  const path = program.includes("/") ? program : null;
  // Node ends with a core dump and no words where the kernel refuses: what can be said is said before.
  if (path === null || !existsSync(path)) give(`${program}: there is no such program here`, EXIT_NOT_FOUND);
  process.execve?.(program, [program, ...args], programEnvironment());
}

function programEnvironment(): Record<string, string> {
  const own = Object.entries(process.env).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...Object.fromEntries(own), ...task.environment };
}

function start(): void {
  const [program = "", ...args] = task.command;
  const child = spawn(program, args, { stdio: "inherit", env: programEnvironment() });
  child.once("error", (cause: NodeJS.ErrnoException) =>
    give(`${program}: ${cause.message}`, cause.code === "ENOENT" ? EXIT_NOT_FOUND : EXIT_NOT_RUN),
  );
  child.once("exit", (code, signal) =>
    process.exit(code ?? EXIT_SIGNAL + (signal === null ? 0 : constants.signals[signal])),
  );
  for (const signal of PASSED_ON) process.on(signal, () => void (signal !== "SIGINT" && child.kill(signal)));
  control.setEncoding("utf8").on("data", (text: string) => {
    const signal = PASSED_ON.find((name) => text.split("\n").includes(name));
    if (signal !== undefined) child.kill(signal);
  });
  // Outside is gone, or said stop: whatever is left ends with this process, which the others' namespace hangs on.
  control.on("close", () => process.exit(EXIT_SIGNAL + constants.signals.SIGKILL));
}

function give(words: string, code: number): void {
  process.stderr.write(`doorward: ${words}\n`);
  process.exit(code);
}
