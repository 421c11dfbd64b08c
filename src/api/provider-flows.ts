import type { Ambient } from "#base";

/** Things kept by a key for a while, each to be taken once. Full, the oldest gives way. */
export interface Shelf<T> {
  readonly put: (key: string, thing: T) => void;
  /** Looks without taking. */
  readonly see: (key: string) => T | null;
  readonly take: (key: string) => T | null;
}

/** `lifeMs` by the monotonic clock: what has expired stays expired, whatever the wall clock does. */
export function createShelf<T>(
  ambient: Pick<Ambient, "monotonic">,
  limits: { readonly thingsMax: number; readonly lifeMs: number },
): Shelf<T> {
  const kept = new Map<string, { readonly thing: T; readonly until: number }>();
  const see = (key: string): T | null => {
    const found = kept.get(key);
    if (found !== undefined && found.until > ambient.monotonic()) return found.thing;
    kept.delete(key);
    return null;
  };
  return {
    see,
    put: (key, thing) => {
      kept.delete(key);
      const oldest = kept.size >= limits.thingsMax ? kept.keys().next().value : undefined;
      if (oldest !== undefined) kept.delete(oldest);
      kept.set(key, { thing, until: ambient.monotonic() + limits.lifeMs });
    },
    take: (key) => {
      const found = see(key);
      kept.delete(key);
      return found;
    },
  };
}
