import type { Pattern } from "./pattern.ts";
import type { Value } from "./value.ts";

export type Variable = "principal" | "action" | "resource" | "context";

export type BinaryOperator =
  | "=="
  | "!="
  | "<"
  | "<="
  | ">"
  | ">="
  | "+"
  | "-"
  | "*"
  | "in"
  | "contains"
  | "containsAll"
  | "containsAny"
  | "getTag"
  | "hasTag";

/** A Cedar expression, read and checked: what `compile` turns into closures. */
export type Expression =
  | { readonly kind: "value"; readonly value: Value }
  | { readonly kind: "variable"; readonly name: Variable }
  | { readonly kind: "!" | "neg" | "isEmpty"; readonly argument: Expression }
  | { readonly kind: "&&" | "||"; readonly left: Expression; readonly right: Expression }
  | {
      readonly kind: "if";
      readonly test: Expression;
      readonly yes: Expression;
      readonly no: Expression;
    }
  | {
      readonly kind: "binary";
      readonly operator: BinaryOperator;
      readonly left: Expression;
      readonly right: Expression;
    }
  | { readonly kind: "attribute" | "has"; readonly left: Expression; readonly name: string }
  | { readonly kind: "like"; readonly left: Expression; readonly pattern: Pattern }
  | { readonly kind: "is"; readonly left: Expression; readonly type: string }
  | { readonly kind: "set"; readonly items: readonly Expression[] }
  | { readonly kind: "record"; readonly fields: ReadonlyMap<string, Expression> }
  | { readonly kind: "call"; readonly name: string; readonly arguments: readonly Expression[] };
