import type { Digest } from "#base";
import type { Found } from "#discovery";
import type { Item } from "./item.ts";

/** What became of a thing. Milliseconds since the Unix epoch, by the clock of the machine that it is on. */
export type FleetEvent =
  | {
      readonly what: "appeared" | "changed";
      readonly at: number;
      readonly key: Digest;
      readonly found: Found;
    }
  | { readonly what: "gone"; readonly at: number; readonly key: Digest };

/** What is known of a machine's items: the state of each, by its key. */
export type States = ReadonlyMap<Digest, Digest>;

/** What is other than it was, in the order of keys; nothing where nothing is. */
export function differencesOf(before: States, now: readonly Item[], at: number): FleetEvent[] {
  const here = new Set(now.map(({ key }) => key));
  const events = now.flatMap(({ key, state, found }): FleetEvent[] => {
    const known = before.get(key);
    if (known === state) return [];
    return [{ what: known === undefined ? "appeared" : "changed", at, key, found }];
  });
  const gone = [...before.keys()].filter((key) => !here.has(key));
  return [...events, ...gone.map((key): FleetEvent => ({ what: "gone", at, key }))];
}

export function statesOf(items: readonly Item[]): States {
  return new Map(items.map(({ key, state }) => [key, state]));
}
