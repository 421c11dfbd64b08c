import type { Expr } from "../ast.ts";
import { called } from "./calls.ts";
import { askedWith, atom, compared, type Side } from "./compare.ts";
import { filtered } from "./filters.ts";
import {
  CONTENT_KEYS,
  DATE_FUNCTIONS,
  REACHING_NAMES,
  ROLE_KEYS,
  SHAPE_TESTS,
  TOOL_NAMES,
} from "./known.table.ts";
import { expanded } from "./expansion.ts";
import { assign, checkKey, evaluate, guarded, pathOf, type Place, step, use } from "./state.ts";
import {
  asText,
  type Atoms,
  chosenBy,
  concatenated,
  FACET,
  has,
  join,
  joined,
  mapTexts,
  NOTHING,
  ofFacets,
  ofNumber,
  ofText,
  under,
  union,
  type Value,
} from "./value.ts";

/** What an expression may be, whatever the messages are. */
export function evaluated(expr: Expr, place: Place): Value {
  step(place.state);
  if (expr.is === "literal") return literalValue(expr.value);
  if (expr.is === "name") return nameValue(expr.name, place);
  if (expr.is === "list") return listValue(expr, place);
  if (expr.is === "map") return mapValue(expr, place);
  return madeOf(expr, place);
}

function madeOf(
  expr: Exclude<Expr, { readonly is: "literal" | "name" | "list" | "map" }>,
  place: Place,
): Value {
  switch (expr.is) {
    case "member":
      return memberValue(expr, place);
    case "slice":
      return sliceValue(expr, place);
    case "call":
      return called(expr, place);
    case "filter":
      return filtered(expr, place);
    case "binary":
      return binaryValue(expr, place);
    case "unary":
      return signedValue(expr, place);
    case "test":
      return decided(conditions(expr, place));
    case "choice":
    default:
      return choiceValue(expr, place);
  }
}

/** Yes or no, under conditions. */
const decided = (atoms: Atoms): Value => ({ ...NOTHING, atoms });

function literalValue(value: string | number | boolean | null): Value {
  if (typeof value === "string") return ofText(value);
  return typeof value === "number" ? ofNumber(value) : NOTHING;
}

const START: Readonly<Record<string, number>> = {
  messages: FACET.messages,
  conversation: FACET.messages,
  conversations: FACET.messages,
  history: FACET.messages,
  chat: FACET.messages,
  message: FACET.message,
  date_string: FACET.date,
  current_date: FACET.date,
  prompt: FACET.content,
  system: FACET.content,
  system_message: FACET.content,
  query: FACET.content,
  response: FACET.content,
  suffix: FACET.content,
};

function nameValue(name: string, { state, locals }: Place): Value {
  const known = state.env.get(name);
  const local = locals.get(name);
  if (local !== undefined) return local;
  const start = ofFacets(Object.hasOwn(START, name) ? (START[name] ?? 0) : 0);
  // What a template sets them to does not take away what they are handed in as.
  if (known !== undefined) return join(known, start);
  if (REACHING_NAMES.has(name) || name.startsWith("__")) use(state, "name", name);
  if (TOOL_NAMES.has(name)) return ofFacets(FACET.tool);
  if (DATE_FUNCTIONS.has(name)) return ofFacets(FACET.date);
  return start;
}

function memberValue(expr: Extract<Expr, { readonly is: "member" }>, place: Place): Value {
  const of = evaluate(expr.of, place);
  const key = evaluate(expr.key, place);
  for (const text of key.texts.keys()) checkKey(text, place);
  const path = pathOf(expr);
  const field = path === null ? undefined : (place.locals.get(path) ?? place.state.env.get(path));
  const chosen = keyConditions(of, key);
  return under(join(field ?? NOTHING, picked(of, key)), union(key.atoms, chosen));
}

/** What a key picks that is itself a message's text, a date or a number of messages. */
function keyConditions(of: Value, key: Value): Atoms {
  if (of.texts.size === 0 || has(of, FACET.message | FACET.messages)) return new Set();
  if (!has(key, FACET.content | FACET.date | FACET.length)) return new Set();
  return compared({ value: key, isComputed: false }, { value: of, isComputed: true });
}

/** A field of a message, of its content or of a tool; otherwise whatever the whole holds. */
function picked(of: Value, key: Value): Value {
  const keys = [...key.texts.keys()];
  const without = of.facets & ~(FACET.message | FACET.messages);
  let facets = without;
  if (has(of, FACET.messages) && keys.length === 0) facets |= FACET.message;
  if (has(of, FACET.message)) facets |= keys.length === 0 ? FACET.content : facetOf(keys);
  if (has(of, FACET.content) && keys.length > 0 && !keys.some((one) => CONTENT_KEYS.has(one)))
    facets =
      (facets & ~(FACET.content | FACET.part)) |
      (keys.every((one) => ROLE_KEYS.has(one)) ? FACET.role : FACET.tool);
  if (has(of, FACET.content) && keys.length === 0) facets |= FACET.part;
  return { ...of, facets };
}

