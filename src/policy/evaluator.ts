import type { PolicyId } from "#vocabulary";
import type { CedarRecord, CedarValue } from "./input.ts";
import type { Uid } from "./question.ts";

/** An entity with its attributes and all its ancestors (ours are one level deep). */
export interface Entity {
  readonly uid: Uid;
  readonly attrs: Record<string, CedarValue | EntityReference | EntityReference[]>;
  readonly parents: readonly Uid[];
}

export interface EntityReference {
  readonly __entity: Uid;
}

/** One Cedar request: one principal, and all the entities that its policies may look at. */
export interface EvaluationRequest {
  readonly principal: Entity;
  readonly action: Entity;
  readonly resource: Entity;
  readonly context: CedarRecord;
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

/** A policy as an evaluator needs it. */
export interface EvaluablePolicy {
  readonly id: PolicyId;
  readonly text: string;
  /** Arguments its conditions can look at, or `all`: its evaluation does not depend on any other. */
  readonly reads: ReadonlySet<string> | "all";
}

/**
 * The Cedar engine behind the verdicts. Whatever stands behind it answers exactly as Cedar does.
 * Throws Fault `policy_failed` when it cannot answer; the caller then denies.
 */
export interface Evaluator {
  readonly evaluate: (policies: Slice, request: EvaluationRequest) => Evaluation;
  /** As `evaluate`, for any value of `context.input`, or of `context.budget` where the request has one. */
  readonly outlook: (policies: Slice, request: EvaluationRequest) => Outlook;
}

/** Some policies of a set, with a key that is equal only for equal policies: what an evaluator may cache by. */
export interface Slice {
  readonly key: string;
  readonly policies: readonly EvaluablePolicy[];
}
