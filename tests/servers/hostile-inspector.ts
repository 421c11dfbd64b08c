// A child of the inspector that was taken over by the file that it read: after the fence, it does what the file's name says. Its
// actions are run outside of a child too (tests/threats/t25-inspection.test.ts), where each of them succeeds.
import { spawnSync } from "node:child_process";
import dgram from "node:dgram";
import dns from "node:dns";
import { fstatSync, readFileSync, readSync, writeFileSync, writeSync } from "node:fs";
import inspector from "node:inspector";
import { connect, createServer } from "node:net";
import { getPriority } from "node:os";
import { Worker } from "node:worker_threads";
import { fence } from "../../src/inspection/fence.ts";

type Action = (given: string) => unknown;

/** What each tries, with what it is given after a colon; it throws, or never ends, where it is refused. */
export const ESCAPES: Readonly<Record<string, Action>> = {
  connect: (port) => once(connect(Number(port), "127.0.0.1"), "connect"),
  listen: () => once(createServer().listen(0), "listening"),
  datagram: (port) => sent(Number(port)),
  fetch: async (port) => (await fetch(`http://127.0.0.1:${port}/`)).status,
  resolve: (port) => asked(Number(port)),
  read: (path) => readFileSync(path, "utf8"),
  write: (path) => writeFileSync(path, "taken"),
  program: () => succeeded(spawnSync("/bin/sh", ["-c", "exit 0"]).status === 0),
  thread: () => once(new Worker("0", { eval: true }), "online"),
  database: async (path) => {
    const { DatabaseSync } = await import("node:sqlite");
    new DatabaseSync(path).exec("CREATE TABLE taken (x)");
  },
  signal: (pid) => process.kill(Number(pid), 0),
  debugger: () => {
    inspector.open(0);
    inspector.close();
  },
  builtin: () => succeeded(process.getBuiltinModule("node:vm") !== undefined),
  environment: () => succeeded(Object.values(process.env).some((value) => value?.includes("canary-secret"))),
  inherited: () => succeeded(inheritedText().includes("canary-secret")),
};

/** What it does to its parent, in place of an answer. */
const ANSWERS: Readonly<Record<string, (id: number) => void>> = {
  loop: () => {
    for (;;);
  },
  heap: () => hoard((n) => Array.from({ length: 100_000 }, (_, at) => `${n}${at}`)),
  buffers: () => hoard(() => Buffer.alloc(16 * 1_048_576, 1)),
  exit: () => process.exit(0),
  text: () => say("I am fine"),
  nothing: (id) => say(JSON.stringify({ id })),
  other: (id) => say(JSON.stringify({ id: id + 1, answer: CLEAN })),
  unasked: (id) =>
    say(`${JSON.stringify({ id, answer: CLEAN })}\n${JSON.stringify({ id: id + 1, answer: CLEAN })}`),
  more: (id) => say(JSON.stringify({ id, answer: { ...CLEAN, isApproved: true } })),
  flood: () => {
    for (;;) say("x".repeat(1_048_576));
  },
  endless: () => {
    for (;;) writeSync(1, "x".repeat(65_536));
  },
  liar: (id) =>
    say(
      JSON.stringify({
        id,
        answer: { ...CLEAN, findings: [finding("malicious", "\u001b[2Jall \u202efine")] },
      }),
    ),
  priority: (id) => report(id, `niceness ${getPriority()}`),
};

const CLEAN = { verdict: "clean", findings: [], kinds: [], parts: 1 };

function finding(verdict: string, says: string) {
  const empty = { techniques: [], offset: null, evidence: [], advisories: [] };
  return { rule: "taken-over", severity: "high", verdict, says, path: ["another-file"], ...empty };
}

function succeeded(isSo: boolean): void {
  if (!isSo) throw new Error("nothing was there");
}

async function once(emitter: NodeJS.EventEmitter, event: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  emitter.once(event, () => resolve());
  emitter.once("error", reject);
  await promise;
}

async function sent(port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = dgram.createSocket("udp4").unref();
  socket.send("taken", port, "127.0.0.1", (error) => (error === null ? resolve() : reject(error)));
  await promise;
}

/** A question that goes out is success, whether or not it is answered. */
async function asked(port: number): Promise<void> {
  const resolver = new dns.promises.Resolver({ timeout: 200, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  await resolver.resolve4("taken.example").catch((error: NodeJS.ErrnoException) => {
    if (error.code === undefined) throw error;
  });
}

/** Of every file that is open beyond those that the child was given. */
function inheritedText(): string {
  let text = "";
  for (let descriptor = 3; descriptor < 512; descriptor += 1) {
    try {
      if (!fstatSync(descriptor).isFile()) continue;
      const bytes = Buffer.alloc(64);
      text += bytes.toString("latin1", 0, readSync(descriptor, bytes, 0, 64, 0));
    } catch {
      // There is none of that number.
    }
  }
  return text;
}

function hoard(more: (n: number) => unknown): void {
  const kept: unknown[] = [];
  for (let n = 0; ; n += 1) kept.push(more(n));
}

function say(text: string): void {
  const bytes = Buffer.from(`${text}\n`);
  let at = 0;
  while (at < bytes.length) at += writeSync(1, bytes, at);
}

function report(id: number, says: string): void {
  say(JSON.stringify({ id, answer: { ...CLEAN, findings: [finding("suspicious", says)] } }));
}

async function perform(id: number, name: string): Promise<void> {
  const [action = "", given = ""] = name.split(/:(.*)/su);
  const answer = ANSWERS[action];
  if (answer !== undefined) return answer(id);
  try {
    await ESCAPES[action]?.(given);
    report(id, `${action} succeeded`);
  } catch (error) {
    report(id, `${action} was refused: ${String(error)}`);
  }
}

function nextLine(): string {
  const bytes = Buffer.alloc(65_536);
  return bytes.toString("utf8", 0, readSync(0, bytes));
}

if (import.meta.main) {
  fence(3 + Number(process.argv[2] ?? 0));
  say(JSON.stringify({ ready: true }));
  for (let line = nextLine(); line !== ""; line = nextLine()) {
    const { id, files } = JSON.parse(line);
    await perform(id, files[0].name);
  }
}
