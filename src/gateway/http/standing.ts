import { Fault } from "#base";
import type { Hold, Refusal } from "#vocabulary";
import type { Attempt } from "../outside.ts";
import { actionIdOf } from "../columns.ts";
import type { Judged } from "../verdicts.ts";
import type { HttpOutside } from "./own.ts";

/** A tunnel or a WebSocket that was let through and stays open. */
export interface Open {
  readonly attempt: Attempt;
  /** A person's yes let it through: what they lifted goes on being lifted while it is open. */
  readonly isApproved: boolean;
  /** Why it may not be open whatever policy says; null: nothing of that kind. */
  readonly unfit: () => Fault | null;
  readonly end: (why: Fault) => void;
}

/** What stays open at the http door, judged again by what its session has become. */
export interface Standing {
  /** Answers what takes it off again. */
  readonly add: (open: Open) => () => void;
  /** Ends what policy would not let through any more. INVARIANT: it is ended before this returns; only its record comes later. */
  readonly recheck: () => void;
}

export type StandingOutside = Pick<HttpOutside, "ambient" | "road" | "report"> & {
  /** With the rights that whoever opened it has now. Throws where they are revoked. */
  readonly asOfNow: (attempt: Attempt) => Attempt;
  /** Everything besides the attempt itself that a decision about it rests on. */
  readonly groundsOf: (attempt: Attempt) => string;
  /** With where its values come from by now. */
  readonly traced: (attempt: Attempt) => Attempt;
};

interface Kept extends Open {
  /** Ids of the rules that a person lifted. */
  readonly lifted: ReadonlySet<string>;
  /** That it was last judged by; null: not since it is open. */
  grounds: string | null;
}

export function createStanding(outside: StandingOutside): Standing {
  const open = new Set<Kept>();
  const check = (one: Kept): void => {
    const why = endOf(outside, one);
    if (why === null || !open.delete(one)) return;
    one.end(why.fault);
    if (why.recorded !== null) record(outside, why.recorded);
  };
  return {
    recheck: () => {
      for (const one of open) check(one);
    },
    add: (opened) => {
      const { attempt, isApproved } = opened;
      const lifted = isApproved ? rulesIn(outside.road.judged(attempt)) : new Set<string>();
      const kept: Kept = { ...opened, lifted, grounds: null };
      open.add(kept);
      // Something may have been read since it was decided: to connect takes time.
      check(kept);
      return () => void open.delete(kept);
    },
  };
}

interface End {
  readonly fault: Fault;
  /** What is put on record; null: what ended it is on record by itself. */
  readonly recorded: Recorded | null;
}

interface Recorded {
  readonly attempt: Attempt;
  readonly refusal: Refusal;
}

/** Null: it stays. Whatever goes wrong in judging ends it. */
function endOf(outside: StandingOutside, one: Kept): End | null {
  try {
    const attempt = outside.asOfNow(one.attempt);
    const grounds = outside.groundsOf(attempt);
    if (grounds === one.grounds) return null;
    one.grounds = grounds;
    const now = outside.traced(attempt);
    const unfit = one.unfit();
    if (unfit !== null)
      return { fault: unfit, recorded: { attempt: now, refusal: outside.road.refusalBy(unfit) } };
    const judged = outside.road.judged(now);
    if (judged.kind === "go" || isLifted(judged, one.lifted)) return null;
    const refusal = refusalOf(judged.verdict);
    const fault = new Fault(refusal.code, refusal.reason, refusal.remedy);
    return { fault, recorded: { attempt: now, refusal } };
  } catch (cause) {
    const fault = cause instanceof Fault ? cause : unjudged(cause);
    return { fault, recorded: null };
  }
}

function isLifted(judged: Judged, lifted: ReadonlySet<string>): boolean {
  return judged.kind === "hold" && [...rulesIn(judged)].every((rule) => lifted.has(rule));
}

function rulesIn(judged: Judged): ReadonlySet<string> {
  return new Set(judged.kind === "hold" ? judged.verdict.grounds.map(({ policy }) => policy) : []);
}

/** Nobody is asked about what is open already: what would be held now is ended, and may be asked for anew. */
function refusalOf(verdict: Refusal | Hold): Refusal {
  const { policySet, grounds, reason } = verdict;
  const would = verdict.kind === "deny" ? "refuses it" : "lets it wait for a person";
  return {
    kind: "deny",
    policySet,
    grounds,
    code: "no_longer_allowed",
    reason: `It was open, and what its session has read or may do has changed: policy now ${would}. ${reason}`,
    remedy: `Open it again: that is decided anew. ${verdict.remedy}`,
  };
}

function record({ ambient, road, report }: StandingOutside, { attempt, refusal }: Recorded): void {
  const anew = { ...attempt, id: actionIdOf(ambient.id("act")) };
  road.refused(anew, refusal).catch((cause: unknown) => report("http_cut_not_recorded", cause));
}

function unjudged(cause: unknown): Fault {
  return new Fault(
    "no_longer_allowed",
    "whether it may stay open cannot be decided",
    "Open it again: that is decided anew. If that fails too, look at Doorward's log.",
    cause,
  );
}