function facetOf(keys: readonly string[]): number {
  let facets = 0;
  for (const key of keys) {
    if (CONTENT_KEYS.has(key)) facets |= FACET.content;
    else if (ROLE_KEYS.has(key)) facets |= FACET.role;
    else if (TOOL_NAMES.has(key)) facets |= FACET.tool;
  }
  return facets;
}

function sliceValue(expr: Extract<Expr, { readonly is: "slice" }>, place: Place): Value {
  const of = evaluate(expr.of, place);
  const bounds = expr.bounds.map((bound) => evaluate(bound, place));
  const value = chosenBy(of, bounds);
  const isReversed = bounds.some(({ numbers }) => numbers.has(-1));
  return isReversed
    ? join(
        value,
        mapTexts(of, (text) => Array.from(text).toReversed().join("")),
      )
    : value;
}

type BinaryExpr = Extract<Expr, { readonly is: "binary" }>;

const COMPARING = new Set(["==", "!=", "<", ">", "<=", ">=", "in", "not in"]);

function binaryValue(expr: BinaryExpr, place: Place): Value {
  if (COMPARING.has(expr.op)) return decided(conditions(expr, place));
  const constant = constantOf(expr);
  if (constant !== null) {
    expanded(expr.op, ofNumber(constant), NOTHING, place.state);
    return ofNumber(constant);
  }
  const left = evaluate(expr.left, place);
  if (expr.op === "and" || expr.op === "or") {
    const asked = conditions(expr.left, place);
    const right = evaluate(expr.right, guarded(place, asked));
    return join(under(left, asked), under(right, asked));
  }
  const right = evaluate(expr.right, place);
  if (expr.op === "~") return concatenated(chosenBy(asText(left), [right]), chosenBy(asText(right), [left]));
  if (expr.op === "+") return concatenated(chosenBy(left, [right]), chosenBy(right, [left]));
  expanded(expr.op, left, right, place.state);
  return arithmetic(expr.op, left, right);
}

const ARITHMETIC: Readonly<Record<string, (left: number, right: number) => number>> = {
  "+": (left, right) => left + right,
  "-": (left, right) => left - right,
  "*": (left, right) => left * right,
  "/": (left, right) => left / right,
  "//": (left, right) => Math.floor(left / right),
  "%": (left, right) => left % right,
  "**": (left, right) => left ** right,
};

/** A number that is written out as a sum; null where anything in it is no number. */
function constantOf(expr: Expr): number | null {
  if (expr.is === "literal") return typeof expr.value === "number" ? expr.value : null;
  if (expr.is === "unary" && expr.op === "-") {
    const of = constantOf(expr.of);
    return of === null ? null : -of;
  }
  if (expr.is !== "binary" || !Object.hasOwn(ARITHMETIC, expr.op)) return null;
  const [left, right] = [constantOf(expr.left), constantOf(expr.right)];
  return left === null || right === null ? null : (ARITHMETIC[expr.op]?.(left, right) ?? null);
}

function arithmetic(op: string, left: Value, right: Value): Value {
  const value = join(chosenBy(left, [right]), chosenBy(op === "%" ? asText(right) : right, [left]));
  const isNumber = (left.texts.size === 0 && right.texts.size === 0) || op === "-";
  const facets = isNumber && has(value, FACET.content) ? FACET.length : value.facets;
  const large = op === "%" ? [...right.numbers].filter((number) => number > 2) : [];
  const latent = has(value, FACET.count | FACET.length | FACET.content)
    ? large.map((number) => `% ${number}`)
    : [];
  return { ...value, facets, latent: union(value.latent, new Set(latent)) };
}

function signedValue(expr: Extract<Expr, { readonly is: "unary" }>, place: Place): Value {
  if (expr.op !== "-" && expr.op !== "+") return decided(conditions(expr, place));
  const value = evaluate(expr.of, place);
  if (expr.op === "+") return value;
  return { ...value, numbers: new Set(Array.from(value.numbers, (number) => -number)) };
}

function choiceValue(expr: Extract<Expr, { readonly is: "choice" }>, place: Place): Value {
  const asked = conditions(expr.test, place);
  const inside = guarded(place, asked);
  const yes = evaluate(expr.yes, inside);
  return under(join(yes, expr.no === null ? NOTHING : evaluate(expr.no, inside)), asked);
}

/** A list of messages is one that a template made itself. */
function listValue(expr: Extract<Expr, { readonly is: "list" }>, place: Place): Value {
  const value = joined(expr.items.map((item) => evaluate(item, place)));
  if (!has(value, FACET.message)) return value;
  return { ...value, facets: (value.facets & ~FACET.message) | FACET.messages };
}

function mapValue(expr: Extract<Expr, { readonly is: "map" }>, place: Place): Value {
  const all = joined(
    expr.entries.flatMap(({ key, value }) => [evaluate(key, place), evaluate(value, place)]),
  );
  const isMessage = expr.entries.some(({ key }) => key.is === "literal" && key.value === "role");
  return isMessage ? { ...all, facets: (all.facets & ~(FACET.content | FACET.part)) | FACET.message } : all;
}

