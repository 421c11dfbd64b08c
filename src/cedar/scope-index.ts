import type { Environment } from "./environment.ts";
import { type Entry, ActionLevel, Level, type Subject } from "./scope-levels.ts";
import type { EntityUid } from "./entity-uid.ts";
import type { Policy } from "./policy.ts";

/** Policies by what their heads ask for. */
export interface ScopeIndex<T extends Policy> {
  /** Exactly the policies whose scope matches, in the order they were given. Time grows with what matches. */
  readonly matching: (environment: Environment) => readonly T[];
}

/**
 * An index over the heads of policies: by principal, then resource, then action. At each step a request can only be
 * one of a few things (anything, of its type, itself, below one of its ancestors), so a lookup visits the places that
 * exist for these and no policy whose scope does not match.
 */
export function indexByScope<T extends Policy>(policies: readonly T[]): ScopeIndex<T> {
  const root = new Level(() => new Level(() => new ActionLevel<T>()));
  for (const [order, policy] of policies.entries()) {
    root.at(policy.principal).at(policy.resource).add({ policy, order, isSeen: false });
  }
  return { matching: (environment) => matching(root, environment) };
}

function matching<T extends Policy>(
  root: Level<Level<ActionLevel<T>>>,
  environment: Environment,
): readonly T[] {
  const resource = subjectOf(environment.resource, environment);
  const action = subjectOf(environment.action, environment);
  const found: Entry<T>[] = [];
  for (const resources of root.visited(subjectOf(environment.principal, environment))) {
    for (const actions of resources.visited(resource)) actions.collect(action, found);
  }
  // INVARIANT: nothing between the marking in `collect` and this can throw or wait.
  for (const entry of found) entry.isSeen = false;
  return found.toSorted(byOrder).map(policyOf);
}

function byOrder(one: Entry<Policy>, other: Entry<Policy>): number {
  return one.order - other.order;
}

function policyOf<T extends Policy>({ policy }: Entry<T>): T {
  return policy;
}

const NONE: readonly EntityUid[] = [];

function subjectOf(uid: EntityUid, { entities }: Environment): Subject {
  return { uid, ancestors: entities.get(uid)?.ancestors ?? NONE };
}
