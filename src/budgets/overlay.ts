import { assert } from "#base";
import type { Ground, Hold, HoldTerms, PolicyId, Refusal, Verdict } from "#vocabulary";
import type { Budget, Exceeded, Standing } from "./budget.ts";
import { amountText, WINDOW_WORDS } from "./words.ts";

/** How long a request to go over a budget waits for people; as long as a policy's hold that says nothing of it. */
export const HOLD_EXPIRES_MS = 3_600_000;
const PREFIX = "budget:";
/** Budgets that one sentence names. */
const NAMED_MAX = 5;

/** How grounds, approvals and records name a budget. No policy's id holds a colon. */
export function groundIdOf({ name }: Pick<Budget, "name">): PolicyId {
  const id = `${PREFIX}${name}`;
  assert(isGroundId(id), "a budget's ground carries its prefix");
  return id;
}

function isGroundId(text: string): text is PolicyId {
  return text.startsWith(PREFIX);
}

/** See `Budgets.overlay`. What policy denies stays denied; a budget gives nobody a right. */
export function overlay(verdict: Verdict, standing: Standing, lifted: ReadonlySet<string>): Verdict {
  const firm = standing.exceeded.filter(({ budget }) => budget.over === "deny");
  const held = standing.exceeded.filter(
    ({ budget }) => budget.over === "hold" && !lifted.has(groundIdOf(budget)),
  );
  if (verdict.kind === "deny") return alsoSpent(verdict, firm);
  if (firm.length > 0) return refusal(verdict, firm);
  return held.length > 0 ? hold(verdict, held) : verdict;
}

/** A refusal about our own machinery has no grounds, and a budget must not look like its cause. */
function alsoSpent(verdict: Refusal, firm: readonly Exceeded[]): Refusal {
  if (firm.length === 0 || verdict.grounds.length === 0) return verdict;
  return { ...verdict, grounds: [...verdict.grounds, ...firm.map(groundOf)] };
}

function refusal({ policySet }: Verdict, firm: readonly Exceeded[]): Refusal {
  const until = isoTime(Math.max(...firm.map(({ resetsAt }) => resetsAt)));
  const [first] = firm;
  return {
    kind: "deny",
    policySet,
    grounds: firm.map(groundOf),
    code: "budget_exceeded",
    reason: sentences(firm),
    remedy: `Ask again after ${until}, or for less. An admin can raise it: doorward budgets set ${first?.budget.name ?? "NAME"} --amount AMOUNT.`,
    until,
  };
}

function hold(verdict: Exclude<Verdict, Refusal>, held: readonly Exceeded[]): Hold {
  const policy = verdict.kind === "hold" ? verdict : null;
  const asked = held.map(({ budget }) => budget.group ?? "admins");
  const own = `It goes over what was budgeted and waits for a yes from ${asked.join(" and from ")}: ${sentences(held)}`;
  const until = isoTime(Math.max(...held.map(({ resetsAt }) => resetsAt)));
  return {
    kind: "hold",
    policySet: verdict.policySet,
    grounds: [...(policy?.grounds ?? []), ...held.map(groundOf)],
    ...askedOf(policy, asked),
    reason: policy === null ? own : `${policy.reason} ${own}`,
    remedy:
      policy?.remedy ??
      `An approver answers with: doorward approvals list, then doorward approvals approve ID (or deny ID). Repeat the same call to collect the result, or ask again after ${until}.`,
    expiresAfterMs: Math.min(policy?.expiresAfterMs ?? HOLD_EXPIRES_MS, HOLD_EXPIRES_MS),
  };
}

/** A budget says nothing of others who may answer: then nobody else does, whatever a policy says of the same group. */
function askedOf(policy: Hold | null, asked: readonly string[]): Pick<Hold, "groups" | "terms"> {
  const { groups = [], terms = [] } = policy ?? {};
  return {
    groups: [...new Set([...groups, ...asked])].toSorted(),
    terms: [...terms, ...asked.map(termsOf)],
  };
}

function termsOf(group: string): HoldTerms {
  return { group, expiresAfterMs: HOLD_EXPIRES_MS, escalation: [], glass: null };
}

function groundOf(exceeded: Exceeded): Ground {
  return { policy: groundIdOf(exceeded.budget), reason: sentence(exceeded) };
}

function sentences(exceeded: readonly Exceeded[]): string {
  const more = exceeded.length - NAMED_MAX;
  const named = exceeded.slice(0, NAMED_MAX).map(sentence);
  return [...named, ...(more > 0 ? [`So it is with ${more} more.`] : [])].join(" ");
}

function sentence({ budget, used, resetsAt }: Exceeded): string {
  const { name, metric, window, amount } = budget;
  return `Budget "${name}" has no room for this call: ${amountText(metric, used)} of ${amountText(metric, amount, true)} ${WINDOW_WORDS[window]} are used or reserved; it resets at ${isoTime(resetsAt)}.`;
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
