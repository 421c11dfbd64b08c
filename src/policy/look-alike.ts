const SWAPS: Readonly<Record<string, string>> = { "0": "o", "1": "l", i: "l", "5": "s", "|": "l" };

/** Names that read alike share a skeleton: case, separators and the usual digit-for-letter swaps do not tell apart. */
export function nameSkeleton(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[-_./\s]/g, "")
    .replaceAll(/[01i5|]/g, (character) => SWAPS[character] ?? character)
    .replaceAll("rn", "m")
    .replaceAll("vv", "w");
}

/** The first of `names` that a person or a model could take `name` for, other than the same name; or null (T14). */
export function lookAlike(name: string, names: Iterable<string>): string | null {
  const own = nameSkeleton(name);
  for (const other of names) if (other !== name && nameSkeleton(other) === own) return other;
  return null;
}
