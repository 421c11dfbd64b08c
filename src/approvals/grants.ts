import { type Digest, digestOf, type JsonObject } from "#base";
import type { Action, ApprovalBinding, Effect, FlowFacts, FlowRole, GrantScope, Origin } from "#vocabulary";
import { BY_EFFECT, BY_FLOW_EFFECT, OPEN_ROLES } from "./grantable.table.ts";

/** The roles of the values under each top-level argument, by the manifest in force. */
export type ArgumentRoles = ReadonlyMap<string, readonly FlowRole[]>;

/** A held call, with what a grant of it would be bound to. */
export interface GrantedCall {
  readonly action: Action;
  /** What an approval of it is bound to (T10). */
  readonly binding: ApprovalBinding;
  readonly effects: readonly Effect[];
  /** Absent where its values are not traced: then nothing beyond this call is granted. */
  readonly flow: FlowFacts | undefined;
  readonly roles: ArgumentRoles;
  /** Of what people reviewed of the tool: what it does and what its arguments are for. */
  readonly manifest: Digest;
}

/** What the approver chose. */
export interface GrantChoice {
  readonly scope: GrantScope;
  /** Of a pattern: the top-level arguments that may vary; otherwise empty. */
  readonly varies: readonly string[];
}

/**
 * What was known of where the values came from when it was granted. A call of which anything worse is known is not covered;
 * values themselves are not in it.
 */
export type GrantLabels = {
  readonly effect: string;
  readonly mandate: FlowFacts["mandate"];
  readonly asked: boolean;
  readonly tainted: boolean;
  /** Per role, the origins that ground nothing or only seem to. */
  readonly origins: { readonly [role: string]: readonly string[] };
  readonly carries: readonly string[];
  /** `argument role origin` of each doubt, and below it where it was seen. */
  readonly doubts: { readonly [what: string]: readonly string[] };
};

/** Why more than one such call cannot be granted, as a clause for people; null where it can. Whatever policy says. */
export function ungrantable({
  action,
  effects,
  flow,
  binding,
}: Omit<GrantedCall, "roles" | "manifest">): string | null {
  if (action.verb !== "tools/call") return "only calls of tools are granted more than once";
  if (binding.tool === null) return "the tool has no accepted definition to be bound to";
  if (flow === undefined || !flow.labelled)
    return "nobody has reviewed what this tool does with its arguments";
  const barred = [BY_FLOW_EFFECT[flow.effect], ...effects.map((one) => BY_EFFECT[one])].find(
    ({ may }) => !may,
  );
  if (barred !== undefined) return barred.why;
  if (flow.readers === "beyond") return "its content would reach somebody who may not read it";
  return flow.overflowed ? "the session has seen more than is kept, so its values are not relied on" : null;
}

/**
 * Digest of everything that a grant is bound to: what an approval is bound to, less the digests of the action and of its
 * labels, less the session unless the grant ends with it; instead of the action, all of it but its arguments, and of these
 * each that the grant leaves not open. Two calls are the same to a grant when this is equal.
 */
export function grantDigest({ scope, varies }: GrantChoice, call: GrantedCall): Digest {
  const { action: _action, labels: _labels, session, ...bound } = call.binding;
  return digestOf({
    ...bound,
    policies: bound.policies.toSorted(),
    session: scope === "session" ? session : null,
    frame: { ...call.action, arguments: {} },
    fixed: fixedOf({ scope, varies }, call),
    manifest: call.manifest,
    scope,
    varies: varies.toSorted(),
  });
}

/** Names of the arguments that the grant leaves open, of those that the call has. Sorted. */
export function openArguments(
  { scope, varies }: GrantChoice,
  { action, roles }: GrantedCall,
): readonly string[] {
  const open = OPEN_ROLES[scope];
  return Object.keys(action.arguments)
    .filter((name) => scope !== "pattern" || varies.includes(name))
    .filter((name) => (roles.get(name) ?? ["destination"]).every((role) => open.includes(role)))
    .toSorted();
}

