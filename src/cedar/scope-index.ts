import { type EntityUid, UidMap } from "./entity-uid.ts";
import type { Environment } from "./environment.ts";
import type { Policy } from "./policy.ts";
import type { Scope } from "./scope.ts";

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
    root.at(policy.principal).at(policy.resource).add({ policy, order });
  }
  return { matching: (environment) => matching(root, environment) };
}

interface Entry<T> {
  readonly policy: T;
  readonly order: number;
}

function matching<T extends Policy>(
  root: Level<Level<ActionLevel<T>>>,
  environment: Environment,
): readonly T[] {
  const found: Entry<T>[] = [];
  const principal = subjectOf(environment.principal, environment);
  const resource = subjectOf(environment.resource, environment);
  const action = subjectOf(environment.action, environment);
  root.visit(principal, (resources) => {
    resources.visit(resource, (actions) => {
      actions.collect(action, found);
    });
  });
  found.sort((one, other) => one.order - other.order);
  return found.map((entry) => entry.policy);
}

interface Subject {
  readonly uid: EntityUid;
  readonly ancestors: readonly EntityUid[];
}

function subjectOf(uid: EntityUid, environment: Environment): Subject {
  return { uid, ancestors: environment.entities.get(uid)?.ancestors ?? [] };
}

/** Places for each scope that a policy has for its principal, or its resource. */
class Level<T> {
  private any: T | null = null;
  private readonly byType = new Map<string, T>();
  private readonly equal = new UidMap<T>();
  private readonly within = new UidMap<T>();
  /** `is T in E`: by E, then T. */
  private readonly typedWithin = new UidMap<Map<string, T>>();
  private readonly create: () => T;

  constructor(create: () => T) {
    this.create = create;
  }

  at(scope: Scope): T {
    switch (scope.op) {
      case "any":
        this.any ??= this.create();
        return this.any;
      case "is":
        return this.typed(this.byType, scope.type);
      case "equal":
        return this.named(this.equal, scope.uid);
      case "within":
        return scope.type === null
          ? this.named(this.within, scope.uid)
          : this.typed(this.typesWithin(scope.uid), scope.type);
      default:
        return scope satisfies never;
    }
  }

  visit({ uid, ancestors }: Subject, use: (place: T) => void): void {
    if (this.any !== null) use(this.any);
    useIfThere(this.byType.get(uid.type), use);
    useIfThere(this.equal.get(uid), use);
    this.visitWithin(uid, uid.type, use);
    // An entity may be its own ancestor, where its author made a circle of parents.
    for (const ancestor of ancestors) if (!ancestor.isSame(uid)) this.visitWithin(ancestor, uid.type, use);
  }

  private visitWithin(uid: EntityUid, type: string, use: (place: T) => void): void {
    useIfThere(this.within.get(uid), use);
    useIfThere(this.typedWithin.get(uid)?.get(type), use);
  }

  private typesWithin(uid: EntityUid): Map<string, T> {
    const known = this.typedWithin.get(uid) ?? new Map<string, T>();
    this.typedWithin.set(uid, known);
    return known;
  }

  private named(places: UidMap<T>, uid: EntityUid): T {
    const place = places.get(uid) ?? this.create();
    places.set(uid, place);
    return place;
  }

  private typed(places: Map<string, T>, type: string): T {
    const place = places.get(type) ?? this.create();
    places.set(type, place);
    return place;
  }
}

function useIfThere<T>(place: T | undefined, use: (place: T) => void): void {
  if (place !== undefined) use(place);
}

/** The last step: lists of policies. One that names several groups of actions stands in each of their lists. */
class ActionLevel<T extends Policy> {
  private readonly any: Entry<T>[] = [];
  private readonly equal = new UidMap<Entry<T>[]>();
  private readonly within = new UidMap<Entry<T>[]>();

  add(entry: Entry<T>): void {
    const { action } = entry.policy;
    if (action === null) {
      this.any.push(entry);
      return;
    }
    const lists = action.within ? this.within : this.equal;
    for (const uid of action.uids) {
      const list = lists.get(uid) ?? [];
      // The same name twice in one policy.
      if (list.at(-1) !== entry) list.push(entry);
      lists.set(uid, list);
    }
  }

  collect({ uid, ancestors }: Subject, found: Entry<T>[]): void {
    found.push(...this.any, ...(this.equal.get(uid) ?? []));
    const groups = [uid, ...ancestors.filter((ancestor) => !ancestor.isSame(uid))];
    const lists = groups.flatMap((group) => this.within.get(group) ?? []);
    found.push(...(lists.length > 1 ? new Set(lists) : lists));
  }
}
