import type { ApprovalStatus, UserId } from "#vocabulary";

/** One request as its row tells of it, without anything that it asked for. */
export interface CountedRequest {
  readonly status: ApprovalStatus;
  /** `server/tool`. */
  readonly tool: string;
  /** Digest of the whole action: equal for equal calls. */
  readonly action: string;
  readonly policies: readonly string[];
  /** Milliseconds since the Unix epoch. */
  readonly requestedAt: number;
  readonly answers: readonly CountedAnswer[];
  /** Nobody asked for it: it is counted among the drills, and nowhere else. */
  readonly isDrill: boolean;
  /** It or its session had values that others wrote: nothing is suggested from it (T18). */
  readonly isTainted: boolean;
  /** A grant could be given for what it does. */
  readonly isGrantable: boolean;
}

export interface CountedAnswer {
  readonly by: UserId;
  readonly isYes: boolean;
  readonly at: number;
  /** When this person could first have read it, as far as that is known: shown or opened; else when it was asked. */
  readonly shownAt: number;
}

/** A card at one person's own place. */
export interface CountedCard {
  readonly to: UserId;
  readonly at: number;
}

export interface Counted {
  readonly requests: readonly CountedRequest[];
  readonly cards: readonly CountedCard[];
  readonly days: number;
}

/** Nobody reads a card in less. */
export const FAST_MS = 3_000;
/** Fewer answers than this say nothing of anybody. */
export const ANSWERS_MIN = 20;
/** From this share of answers within `FAST_MS` on, somebody is warned. */
export const FAST_SHARE_MAX = 0.25;
/** So many yes, and no no, before a grant is suggested. */
export const SUGGESTED_MIN = 20;

export interface ApprovalStats {
  readonly requests: number;
  readonly approved: number;
  readonly denied: number;
  readonly expired: number;
  readonly withdrawn: number;
  readonly open: number;
  /** From request to the answer that ended it, of those that people decided; null where there is none. */
  readonly medianMs: number | null;
  readonly p90Ms: number | null;
  /** Approved of all that people decided, 0 to 1; null where there is none. */
  readonly approvalRate: number | null;
  readonly answers: number;
  /** Answers within `FAST_MS` of when the card could first be read. */
  readonly fast: number;
  readonly tools: readonly ToolStats[];
  readonly approvers: readonly ApproverStats[];
  readonly rules: readonly RuleStats[];
  readonly drills: DrillStats;
}

export interface ToolStats {
  readonly tool: string;
  readonly requests: number;
  readonly approved: number;
  readonly denied: number;
  /** Requests for exactly a call that was asked for before. */
  readonly repeats: number;
}

export interface ApproverStats {
  readonly user: UserId;
  readonly answers: number;
  readonly yes: number;
  readonly fast: number;
  readonly medianMs: number | null;
  readonly cardsPerDay: number;
  /** `always-yes`: every one of at least `ANSWERS_MIN` answers; `fast`: at least `FAST_SHARE_MAX` of them. */
  readonly warnings: readonly ("always-yes" | "fast" | "drill-approved")[];
}

export interface RuleStats {
  readonly policy: string;
  readonly decided: number;
  readonly approved: number;
  /** Tools that a grant would spare questions about; empty where none is suggested. */
  readonly suggestedFor: readonly string[];
}

export interface DrillStats {
  readonly asked: number;
  readonly denied: number;
  readonly approved: number;
  readonly unanswered: number;
}

/** Pure: what the requests of some days say of how people are asked and how they answer. */
export function statsOf({ requests, cards, days }: Counted): ApprovalStats {
  const real = requests.filter(({ isDrill }) => !isDrill);
  const drills = requests.filter(({ isDrill }) => isDrill);
  const count = (...statuses: ApprovalStatus[]): number =>
    real.filter(({ status }) => statuses.includes(status)).length;
  const [approved, denied] = [count("approved", "consumed"), count("denied")];
  const durations = real.filter(isDecided).flatMap(({ requestedAt, answers }) => {
    const last = answers.at(-1);
    return last === undefined ? [] : [last.at - requestedAt];
  });
  const answers = real.flatMap((one) => one.answers);
  return {
    requests: real.length,
    approved,
    denied,
    expired: count("expired"),
    withdrawn: count("withdrawn"),
    open: count("requested"),
    medianMs: quantile(durations, 0.5),
    p90Ms: quantile(durations, 0.9),
    approvalRate: approved + denied === 0 ? null : approved / (approved + denied),
    answers: answers.length,
    fast: answers.filter(isFast).length,
    tools: toolsOf(real),
    approvers: approversOf({ requests: real, cards, days }, drills),
    rules: rulesOf(real),
    drills: drillsOf(drills),
  };
}

