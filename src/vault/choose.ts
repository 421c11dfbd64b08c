import { closeness, fits } from "./destination.ts";
import type { Bearer, ChosenCredential, Destination } from "./port.ts";
import type { KnownCredential } from "./rows.ts";

interface Choosing {
  readonly bearer: Bearer;
  readonly destination: Destination;
  readonly now: number;
  readonly isStopped: (id: string) => boolean;
}

const OWNERS = ["user", "team", "organisation"] as const;

/**
 * The credential for this destination and bearer: the user's own before a team's before the organisation's; among those
 * the one bound most closely (to the destination, then to the agent), then the first by name. INVARIANT: without a user
 * in the chain none of a user's or a team's is chosen (house, decision 3). What is expired or stopped is chosen still, and
 * says so: another in its place would be used without anybody's knowing.
 */
export function chooseAmong(known: readonly KnownCredential[], choosing: Choosing): ChosenCredential | null {
  const fitting = known.filter((one) => isFor(one, choosing.bearer, choosing.destination));
  for (const owner of OWNERS) {
    const [first] = fitting
      .filter((one) => one.owner === owner)
      .toSorted((one, other) => rank(other, choosing.destination) - rank(one, choosing.destination));
    if (first !== undefined) return chosen(first, choosing);
  }
  return null;
}

/** Whether a credential is for this bearer, and may go there. */
export function isFor(one: KnownCredential, bearer: Bearer, destination: Destination): boolean {
  return isOfBearer(one, bearer) && one.destinations.some((bound) => fits(bound, destination));
}

function isOfBearer({ owner, ownerId, agents }: KnownCredential, { user, groups, agent }: Bearer): boolean {
  if (agents.length > 0 && !agents.includes(agent)) return false;
  if (owner === "organisation") return true;
  if (user === null) return false;
  return owner === "user" ? ownerId === user : groups.includes(ownerId);
}

const FOR_AGENT = 1_000_000;

function rank(one: KnownCredential, destination: Destination): number {
  const close = one.destinations.filter((bound) => fits(bound, destination)).map(closeness);
  return Math.max(...close) + (one.agents.length > 0 ? FOR_AGENT : 0);
}

function chosen(one: KnownCredential, { now, isStopped }: Choosing): ChosenCredential {
  const { id, name, version, kind, owner, expiresAt } = one;
  const state = isStopped(id) ? "stopped" : expiresAt !== null && expiresAt <= now ? "expired" : "ready";
  return { id, name, version, kind, owner, state };
}