/** The fields of a namespace or a map, each a variable of its own: `ns.flag`. */
export function assignFields(target: string, value: Expr, place: Place): void {
  const fields =
    value.is === "map"
      ? value.entries.flatMap(({ key, value: held }) =>
          key.is === "literal" ? [{ name: String(key.value), value: held }] : [],
        )
      : value.is === "call"
        ? value.named
        : [];
  for (const field of fields) assign(place, `${target}.${field.name}`, evaluate(field.value, place));
}

/** What has to hold of messages, dates and counts for an expression to be true. */
export function conditions(expr: Expr, place: Place): Atoms {
  step(place.state);
  if (expr.is === "binary") return binaryConditions(expr, place);
  if (expr.is === "unary" && expr.op === "not") return conditions(expr.of, place);
  if (expr.is !== "test") return truth(evaluate(expr, place));
  const of = evaluate(expr.of, place);
  return SHAPE_TESTS.has(expr.name) ? of.atoms : askedWith(of, []);
}

function binaryConditions(expr: BinaryExpr, place: Place): Atoms {
  if (expr.op === "and" || expr.op === "or") {
    const right = expr.op === "and" ? knownBehind(expr.left, place) : place;
    return union(conditions(expr.left, place), conditions(expr.right, right));
  }
  if (!COMPARING.has(expr.op)) return truth(evaluate(expr, place));
  const simple = modeOnly(expr, place) ?? keysOnly(expr, place);
  return simple ?? compared(sideOf(expr.left, place), sideOf(expr.right, place));
}

/** Whether there is any text; of a text that was cut by words, whether they are in it. */
function truth(of: Value): Atoms {
  const isAsked = has(of, FACET.content) && of.latent.size > 0;
  return isAsked ? union(of.atoms, new Set([atom("content", [...of.latent])])) : of.atoms;
}

const OPERATOR_ROLES = new Set(["system", "developer", "control"]);

/** A system prompt, or a message of whoever runs the model, that is one word and nothing else chooses a mode. */
function modeOnly(expr: BinaryExpr, place: Place): Atoms | null {
  if (expr.op !== "==" && expr.op !== "!=") return null;
  const [word, asked] = expr.right.is === "literal" ? [expr.right, expr.left] : [expr.left, expr.right];
  const isWord = word.is === "literal" && /^[A-Za-z][\w-]{0,30} ?$/u.test(String(word.value));
  const isSystem = asked.is === "name" && asked.name === "system";
  return isWord && (isSystem || place.isOperator) ? evaluate(asked, place).atoms : null;
}

function asksForOperator(test: Expr): boolean {
  if (test.is !== "binary") return false;
  if (test.op === "and") return asksForOperator(test.left) || asksForOperator(test.right);
  const { right } = test;
  const left = test.left.is === "slice" ? test.left.of : test.left;
  const isRole = left.is === "member" && left.key.is === "literal" && ROLE_KEYS.has(String(left.key.value));
  return test.op === "==" && isRole && right.is === "literal" && OPERATOR_ROLES.has(String(right.value));
}

/** `'content' in message` asks for a field, not for words. */
function keysOnly(expr: BinaryExpr, place: Place): Atoms | null {
  if (expr.op !== "in" && expr.op !== "not in") return null;
  const right = evaluate(expr.right, place);
  if (place.keyed.has(pathOf(expr.right) ?? "")) return right.atoms;
  const keys = [...evaluate(expr.left, place).texts.keys()];
  if (keys.length === 0 || !keys.every((key) => /^\w+$/u.test(key))) return null;
  return has(right, FACET.message) && !has(right, FACET.content) ? right.atoms : null;
}

function sideOf(expr: Expr, place: Place): Side {
  const isGiven = expr.is === "literal" || expr.is === "name" || expr.is === "member";
  return { value: evaluate(expr, place), isComputed: !isGiven };
}

/**
 * What a condition says of everything behind it: `x is mapping`, the other branch of `x is string`, and whose message it is.
 */
export function knownBehind(test: Expr, place: Place, isOther = false): Place {
  const found = keyedIn(test, isOther);
  const isOperator = place.isOperator || (!isOther && asksForOperator(test));
  if (found.length === 0 && isOperator === place.isOperator) return place;
  return { ...place, keyed: union(place.keyed, new Set(found)), isOperator };
}

function keyedIn(test: Expr, isOther: boolean): readonly string[] {
  if (test.is === "binary" && test.op === "and" && !isOther)
    return [...keyedIn(test.left, false), ...keyedIn(test.right, false)];
  if (test.is === "unary" && test.op === "not") return keyedIn(test.of, !isOther);
  if (test.is !== "test") return [];
  const isShape = isOther ? test.name === "string" : test.name === "mapping";
  const path = isShape ? pathOf(test.of) : null;
  return path === null ? [] : [path];
}
