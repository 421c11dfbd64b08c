// node bench/kill-gateway.ts [--iterations 50] [--callers 16]: kills the whole of Doorward with SIGKILL while clients
// hammer calls through its door at a server that writes down each call it receives, again and again on one data
// directory, now and then while it starts. After each restart: every acknowledged answer has its intent and its outcome,
// nothing the server received lacks its intent, nothing arrived twice, intents without an outcome were closed as
// `unknown` and not sent again, the log is whole and extends the last checkpoint seen. Ends with one JSON line; exit code 1
// when any of that failed.
import { randomInt } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { z } from "zod";
import { systemAmbient } from "../src/host/index.ts";
import { openPayloads, type Payloads } from "../src/journal/payloads.ts";
import { openKeys } from "../src/keys/index.ts";
import {
  doorward,
  program,
  type Running,
  scratch,
  signIn,
  startDoorward,
} from "../tests/journeys/doorward-process.ts";

const { values } = parseArgs({
  options: { iterations: { type: "string", default: "50" }, callers: { type: "string", default: "16" } },
});
const LOAD_MS_MAX = 1_500;
const START_MS_MAX = 1_200;
const SETTLE_MS = 300;
/** Every so many kills, one more hits a Doorward that is still starting. */
const START_KILL_EVERY = 5;
const AMPLE =
  "limits: { callsPerSecond: 1000000, burst: 1000000, concurrent: 1024, argumentBytesPerMinute: 1000000000 }\n";

const SERVER = fileURLToPath(new URL("../tests/journeys/slow-server.mjs", import.meta.url));
const VERIFIER = fileURLToPath(new URL("../verifier/src/cli.ts", import.meta.url));

const { path: root, remove } = scratch();
const data = join(root, "data");
const received = join(root, "received");
const figures = {
  kills: 0,
  killsWhileStarting: 0,
  answered: 0,
  received: 0,
  intents: 0,
  unknown: 0,
  lostAnswers: 0,
  unrecordedSends: 0,
  repeatedSends: 0,
  openIntents: 0,
  badLogs: 0,
};
const startMs: number[] = [];
const answered: number[] = [];
let sequence = 0;

const META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientInfo": { name: "hammer", version: "1" },
  "io.modelcontextprotocol/clientCapabilities": {},
};

/** One caller: calls that each carry a number of their own, until the door is gone. */
async function hammer(url: string, key: string): Promise<void> {
  const headers = {
    authorization: `Bearer ${key}`,
    accept: "application/json, text/event-stream",
    "content-type": "application/json",
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": "tools/call",
    "mcp-name": "echo",
  };
  for (;;) {
    sequence += 1;
    const number = sequence;
    const params = { _meta: META, name: "echo", arguments: { text: number } };
    const body = JSON.stringify({ jsonrpc: "2.0", id: number, method: "tools/call", params });
    const answer = await fetch(`${url}/door/mcp/slow`, { method: "POST", headers, body })
      .then(async (response) => response.text())
      .catch(() => null);
    if (answer === null) return;
    if (!answer.includes(`"text":"${number}"`)) throw new Error(`unexpected answer: ${answer}`);
    answered.push(number);
  }
}

const CALL = z.object({ arguments: z.object({ text: z.number() }) });
const OUTCOME = z.object({ body: z.object({ status: z.string() }) });

interface Recorded {
  readonly subject: string;
  readonly ends: readonly string[];
}

/** What the ledger says of each call, by the number it carried; read from the files of the running Doorward. */
function recorded(): Map<number, Recorded> {
  const database = new DatabaseSync(join(data, "doorward.db"), { readOnly: true });
  const ambient = systemAmbient();
  const payloads = openPayloads(database, openKeys(join(data, "keys"), ambient), ambient);
  const ends = Map.groupBy(
    database.prepare("SELECT subject, record FROM entries WHERE kind = 'outcome'").all(),
    (row) => String(row["subject"]),
  );
  figures.openIntents += Number(database.prepare("SELECT COUNT(*) AS n FROM open_intents").get()?.["n"]);
  const intents = database.prepare("SELECT idx, subject FROM entries WHERE kind = 'intent'").all();
  const found = new Map<number, Recorded>();
  for (const { idx, subject } of intents) {
    const outcomes = ends.get(String(subject)) ?? [];
    found.set(numberOf(payloads, Number(idx)), {
      subject: String(subject),
      ends: outcomes.map((row) => statusOf(String(row["record"]))),
    });
  }
  database.close();
  return found;
}

function numberOf(payloads: Payloads, index: number): number {
  const opened = payloads.open(index, "action");
  if (opened === null) throw new Error(`the intent at ${index} has no kept action`);
  return CALL.parse(JSON.parse(Buffer.from(opened.bytes).toString("utf8"))).arguments.text;
}

