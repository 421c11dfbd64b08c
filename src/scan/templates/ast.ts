/** As it is written in Jinja: `==`, `and`, `in`, `not in`, `~`; Go has functions for some of them. */
export type Operator = string;

export interface Named {
  readonly name: string;
  readonly value: Expr;
}

/**
 * An expression of a template. Jinja's and Go's templates are both read into it, so that one analysis does for both: Go's dot is the name
 * `.`, its pipelines are calls within calls, `eq` and its like are operators.
 */
export type Expr =
  | { readonly is: "literal"; readonly value: string | number | boolean | null }
  | { readonly is: "name"; readonly name: string }
  /** `of.key` or `of[key]`; `dotted` where the key was written as a name. */
  | { readonly is: "member"; readonly of: Expr; readonly key: Expr; readonly dotted: boolean }
  | { readonly is: "slice"; readonly of: Expr; readonly bounds: readonly Expr[] }
  | {
      readonly is: "call";
      readonly callee: Expr;
      readonly args: readonly Expr[];
      readonly named: readonly Named[];
    }
  | {
      readonly is: "filter";
      readonly of: Expr;
      readonly name: string;
      readonly args: readonly Expr[];
      readonly named: readonly Named[];
    }
  | { readonly is: "test"; readonly of: Expr; readonly name: string }
  | { readonly is: "binary"; readonly op: Operator; readonly left: Expr; readonly right: Expr }
  | { readonly is: "unary"; readonly op: Operator; readonly of: Expr }
  /** `yes if test else no`; without `no`, what `yes` holds is taken where `test` holds. */
  | { readonly is: "choice"; readonly test: Expr; readonly yes: Expr; readonly no: Expr | null }
  | { readonly is: "list"; readonly items: readonly Expr[] }
  | {
      readonly is: "map";
      readonly entries: readonly { readonly key: Expr; readonly value: Expr }[];
    };

export type Stmt =
  | { readonly is: "text"; readonly text: string }
  | { readonly is: "emit"; readonly value: Expr }
  | {
      readonly is: "if";
      readonly test: Expr;
      readonly body: readonly Stmt[];
      readonly otherwise: readonly Stmt[];
    }
  | {
      readonly is: "for";
      readonly targets: readonly string[];
      readonly over: Expr;
      /** Go's: gets the place in the list. */
      readonly index?: string;
      /** Go's `with`: the targets get the whole value, once. */
      readonly isWhole?: boolean;
      readonly body: readonly Stmt[];
      readonly otherwise: readonly Stmt[];
    }
  /** With `body`, its output is the value. */
  | {
      readonly is: "set";
      readonly target: Expr;
      readonly value: Expr | null;
      readonly body: readonly Stmt[];
    }
  | {
      readonly is: "macro";
      readonly name: string;
      readonly params: readonly Param[];
      readonly body: readonly Stmt[];
    }
  /** Calls a macro, whose `caller()` is the body. */
  | { readonly is: "call"; readonly call: Expr; readonly body: readonly Stmt[] }
  | { readonly is: "filter"; readonly filter: Expr; readonly body: readonly Stmt[] }
  | { readonly is: "leave"; readonly how: "break" | "continue" }
  | { readonly is: "comment"; readonly text: string };

export interface Param {
  readonly name: string;
  readonly value: Expr | null;
}

export interface Parsed {
  readonly dialect: "jinja" | "go";
  readonly body: readonly Stmt[];
}

/** Why a template can't be read; then nobody knows what it does. */
export type ParseOutcome =
  | { readonly ok: true; readonly parsed: Parsed }
  | { readonly ok: false; readonly what: string };

export const literal = (value: string | number | boolean | null): Expr => ({ is: "literal", value });
export const name = (of: string): Expr => ({ is: "name", name: of });
