import { compile } from "./compile.ts";
import type { Scene } from "./environment.ts";
import { Failure, type FailureKind } from "./failure.ts";
import { type ExactJson, isList, isObject, unreadable } from "./json.ts";
import { readExpression } from "./read-expression.ts";
import { createSharing, type Sharing } from "./sharing.ts";
import { type ActionScope, readActionScope, readScope, type Scope, type Slots } from "./scope.ts";

/** A static policy, or a template with its slots filled. */
export interface Policy {
  readonly id: string;
  readonly effect: "permit" | "forbid";
  readonly principal: Scope;
  readonly action: ActionScope | null;
  readonly resource: Scope;
  /** All its conditions in their order, an `unless` turned around. Throws Failure. */
  readonly test: (scene: Scene) => boolean;
  readonly annotations: Readonly<Record<string, string>>;
}

/**
 * A policy in Cedar's JSON form (https://docs.cedarpolicy.com/policies/json-format.html), as `policyToJson` of the
 * official build gives it. Policies read with the same `sharing` evaluate once what they have in common. Throws Fault `cedar_unreadable`.
 */
export function readPolicy<Id extends string>(
  id: Id,
  json: unknown,
  slots: Slots = {},
  sharing: Sharing = createSharing(),
): Policy & { readonly id: Id } {
  if (!isObject(json)) throw unreadable(`policy ${id} is no object`);
  const { effect, conditions } = json;
  if (effect !== "permit" && effect !== "forbid") throw unreadable("a policy permits or forbids");
  return {
    id,
    effect,
    principal: readScope(json["principal"], slots),
    action: readActionScope(json["action"]),
    resource: readScope(json["resource"], slots),
    test: allOf((isList(conditions) ? conditions : []).map((one) => readCondition(one, sharing))),
    annotations: readAnnotations(json["annotations"]),
  };
}

type Test = Policy["test"];

function allOf(tests: readonly Test[]): Test {
  const [first, ...others] = tests;
  if (first === undefined) return () => true;
  return others.reduce<Test>((all, one) => (scene) => all(scene) && one(scene), first);
}

function readCondition(json: ExactJson, sharing: Sharing): Test {
  const { kind, body } = isObject(json) ? json : {};
  const { test } = sharing.node(textOf(body), () => compile(readExpression(body), sharing));
  if (kind === "when") return test;
  if (kind === "unless") return (scene) => !test(scene);
  throw unreadable("a condition is when or unless");
}

/** Equal for equal expressions alone: no expression has the form that a number beyond 2^53 is given here. */
function textOf(body: ExactJson | undefined): string {
  return JSON.stringify(body ?? null, (_, value: unknown) =>
    typeof value === "bigint" ? { exact: { number: String(value) } } : value,
  );
}

/** An annotation without a value is an empty text. */
function readAnnotations(json: ExactJson | undefined): Readonly<Record<string, string>> {
  if (!isObject(json)) return {};
  const entries = Object.entries(json).map(([name, value]) => [name, typeof value === "string" ? value : ""]);
  return Object.fromEntries(entries);
}

/** What a policy whose scope matches comes to. */
export type Outcome = "satisfied" | "unsatisfied" | PolicyFailure;

export interface PolicyFailure {
  readonly kind: FailureKind;
  /** In Cedar's words. */
  readonly message: string;
}

export function evaluatePolicy({ test }: Policy, scene: Scene): Outcome {
  try {
    return test(scene) ? "satisfied" : "unsatisfied";
  } catch (cause) {
    if (cause instanceof Failure) return cause;
    throw cause;
  }
}
