import type { Expr } from "../ast.ts";
import { askedWith } from "./compare.ts";
import { TIMES_MAX } from "./expansion.ts";
import {
  ASKING_METHODS,
  CHANGING_METHODS,
  CONTENT_KEYS,
  DANGEROUS_FUNCTIONS,
  DATE_FUNCTIONS,
  FILLING_METHODS,
  FUNCTIONS,
  HOLDING_METHODS,
} from "./known.table.ts";
import { rewritten } from "./rewrite.ts";
import { assign, checkKey, evaluate, type Macro, pathOf, type Place, use } from "./state.ts";
import {
  asText,
  chosenBy,
  FACET,
  has,
  join,
  joined,
  mapTexts,
  NOTHING,
  ofFacets,
  under,
  union,
  type Value,
} from "./value.ts";

type CallExpr = Extract<Expr, { readonly is: "call" }>;

/** A call: of a macro, of a function that templates have, of a method of a text or a list; of nothing else. */
export function called(expr: CallExpr, place: Place): Value {
  const { callee } = expr;
  const args = expr.args.map((one) => evaluate(one, place));
  const all = [...args, ...expr.named.map(({ value }) => evaluate(value, place))];
  if (callee.is === "name") return functionValue(callee.name, { expr, args, all }, place);
  if (callee.is === "member" && callee.key.is === "literal" && typeof callee.key.value === "string")
    return methodValue(callee, callee.key.value, all, place);
  use(place.state, "function", "a computed one");
  return joined([evaluate(callee, place), ...all]);
}

interface Given {
  readonly expr: CallExpr;
  readonly args: readonly Value[];
  readonly all: readonly Value[];
}

function functionValue(named: string, { expr, args, all }: Given, place: Place): Value {
  const { state } = place;
  const macro = state.macros.get(named);
  if (macro !== undefined) return macroValue(macro, { expr, args, all }, place);
  if (named === "raise_exception") {
    for (const atom of place.guards) state.heard.refused.add(atom);
    return NOTHING;
  }
  if (named === "caller") return state.callers.at(-1) ?? NOTHING;
  if (DATE_FUNCTIONS.has(named)) return ofFacets(FACET.date);
  if (named === "range") return rangeValue(all, place);
  if (named === "len") return lengthValue(joined(all));
  if (!FUNCTIONS.has(named)) use(state, "function", named);
  return joined(all);
}

function lengthValue(of: Value): Value {
  if (has(of, FACET.messages)) return { ...NOTHING, facets: FACET.count, atoms: of.atoms };
  return { ...NOTHING, facets: has(of, FACET.content) ? FACET.length : 0, atoms: of.atoms };
}

function rangeValue(all: readonly Value[], { state }: Place): Value {
  const times = Math.max(0, ...all.flatMap(({ numbers }) => [...numbers]));
  if (times > TIMES_MAX) use(state, "expansion", `a range of ${times}`);
  const { facets, atoms, latent } = joined(all);
  return { ...NOTHING, facets, atoms, latent };
}

/** A macro's output, its parameters being what it is called with here. */
function macroValue(macro: Macro, { expr, args, all }: Given, place: Place): Value {
  const { state } = place;
  if (state.active.has(macro.name)) return joined(all);
  const locals = new Map<string, Value>();
  for (const [n, { name, value }] of macro.params.entries()) {
    const given = args[n] ?? namedOf(expr, name, place);
    locals.set(name, given ?? (value === null ? NOTHING : evaluate(value, place)));
  }
  state.active.add(macro.name);
  let output = NOTHING;
  state.engine.walked(macro.body, {
    ...place,
    locals,
    emit: (value) => {
      output = join(output, value);
    },
  });
  state.active.delete(macro.name);
  return output;
}

function namedOf(expr: CallExpr, name: string, place: Place): Value | undefined {
  const named = expr.named.find((one) => one.name === name);
  return named === undefined ? undefined : evaluate(named.value, place);
}

type MemberExpr = Extract<Expr, { readonly is: "member" }>;

function methodValue(callee: MemberExpr, method: string, args: readonly Value[], place: Place): Value {
  const of = evaluate(callee.of, place);
  checkKey(method, place);
  if (ASKING_METHODS.has(method)) {
    const asked = has(of, FACET.message | FACET.messages) ? { ...of, facets: FACET.content } : of;
    return { ...NOTHING, atoms: askedWith(asked, args) };
  }
  if (method === "replace") return rewritten(of, args, place.state);
  if (CHANGING_METHODS.has(method)) return changedBy(of, method, args, place);
  if (HOLDING_METHODS.has(method)) return heldBy(callee, of, { method, args }, place);
  const isMacro = place.state.macros.has(method);
  if (!isMacro && place.state.env.get(`${pathOf(callee)}`) === undefined)
    use(place.state, DANGEROUS_FUNCTIONS.has(method) ? "function" : "method", method);
  return joined([of, ...args]);
}

/** `"{0.__class__}".format(x)` reaches what the dot reaches (Jinja's sandbox guards it; other engines don't). */
const FORMAT_FIELD = /\{[^{}]*[._[][^{}]*_[^{}]*\}/u;

function changedBy(of: Value, method: string, args: readonly Value[], place: Place): Value {
  if (method === "format")
    for (const text of of.texts.keys())
      if (FORMAT_FIELD.test(text)) use(place.state, "attribute", text.slice(0, 80));
  const words = args.flatMap(({ texts }) => [...texts.keys()]);
  const changed = mapTexts(of, (text) => changedText(text, method));
  const passes = method === "join" || method === "format" ? asText(joined(args)) : NOTHING;
  const isText = has(of, FACET.content);
  return {
    ...chosenBy(join(changed, passes), args),
    atoms: union(changed.atoms, joined(args).atoms),
    latent: isText
      ? union(changed.latent, new Set(words.filter((word) => word.trim().length > 1)))
      : changed.latent,
  };
}

function changedText(text: string, method: string): string {
  if (method === "lower" || method === "casefold") return text.toLowerCase();
  if (method === "upper") return text.toUpperCase();
  return method === "strip" ? text.trim() : text;
}

interface Called {
  readonly method: string;
  readonly args: readonly Value[];
}

function heldBy(callee: MemberExpr, of: Value, { method, args }: Called, place: Place): Value {
  if (FILLING_METHODS.has(method)) {
    const path = pathOf(callee.of);
    if (path !== null) assign(place, path, joined(args));
  }
  if (method === "keys") return { ...of, facets: 0 };
  if (!has(of, FACET.message)) return under(joined([of, ...args]), joined(args).atoms);
  const keys = args.flatMap(({ texts }) => [...texts.keys()]);
  const isAll = method === "items" || method === "values";
  const isContent = isAll || keys.length === 0 || keys.some((key) => CONTENT_KEYS.has(key));
  const rest = of.facets & ~FACET.message;
  return { ...joined([of, ...args.slice(1)]), facets: rest | (isContent ? FACET.content : FACET.role) };
}
