import { type Approver, groupsOf, parseRequirement, stepsReached } from "#approvals";
import type { Place } from "#chat";
import type { Approval, UserId } from "#vocabulary";
import { POSTS_PER_REQUEST_MAX } from "./limits.ts";

// Pure: who is asked, and where they are -> which cards stand where.

/** A place that cards can go to. */
export interface Spot {
  readonly channel: string;
  readonly place: Place;
}

/** A group's or a person's places, best first. */
export interface Audience {
  /** `group:<name>` or `user:<id>`. */
  readonly name: string;
  readonly spots: readonly Spot[];
}

/** What an admin and people themselves said of where they are. */
export interface Whereabouts {
  /** By audience, best first. */
  readonly routes: ReadonlyMap<string, readonly Spot[]>;
  /** By user: where their linked accounts are, the newest first. */
  readonly links: ReadonlyMap<string, readonly Spot[]>;
}

/** Whoever is asked of a request at a moment. */
export interface Askable {
  readonly asked: readonly UserId[];
  readonly approvers: readonly Approver[];
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/**
 * Who is told of a request. A group that has a place of its own is told there, once for all of it; whoever is asked beside
 * that is told where they are: by their own routes, else by the accounts they linked. Who is nowhere has the console.
 */
export function audiencesOf(
  approval: Pick<Approval, "groups" | "escalation" | "requestedAt">,
  { asked, approvers, now }: Askable,
  { routes, links }: Whereabouts,
): readonly Audience[] {
  // A group whose step is still to come is not told by the way of who belongs to it as well.
  const groups = [
    ...approval.groups.map((text) => parseRequirement(text).group),
    ...stepsReached(approval, now).map(({ group }) => group),
  ];
  const routed = [...new Set(groups)].filter((group) => (routes.get(`group:${group}`) ?? []).length > 0);
  const byUser = new Map(approvers.map((one) => [one.user, one]));
  const names = new Set<string>();
  for (const user of asked) {
    const approver = byUser.get(user);
    const own = approver === undefined ? [] : groupsOf(approver);
    const group = routed.find((one) => own.includes(one));
    names.add(group === undefined ? `user:${user}` : `group:${group}`);
  }
  return [...names]
    .map((name) => ({ name, spots: routes.get(name) ?? links.get(name.slice("user:".length)) ?? [] }))
    .filter(({ spots }) => spots.length > 0)
    .slice(0, POSTS_PER_REQUEST_MAX);
}

/** What is known of a post already made for an audience. */
export interface MadePost {
  readonly step: number;
  readonly firstShownAt: number | null;
  readonly failedAt: number | null;
}

export interface Step {
  /** The place to post to now, from 0; null: nothing more for now. */
  readonly post: number | null;
  /** Nothing is left to try, and none of the posts arrived. */
  readonly isStranded: boolean;
  /** When this is to be looked at again though nothing happened; null: not for this. */
  readonly againAt: number | null;
}

/**
 * Which of an audience's places comes next: the first; the one after a place that could not be reached; and, once half of
 * the time that was left is over and nobody looked, the one after a card that may be lost.
 */
export function nextStep(
  made: readonly MadePost[],
  places: number,
  time: { readonly now: number; readonly expiresAt: number; readonly isSeen: boolean },
): Step {
  const last = made.toSorted((a, b) => b.step - a.step)[0];
  if (last === undefined) return { post: 0, isStranded: false, againAt: null };
  const next = last.step + 1 < places ? last.step + 1 : null;
  if (last.failedAt !== null)
    return {
      post: next,
      isStranded: next === null && made.every((one) => one.failedAt !== null),
      againAt: null,
    };
  if (next === null || last.firstShownAt === null || time.isSeen)
    return { post: null, isStranded: false, againAt: null };
  const remindAt = last.firstShownAt + Math.floor((time.expiresAt - last.firstShownAt) / 2);
  return time.now >= remindAt
    ? { post: next, isStranded: false, againAt: null }
    : { post: null, isStranded: false, againAt: remindAt };
}
