import { Fault } from "#base";
import { createBeginnings, type ToolManifest } from "#flow";
import { createObserver, type Known, type Proposal, propose } from "#learning";
import { type PolicySet, toolId, type ToolShape } from "#policy";
import type { FlowRole } from "#vocabulary";
import { type Decided, decisionsUnder } from "./check.ts";
import { openFacts } from "./facts.ts";
import { compiled, type Source, type Tell, walkDecisions } from "./jobs.ts";
import type { DecisionEntry, Recorded } from "./recorded.ts";
import type { Span } from "./walk.ts";

/** What is to be learned, of whom. */
export interface LearnJob extends Span {
  /** Id of the agent. */
  readonly agent: string;
  /** What is in force: it compiled before, against these tools. */
  readonly text: string;
  readonly tools: readonly ToolShape[];
  /** What arguments are for, by `server/tool` and argument. */
  readonly roles: Readonly<Record<string, Readonly<Record<string, FlowRole>>>>;
  /** The manifests in force, by `server/tool`. */
  readonly manifests: Readonly<Record<string, ToolManifest>>;
}

export interface Learnt extends Proposal {
  /** Actions of the agent that were looked at, and those that something was learned from. */
  readonly actions: number;
  readonly learned: number;
  readonly skipped: readonly { readonly reason: string; readonly count: number }[];
  /** What the whole proposed set says to the very actions that it was learned from. */
  readonly check: Decided;
}

const REFUSED = "it was refused or never released";

/** Null where nobody waits any more. Throws Fault `agent_unrecorded` where the ledger does not know the agent. */
export function learn(job: LearnJob, source: Source, tell: Tell): Learnt | null {
  const set = compiled(job);
  const facts = openFacts(source.database).agent(job.agent, job.upTo + 1);
  if (facts === null) throw agentUnrecorded(job.agent);
  const known = knownOf(job, set);
  const observer = createObserver(known);
  const skipped = new Map<string, number>();
  const from = new Set<number>();
  let actions = 0;
  const span = { ...job, agents: [job.agent] };
  const half = (done: number, entries: number): boolean => tell(Math.floor(done / 2), entries);
  const isRead = walkDecisions(span, source, half, (entry, read) => {
    // A hold that was approved is on record twice: what left is what counts.
    if (entry.kind === "verdict" && entry.body["verdict"] === "hold" && isReleased(source, entry)) return;
    actions += 1;
    const reason = entry.kind === "verdict" ? REFUSED : noted(read(), observer);
    if (reason === null) from.add(entry.index);
    else skipped.set(reason, (skipped.get(reason) ?? 0) + 1);
  });
  if (!isRead) return null;
  const proposal = propose({
    agent: facts,
    set,
    known,
    targets: observer.targets(),
    since: job.since,
    until: lastAt(source, job),
  });
  const check = decisionsUnder(compiled({ ...job, text: proposal.text }));
  const later = (done: number, entries: number): boolean => tell(Math.floor((entries + done) / 2), entries);
  const isChecked = walkDecisions(span, source, later, (entry, read) => {
    const recorded = from.has(entry.index) ? read() : null;
    if (recorded?.kind === "action") check.ask(recorded.action.question);
  });
  if (!isChecked) return null;
  return { ...proposal, actions, learned: from.size, skipped: counted(skipped), check: check.answers() };
}

function noted(recorded: Recorded, observer: ReturnType<typeof createObserver>): string | null {
  if (recorded.kind === "unreadable") return recorded.because;
  return recorded.kind === "not-policy" ? REFUSED : observer.add(recorded.action);
}

function counted(skipped: ReadonlyMap<string, number>): Learnt["skipped"] {
  return [...skipped]
    .map(([reason, count]) => ({ reason, count }))
    .toSorted((one, other) => other.count - one.count || (one.reason < other.reason ? -1 : 1));
}

function isReleased({ database }: Source, { subject }: DecisionEntry): boolean {
  return database.prepare(RELEASED).get(subject) !== undefined;
}

const RELEASED = "SELECT 1 FROM entries WHERE subject = ? AND kind = 'intent' LIMIT 1";

function lastAt({ database }: Source, { upTo }: Span): number {
  const row = database.prepare("SELECT at FROM entries WHERE idx <= ? ORDER BY idx DESC LIMIT 1").get(upTo);
  return Number(row?.["at"] ?? 0);
}

/** What nobody said of an argument is taken for the strictest there is. */
function knownOf({ roles, manifests }: LearnJob, { inputs }: PolicySet): Known {
  return {
    labels: createBeginnings(manifests),
    input: (server, name) => inputs.get(toolId(server, name)),
    role: (server, name, argument) => {
      const own = roles[toolId(server, name)] ?? {};
      return Object.hasOwn(own, argument) ? (own[argument] ?? "selector") : "selector";
    },
  };
}

function agentUnrecorded(agent: string): Fault {
  return new Fault(
    "agent_unrecorded",
    `the ledger says nothing of when the agent ${agent} was added`,
    "Name an agent that this Doorward added: `doorward agents list`.",
  );
}
