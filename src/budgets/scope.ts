import { canonicalJson } from "#base";
import type { Scope, Spender } from "./budget.ts";

export const EACH = "each";

const DIMENSIONS = ["agent", "user", "model"] as const;

/** Whether a budget of this scope counts what `spender` does. */
export function counts(scope: Scope, spender: Spender): boolean {
  return (
    isFor(scope.agent, spender.agent) &&
    isFor(scope.user, spender.user) &&
    isModel(scope.model, spender.model)
  );
}

/** Name of the counter of its own that the scope gives this spender: see `Usage.spender`. */
export function counterOf(scope: Scope, spender: Spender): string {
  const own = DIMENSIONS.flatMap((dimension) =>
    scope[dimension] === EACH ? [[dimension, spender[dimension].toWellFormed()] as const] : [],
  );
  return canonicalJson(Object.fromEntries(own));
}

function isFor(wanted: string | null, id: string): boolean {
  return wanted === null || wanted === EACH || wanted === id;
}

function isModel(wanted: string | null, model: string): boolean {
  if (wanted === null || wanted === EACH) return true;
  const bare = model.slice(model.indexOf("/") + 1);
  if (!wanted.endsWith("*")) return wanted === model || wanted === bare;
  const prefix = wanted.slice(0, -1);
  return model.startsWith(prefix) || bare.startsWith(prefix);
}
