import type { DatabaseSync } from "node:sqlite";
import { assert } from "#base";
import {
  type BacktestReport,
  compilePolicies,
  createBacktest,
  type PolicySet,
  toolId,
  type ToolShape,
} from "#policy";
import { openFacts } from "./facts.ts";
import { type DecisionEntry, type Kept, type Recorded, readRecorded } from "./recorded.ts";
import { openWalk, type Span } from "./walk.ts";

/** What is to be replayed under which set. It compiled before, against these tools. */
export interface BacktestJob extends Span {
  readonly text: string;
  readonly tools: readonly ToolShape[];
  /** Ids of the agents that are looked at; null: all of them. */
  readonly agents: readonly string[] | null;
}

export interface Backtested extends BacktestReport {
  /** Replayed with the definition of the tool that is accepted now, which is another than then. */
  readonly otherDefinition: number;
}

/** What is kept, wherever it is. */
export interface Source {
  readonly database: DatabaseSync;
  readonly payload: Kept["payload"];
}

/** Told after each round; false: nobody waits any more. */
export type Tell = (done: number, entries: number) => boolean;

/** Null where nobody waits any more. */
export function backtest(job: BacktestJob, source: Source, tell: Tell): Backtested | null {
  const replay = createBacktest(compiled(job));
  const fingerprints = fingerprintsIn(source.database);
  let otherDefinition = 0;
  const isThrough = walkDecisions(job, source, tell, (entry, read) => {
    // What people approved is the action that was held: it was counted then.
    if (isApproved(entry)) return;
    const recorded = read();
    if (recorded.kind === "not-policy") return replay.notByPolicy();
    if (recorded.kind === "unreadable") return replay.leaveOut(recorded.because);
    const { target } = recorded.action.question.action;
    const now = fingerprints.get(toolId(target.server, target.name));
    if (recorded.fingerprint !== null && now !== undefined && now !== recorded.fingerprint)
      otherDefinition += 1;
    replay.replay(recorded.action);
  });
  return isThrough ? { ...replay.report(), otherDefinition } : null;
}

interface Wanted extends Span {
  readonly agents: readonly string[] | null;
}

type Look = (entry: DecisionEntry, read: () => Recorded) => void;

/** Every decision of the span in ledger order; false where nobody waits any more. */
export function walkDecisions(wanted: Wanted, source: Source, tell: Tell, look: Look): boolean {
  const kept: Kept = { payload: source.payload, facts: openFacts(source.database) };
  const walk = openWalk(source.database, wanted);
  const isWanted = ({ body: { agent } }: DecisionEntry): boolean =>
    wanted.agents === null || (typeof agent === "string" && wanted.agents.includes(agent));
  for (const { decisions, done } of walk.rounds()) {
    for (const entry of decisions) if (isWanted(entry)) look(entry, () => readRecorded(entry, kept));
    if (!tell(done, walk.entries)) return false;
  }
  return true;
}

function isApproved({ kind, body }: DecisionEntry): boolean {
  return kind === "intent" && typeof body["approval"] === "string";
}

/** What the tools no longer fit is broken, as it would be in force. */
export function compiled({ text, tools }: Pick<BacktestJob, "text" | "tools">): PolicySet {
  const answer = compilePolicies(text, tools, "reload");
  assert(answer.ok, "a text that compiled before compiles again");
  return answer.set;
}

function fingerprintsIn(database: DatabaseSync): ReadonlyMap<string, string> {
  const rows = database
    .prepare("SELECT server, name, accepted_fingerprint FROM tools WHERE accepted_fingerprint IS NOT NULL")
    .all();
  return new Map(
    rows.map((row) => [
      toolId(String(row["server"]), String(row["name"])),
      String(row["accepted_fingerprint"]),
    ]),
  );
}
