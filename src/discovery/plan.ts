import { placesOf, type Surroundings } from "./places.ts";
import type { Store } from "./stores.table.ts";

/** A folder, or one file, that is walked. */
export interface WalkPlace {
  readonly path: string;
  /** The store's name, or null for a path that somebody gave. */
  readonly store: string | null;
  readonly layout: Store["layout"];
}

/** Everything that a scan looks at; nothing else is opened. */
export interface ScanPlan {
  readonly places: readonly WalkPlace[];
}

/** What is looked at on such a machine. With `paths`, absolute, those alone are walked. */
export function planOf(surroundings: Surroundings, paths: readonly string[] = []): ScanPlan {
  const given = paths.map((path) => ({ path, store: null, layout: "any" }) as const);
  const stores = placesOf(surroundings).map(({ store, path }) => ({
    path,
    store: store.name,
    layout: store.layout,
  }));
  return { places: paths.length > 0 ? given : stores };
}
