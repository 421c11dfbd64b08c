import { type Platform, type Store, STORES } from "./stores.table.ts";

/** What of a machine decides where things are. */
export interface Surroundings {
  readonly platform: Platform;
  /** Absolute. */
  readonly home: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export interface Place {
  readonly store: Store;
  /** Absolute, with the separators of the platform. */
  readonly path: string;
  /** The variable that says so, or null for a default. */
  readonly by: string | null;
}

/** The folders in which each store keeps models on such a machine, whether they are there or not; each path once. */
export function placesOf(surroundings: Surroundings, stores: readonly Store[] = STORES): Place[] {
  const all = stores.flatMap((store) => placesOfStore(store, surroundings));
  const seen = new Set<string>();
  return all.filter(({ path }) => !seen.has(path) && seen.add(path) !== undefined);
}

/** A variable moves a store away from its default; what lies at the default is still on the machine, and looked at too. */
function placesOfStore(store: Store, surroundings: Surroundings): Place[] {
  const { environment, platform } = surroundings;
  const override = store.overrides.find(({ variable }) => isSet(environment[variable]));
  const moved = override === undefined ? null : `$${override.variable}${override.below}`;
  const named = moved === null ? null : pathOf(moved, surroundings);
  const defaults = store.places[platform].map((place) => pathOf(place, surroundings));
  return [
    ...(named === null ? [] : [{ store, path: named, by: override?.variable ?? null }]),
    ...defaults.filter((path) => path !== null).map((path) => ({ store, path, by: null })),
  ];
}

/** A template of the tables as a path, or null where one of its variables is not set or the result is not absolute. */
export function pathOf(template: string, { platform, home, environment }: Surroundings): string | null {
  let isWhole = true;
  const filled = template
    .replace(/^~(?=\/|$)/, () => home)
    .replaceAll(/%(\w+)%|\$(\w+)/g, (_, windows, unix) => {
      const value = environment[String(windows ?? unix)];
      if (isSet(value)) return value.replace(/^~(?=[/\\]|$)/, () => home);
      isWhole = false;
      return "";
    });
  if (!isWhole) return null;
  const path = platform === "win32" ? filled.replaceAll("/", "\\") : filled;
  const isAbsolute = platform === "win32" ? /^(?:[A-Za-z]:)?\\/.test(path) : path.startsWith("/");
  return isAbsolute ? path.replace(/(?<=.)[/\\]+$/, "") : null;
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value.trim() !== "";
}
