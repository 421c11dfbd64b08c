import { z } from "zod";
import { REFERENCE_CACHE_MS } from "../limits.ts";
import type { Subject } from "../messages.ts";
import { MANAGERS } from "./managers.table.ts";
import type { Reaching } from "./reference.ts";

const located = z.looseObject({
  manager: z.enum(["hashicorp", "aws", "gcp", "azure", "1password"]),
  cacheSeconds: z.number().optional(),
});

/** JSON of a reference, with what it leaves open filled in. Throws a ZodError that names what is wrong. */
export function referenceOf(given: unknown): string {
  const { manager } = located.pick({ manager: true }).parse(given);
  return JSON.stringify(MANAGERS[manager].settings.parse(given));
}

export interface References {
  /** The secret, from the manager or from memory. Throws `reference_unavailable`. */
  readonly read: (of: Subject, reference: string, key: string, reaching: Reaching) => Promise<string>;
}

interface Known {
  readonly version: number;
  readonly reference: string;
  readonly value: string;
  readonly until: number;
}

/** What was read is remembered in this process alone, for as long as its reference says. */
export function openReferences(max: number): References {
  const known = new Map<string, Known>();
  return {
    read: async ({ id, version }, reference, key, reaching) => {
      const there = known.get(id);
      const isSame = there?.version === version && there.reference === reference;
      if (there !== undefined && isSame && there.until > reaching.now) return there.value;
      known.delete(id);
      const settings: unknown = JSON.parse(reference);
      const { manager, cacheSeconds } = located.parse(settings);
      const got = await MANAGERS[manager].read(settings, key, reaching);
      const { value, seconds } = typeof got === "string" ? { value: got, seconds: 0 } : got;
      const [oldest] = known.keys();
      if (known.size >= max && oldest !== undefined) known.delete(oldest);
      const keptMs = cacheSeconds === undefined ? REFERENCE_CACHE_MS : cacheSeconds * 1_000;
      // INVARIANT: what its manager takes back is not remembered beyond that.
      const leftMs = seconds > 0 ? seconds * 1_000 : Number.POSITIVE_INFINITY;
      known.set(id, { version, reference, value, until: reaching.now + Math.min(keptMs, leftMs) });
      return value;
    },
  };
}
