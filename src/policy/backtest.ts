import type { Verdict } from "#vocabulary";
import { decide } from "./decide.ts";
import type { PolicySet } from "./policy-set.ts";
import { isModelVerb, type Question, toolId } from "./question.ts";

/** One action as it was recorded, with all that policy knew of it then. */
export interface RecordedAction {
  readonly id: string;
  /** Milliseconds since the Unix epoch. */
  readonly at: number;
  /** What policy said then, whatever the agent's stage made of it. */
  readonly said: Verdict["kind"];
  /** The policies that determined it then. */
  readonly rules: readonly string[];
  readonly question: Question;
}

/** Recorded actions of one agent and target that the new set answers otherwise, by the same rules. */
export interface BacktestChange {
  readonly agent: string;
  /** `tools/call fs/write_file`; of a resource the server alone, whose addresses may name people. */
  readonly deed: string;
  readonly from: Verdict["kind"];
  readonly to: Verdict["kind"];
  /** Of the new set; `default-deny` where nothing permits it. */
  readonly rules: readonly string[];
  /** Those that determined it then. */
  readonly formerly: readonly string[];
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** Ids of the first actions. */
  readonly examples: readonly string[];
}

export interface BacktestReport {
  /** Actions looked at. */
  readonly actions: number;
  readonly replayed: number;
  readonly same: number;
  /** Newly allowed, held, denied. */
  readonly allowed: number;
  readonly held: number;
  readonly denied: number;
  /** Refused for other reasons than policy (unreviewed tools, budgets, delegations), which no policy changes. */
  readonly notByPolicy: number;
  readonly unreplayable: number;
  readonly because: readonly { readonly reason: string; readonly count: number }[];
  /** The most frequent first. */
  readonly changes: readonly BacktestChange[];
  /** Kinds of change beyond `CHANGES_MAX`: counted above, and not told apart. */
  readonly changesLeftOut: number;
}

export interface Backtest {
  readonly replay: (recorded: RecordedAction) => void;
  readonly leaveOut: (reason: string) => void;
  readonly notByPolicy: () => void;
  readonly report: () => BacktestReport;
}

/** Kinds of change that are told apart, and reasons, and examples of each. */
export const CHANGES_MAX = 1_000;
const REASONS_MAX = 100;
const EXAMPLES_MAX = 3;

export const BUDGET_UNRECORDED =
  "a rule looks at how the budgets stood, which was not recorded with this action";

/** Replays recorded actions under a set, one by one through `decide`. Memory is bounded, however many they are. */
export function createBacktest(set: PolicySet): Backtest {
  const counts = { actions: 0, replayed: 0, same: 0, allow: 0, hold: 0, deny: 0, notByPolicy: 0, left: 0 };
  const changes = new Map<string, Counted>();
  const reasons = new Map<string, number>();
  const isBudgetRead = set.rules.some((rule) => rule.readsBudget);
  const leaveOut = (reason: string): void => {
    counts.actions += 1;
    counts.left += 1;
    if (reasons.size < REASONS_MAX || reasons.has(reason))
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  };
  return {
    leaveOut,
    notByPolicy: () => {
      counts.actions += 1;
      counts.notByPolicy += 1;
    },
    replay: (recorded) => {
      const { question, said } = recorded;
      if (isBudgetRead && isModelVerb(question.action.verb) && question.budget === undefined)
        return leaveOut(BUDGET_UNRECORDED);
      const verdict = decide(set, question);
      if (verdict.kind === "deny" && verdict.code === "tool_unknown")
        return leaveOut(`the tool ${targetOf(question)} is not accepted any more`);
      counts.actions += 1;
      counts.replayed += 1;
      if (verdict.kind === said) counts.same += 1;
      else {
        counts[verdict.kind] += 1;
        note(changes, recorded, verdict);
      }
    },
    report: () => ({
      actions: counts.actions,
      replayed: counts.replayed,
      same: counts.same,
      allowed: counts.allow,
      held: counts.hold,
      denied: counts.deny,
      notByPolicy: counts.notByPolicy,
      unreplayable: counts.left,
      because: [...reasons]
        .map(([reason, count]) => ({ reason, count }))
        .toSorted((one, other) => other.count - one.count || order(one.reason, other.reason)),
      ...told(changes),
    }),
  };
}

/** What stood for all kinds of change that found no place of their own. */
const OTHERS = "";

type Counted = { -readonly [K in keyof BacktestChange]: BacktestChange[K] };

function note(changes: Map<string, Counted>, recorded: RecordedAction, verdict: Verdict): void {
  const change = changeOf(recorded, verdict);
  const key = JSON.stringify([change.agent, change.deed, change.from, change.to, change.rules]);
  const isFull = changes.size >= CHANGES_MAX;
  const known = changes.get(key) ?? (isFull ? changes.get(OTHERS) : undefined);
  if (known === undefined) changes.set(isFull ? OTHERS : key, change);
  else {
    known.count += 1;
    known.lastAt = recorded.at;
    if (known.examples.length < EXAMPLES_MAX) known.examples = [...known.examples, recorded.id];
  }
}

function changeOf({ id, at, said, rules, question }: RecordedAction, verdict: Verdict): Counted {
  return {
    agent: question.principals.findLast(({ type }) => type === "Agent")?.name ?? "",
    deed: deedOf(question),
    from: said,
    to: verdict.kind,
    rules: rulesOf(verdict),
    formerly: rules,
    count: 1,
    firstAt: at,
    lastAt: at,
    examples: [id],
  };
}

function rulesOf(verdict: Verdict): readonly string[] {
  if (verdict.grounds.length > 0) return verdict.grounds.map(({ policy }) => policy);
  return verdict.kind === "deny" ? [verdict.code] : [];
}

/** Verb and target, without what may name a person: a resource's address, a URL to fetch. */
export function deedOf({ action: { verb, target } }: Pick<Question, "action">): string {
  const isAddress = verb.startsWith("resources/") || verb === "models/fetch-url";
  return `${verb} ${isAddress ? target.server : toolId(target.server, target.name)}`;
}

function targetOf({ action: { target } }: Question): string {
  return toolId(target.server, target.name);
}

function told(changes: ReadonlyMap<string, Counted>): Pick<BacktestReport, "changes" | "changesLeftOut"> {
  const named = [...changes].filter(([key]) => key !== OTHERS).map(([, change]) => change);
  return {
    changes: named.toSorted(
      (one, other) =>
        other.count - one.count ||
        order(one.agent, other.agent) ||
        order(one.deed, other.deed) ||
        order(one.to, other.to),
    ),
    changesLeftOut: changes.get(OTHERS)?.count ?? 0,
  };
}

function order(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
