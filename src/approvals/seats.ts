import type { Approval, Decision, Escalation, UserId } from "#vocabulary";
import { type Approver, type Duty, groupsOf, isAwayAt, type Parties } from "./parties.ts";
import { parseRequirement, type Requirement } from "./requirement.ts";

type Lined = Pick<Approval, "groups" | "escalation" | "requestedAt">;
/** What is counted of a request. */
type Counted = Lined & { readonly decisions: readonly Pick<Decision, "by" | "answer" | "at">[] };

/** One line of a request with everyone who may answer for it at a moment. */
export interface Line {
  /** As it stands in `Approval.groups`. */
  readonly text: string;
  readonly requirement: Requirement;
  /** The group of the line, and those that it was escalated to by then. */
  readonly groups: readonly string[];
}

export function linesOf({ groups, escalation, requestedAt }: Lined, now: number): readonly Line[] {
  return groups.map((text) => lineOf(text, escalation, now - requestedAt));
}

/** `ageMs`: how long the request is open. */
export function lineOf(text: string, escalation: readonly Escalation[], ageMs: number): Line {
  const requirement = parseRequirement(text);
  const steps = escalation.find((one) => one.of === text)?.steps ?? [];
  const reached = steps.filter((step) => step.afterMs <= ageMs).map((step) => step.group);
  return { text, requirement, groups: [...new Set([requirement.group, ...reached])] };
}

/** Whether somebody may not answer here because the request is, in a way, their own. */
export function isBarred({ requirement }: Line, user: UserId, parties: Parties): boolean {
  const requesters = parties.requesters ?? parties.owners;
  return (
    (requirement.notOwner && (parties.owners.includes(user) || requesters.includes(user))) ||
    (requirement.notRequester && requesters.includes(user))
  );
}

/** The groups of the line that `approver` is in, where they may answer at all. */
export function ownGroups(line: Line, approver: Approver, parties: Parties): readonly string[] {
  if (isBarred(line, approver.user, parties)) return [];
  const own = groupsOf(approver);
  return line.groups.filter((group) => own.includes(group));
}

/**
 * Whose duty `approver` may answer with at a moment: their own first, then of those they stand in for. A stand-in gets
 * what the absent has and no more: who may not answer themselves hands nothing over, and nobody gets what they are barred from.
 */
export function seatsOf(line: Line, approver: Approver, parties: Parties, at: number): readonly UserId[] {
  const own = ownGroups(line, approver, parties).length > 0 ? [approver.user] : [];
  if (isBarred(line, approver.user, parties)) return own;
  const lent = (parties.duties ?? []).filter((duty) => duty.to === approver.user && isAwayAt(duty, at));
  const absent = lent.filter((duty) => {
    const owner = parties.approvers.find((one) => one.user === duty.user);
    return owner !== undefined && covers(duty, ownGroups(line, owner, parties));
  });
  return [...new Set([...own, ...absent.map((duty) => duty.user)])];
}

/** Whether a duty is one of these groups. */
export function covers({ group }: Duty, groups: readonly string[]): boolean {
  return group === null ? groups.length > 0 : groups.includes(group);
}

/**
 * How many different people with different duties stand behind these: each person counts once, and each duty counts once,
 * whether its holder or a stand-in answers with it. The largest matching, by augmenting paths (Kuhn's algorithm).
 */
export function distinctSeats(speakers: readonly (readonly UserId[])[], enough: number): number {
  const takenBy = new Map<UserId, number>();
  const place = (speaker: number, tried: Set<UserId>): boolean => {
    for (const seat of speakers[speaker] ?? []) {
      if (tried.has(seat)) continue;
      tried.add(seat);
      const holder = takenBy.get(seat);
      if (holder === undefined || place(holder, tried)) {
        takenBy.set(seat, speaker);
        return true;
      }
    }
    return false;
  };
  let count = 0;
  for (let at = 0; at < speakers.length && count < enough; at += 1) if (place(at, new Set())) count += 1;
  return count;
}

/** How a line of a request stands. */
export interface Tally {
  readonly text: string;
  readonly count: number;
  /** Yes so far, at most `count`. */
  readonly met: number;
}

/**
 * How each line stands. A yes counts only while its giver is among `parties.approvers` and still has the duty that it was
 * given with; a stand-in's counts as what it was when it was given.
 */
export function tally(approval: Counted, parties: Parties, now: number): readonly Tally[] {
  const yes = approval.decisions.filter((one) => one.answer === "approve");
  return linesOf(approval, now).map((line) => {
    const seats = yes.flatMap((decision) => {
      const speaker = parties.approvers.find((one) => one.user === decision.by);
      return speaker === undefined ? [] : [seatsOf(line, speaker, parties, decision.at)];
    });
    const { count } = line.requirement;
    return { text: line.text, count, met: distinctSeats(seats, count) };
  });
}

/** Lines of the request that still lack a yes. */
export function missingGroups(approval: Counted, parties: Parties, now: number): string[] {
  return tally(approval, parties, now).flatMap(({ text, count, met }) => (met < count ? [text] : []));
}
