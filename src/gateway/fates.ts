import { bindingDigest } from "#approvals";
import { Fault } from "#base";
import type { EntryDraft } from "#ledger";
import type { Hold, Refusal } from "#vocabulary";
import {
  consultedAtRelease,
  approvalRow,
  asOfNow,
  type Desk,
  expire,
  isPastTime,
  joinOrRequest,
  renewedTooOften,
  RENEWALS_MAX,
  verdictAtRelease,
  withdraw,
  withId,
} from "./desk.ts";
import type { Decided } from "./drafts.ts";
import { ended, releasedBefore } from "./hold-answers.ts";
import { isOverdrawn } from "./grants.ts";
import { bindingOf } from "./hold-request.ts";
import type { Asker, Attempt, Refused } from "./outside.ts";
import type { ApprovalRow } from "./rows.ts";
import { consulted, blockedBy, judge, type Judged, refusedBy, traced } from "./verdicts.ts";

/** Several attempts of one agent that are decided together and released together. */
export interface Party {
  readonly attempts: readonly Attempt[];
  readonly asker: Asker;
  /** False: nothing could be kept until people decide, so what would be held is refused. Asked only then. */
  readonly canWait: () => boolean;
  /** Entries that are kept with the intents, or not at all. */
  readonly beside: readonly EntryDraft[];
  /** Asked once more just before the release: why an attempt is not what was decided any more, or null. */
  readonly changed: (attempt: Attempt) => Fault | null;
}

/** The way of one party, and until when it may wait (monotonic milliseconds). */
export interface Trip {
  readonly desk: Desk;
  readonly party: Party;
  readonly until: number;
}

interface Going {
  readonly kind: "go";
  readonly attempt: Attempt;
  readonly decided: Decided;
  /** The approval that it uses up. */
  readonly row: ApprovalRow | null;
}

interface Stopped {
  readonly kind: "refused";
  readonly attempt: Attempt;
  readonly answer: Refused;
  /** Still to be written down; null where the record has its end already. */
  readonly verdict: Refusal | null;
}

interface Held extends ToHold {
  readonly kind: "held";
  readonly id: string;
}

interface ToHold {
  readonly attempt: Attempt;
  readonly verdict: Hold;
  /** How often the policy changed between request and release. */
  readonly renewals: number;
}

/** What is to become of one attempt. */
export type Fate = Going | Stopped | Held;

/** Decides each attempt, and asks for people where it must be held. */
export async function entered(trip: Trip): Promise<readonly Fate[]> {
  const fates: Fate[] = [];
  const asked = new Set<string>();
  for (const given of trip.party.attempts) {
    const attempt = traced(trip.desk.outside, given);
    await consulted(trip.desk.outside, attempt);
    const judged = withinGrants(judge(trip.desk.outside, attempt), fates);
    if (judged.kind === "go") fates.push({ kind: "go", attempt, decided: judged.decided, row: null });
    else if (judged.kind === "refuse") fates.push(stopped(attempt, judged.verdict));
    else fates.push(await held(trip, { attempt, verdict: judged.verdict, renewals: 0 }, asked));
  }
  return fates;
}

/** Together they use a grant no more often than it may be used: what is too many of them waits for people. */
function withinGrants(judged: Judged, before: readonly Fate[]): Judged {
  if (judged.kind !== "go") return judged;
  const { grant } = judged.decided;
  const used = before.map((fate) => (fate.kind === "go" ? fate.decided.grant : undefined));
  return isOverdrawn(grant, used) ? { kind: "hold", verdict: grant.hold } : judged;
}

/** Asks for people; refused instead where that cannot be, so that the other attempts are not stopped by this one. */
async function held({ desk, party }: Trip, toHold: ToHold, asked: Set<string>): Promise<Fate> {
  const { attempt } = toHold;
  const refusedFor = (fault: Fault): Fate => stopped(attempt, blockedBy(desk.outside, fault));
  if (!party.canWait()) return refusedFor(notKept());
  const digest = bindingDigest(bindingOf(toHold));
  if (asked.has(digest)) return refusedFor(repeated());
  asked.add(digest);
  try {
    return { kind: "held", ...toHold, id: await joinOrRequest(desk, toHold) };
  } catch (error) {
    if (error instanceof Fault && error.code === "holds_exceeded") return refusedFor(error);
    throw error;
  }
}

