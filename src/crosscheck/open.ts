import { bothAllow, type Lift, isSameVerdict, type PolicySet, type Question } from "#policy";
import type { PolicyId, Refusal, Verdict } from "#vocabulary";
import { type Engine, startEngine } from "./engine.ts";
import type { Answered } from "./messages.ts";

/** One decision in so many is repeated, unless the configuration says otherwise. */
export const EVERY_DEFAULT = 1_000;
/** Second opinions that nobody has fetched; when full, the oldest is forgotten and its action refused. */
export const OPINIONS_MAX = 1_024;

export interface Decision {
  readonly set: PolicySet;
  readonly question: Question;
  readonly lift: Lift | null;
}

/** The two engines said different things of one action. */
export interface Disagreement {
  readonly set: PolicySet;
  readonly question: Question;
  /** On which they differ when evaluated alone. */
  readonly policies: readonly PolicyId[];
  readonly ours: Verdict["kind"];
  readonly theirs: Verdict["kind"];
}

export interface CrosscheckOptions {
  /** One decision of every so many is repeated; 1 repeats all. */
  readonly every: number;
  /** A number from 0 to below the limit, which nobody can foresee: whoever could count would choose what is not repeated. */
  readonly pick: (limit: number) => number;
  /** The engines disagreed before this start. */
  readonly isDistrusted: boolean;
  /** Called for each disagreement: an alarm, and an entry in the ledger. */
  readonly disagreed: (disagreement: Disagreement) => void;
  /** Called when a decision that was due could not be repeated: the 1st, 2nd, 4th, 8th … time since the start. */
  readonly unrepeated: (missed: number) => void;
  /** For tests: another thread than the official engine's. */
  readonly engine?: Engine;
}

export interface CrosscheckState {
  readonly repeated: number;
  /** Due, and not repeated: the queue was full, or the engine did not answer. */
  readonly missed: number;
  readonly disagreements: number;
  /** Both engines must allow. */
  readonly isDistrusted: boolean;
}

/** Holds our policy engine to the official one. */
export interface Crosscheck {
  /**
   * Before a decision: null while our engine is trusted; otherwise fetches the official engine's verdict, which
   * `settled` then needs. Never rejects: where there is no verdict to be had, `settled` refuses.
   */
  readonly consult: (decision: Decision) => Promise<void> | null;
  /** The verdict that counts, given ours; repeats one in N off the hot path. */
  readonly settled: (decision: Decision, ours: Verdict) => Verdict;
  readonly state: () => CrosscheckState;
  readonly close: () => Promise<void>;
}

export function openCrosscheck(options: CrosscheckOptions): Crosscheck {
  const engine = options.engine ?? startEngine();
  const own: Own = {
    options,
    engine,
    opinions: new Map(),
    left: options.every,
    chosen: options.pick(options.every),
    state: { repeated: 0, missed: 0, disagreements: 0, isDistrusted: options.isDistrusted },
  };
  return {
    consult: (decision) => (own.state.isDistrusted ? consult(own, decision) : null),
    settled: (decision, ours) => settled(own, decision, ours),
    state: () => ({ ...own.state }),
    close: () => engine.close(),
  };
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface Own {
  readonly options: CrosscheckOptions;
  readonly engine: Engine;
  /** By what was asked. */
  readonly opinions: Map<string, Verdict>;
  /** Decisions that are left of the present round of `every`. */
  left: number;
  /** The one is repeated that leaves so many. */
  chosen: number;
  readonly state: Mutable<CrosscheckState>;
}

function settled(own: Own, decision: Decision, ours: Verdict): Verdict {
  if (own.state.isDistrusted) return ours.kind === "deny" ? ours : bothAllow(ours, taken(own, decision));
  own.left -= 1;
  if (own.left === own.chosen) repeat(own, decision, ours);
  if (own.left <= 0) {
    own.left = own.options.every;
    own.chosen = own.options.pick(own.options.every);
  }
  return ours;
}

function repeat(own: Own, decision: Decision, ours: Verdict): void {
  const asked = own.engine.ask({ ...decision, ours });
  if (asked === null) miss(own);
  else void asked.then((answer) => compare(own, decision, ours, answer));
}

function miss({ state, options }: Own): void {
  state.missed += 1;
  if (Number.isInteger(Math.log2(state.missed))) options.unrepeated(state.missed);
}

function compare(own: Own, decision: Decision, ours: Verdict, answer: Answered | null): void {
  if (answer?.verdict == null) {
    miss(own);
    return;
  }
  own.state.repeated += 1;
  if (isSameVerdict(ours, answer.verdict)) return;
  own.state.disagreements += 1;
  own.state.isDistrusted = true;
  const { set, question } = decision;
  own.options.disagreed({
    set,
    question,
    policies: answer.policies,
    ours: ours.kind,
    theirs: answer.verdict.kind,
  });
}

async function consult(own: Own, decision: Decision): Promise<void> {
  const asked = own.engine.ask({ ...decision, ours: null });
  const answer = asked === null ? busy(decision.set) : ((await asked)?.verdict ?? silent(decision.set));
  const [oldest] = own.opinions.keys();
  if (own.opinions.size >= OPINIONS_MAX && oldest !== undefined) own.opinions.delete(oldest);
  own.opinions.set(keyOf(decision), answer);
}

/** An opinion counts for one decision: the next is asked for anew. */
function taken(own: Own, decision: Decision): Verdict {
  const key = keyOf(decision);
  const opinion = own.opinions.get(key);
  own.opinions.delete(key);
  return opinion ?? missing(decision.set);
}

/** How budgets stand changes by itself between the opinion and the decision, which sees the newer. */
function keyOf({ set, question, lift }: Decision): string {
  const { budget: _changing, ...asked } = question;
  return JSON.stringify([set.digest, asked, lift]);
}

const REMEDY =
  "Call again in a moment. An admin looks at health.get and the ledger's entry policy.disagreement, and reports it with the policy that it names.";

function busy(set: PolicySet): Refusal {
  return refusal(set, {
    code: "policy_queue_full",
    reason:
      "Doorward's policy engines disagreed before, so the official one must agree to every action, and it has too many to look at.",
    remedy: REMEDY,
  });
}

function silent(set: PolicySet): Refusal {
  return unconfirmed(set, "did not answer");
}

function missing(set: PolicySet): Refusal {
  return unconfirmed(set, "was not asked about this very action");
}

function unconfirmed(set: PolicySet, why: string): Refusal {
  return refusal(set, {
    code: "policy_unconfirmed",
    reason: `The official policy engine, which must agree since the engines disagreed, ${why}.`,
    remedy: REMEDY,
  });
}

function refusal({ digest }: PolicySet, words: Pick<Refusal, "code" | "reason" | "remedy">): Refusal {
  return { kind: "deny", policySet: digest, grounds: [], ...words };
}