/** The smallest value that at least this share of all is no greater than (nearest rank); null of none. */
export function quantile(values: readonly number[], share: number): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? null;
}

function isApproved({ status }: CountedRequest): boolean {
  return status === "approved" || status === "consumed";
}

/** By people; what expired or was withdrawn was not. */
function isDecided(request: CountedRequest): boolean {
  return isApproved(request) || request.status === "denied";
}

function isFast({ at, shownAt }: CountedAnswer): boolean {
  return at - shownAt < FAST_MS;
}

function toolsOf(requests: readonly CountedRequest[]): readonly ToolStats[] {
  const tools = [...Map.groupBy(requests, ({ tool }) => tool)].map(([tool, of]) => ({
    tool,
    requests: of.length,
    approved: of.filter(isApproved).length,
    denied: of.filter(({ status }) => status === "denied").length,
    repeats: of.length - new Set(of.map(({ action }) => action)).size,
  }));
  return tools.toSorted((one, other) => other.requests - one.requests || (one.tool < other.tool ? -1 : 1));
}

function approversOf(
  { requests, cards, days }: Counted,
  drills: readonly CountedRequest[],
): readonly ApproverStats[] {
  const answers = Map.groupBy(
    requests.flatMap((one) => one.answers),
    ({ by }) => by,
  );
  const posted = Map.groupBy(cards, ({ to }) => to);
  const fooled = new Set(
    drills.flatMap((one) => one.answers.filter(({ isYes }) => isYes).map(({ by }) => by)),
  );
  const users = [...new Set([...answers.keys(), ...posted.keys(), ...fooled])];
  const all = users.map((user) => {
    const own = answers.get(user) ?? [];
    const yes = own.filter(({ isYes }) => isYes).length;
    const fast = own.filter(isFast).length;
    return {
      user,
      answers: own.length,
      yes,
      fast,
      medianMs: quantile(
        own.map(({ at, shownAt }) => at - shownAt),
        0.5,
      ),
      cardsPerDay: (posted.get(user)?.length ?? 0) / Math.max(1, days),
      warnings: warningsOf({ answers: own.length, yes, fast }, fooled.has(user)),
    };
  });
  return all.toSorted((one, other) => other.answers - one.answers || (one.user < other.user ? -1 : 1));
}

function warningsOf(
  { answers, yes, fast }: { answers: number; yes: number; fast: number },
  isFooled: boolean,
): ApproverStats["warnings"] {
  const enough = answers >= ANSWERS_MIN;
  return [
    ...(enough && yes === answers ? ["always-yes" as const] : []),
    ...(enough && fast / answers >= FAST_SHARE_MAX ? ["fast" as const] : []),
    ...(isFooled ? ["drill-approved" as const] : []),
  ];
}

function rulesOf(requests: readonly CountedRequest[]): readonly RuleStats[] {
  const decided = requests.filter(isDecided);
  const policies = [...new Set(decided.flatMap((one) => one.policies))].toSorted();
  return policies.map((policy) => {
    const of = decided.filter((one) => one.policies.includes(policy));
    return {
      policy,
      decided: of.length,
      approved: of.filter(isApproved).length,
      suggestedFor: suggestionOf(of),
    };
  });
}

/** One no, of whatever kind, and nothing is suggested; what is tainted or may not be granted counts for nothing else. */
function suggestionOf(of: readonly CountedRequest[]): readonly string[] {
  if (!of.every(isApproved)) return [];
  const counting = of.filter(({ isTainted, isGrantable }) => isGrantable && !isTainted);
  if (counting.length < SUGGESTED_MIN) return [];
  return [...new Set(counting.map(({ tool }) => tool))].toSorted();
}

function drillsOf(drills: readonly CountedRequest[]): DrillStats {
  const answered = drills.filter((one) => one.answers.length > 0);
  const approved = answered.filter((one) => one.answers.some(({ isYes }) => isYes)).length;
  return {
    asked: drills.length,
    denied: answered.length - approved,
    approved,
    unanswered: drills.length - answered.length,
  };
}
