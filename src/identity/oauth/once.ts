import type { Ambient } from "#base";
import { hashSecret } from "../secret.ts";

/** Things that may be used once each: remembered until they would be refused for their age anyway. */
export interface Once {
  /** False where it was used before, or where so many are remembered that this one could not be: then it is refused. */
  readonly use: (name: string) => boolean;
}

/** `lifeMs` by the monotonic clock. Full, it takes nothing more until something has aged: a forgotten one would be a replay. */
export function createOnce(
  ambient: Pick<Ambient, "monotonic">,
  limits: { readonly thingsMax: number; readonly lifeMs: number },
): Once {
  const used = new Map<string, number>();
  const forget = (now: number): void => {
    for (const [name, until] of used) {
      if (until > now) return;
      used.delete(name);
    }
  };
  return {
    use: (name) => {
      const now = ambient.monotonic();
      forget(now);
      const key = hashSecret(name);
      if (used.has(key) || used.size >= limits.thingsMax) return false;
      used.set(key, now + limits.lifeMs);
      return true;
    },
  };
}
