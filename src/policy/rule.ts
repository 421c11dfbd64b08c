import type { GrantTerms, HoldTerms } from "#vocabulary";
import type { EvaluablePolicy } from "./evaluator.ts";

/** One policy of a set, ready to be decided with. `text` is as its author wrote it. */
export interface Rule extends EvaluablePolicy {
  readonly reason: string | null;
  readonly remedy: string | null;
  /** On a forbid that people may lift; null on every other policy. */
  readonly hold: HoldTerms | null;
  /** How far a yes may reach beyond one call; null: no further. */
  readonly grantable: GrantTerms | null;
  /** On a permit: how what it lets through is marked. */
  readonly mark: string | null;
  /** Arguments its conditions look at, or `all` when they take the whole of `context` or `context.input`. */
  readonly reads: ReadonlySet<string> | "all";
  /** Whether they may look at how the budgets stand. */
  readonly readsBudget: boolean;
  /** Whether they may look at where values came from. */
  readonly readsFlow: boolean;
  /** Whether they may look at what the register says of a model. */
  readonly readsModel: boolean;
  /**
   * Why it no longer fits the accepted tools (only in a set that is reloaded): a permit is then never satisfied, a
   * forbid errs wherever its scope matches. Null for a policy in order.
   */
  readonly broken: string | null;
}
