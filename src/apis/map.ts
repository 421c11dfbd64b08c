import { argumentsOf, type Takes, takesOf } from "./arguments.ts";
import { MATCH_STEPS_MAX } from "./limits.ts";
import type { Api, ApiMap, ApiRequest, ApiServer, MatchedOperation } from "./port.ts";
import { stationOf } from "./servers.ts";
import { formOf, readTemplate, type Segment, segmentsOf, valuesIn, weightOf } from "./template.ts";

/** A place in the tree of an API's paths. */
interface Place {
  /** By the words themselves. */
  readonly words: Map<string, Place>;
  /** By the form of the segment. */
  readonly patterns: Map<string, { readonly segment: Segment; readonly place: Place }>;
  /** By method. */
  readonly ends: Map<string, End>;
}

interface End {
  readonly name: string;
  readonly takes: Takes;
  /** Parameters in the order of the path. */
  readonly parameters: readonly string[];
}

interface Served {
  readonly api: string;
  /** Segments of the server's base path. */
  readonly base: readonly string[];
  readonly root: Place;
}

/** A way through the tree that a request may have taken. */
interface Way {
  readonly end: End;
  readonly values: readonly string[];
  /** Of each segment of the request. */
  readonly weights: readonly number[];
}

/**
 * Compiles APIs for matching. A request costs one walk through a tree of segments, bounded by MATCH_STEPS_MAX; nothing of a
 * document is ever a regular expression. Of several operations that fit, the one that is nowhere less concrete than the others is
 * meant (OpenAPI 3.1, 4.8.8.2); where there is none, nothing is.
 */
export function compileApis(apis: readonly Api[]): ApiMap {
  const served = new Map<string, Served[]>();
  const governing = new Map<string, string>();
  for (const api of apis) {
    const root = treeOf(api);
    for (const server of api.servers) {
      const base = segmentsOf(server.base) ?? [];
      if (!governing.has(stationOf(server))) governing.set(stationOf(server), api.name);
      served.set(keyOf(server), [...(served.get(keyOf(server)) ?? []), { api: api.name, base, root }]);
    }
  }
  return {
    governs: (origin) => governing.get(stationOf(origin)) ?? null,
    match: (request) => matchIn(served.get(keyOf(request.origin)) ?? [], request),
  };
}

function keyOf({
  scheme,
  host,
  port,
}: Omit<ApiServer, "base" | "scheme"> & { readonly scheme: string }): string {
  return `${scheme}://${host}:${port}`;
}

function treeOf(api: Api): Place {
  const root = emptyPlace();
  for (const operation of api.operations) {
    const segments = readTemplate(operation.template, operation.spans);
    if (typeof segments === "string") continue;
    const end = segments.reduce(below, root);
    const parameters = segments.flatMap((segment) => segment.parameters);
    end.ends.set(operation.method, { name: operation.name, takes: takesOf(operation), parameters });
  }
  return root;
}

function emptyPlace(): Place {
  return { words: new Map(), patterns: new Map(), ends: new Map() };
}

function below(place: Place, segment: Segment): Place {
  const [word = ""] = segment.words;
  if (segment.parameters.length === 0) {
    const next = place.words.get(word) ?? emptyPlace();
    place.words.set(word, next);
    return next;
  }
  const known = place.patterns.get(formOf(segment)) ?? { segment, place: emptyPlace() };
  place.patterns.set(formOf(segment), known);
  return known.place;
}

function matchIn(served: readonly Served[], request: ApiRequest): MatchedOperation | null {
  const segments = segmentsOf(request.path);
  if (segments === null) return null;
  const matches = served.flatMap((one) => {
    const rest = withoutBase(segments, one.base);
    const found = rest === null ? null : operationAt(one.root, rest, request);
    return found === null ? [] : [{ api: one.api, ...found }];
  });
  const [only, ...others] = matches;
  // The same API at several base paths is still one.
  return only !== undefined &&
    others.every((other) => other.api === only.api && other.operation === only.operation)
    ? only
    : null;
}

function withoutBase(segments: readonly string[], base: readonly string[]): readonly string[] | null {
  return base.every((word, at) => segments[at] === word) ? segments.slice(base.length) : null;
}

function operationAt(
  root: Place,
  segments: readonly string[],
  request: ApiRequest,
): Omit<MatchedOperation, "api"> | null {
  const way = mostConcrete(waysOf(root, segments, request.method)) ?? null;
  const head = way === null && request.method === "HEAD" ? mostConcrete(waysOf(root, segments, "GET")) : way;
  if (head === null) return null;
  const path = new Map(head.end.parameters.map((name, at) => [name, head.values[at] ?? ""]));
  const given = argumentsOf(head.end.takes, request, path);
  return given === null ? null : { operation: head.end.name, arguments: given };
}

function mostConcrete(ways: readonly Way[]): Way | null {
  const [best] = ways.filter((way) => ways.every((other) => other === way || isAtLeast(way, other)));
  const rivals = ways.filter((way) => way !== best && best !== undefined && isAtLeast(way, best));
  return best === undefined || rivals.length > 0 ? null : best;
}

function isAtLeast(one: Way, other: Way): boolean {
  return one.weights.every((weight, at) => weight >= (other.weights[at] ?? 0));
}

interface Walk {
  readonly segments: readonly string[];
  readonly method: string;
  readonly ways: Way[];
  steps: number;
}

/** Every way that fits; none at all where there are more than could be looked at. */
function waysOf(root: Place, segments: readonly string[], method: string): readonly Way[] {
  const walk: Walk = { segments, method, ways: [], steps: 0 };
  step(walk, root, { at: 0, values: [], weights: [] });
  return walk.steps > MATCH_STEPS_MAX ? [] : walk.ways;
}

interface Here {
  readonly at: number;
  readonly values: readonly string[];
  readonly weights: readonly number[];
}

function step(walk: Walk, place: Place, here: Here): void {
  walk.steps += 1;
  if (walk.steps > MATCH_STEPS_MAX) return;
  const text = walk.segments[here.at];
  if (text === undefined) {
    const end = place.ends.get(walk.method);
    if (end !== undefined) walk.ways.push({ end, values: here.values, weights: here.weights });
    return;
  }
  const words = place.words.get(text);
  if (words !== undefined) step(walk, words, { ...here, at: here.at + 1, weights: [...here.weights, 3] });
  for (const { segment, place: next } of place.patterns.values()) {
    if (segment.spans) spanning(walk, next, here);
    else patterned(walk, { segment, next }, here);
  }
}

function patterned(walk: Walk, { segment, next }: { segment: Segment; next: Place }, here: Here): void {
  walk.steps += 1;
  const values = walk.steps > MATCH_STEPS_MAX ? null : valuesIn(segment, walk.segments[here.at] ?? "");
  if (values === null) return;
  const weights = [...here.weights, weightOf(segment)];
  step(walk, next, { at: here.at + 1, values: [...here.values, ...values], weights });
}

/** One segment and more. A slash that was encoded in one is the same value as one that was not: then nothing fits. */
function spanning(walk: Walk, next: Place, here: Here): void {
  const left = walk.segments.slice(here.at);
  for (const [more, segment] of left.entries()) {
    if (segment === "" || segment.includes("/")) return;
    const value = left.slice(0, more + 1).join("/");
    const weights = [...here.weights, ...Array.from({ length: more + 1 }, () => 0)];
    step(walk, next, { at: here.at + more + 1, values: [...here.values, value], weights });
  }
}
