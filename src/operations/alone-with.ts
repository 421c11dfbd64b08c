import { nameSkeleton } from "#policy";
import { changedMeanwhile } from "./change.ts";

/** Names being added now, by their skeletons: one process has the data directory, so this is everybody who adds. */
const underWay = new WeakMap<object, Set<string>>();

/**
 * INVARIANT: of several that add things of one name to `owner`, or of names that look alike, at once, only one touches
 * what is sealed and installed under it; the others change nothing and hear `changed_meanwhile`.
 */
export async function aloneWith<T>(owner: object, name: string, work: () => Promise<T>): Promise<T> {
  const names = underWay.get(owner) ?? new Set();
  const skeleton = nameSkeleton(name);
  if (names.has(skeleton)) throw changedMeanwhile();
  underWay.set(owner, names.add(skeleton));
  try {
    return await work();
  } finally {
    names.delete(skeleton);
  }
}
