import { type EntityUid, UidMap } from "./entity-uid.ts";
import type { Policy } from "./policy.ts";
import type { Scope } from "./scope.ts";

/** What a request names as its principal, action or resource. */
export interface Subject {
  readonly uid: EntityUid;
  readonly ancestors: readonly EntityUid[];
}

/** Places for each scope that a policy can have for its principal, or its resource. */
export class Level<T> {
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

  /** The place of a scope, made where it is not there. */
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

  /** The places of every scope that the subject matches; none twice, for an entity is not among its own ancestors. */
  visited({ uid, ancestors }: Subject): readonly T[] {
    const places: T[] = [];
    if (this.any !== null) places.push(this.any);
    const typed = this.byType.get(uid.type);
    if (typed !== undefined) places.push(typed);
    const equal = this.equal.get(uid);
    if (equal !== undefined) places.push(equal);
    if (this.within.isEmpty && this.typedWithin.isEmpty) return places;
    this.visitWithin(uid, uid.type, places);
    for (const ancestor of ancestors) this.visitWithin(ancestor, uid.type, places);
    return places;
  }

  private visitWithin(uid: EntityUid, type: string, places: T[]): void {
    const within = this.within.get(uid);
    if (within !== undefined) places.push(within);
    const typed = this.typedWithin.get(uid)?.get(type);
    if (typed !== undefined) places.push(typed);
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

/** The last step: lists of policies, of which each stands in one, unless it names several actions or groups of them. */
export class ActionLevel<T extends Policy> {
  private readonly any: T[] = [];
  private readonly equal = new UidMap<T[]>();
  private readonly within = new UidMap<T[]>();
  /** Those that stand in several lists. */
  private readonly several = new UidMap<T[]>();

  add(policy: T): void {
    const { action } = policy;
    if (action === null) {
      this.any.push(policy);
      return;
    }
    const single = action.within ? this.within : this.equal;
    const lists = action.uids.length > 1 ? this.several : single;
    for (const uid of action.uids) {
      const list = lists.get(uid) ?? [];
      list.push(policy);
      lists.set(uid, list);
    }
  }

  collect({ uid, ancestors }: Subject, found: T[]): void {
    take(this.any, found);
    take(this.equal.get(uid), found);
    if (!this.within.isEmpty) {
      take(this.within.get(uid), found);
      for (const ancestor of ancestors) take(this.within.get(ancestor), found);
    }
    if (this.several.isEmpty) return;
    const severals = new Set(this.several.get(uid));
    for (const ancestor of ancestors)
      for (const policy of this.several.get(ancestor) ?? []) severals.add(policy);
    for (const policy of severals) found.push(policy);
  }
}

function take<T>(policies: readonly T[] | undefined, found: T[]): void {
  if (policies !== undefined) for (const policy of policies) found.push(policy);
}
