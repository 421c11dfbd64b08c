/** A definition in its two parts as people read them: its description as text, everything else as indented JSON. */
export interface Said {
  /** Null: it has none that is text. */
  readonly description: string | null;
  readonly rest: string;
}

/** Reads a definition as the API gives it, canonical JSON. Nothing of it is left out of the two parts. */
export function saidBy(json: string): Said {
  const value: unknown = JSON.parse(json);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { description: null, rest: JSON.stringify(value, null, 2) };
  }
  const { description, ...others } = { description: undefined as unknown, ...value };
  if (typeof description !== "string") return { description: null, rest: JSON.stringify(value, null, 2) };
  return { description, rest: JSON.stringify(others, null, 2) };
}
