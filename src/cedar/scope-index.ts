import type { Environment } from "./environment.ts";
import type { EntityUid } from "./entity-uid.ts";
import type { Policy } from "./policy.ts";
import { ActionLevel, Level, type Subject } from "./scope-levels.ts";

/** Policies by what their heads ask for. */
export interface ScopeIndex<T extends Policy> {
  /** Exactly the policies whose scope matches, each once, in an order of its own. Time grows with what matches. */
  readonly matching: (environment: Environment) => readonly T[];
}

/**
 * An index over the heads of policies: by principal, then resource, then action. At each step a request can only be
 * one of a few things (anything, of its type, itself, below one of its ancestors), so a lookup visits the places that
 * exist for these and no policy whose scope does not match.
 */
export function indexByScope<T extends Policy>(policies: readonly T[]): ScopeIndex<T> {
  const root = new Level(() => new Level(() => new ActionLevel<T>()));
  for (const policy of policies) root.at(policy.principal).at(policy.resource).add(policy);
  return { matching: (environment) => matching(root, environment) };
}

function matching<T extends Policy>(
  root: Level<Level<ActionLevel<T>>>,
  environment: Environment,
): readonly T[] {
  const resource = subjectOf(environment.resource, environment);
  const action = subjectOf(environment.action, environment);
  const found: T[] = [];
  for (const resources of root.visited(subjectOf(environment.principal, environment))) {
    for (const actions of resources.visited(resource)) actions.collect(action, found);
  }
  return found;
}

const NONE: readonly EntityUid[] = [];

function subjectOf(uid: EntityUid, { entities }: Environment): Subject {
  return { uid, ancestors: entities.get(uid)?.ancestors ?? NONE };
}
