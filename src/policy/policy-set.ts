import type { Digest } from "#base";
import type { ScopeIndex } from "#cedar";
import type { GrantTerms, HoldTerms, PolicyId } from "#vocabulary";
import type { Evaluator } from "./evaluator.ts";
import type { ToolShape } from "./question.ts";
import type { InputTypes } from "./schema.ts";
import type { Rule } from "./rule.ts";

/** A policy text that parsed and fits the accepted tools: what decisions are made with. Immutable. */
export interface PolicySet {
  /** SHA-256 of the text: an approval lifts policies of this digest only. */
  readonly digest: Digest;
  readonly text: string;
  /** The accepted tools that the text was compiled against. */
  readonly tools: readonly ToolShape[];
  /** By id, sorted: the order in the text never matters. */
  readonly rules: readonly Rule[];
  readonly byId: ReadonlyMap<PolicyId, Rule>;
  /** The same rules, found by their scopes. */
  readonly index: ScopeIndex<Rule>;
  readonly inputs: InputTypes;
  readonly evaluator: Evaluator;
}

/** What a person may look at of a set: `doorward policy show`. */
export interface PolicySummary {
  readonly id: PolicyId;
  readonly effect: "permit" | "forbid";
  readonly reason: string | null;
  readonly remedy: string | null;
  readonly hold: HoldTerms | null;
  /** How far a yes may reach; null: to one call. */
  readonly grantable: GrantTerms | null;
  readonly text: string;
  readonly broken: string | null;
}

export function summariesOf(set: PolicySet): PolicySummary[] {
  return set.rules.map(({ id, effect, reason, remedy, hold, grantable, text, broken }) => ({
    id,
    effect,
    reason,
    remedy,
    hold,
    grantable,
    text,
    broken,
  }));
}
