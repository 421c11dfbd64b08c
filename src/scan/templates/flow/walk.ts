import type { Expr, Stmt } from "../ast.ts";
import { assignFields, conditions, knownBehind } from "./evaluate.ts";
import { filtered } from "./filters.ts";
import { looped } from "./expansion.ts";
import { assign, evaluate, guarded, pathOf, type Place, step, use } from "./state.ts";
import { FACET, has, join, NOTHING, ofFacets, ofText, under, union, type Value } from "./value.ts";

/** Follows statements in their order; what they put out goes to `place`. */
export function walked(stmts: readonly Stmt[], place: Place): void {
  let at = place;
  for (const stmt of stmts) at = stepOver(stmt, at);
}

/** Where the next statement stands: behind a `continue` that was taken under conditions, it stands under them, too. */
function stepOver(stmt: Stmt, place: Place): Place {
  step(place.state);
  switch (stmt.is) {
    case "text":
      place.emit(under(ofText(stmt.text), place.guards));
      return place;
    case "emit":
      place.emit(under(evaluate(stmt.value, place), place.guards));
      return place;
    case "if":
      return branch(stmt, place);
    case "for":
      loop(stmt, place);
      return place;
    case "set":
      setVariable(stmt, place);
      return place;
    case "macro":
      place.state.macros.set(stmt.name, stmt);
      return place;
    case "call":
      callBlock(stmt, place);
      return place;
    case "filter":
      filterBlock(stmt, place);
      return place;
    case "comment":
      place.state.heard.comments.add(stmt.text);
      return place;
    case "leave":
    default:
      return place;
  }
}

function leaves(stmts: readonly Stmt[]): boolean {
  return stmts.some(
    (one) => one.is === "leave" || (one.is === "if" && (leaves(one.body) || leaves(one.otherwise))),
  );
}

function branch(stmt: Extract<Stmt, { readonly is: "if" }>, place: Place): Place {
  const asked = conditions(stmt.test, place);
  const inside = guarded(place, asked);
  walked(stmt.body, knownBehind(stmt.test, inside));
  walked(stmt.otherwise, knownBehind(stmt.test, inside, true));
  return leaves(stmt.body) || leaves(stmt.otherwise) ? inside : place;
}

function loop(stmt: Extract<Stmt, { readonly is: "for" }>, place: Place): void {
  const { over } = stmt;
  const isFiltered = over.is === "choice" && over.no === null;
  const all = evaluate(isFiltered ? over.yes : over, place);
  const scope = loopScope(all, stmt);
  const locals = new Map([...place.locals, ...scope]);
  const within = { ...place, locals, times: looped(place.times, timesOf(over, place), place.state) };
  const asked = isFiltered
    ? conditions(over.test, within)
    : stmt.isWhole === true
      ? conditions(over, place)
      : NONE;
  const inside = guarded(within, union(all.atoms, asked));
  walked(stmt.body, inside);
  walked(stmt.otherwise, inside);
  for (const [key, value] of locals) {
    const outer = scope.has(key) ? undefined : place.locals.get(key);
    if (outer !== undefined) place.locals.set(key, join(outer, value));
  }
}

/** What `range` counts to; of other loops it is not known, and messages are few. */
function timesOf(over: Expr, place: Place): number {
  if (over.is !== "call" || over.callee.is !== "name" || over.callee.name !== "range") return 1;
  return Math.max(1, ...over.args.flatMap((one) => [...evaluate(one, place).numbers]));
}

const NONE: ReadonlySet<string> = new Set();

type Loop = Extract<Stmt, { readonly is: "for" }>;

function loopScope(all: Value, { targets, index, isWhole }: Loop): ReadonlyMap<string, Value> {
  const facets = has(all, FACET.messages) ? FACET.count : has(all, FACET.content) ? FACET.length : 0;
  const item = isWhole === true ? all : itemOf(all);
  return new Map([
    ...(index === undefined ? [] : [[index, ofFacets(facets)] as const]),
    ...targets.map((target) => [target, item] as const),
    ...["index", "index0", "revindex", "revindex0", "length"].map(
      (field) => [`loop.${field}`, ofFacets(facets)] as const,
    ),
    ...["previtem", "nextitem"].map((field) => [`loop.${field}`, item] as const),
  ]);
}

function itemOf(all: Value): Value {
  if (has(all, FACET.messages)) return { ...all, facets: (all.facets & ~FACET.messages) | FACET.message };
  if (has(all, FACET.message)) return { ...all, facets: (all.facets & ~FACET.message) | FACET.content };
  return has(all, FACET.content) ? { ...all, facets: all.facets | FACET.part } : all;
}

function setVariable(stmt: Extract<Stmt, { readonly is: "set" }>, place: Place): void {
  const value = stmt.value === null ? captured(stmt.body, place) : evaluate(stmt.value, place);
  if (stmt.value !== null) doubled(stmt.value, place);
  const targets = stmt.target.is === "list" ? stmt.target.items : [stmt.target];
  for (const target of targets) setTarget(target, value, place);
  const path = pathOf(stmt.target);
  if (path !== null && stmt.value !== null) assignFields(path, stmt.value, place);
  if (has(value, FACET.content)) for (const atom of place.guards) place.state.heard.passed.add(atom);
}

/** `x = x ~ x` in a loop: thirty rounds make a thousand million. */
function doubled(value: Expr, { state, times }: Place): void {
  if (times === 0 || value.is !== "binary" || (value.op !== "+" && value.op !== "~")) return;
  const path = pathOf(value.left);
  if (path !== null && path === pathOf(value.right))
    use(state, "expansion", `${path} doubled in each round of a loop`);
}

function setTarget(target: Expr, value: Value, place: Place): void {
  const path = pathOf(target);
  if (path !== null) assign(place, path, value);
}

/** The output of statements as a value. */
export function captured(stmts: readonly Stmt[], place: Place): Value {
  let output = NOTHING;
  walked(stmts, {
    ...place,
    emit: (value) => {
      output = join(output, value);
    },
  });
  return output;
}

function callBlock(stmt: Extract<Stmt, { readonly is: "call" }>, place: Place): void {
  const { callers } = place.state;
  callers.push(captured(stmt.body, place));
  place.emit(under(evaluate(stmt.call, place), place.guards));
  callers.pop();
}

const BLOCK = ".block";

function filterBlock(stmt: Extract<Stmt, { readonly is: "filter" }>, place: Place): void {
  assign(place, BLOCK, captured(stmt.body, place));
  const { filter } = stmt;
  const of: Expr = { is: "name", name: BLOCK };
  const isCall = filter.is === "call" && filter.callee.is === "name";
  const name =
    isCall && filter.callee.is === "name" ? filter.callee.name : filter.is === "name" ? filter.name : "";
  const given = isCall ? { args: filter.args, named: filter.named } : { args: [], named: [] };
  place.emit(under(filtered({ is: "filter", of, name, ...given }, place), place.guards));
}