function statusOf(record: string): string {
  return OUTCOME.parse(JSON.parse(record)).body.status;
}

/** The numbers the server received, in order; a last line without its end is one it was still writing. */
function receivedNumbers(): number[] {
  const lines = existsSync(received) ? readFileSync(received, "utf8").split("\n").slice(0, -1) : [];
  return lines.map((line) => CALL.parse(JSON.parse(line)).arguments.text);
}

function check(): void {
  const known = recorded();
  const arrived = receivedNumbers();
  figures.answered = answered.length;
  figures.received = arrived.length;
  figures.intents = known.size;
  const states = [...known.values()];
  figures.unknown = states.filter(({ ends }) => ends[0] === "unknown").length;
  figures.lostAnswers = answered.filter((number) => known.get(number)?.ends.join() !== "ok").length;
  figures.unrecordedSends = arrived.filter((number) => !known.has(number)).length;
  figures.repeatedSends = arrived.length - new Set(arrived).size;
  figures.openIntents += states.filter(({ ends }) => ends.length !== 1).length;
}

/** The offline verifier, as a stranger runs it: the log is whole, and has the last checkpoint seen as its prefix. */
async function checkLog(more: readonly string[] = []): Promise<void> {
  const [log, last, next] = [join(data, "log"), join(root, "last"), join(root, "next")];
  const key = ["--log-key", readFileSync(join(data, "keys", "log.vkey"), "utf8")];
  copyFileSync(join(log, "checkpoint"), next);
  const commands = [["log", log, ...key, ...more]];
  if (existsSync(last)) commands.push(["consistency", last, next, "--log", log, ...key]);
  for (const command of commands) {
    const verifier = program(process.execPath, [VERIFIER, ...command], {});
    if ((await verifier.ended) === 0) continue;
    figures.badLogs += 1;
    process.stderr.write(`${verifier.said()}${verifier.complained()}`);
  }
  copyFileSync(next, last);
}

async function restart(): Promise<Running> {
  const startedAt = performance.now();
  const running = await startDoorward(data);
  startMs.push(Math.round(performance.now() - startedAt));
  return running;
}

async function killWhileStarting(): Promise<void> {
  const starting = doorward(["start", "--data", data, "--port", "0", "--no-tour"]);
  await wait(randomInt(START_MS_MAX));
  starting.child.kill("SIGKILL");
  await starting.ended;
  figures.killsWhileStarting += 1;
}

async function prepare(): Promise<{ running: Running; key: string }> {
  mkdirSync(data, { mode: 0o700 });
  writeFileSync(join(data, "doorward.yaml"), AMPLE, { mode: 0o600 });
  const running = await startDoorward(data);
  const admin = await signIn(running);
  const environment = { CALLS_FILE: received };
  const command = [process.execPath, SERVER];
  await admin.perform("servers.add", { name: "slow", command, environment, sandbox: "off", accept: true });
  const { key } = await admin.perform("agents.add", { name: "hammer" });
  return { running, key: String(key) };
}

async function killUnderLoad(running: Running, key: string): Promise<void> {
  const callers = Array.from({ length: Number(values.callers) }, async () => hammer(running.url, key));
  const before = answered.length;
  while (answered.length === before) await Promise.race([wait(5), ...callers]);
  await wait(randomInt(LOAD_MS_MAX));
  await running.stop("SIGKILL");
  await Promise.all(callers);
  figures.kills += 1;
}

async function loop(iterations: number): Promise<void> {
  const { running: first, key } = await prepare();
  let running = first;
  for (let iteration = 1; iteration <= iterations; iteration += 1) {
    await killUnderLoad(running, key);
    if (iteration % START_KILL_EVERY === 0) await killWhileStarting();
    running = await restart();
    // What the dead one had handed over, its server may still be writing down.
    await wait(SETTLE_MS);
    check();
    await checkLog();
    process.stdout.write(`kill ${iteration}: ${JSON.stringify(figures)}\n`);
  }
  await running.stop();
  check();
  await checkLog(["--receipt-key", join(data, "keys", "receipt.pub")]);
}

function failures(): number {
  const { lostAnswers, unrecordedSends, repeatedSends, openIntents, badLogs } = figures;
  return lostAnswers + unrecordedSends + repeatedSends + openIntents + badLogs;
}

await loop(Number(values.iterations));
const startMsMedian = startMs.toSorted((a, b) => a - b)[Math.floor(startMs.length / 2)];
process.stdout.write(`${JSON.stringify({ bench: "kill-gateway", ...figures, startMsMedian })}\n`);
if (failures() > 0) process.exitCode = 1;
else remove();