/** Each held one by its row: past its time, ended, used by another, or still to be decided or released. */
export async function lookedAt({ desk }: Trip, fates: readonly Fate[]): Promise<readonly Fate[]> {
  const seen: Fate[] = [];
  for (const fate of fates) {
    if (fate.kind !== "held") {
      seen.push(fate);
      continue;
    }
    const { attempt } = fate;
    const before = approvalRow(desk, fate.id);
    if (isPastTime(desk, before)) await expire(desk, before, attempt);
    const row = approvalRow(desk, fate.id);
    if (row.status === "requested" || row.status === "approved") seen.push(fate);
    else {
      const answer = row.status === "consumed" ? releasedBefore(desk.outside, row) : ended(row);
      seen.push({ kind: "refused", attempt, answer, verdict: null });
    }
  }
  return seen;
}

/** Requests that no person has decided yet. */
export function undecided({ desk }: Trip, fates: readonly Fate[]): readonly ApprovalRow[] {
  const rows = fates.flatMap((fate) => (fate.kind === "held" ? [approvalRow(desk, fate.id)] : []));
  return rows.filter((row) => row.status === "requested");
}

export interface Readied {
  /** What goes and what does not; null where the policy changed and something had to be asked for anew. */
  readonly ready: readonly Exclude<Fate, Held>[] | null;
  /** Where to go on where it is not `ready`, or where another consumed an approval of it first. */
  readonly lasting: readonly Fate[];
}

/** Decides again, at the moment of release, whatever waited or stood beside what waited. */
export async function readied(trip: Trip, fates: readonly Fate[], hasWaited: boolean): Promise<Readied> {
  const ready: Exclude<Fate, Held>[] = [];
  const lasting: Fate[] = [];
  const asked = new Set<string>();
  for (const fate of fates) await consultedFor(trip, fate, hasWaited);
  for (const fate of fates) {
    const now =
      fate.kind === "held" ? await released(trip, fate, asked) : still(trip, fate, hasWaited ? ready : null);
    const next = "kind" in now ? now : await held(trip, now, asked);
    if (next.kind !== "held") ready.push(next);
    // What is refused or asked for anew stays so; what was only ready is looked at again.
    lasting.push(next.kind === "go" ? fate : next);
  }
  return { ready: ready.length === fates.length ? ready : null, lasting };
}

/** For whatever `readied` decides again, before it decides any of it. */
async function consultedFor({ desk }: Trip, fate: Fate, hasWaited: boolean): Promise<void> {
  if (fate.kind === "refused" || (fate.kind === "go" && !hasWaited)) return;
  const attempt = asOfNow(desk, fate.attempt);
  await (fate.kind === "held"
    ? consultedAtRelease(desk, approvalRow(desk, fate.id), attempt)
    : consulted(desk.outside, attempt));
}

async function released({ desk, party }: Trip, fate: Held, asked: Set<string>): Promise<Fate | ToHold> {
  const row = approvalRow(desk, fate.id);
  const attempt = asOfNow(desk, fate.attempt);
  const changed = party.changed(attempt);
  if (changed !== null) return stopped(attempt, blockedBy(desk.outside, changed));
  const verdict = verdictAtRelease(desk, row, attempt);
  if (verdict.kind === "allow") {
    asked.add(bindingDigest(bindingOf(fate)));
    const decided = { verdict, observed: null, approval: row.id };
    return { kind: "go", attempt: withId(attempt, row), decided, row };
  }
  await withdraw(desk, row, attempt);
  if (verdict.kind === "deny") return stopped(attempt, verdict);
  if (fate.renewals >= RENEWALS_MAX) throw renewedTooOften(row.id);
  return { attempt, verdict, renewals: fate.renewals + 1 };
}

/** What was allowed before others waited (`before`: those that are ready by now) is allowed now, or not. */
function still(
  { desk, party }: Trip,
  fate: Going | Stopped,
  before: readonly Fate[] | null,
): Exclude<Fate, Held> | ToHold {
  if (fate.kind === "refused" || before === null) return fate;
  const attempt = asOfNow(desk, fate.attempt);
  const changed = party.changed(attempt);
  if (changed !== null) return stopped(attempt, blockedBy(desk.outside, changed));
  const judged = withinGrants(judge(desk.outside, attempt), before);
  if (judged.kind === "go") return { ...fate, attempt, decided: judged.decided };
  if (judged.kind === "refuse") return stopped(attempt, judged.verdict);
  return { attempt, verdict: judged.verdict, renewals: 0 };
}

function stopped(attempt: Attempt, verdict: Refusal): Stopped {
  return { kind: "refused", attempt, verdict, answer: refusedBy(attempt, verdict) };
}

function repeated(): Fault {
  return new Fault(
    "call_repeated",
    "the same call stands twice in one turn, and a person approves each call once",
    "Ask for it once; if it is needed again after its result, ask again then.",
  );
}

function notKept(): Fault {
  return new Fault(
    "turn_not_kept",
    "a person must approve this call, and the model's turn is too large to be kept until then",
    "Ask for it in a shorter turn: fewer calls, or smaller arguments.",
  );
}
