import type { Environment, Policy } from "#cedar";
import type { Digest } from "#base";
import type { PolicyId } from "#vocabulary";
import type { CedarRecord, CedarValue } from "./input.ts";
import type { Uid } from "./question.ts";

/** An entity with its attributes and all its ancestors (ours are one level deep). */
export interface Entity {
  readonly uid: Uid;
  readonly attrs: Record<string, CedarValue | EntityReference | EntityReference[]>;
  readonly parents: readonly Uid[];
}

export type EntityReference = { readonly __entity: Uid };

/** One Cedar request: one principal, and all the entities that its policies may look at. */
export interface EvaluationRequest {
  readonly principal: Entity;
  readonly action: Entity;
  readonly resource: Entity;
  readonly context: CedarRecord;
  /** The same as our own engine takes it. */
  readonly environment: Environment;
}

/** Cedar's own answer. `reasons` are the satisfied forbids, or the satisfied permits if there is none. Both lists sorted. */
export interface Evaluation {
  readonly decision: "allow" | "deny";
  readonly reasons: readonly PolicyId[];
  readonly errors: readonly EvaluationError[];
}

export interface EvaluationError {
  readonly policy: PolicyId;
  readonly message: string;
}

/** What can be said with a part of the context unknown. A policy in none of the lists is never satisfied. */
export interface Outlook {
  readonly satisfied: readonly PolicyId[];
  readonly errored: readonly PolicyId[];
  /** Depends on what is unknown. */
  readonly open: readonly PolicyId[];
}

/** A policy as the two engines need it: its text, and the closures that its JSON form became. */
export interface EvaluablePolicy extends Policy {
  readonly id: PolicyId;
  readonly text: string;
}

/**
 * A Cedar engine behind the verdicts: our own, which decides, and the official one, which repeats it. Each answers
 * exactly as Cedar does. Throws Fault `policy_failed` when it cannot answer; the caller then denies.
 */
export interface Evaluator {
  /** The policies are those of a set whose scope matches the request (see `matchingRules`), in any order. */
  readonly evaluate: (policies: Slice, request: EvaluationRequest) => Evaluation;
  /** As `evaluate`, for any value of `context.input`, or of `context.budget` where the request has one. */
  readonly outlook: (policies: Slice, request: EvaluationRequest) => Outlook;
}

/** Some policies of the set with this digest. */
export interface Slice {
  readonly set: Digest;
  readonly policies: readonly EvaluablePolicy[];
}
