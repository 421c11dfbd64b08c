// npm run -s bench:backtest [-- --actions 100000 --rounds 3]: a journal of so many actions as the gateway records them (200
// policies, ten agents for six people, sealed payloads, every entry committed to), replayed under another set in the thread
// that `policy backtest` uses. The last line is one JSON object: seconds of the slowest round, and the thread's memory.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { canonicalJson, digestOfBytes } from "../src/base/index.ts";
import { createDrafts } from "../src/gateway/drafts.ts";
import { type BacktestJob, type History, openHistory } from "../src/history/index.ts";
import { compilePolicies, decide, type PolicySet } from "../src/policy/index.ts";
import type { EntryDraft } from "../src/ledger/index.ts";
import { ambient, openOn } from "./ledger-setup.ts";
import { AGENT_FACTS, policyText, question, TOOL_SHAPES, USER_FACTS } from "./policy-house.ts";

const { values } = parseArgs({
  options: { actions: { type: "string", default: "100000" }, rounds: { type: "string", default: "3" } },
});
const ACTIONS = Number(values.actions);
const BATCH = 250;
const PAYLOAD_BYTES_MAX = 256 * 1024;
const MIB = 1_048_576;

const say = (text: string): boolean => process.stdout.write(`${text}\n`);

function compiled(text: string): PolicySet {
  const answer = compilePolicies(text, TOOL_SHAPES);
  if (!answer.ok) throw new Error(answer.problems[0]?.message);
  return answer.set;
}

const drafts = createDrafts(ambient, PAYLOAD_BYTES_MAX);
const then = compiled(policyText(200));

/** The entry that the gateway writes of the nth question. */
function entryOf(index: number): EntryDraft {
  const { action, facts, principals, stage, session } = question(index);
  const text = canonicalJson(action);
  const identity = {
    chain: action.chain,
    session: session ?? "",
    stage,
    agentName: "agent",
    ownerId: "user0",
    credential: "key_1",
  };
  const attempt = {
    id: ambient.id("act"),
    identity,
    principals,
    action,
    digest: digestOfBytes(text),
    text,
    facts,
    blocked: null,
  };
  const verdict = decide(then, {
    action,
    facts,
    principals,
    stage,
    ...(session === undefined ? {} : { session }),
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- ids of the benchmark's own making
  const made = attempt as unknown as Parameters<typeof drafts.verdict>[0];
  return verdict.kind === "allow"
    ? drafts.intent(made, { verdict, observed: null, approval: null })
    : drafts.verdict(made, verdict);
}

function principalEntries(): EntryDraft[] {
  const at = Date.now();
  return [
    ...AGENT_FACTS.map(({ id, name, owner, grantedTools }): EntryDraft => {
      return { kind: "agent.added", subject: id, at, body: { name, owner, granted: [...grantedTools] } };
    }),
    ...USER_FACTS.map(({ id, roles, groups }): EntryDraft => {
      return { kind: "user.added", subject: id, at, body: { roles: [...roles], groups: [...groups] } };
    }),
  ];
}

async function record(root: string): Promise<number> {
  const opened = await openOn(root);
  const [first, ...others] = principalEntries();
  if (first !== undefined) await opened.journal.append({ entries: [first, ...others] });
  for (let done = 0; done < ACTIONS; done += BATCH) {
    const [one, ...more] = Array.from({ length: Math.min(BATCH, ACTIONS - done) }, (_, at) =>
      entryOf(done + at),
    );
    if (one !== undefined) await opened.journal.append({ entries: [one, ...more] });
  }
  const size = opened.journal.size();
  await opened.close();
  return size;
}

interface Round {
  readonly seconds: number;
  /** Of the whole process: on a busy machine, what it takes and not what it waits. */
  readonly processorSeconds: number;
  readonly memoryMiB: number;
  readonly turnsLate: number;
}

/** Memory: what the process has more while the thread is there, at most. */
async function look(history: History, job: BacktestJob): Promise<Round> {
  const before = process.memoryUsage.rss();
  let [most, late, last] = [before, 0, performance.now()];
  const watching = setInterval(() => {
    most = Math.max(most, process.memoryUsage.rss());
    late = Math.max(late, performance.now() - last - 10);
    last = performance.now();
  }, 10);
  const used = process.cpuUsage();
  const from = performance.now();
  const report = await history.backtest(job, { progress: () => {} });
  const seconds = (performance.now() - from) / 1_000;
  const { user, system } = process.cpuUsage(used);
  const processorSeconds = (user + system) / 1_000_000;
  clearInterval(watching);
  if (report.replayed !== ACTIONS)
    throw new Error(`replayed ${report.replayed}: ${JSON.stringify(report.because)}`);
  say(
    `${report.replayed} replayed in ${seconds.toFixed(2)} s (${processorSeconds.toFixed(2)} s of processor); newly allowed ${report.allowed}, held ${report.held}, denied ${report.denied}; ${Math.round((most - before) / MIB)} MiB more; event loop late by ${Math.round(late)} ms at most`,
  );
  return {
    seconds,
    processorSeconds,
    memoryMiB: Math.round((most - before) / MIB),
    turnsLate: Math.round(late),
  };
}

const root = mkdtempSync(join(tmpdir(), "doorward-bench-backtest-"));
try {
  const from = performance.now();
  const size = await record(root);
  say(`${size} entries recorded in ${((performance.now() - from) / 1_000).toFixed(1)} s`);
  const history = openHistory({ database: join(root, "doorward.db"), keys: join(root, "keys") });
  const text = `${policyText(200)}\n@id("new") forbid (principal, action == Doorward::Action::"server0/tool0", resource) when { context.input.path like "/work/1*" };`;
  compiled(text);
  const job: BacktestJob = { text, tools: TOOL_SHAPES, agents: null, since: 0, upTo: size - 1 };
  const rounds: Round[] = [];
  for (let round = 0; round < Number(values.rounds); round += 1) rounds.push(await look(history, job));
  await history.close();
  const seconds = Math.max(...rounds.map((round) => round.seconds));
  say(
    JSON.stringify({
      actions: ACTIONS,
      policies: then.rules.length + 1,
      seconds: Number(seconds.toFixed(2)),
      processorSeconds: Number(Math.max(...rounds.map((round) => round.processorSeconds)).toFixed(2)),
      actionsPerSecond: Math.round(ACTIONS / seconds),
      memoryMiB: Math.max(...rounds.map((round) => round.memoryMiB)),
      eventLoopLateMs: Math.max(...rounds.map((round) => round.turnsLate)),
    }),
  );
} finally {
  rmSync(root, { recursive: true, force: true });
}
