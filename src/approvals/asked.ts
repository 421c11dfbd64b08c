import type { Approval, UserId } from "#vocabulary";
import { type Approver, isAwayAt, type Parties } from "./parties.ts";
import { covers, type Line, linesOf, ownGroups, seatsOf, tally } from "./seats.ts";

export interface AskedNow {
  /** Sorted; empty where nobody is asked any more. */
  readonly users: readonly UserId[];
  /** When that changes by time alone, milliseconds since the Unix epoch; null: never. */
  readonly nextChangeAt: number | null;
}

/**
 * Who is to be asked at this moment: for every line that lacks a yes, those who may answer for it, did not yet, and are
 * there. Who is away is asked only where those who are there would be too few. Computed from the time of the request
 * alone, so that a restart changes nothing.
 */
export function askedNow(approval: Approval, people: Parties, now: number): AskedNow {
  if (approval.status !== "requested" || now >= approval.expiresAt) return { users: [], nextChangeAt: null };
  const standing = new Map(tally(approval, people, now).map((one) => [one.text, one]));
  const users = linesOf(approval, now).flatMap((line) => {
    const { count = 1, met = 0 } = standing.get(line.text) ?? {};
    return met < count ? askedFor(line, { approval, people, now, needed: count - met }) : [];
  });
  return { users: [...new Set(users)].toSorted(), nextChangeAt: nextChange(approval, people, now) };
}

interface Asking {
  readonly approval: Approval;
  readonly people: Parties;
  readonly now: number;
  readonly needed: number;
}

function askedFor(line: Line, { approval, people, now, needed }: Asking): readonly UserId[] {
  const answered = new Set(approval.decisions.map((one) => one.by));
  const able = people.approvers.filter(
    (one) => !answered.has(one.user) && seatsOf(line, one, people, now).length > 0,
  );
  const there = able.filter((one) => isThere(line, one, people, now));
  return (there.length >= needed ? there : able).map((one) => one.user);
}

/** Whoever answers with a duty of their own is there unless they handed that over; a stand-in, unless they are out altogether. */
function isThere(line: Line, approver: Approver, people: Parties, now: number): boolean {
  const away = (people.duties ?? []).filter((duty) => duty.user === approver.user && isAwayAt(duty, now));
  if (away.some((duty) => duty.group === null)) return false;
  const own = ownGroups(line, approver, people);
  const left = own.filter((group) => !away.some((duty) => covers(duty, [group])));
  const standsIn = seatsOf(line, approver, people, now).some((seat) => seat !== approver.user);
  return left.length > 0 || standsIn;
}

function nextChange(approval: Approval, people: Parties, now: number): number | null {
  const steps = approval.escalation.flatMap(({ steps: ones }) =>
    ones.map((step) => approval.requestedAt + step.afterMs),
  );
  const duties = (people.duties ?? []).flatMap(({ from, until }) => (from < until ? [from, until] : []));
  const coming = [...steps, ...duties].filter((at) => at > now && at < approval.expiresAt);
  return Math.min(approval.expiresAt, ...coming);
}
