import { joinKeys, keyOf } from "./key.ts";
import type { Value } from "./value.ts";

/** Fields that are turned into values when they are first asked for. */
export interface Source {
  readonly names: () => readonly string[];
  readonly has: (name: string) => boolean;
  /** Only for a name it has. Throws where the field cannot be a Cedar value. */
  readonly read: (name: string) => Value;
}

/** A Cedar record, or the attributes or tags of an entity. Immutable. */
export class CedarRecord {
  private readonly fields: Map<string, Value>;
  private readonly source: Source | null;
  private text: string | null = null;

  constructor(fields: Map<string, Value>, source: Source | null = null) {
    this.fields = fields;
    this.source = source;
  }

  get names(): readonly string[] {
    return this.source === null ? [...this.fields.keys()] : this.source.names();
  }

  get key(): string {
    this.text ??= `R${joinKeys(this.names.toSorted().flatMap((name) => [name, keyOf(this.get(name) ?? "")]))}`;
    return this.text;
  }

  has(name: string): boolean {
    return this.source === null ? this.fields.has(name) : this.source.has(name);
  }

  get(name: string): Value | undefined {
    const known = this.fields.get(name);
    if (known !== undefined || this.source === null || !this.source.has(name)) return known;
    const value = this.source.read(name);
    this.fields.set(name, value);
    return value;
  }
}
