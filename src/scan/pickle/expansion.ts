import { insideOf, type Value } from "./value.ts";

/** A value that is larger than this when its shared parts are counted each time, and this many times larger than it is stored. */
export const UNFOLDED_MAX = 1e8;
export const FOLD_MAX = 1000;

interface Frame {
  readonly value: Value;
  readonly inside: readonly Value[];
  next: number;
  size: number;
}

/**
 * How large a value is to whoever walks, hashes, prints or copies it: what is shared counts each time. A value within itself
 * counts once. Time and memory are linear in what is stored.
 */
export function unfolded(root: Value): { readonly size: number; readonly stored: number } {
  const sizes = new Map<Value, number>();
  const path: Frame[] = [];
  let stored = 0;
  /** The size where it is known already; otherwise the value's parts come first. */
  const visit = (value: Value): number | null => {
    const known = sizes.get(value);
    if (known !== undefined) return known;
    stored += 1;
    const inside = insideOf(value);
    if (inside === null) return 1;
    sizes.set(value, 1);
    path.push({ value, inside, next: 0, size: 1 });
    return null;
  };
  let total = visit(root) ?? 0;
  for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
    const part = frame.inside[frame.next];
    if (part === undefined) {
      sizes.set(frame.value, frame.size);
      path.pop();
      const above = path.at(-1);
      if (above === undefined) total = frame.size;
      else above.size += frame.size;
      continue;
    }
    frame.next += 1;
    frame.size += visit(part) ?? 0;
  }
  return { size: total, stored };
}

export function isBomb(root: Value): boolean {
  const { size, stored } = unfolded(root);
  return size > UNFOLDED_MAX && size > stored * FOLD_MAX;
}
