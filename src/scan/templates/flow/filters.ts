import type { Expr } from "../ast.ts";
import { askedWith, atom } from "./compare.ts";
import { TIMES_MAX } from "./expansion.ts";
import { CONTENT_KEYS, FILTERS, ROLE_KEYS, TOOL_NAMES } from "./known.table.ts";
import { rewritten } from "./rewrite.ts";
import { checkKey, evaluate, type Place, type State, use } from "./state.ts";
import {
  FACET,
  has,
  join,
  joined,
  mapTexts,
  NOTHING,
  type Texts,
  union,
  type Value,
  asText,
  chosenBy,
  under,
} from "./value.ts";

type FilterExpr = Extract<Expr, { readonly is: "filter" }>;

/** What a filter makes of a value. One that is not known passes on everything it gets. */
export function filtered(expr: FilterExpr, place: Place): Value {
  const of = evaluate(expr.of, place);
  const args = [...expr.args, ...expr.named.map(({ value }) => value)].map((one) => evaluate(one, place));
  if (!FILTERS.has(expr.name)) use(place.state, "filter", expr.name);
  checkFilter(expr.name, args, place);
  const make = Object.hasOwn(MAKERS, expr.name) ? MAKERS[expr.name] : undefined;
  const kept = KEEPING.has(expr.name) ? of : asText(of);
  const made = make === undefined ? joined([kept, ...args]) : make(of, args, place.state);
  return chosenBy(made, args);
}

/** `attr` and those that take an attribute's name reach whatever the dot reaches. */
function checkFilter(name: string, args: readonly Value[], place: Place): void {
  if (name === "attr") use(place.state, "filter", "attr");
  if (["attr", "map", "selectattr", "rejectattr", "groupby", "sum", "sort", "join"].includes(name))
    for (const text of args.flatMap(({ texts }) => [...texts.keys()]))
      for (const part of text.split(".")) checkKey(part, place);
  const largest = Math.max(0, ...args.flatMap(({ numbers }) => [...numbers]));
  if (largest > TIMES_MAX) use(place.state, "expansion", `the filter ${name} with ${largest}`);
}

/** Those that leave messages messages; all others write them out as text. */
const KEEPING: ReadonlySet<string> = new Set(
  "list first last reverse sort unique slice batch select reject selectattr rejectattr default d items dictsort groupby map length count random sum min max".split(
    " ",
  ),
);

type Maker = (of: Value, args: readonly Value[], state: State) => Value;

const lengthOf: Maker = (of) => {
  if (has(of, FACET.messages)) return { ...NOTHING, facets: FACET.count, atoms: of.atoms };
  const isText = has(of, FACET.content | FACET.part);
  return {
    ...NOTHING,
    facets: isText ? FACET.length : 0,
    atoms: of.atoms,
    latent: isText ? of.latent : NOTHING.latent,
  };
};

const changing =
  (change: (text: string) => string): Maker =>
  (of) =>
    mapTexts(asText(of), change);

const oneOf: Maker = (of) => {
  if (!has(of, FACET.messages))
    return has(of, FACET.content) ? { ...of, facets: of.facets | FACET.part } : of;
  return { ...of, facets: (of.facets & ~FACET.messages) | FACET.message };
};

const mapped: Maker = (of, args) => {
  const keys = args.flatMap(({ texts }) => [...texts.keys()]);
  if (!has(of, FACET.message | FACET.messages)) return joined([of, ...args]);
  const rest = of.facets & ~(FACET.messages | FACET.message);
  const isShape = keys.length > 0 && keys.every((key) => ROLE_KEYS.has(key) || TOOL_NAMES.has(key));
  return { ...of, facets: rest | (isShape ? FACET.role : FACET.content) };
};

/** `selectattr('content', 'equalto', 'word')` is a condition. */
/** `content`, and `content.0.text`. */
const isContentKey = (key: string): boolean => key.split(".").some((part) => CONTENT_KEYS.has(part));

const selected = (of: Value, [key, test, ...rest]: readonly Value[]): Value => {
  const keys = [...(key?.texts.keys() ?? [])];
  const isShape = keys.length > 0 && keys.every((one) => ROLE_KEYS.has(one));
  const isContent = has(of, FACET.content) || (has(of, FACET.messages) && keys.some(isContentKey));
  if (!isContent || isShape || test === undefined) return of;
  const asked = { ...of, facets: FACET.content };
  return { ...of, atoms: union(of.atoms, askedWith(asked, rest)) };
};

const asNumber: Maker = (of) => {
  const numbers = [...of.texts.keys()].map(Number).filter((number) => Number.isFinite(number));
  const facets = has(of, FACET.content) ? FACET.length : of.facets;
  return { ...of, facets, texts: new Map(), numbers: union(of.numbers, new Set(numbers)) };
};

const joinedUp: Maker = (of, args) => {
  const between = [...(args[0]?.texts.keys() ?? [""])][0] ?? "";
  const all = joined([asText(of), ...args]);
  if (of.facets !== 0 || of.texts.size === 0) return all;
  const whole: Texts = new Map([
    [[...of.texts.keys()].join(between), new Set([...of.texts.values()].flatMap((atoms) => [...atoms]))],
  ]);
  return join(all, { ...NOTHING, texts: whole });
};

const formatted: Maker = (of, args) => {
  const filled = args.reduce((value, arg) => {
    const text = [...arg.texts.keys()][0];
    const number = [...arg.numbers][0];
    const said = text ?? (number === undefined ? "" : String(number));
    const letter =
      number === undefined ? said : String.fromCodePoint(Math.min(Math.abs(Math.trunc(number)), 0x10_ff_ff));
    return mapTexts(value, (pattern) =>
      pattern.replace(/%[sdrc]/u, (mark) => (mark === "%c" ? letter : said)),
    );
  }, of);
  return joined([of, filled, ...args]);
};

const MAKERS: Readonly<Record<string, Maker>> = {
  length: lengthOf,
  count: lengthOf,
  wordcount: lengthOf,
  string: asText,
  tojson: asText,
  pprint: asText,
  lower: changing((text) => text.toLowerCase()),
  upper: changing((text) => text.toUpperCase()),
  trim: changing((text) => text.trim()),
  capitalize: changing((text) => text),
  title: changing((text) => text),
  reverse: (of) =>
    join(
      of,
      mapTexts(of, (text) => Array.from(text).toReversed().join("")),
    ),
  first: oneOf,
  last: oneOf,
  random: (of, args, state) => under(oneOf(of, args, state), new Set([atom("chance", [])])),
  map: mapped,
  selectattr: selected,
  rejectattr: selected,
  select: (of, [test, ...rest]) => selected(of, [NOTHING, test ?? NOTHING, ...rest]),
  reject: (of, [test, ...rest]) => selected(of, [NOTHING, test ?? NOTHING, ...rest]),
  int: asNumber,
  float: asNumber,
  join: joinedUp,
  format: formatted,
  replace: (of, args, state) => rewritten(asText(of), args, state),
};
