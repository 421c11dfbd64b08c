import { AGENTS } from "./agents.table.ts";
import { pathOf, placesOf, type Surroundings } from "./places.ts";
import type { Store } from "./stores.table.ts";

/** A folder, or one file, that is walked. */
export interface WalkPlace {
  readonly path: string;
  /** The store's name, or null for a path that somebody gave. */
  readonly store: string | null;
  readonly layout: Store["layout"];
}

/** A configuration file of an agent, which may not be there. */
export interface ConfigurationPlace {
  readonly agent: string;
  /** Which of the agent's in the table. */
  readonly shape: number;
  readonly path: string;
}

/** Everything that a scan looks at; nothing else is opened. */
export interface ScanPlan {
  readonly places: readonly WalkPlace[];
  readonly configurations: readonly ConfigurationPlace[];
  /** Whether it looks at what runs: processes, listeners, accelerators. */
  readonly running: boolean;
}

/** What is looked at on such a machine. With `paths`, absolute, those alone. */
export function planOf(surroundings: Surroundings, paths: readonly string[] = []): ScanPlan {
  if (paths.length > 0) {
    const places = paths.map((path) => ({ path, store: null, layout: "any" }) as const);
    return { places, configurations: [], running: false };
  }
  const places = placesOf(surroundings).map(({ store: { name, layout }, path }) => ({
    path,
    store: name,
    layout,
  }));
  return { places, configurations: configurationsOf(surroundings), running: true };
}

/** A file that a program would read from two variables is one. */
function configurationsOf(surroundings: Surroundings): ConfigurationPlace[] {
  const all = AGENTS.flatMap(({ name, configurations }) =>
    configurations.flatMap(({ places }, shape) =>
      places[surroundings.platform].flatMap((template) => {
        const path = pathOf(template, surroundings);
        return path === null ? [] : [{ agent: name, shape, path }];
      }),
    ),
  );
  return [...new Map(all.map((place) => [`${place.agent} ${place.path}`, place])).values()];
}
