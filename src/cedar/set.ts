import { joinKeys, keyOf } from "./key.ts";
import type { Value } from "./value.ts";

/** Values up to which a set is searched one by one: building a table costs more. */
const SEARCHED_MAX = 8;

/** A Cedar set: immutable, without order, equal values once. Membership takes constant time, whatever its members are. */
export class CedarSet {
  private readonly given: readonly Value[];
  private table: Map<Value, Value> | null = null;
  private text: string | null = null;

  /** The values may repeat. */
  constructor(values: readonly Value[]) {
    this.given = values;
  }

  get isEmpty(): boolean {
    return this.given.length === 0;
  }

  /** Each member once. */
  get members(): Iterable<Value> {
    return this.indexed.values();
  }

  get size(): number {
    return this.indexed.size;
  }

  get key(): string {
    this.text ??= `S${joinKeys([...this.members].map(keyOf).toSorted())}`;
    return this.text;
  }

  has(value: Value): boolean {
    if (typeof value !== "object" && this.given.length <= SEARCHED_MAX) return this.given.includes(value);
    return this.indexed.has(placeOf(value));
  }

  hasAll(other: CedarSet): boolean {
    return other.given.every((value) => this.has(value));
  }

  hasAny(other: CedarSet): boolean {
    return other.given.some((value) => this.has(value));
  }

  isSame(other: CedarSet): boolean {
    return this.hasAll(other) && other.hasAll(this);
  }

  private get indexed(): Map<Value, Value> {
    this.table ??= new Map(this.given.map((value) => [placeOf(value), value]));
    return this.table;
  }
}

/** Numbers and booleans stand for themselves, the rest for its key: a string's begins with `s`, so none are mixed up. */
function placeOf(value: Value): Value {
  return typeof value === "object" || typeof value === "string" ? keyOf(value) : value;
}
