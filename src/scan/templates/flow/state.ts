import type { Expr, Stmt } from "../ast.ts";
import { type Atoms, join, NOTHING, sameValue, TooMuch, under, union, type Value } from "./value.ts";

/** Something that a template reaches for and a chat has no use of. */
export interface Use {
  readonly kind: "attribute" | "function" | "method" | "filter" | "name" | "expansion";
  readonly what: string;
}

/** A message's words taken out or replaced. */
export interface Rewrite {
  readonly from: string;
  readonly to: string;
}

/** What the last pass over a template heard. */
export interface Heard {
  /** Every constant text that can be in the output, with the conditions under which it is. */
  readonly emitted: Map<string, Atoms>;
  /** The conditions under which a message's text is in the output, or in a variable. */
  readonly passed: Set<string>;
  /** The conditions under which the template refuses. */
  readonly refused: Set<string>;
  readonly uses: Map<string, Use>;
  readonly rewrites: Map<string, Rewrite>;
  /** What of the template was not kept, since there is too much of it. */
  readonly dropped: Set<string>;
  readonly comments: Set<string>;
}

export type Macro = Extract<Stmt, { readonly is: "macro" }>;

/** The functions that call one another through all kinds of nodes; handed around, since modules may not import in circles. */
export interface Engine {
  readonly evaluate: (expr: Expr, place: Place) => Value;
  readonly walked: (stmts: readonly Stmt[], place: Place) => void;
}

export interface State {
  readonly engine: Engine;
  readonly env: Map<string, Value>;
  readonly macros: Map<string, Macro>;
  /** Macros that are being followed: one that calls itself is not followed again. */
  readonly active: Set<string>;
  readonly callers: Value[];
  readonly heard: Heard;
  changed: boolean;
  steps: number;
}

/** Where statements stand: under which conditions, and what takes their output. */
export interface Place {
  readonly state: State;
  readonly guards: Atoms;
  /** The parameters of the macro that is being followed. */
  readonly locals: Map<string, Value>;
  /** Variables that hold a map or a list here, whose `in` asks for a key or an item and not for words. */
  readonly keyed: ReadonlySet<string>;
  /** Whether only messages of whoever runs the model come here: their role was asked for. */
  readonly isOperator: boolean;
  /** How often the loops around go round, as far as they count by numbers; 0 outside of loops. */
  readonly times: number;
  readonly emit: (value: Value) => void;
}

const STEPS_MAX = 400_000;

export function freshState(engine: Engine): State {
  return {
    engine,
    env: new Map(),
    macros: new Map(),
    active: new Set(),
    callers: [],
    heard: freshHeard(),
    changed: false,
    steps: 0,
  };
}

function freshHeard(): Heard {
  return {
    emitted: new Map(),
    passed: new Set(),
    refused: new Set(),
    uses: new Map(),
    rewrites: new Map(),
    dropped: new Set(),
    comments: new Set(),
  };
}

export function step(state: State): void {
  state.steps += 1;
  if (state.steps > STEPS_MAX) throw new TooMuch("it takes too many steps to follow");
}

export function guarded(place: Place, guards: Atoms): Place {
  return guards.size === 0 ? place : { ...place, guards: union(place.guards, guards) };
}

/** A variable may hold this, too: what it held before stays possible. */
export function assign(place: Place, key: string, value: Value): void {
  const { env } = place.state;
  const local = place.locals.get(key);
  const guardedValue = under(value, place.guards);
  if (local !== undefined) {
    place.locals.set(key, join(local, guardedValue));
    return;
  }
  const known = env.get(key);
  const next = join(known ?? NOTHING, guardedValue);
  if (sameValue(known, next)) return;
  env.set(key, next);
  place.state.changed = true;
}

export function use({ heard }: State, kind: Use["kind"], what: string): void {
  const key = `${kind} ${what}`;
  if (heard.uses.size < USES_MAX || heard.uses.has(key)) heard.uses.set(key, { kind, what });
  else heard.dropped.add(`it uses more than ${USES_MAX} things that no chat has a use of`);
}

const USES_MAX = 200;

export function rewrite({ heard }: State, one: Rewrite): void {
  const key = `${one.from}\u0000${one.to}`;
  if (heard.rewrites.size < REWRITES_MAX || heard.rewrites.has(key)) heard.rewrites.set(key, one);
  else heard.dropped.add(`it replaces more than ${REWRITES_MAX} texts in messages`);
}

const REWRITES_MAX = 64;

/** The name that an expression is, or `name.key` for a field of one: variables and fields of namespaces. */
export function pathOf(expr: Expr): string | null {
  if (expr.is === "name") return expr.name;
  if (expr.is !== "member" || expr.key.is !== "literal" || expr.key.value === null) return null;
  const of = pathOf(expr.of);
  return of === null ? null : `${of}.${String(expr.key.value)}`;
}

export function evaluate(expr: Expr, place: Place): Value {
  return place.state.engine.evaluate(expr, place);
}

const DUNDER = /__[a-z]|^_[a-z]|\bmro\b|^func_|^gi_|^f_(?:globals|builtins|locals)/u;

/** An attribute or a key; one that starts with underscores leads out of the sandbox that templates are rendered in. */
export function checkKey(key: string, { state }: Place): void {
  if (DUNDER.test(key)) use(state, "attribute", key);
}
