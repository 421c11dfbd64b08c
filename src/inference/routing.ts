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
  /**
   * Those that said what they have, and have nothing else. Some of them take other names too: a llama.cpp serves its one model
   * under any, an Ollama under any case and with its registry written out. A policy or budget for one name would not see those.
   */
  readonly complete: ReadonlySet<string>;
  /** Upstreams that list a name, in the order in which they were added, under the name they have for it. */
  readonly listed: ReadonlyMap<string, readonly Target[]>;
}

const NOTHING: Routed = { by: "nothing", rule: null, places: [] };
const ANY = "*";
/** Runtimes list every model they serve; providers have aliases and models by invitation. */
const COMPLETE: ReadonlySet<string> = new Set(["ollama", "llama.cpp", "vllm", "lm-studio", "nim", "tgi"]);

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
    complete: new Set(
      upstreams.filter(({ kind, models }) => COMPLETE.has(kind) && models.length > 0).map(({ name }) => name),
    ),
    listed,
  };
}

/** An explicit route by name, then the longest prefix, then `upstream/model`, then whoever lists it. */
export function routed(directory: Directory, model: string): Routed {
  if (!isModelName(model)) return NOTHING;
  const exact = directory.exact.get(model);
  if (exact !== undefined)
    return { by: "route", rule: exact.model, places: placesOf(directory, exact, model) };
  const prefix = directory.prefixes.find((route) => model.startsWith(route.model.slice(0, -ANY.length)));
  if (prefix !== undefined)
    return { by: "prefix", rule: prefix.model, places: placesOf(directory, prefix, model) };
  const named = namedUpstream(directory, model);
  if (named !== null) return { by: "upstream", rule: null, places: [named] };
  const places = directory.listed.get(model);
  return places === undefined ? NOTHING : { by: "listed", rule: null, places };
}

export function isPrefix(pattern: string): boolean {
  return pattern.endsWith(ANY);
}

function placesOf(directory: Directory, { targets }: Route, asked: string): readonly Target[] {
  return targets.flatMap((target) =>
    target.model === ANY ? (modelAt(directory, target.upstream, asked) ?? []) : [target],
  );
}

/** A name as the upstream lists it; as it was asked for, where the upstream may have more than it lists. */
function modelAt({ listed, complete }: Directory, upstream: ServerName, asked: string): Target | null {
  const own = listed.get(asked)?.find((target) => target.upstream === upstream);
  return own ?? (complete.has(upstream) ? null : { upstream, model: asked });
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
  const isListed = directory.listed.get(rest)?.some((target) => target.upstream === upstream) === true;
  return directory.listed.has(model) && !isListed ? null : modelAt(directory, upstream, rest);
}

function isUpstream({ upstreams }: Directory, name: string): name is ServerName {
  return upstreams.has(name);
}
