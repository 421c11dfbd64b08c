import type { ServerName } from "#vocabulary";
import type { Route, Target } from "./configuration.ts";
import { isModelName } from "./names.ts";

/** Why a name goes where it goes. */
export type RoutedBy = "route" | "prefix" | "upstream" | "listed" | "nothing";

export interface Routed {
  readonly by: RoutedBy;
  /** The route's own name or prefix; null where there is none. */
  readonly rule: string | null;
  /** Best first, as written; an upstream may be gone. */
  readonly places: readonly Target[];
}

/** What routing looks at; kept ready, because every request asks. */
export interface Directory {
  readonly exact: ReadonlyMap<string, Route>;
  /** Longest first. */
  readonly prefixes: readonly Route[];
  readonly upstreams: ReadonlySet<string>;
  /** Upstreams that list a name, in the order in which they were added, under the name they have for it. */
  readonly listed: ReadonlyMap<string, readonly Target[]>;
}

const NOTHING: Routed = { by: "nothing", rule: null, places: [] };
const ANY = "*";

export function directoryOf(
  routes: readonly Route[],
  upstreams: readonly {
    readonly name: ServerName;
    readonly models: readonly string[];
    readonly kind: string;
  }[],
): Directory {
  const listed = new Map<string, Target[]>();
  const add = (name: string, target: Target): void => {
    const targets = listed.get(name) ?? [];
    if (targets.every(({ upstream }) => upstream !== target.upstream)) listed.set(name, [...targets, target]);
  };
  for (const { name, models, kind } of upstreams) {
    for (const model of models) {
      add(model, { upstream: name, model });
      // Ollama reads a name without a tag as the one tagged `latest` (docs/api.md, "Model names").
      if (kind === "ollama" && model.endsWith(":latest")) {
        add(model.slice(0, -":latest".length), { upstream: name, model });
      }
    }
  }
  return {
    exact: new Map(routes.filter(({ model }) => !isPrefix(model)).map((route) => [route.model, route])),
    prefixes: routes
      .filter(({ model }) => isPrefix(model))
      .toSorted((a, b) => b.model.length - a.model.length),
    upstreams: new Set(upstreams.map(({ name }) => name)),
    listed,
  };
}

/** An explicit route by name, then the longest prefix, then `upstream/model`, then whoever lists it. */
export function routed(directory: Directory, model: string): Routed {
  if (!isModelName(model)) return NOTHING;
  const exact = directory.exact.get(model);
  if (exact !== undefined) return { by: "route", rule: exact.model, places: placesOf(exact, model) };
  const prefix = directory.prefixes.find((route) => model.startsWith(route.model.slice(0, -ANY.length)));
  if (prefix !== undefined) return { by: "prefix", rule: prefix.model, places: placesOf(prefix, model) };
  const named = namedUpstream(directory, model);
  if (named !== null) return { by: "upstream", rule: null, places: [named] };
  const places = directory.listed.get(model);
  return places === undefined ? NOTHING : { by: "listed", rule: null, places };
}

export function isPrefix(pattern: string): boolean {
  return pattern.endsWith(ANY);
}

function placesOf({ targets }: Route, asked: string): readonly Target[] {
  return targets.map(({ upstream, model }) => ({ upstream, model: model === ANY ? asked : model }));
}

/**
 * `ollama/llama3.2`. An upstream may have names of this very form (`google/gemma`), so a listed whole name is looked at
 * first where the upstream named does not list the rest.
 */
function namedUpstream(directory: Directory, model: string): Target | null {
  const at = model.indexOf("/");
  const upstream = model.slice(0, Math.max(at, 0));
  const rest = model.slice(at + 1);
  if (!isUpstream(directory, upstream) || rest === "") return null;
  const own = directory.listed.get(rest)?.find((target) => target.upstream === upstream);
  if (own !== undefined) return own;
  return directory.listed.has(model) ? null : { upstream, model: rest };
}

function isUpstream({ upstreams }: Directory, name: string): name is ServerName {
  return upstreams.has(name);
}
