/** The name of an entity: `Type::"id"`. Immutable; equal names may be different objects. */
export class EntityUid {
  readonly type: string;
  readonly id: string;
  private text: string | null = null;

  constructor(type: string, id: string) {
    this.type = type;
    this.id = id;
  }

  /** Equal for equal names only: no type holds a NUL. */
  get key(): string {
    this.text ??= `e${this.type}\0${this.id}`;
    return this.text;
  }

  isSame(other: EntityUid): boolean {
    return this === other || (this.id === other.id && this.type === other.type);
  }
}

/** Many names, asked for one by one. */
export class UidMap<T> {
  private readonly byType = new Map<string, Map<string, T>>();

  get isEmpty(): boolean {
    return this.byType.size === 0;
  }

  get(uid: EntityUid): T | undefined {
    return this.byType.get(uid.type)?.get(uid.id);
  }

  set(uid: EntityUid, value: T): void {
    const known = this.byType.get(uid.type);
    if (known === undefined) this.byType.set(uid.type, new Map([[uid.id, value]]));
    else known.set(uid.id, value);
  }
}
