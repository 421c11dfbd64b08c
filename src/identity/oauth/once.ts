import type { Ambient } from "#base";
import { hashSecret } from "../secret.ts";

/** Things that may be used once each: remembered until they would be refused for their age anyway. */
export interface Once {
  /**
   * `owner`: the agent that pays for remembering it. False where the thing was used before, whoever used it, or where so many
   * are remembered of this owner, or of all, that this one could not be: then it is refused.
   */
  readonly use: (owner: string, name: string) => boolean;
}

export interface OnceLimits {
  readonly thingsMax: number;
  /** Of one owner: who fills it stops only themselves (T21). */
  readonly ownMax: number;
  readonly lifeMs: number;
}

/** `lifeMs` by the monotonic clock. Full, it takes nothing more until something has aged: a forgotten one would be a replay. */
export function createOnce(ambient: Pick<Ambient, "monotonic">, limits: OnceLimits): Once {
  const used = new Map<string, { readonly owner: string; readonly until: number }>();
  const counts = new Map<string, number>();
  const countOf = (owner: string): number => counts.get(owner) ?? 0;
  const forget = (now: number): void => {
    for (const [name, { owner, until }] of used) {
      if (until > now) return;
      used.delete(name);
      if (countOf(owner) > 1) counts.set(owner, countOf(owner) - 1);
      else counts.delete(owner);
    }
  };
  return {
    use: (owner, name) => {
      const now = ambient.monotonic();
      forget(now);
      const key = hashSecret(name);
      if (used.has(key) || used.size >= limits.thingsMax || countOf(owner) >= limits.ownMax) return false;
      used.set(key, { owner, until: now + limits.lifeMs });
      counts.set(owner, countOf(owner) + 1);
      return true;
    },
  };
}