/** As pairs: an argument may be called `__proto__`. */
function fixedOf(choice: GrantChoice, call: GrantedCall): [string, JsonObject[string]][] {
  const open = new Set(openArguments(choice, call));
  return Object.entries(call.action.arguments)
    .filter(([name]) => !open.has(name))
    .toSorted(([one], [other]) => (one < other ? -1 : 1));
}

/** Origins that leave nothing to doubt. */
const SURE: ReadonlySet<Origin> = new Set<Origin>(["user", "own", "trusted", "directory", "private"]);

export function grantLabels(flow: FlowFacts): GrantLabels {
  const unsure = Object.entries(flow.origins).flatMap(([role, all]: [string, readonly Origin[]]) => {
    const kept = all.filter((origin) => !SURE.has(origin)).toSorted();
    return kept.length === 0 ? [] : [[role, kept] as const];
  });
  const doubts = flow.doubts.map((doubt) => [doubtKey(doubt), [...doubt.seenIn].toSorted()] as const);
  return {
    effect: flow.effect,
    mandate: flow.mandate,
    asked: flow.asked,
    tainted: flow.tainted,
    origins: Object.fromEntries(unsure),
    carries: [...flow.carries].toSorted(),
    doubts: Object.fromEntries(
      [...Map.groupBy(doubts, ([key]) => key)].map(([key, same]) => [
        key,
        [...new Set(same.flatMap(([, seen]) => seen))].toSorted(),
      ]),
    ),
  };
}

function doubtKey({ argument, role, origin }: FlowFacts["doubts"][number]): string {
  return JSON.stringify([argument, role, origin]);
}

const STANDING: Readonly<Record<FlowFacts["mandate"], number>> = { none: 0, claimed: 1, attested: 2 };

/** Whether anything is known against the call that was not known against the granted one. */
export function isWorse(flow: FlowFacts, granted: GrantLabels): boolean {
  const now = grantLabels(flow);
  return (
    now.effect !== granted.effect ||
    STANDING[now.mandate] < STANDING[granted.mandate] ||
    (granted.asked && !now.asked) ||
    (now.tainted && !granted.tainted) ||
    !isWithin(now.carries, granted.carries) ||
    hasMore(now.origins, granted.origins) ||
    hasMore(now.doubts, granted.doubts)
  );
}

type Lists = { readonly [key: string]: readonly string[] };

function hasMore(now: Lists, then: Lists): boolean {
  return Object.entries(now).some(([key, found]) => {
    const known = Object.hasOwn(then, key) ? then[key] : undefined;
    return known === undefined || !isWithin(found, known);
  });
}

function isWithin(some: readonly string[], all: readonly string[]): boolean {
  return some.every((one) => all.includes(one));
}

/** A grant as it stands, as far as a call is held against it. */
export interface StandingGrant extends GrantChoice {
  readonly digest: Digest;
  readonly labels: GrantLabels;
  /** Milliseconds since the Unix epoch. */
  readonly grantedAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
  readonly usesMax: number;
  readonly used: number;
}

export type NotCovered = "ungrantable" | "clock" | "expired" | "used-up" | "other-call" | "other-labels";

/** Why a grant does not let this call through at this moment; null where it does. What ended otherwise is the caller's to know. */
export function notCovered(grant: StandingGrant, call: GrantedCall, now: number): NotCovered | null {
  if (now >= grant.expiresAt) return "expired";
  // A clock that went back gives nothing its time again.
  if (now < Math.max(grant.grantedAt, grant.lastUsedAt)) return "clock";
  if (grant.used >= grant.usesMax) return "used-up";
  if (ungrantable(call) !== null || call.flow === undefined) return "ungrantable";
  if (grantDigest(grant, call) !== grant.digest) return "other-call";
  return isWorse(call.flow, grant.labels) ? "other-labels" : null;
}

/** The named arguments that no pattern may leave open, of those that the call has or that it has not. Sorted. */
export function neverOpen(varies: readonly string[], call: GrantedCall): readonly string[] {
  const open = openArguments({ scope: "pattern", varies }, call);
  return varies.filter((name) => !open.includes(name)).toSorted();
}
