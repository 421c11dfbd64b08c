import type { FlowFacts } from "#vocabulary";
import type { CedarRecord } from "./input.ts";

/** Nothing traced, in any role. */
export const NO_ORIGINS: FlowFacts["origins"] = {
  destination: [],
  account: [],
  command: [],
  path: [],
  selector: [],
  amount: [],
  credential: [],
  profile: [],
};

/** `context.flow`: what policies may know of where the values of an action came from. The schema has the same names. */
export function flowRecord(flow: FlowFacts): CedarRecord {
  const { labelled, effect, mandate, tainted, overflowed, asked, readers, carries } = flow;
  const sets = Object.entries(flow.origins).map(([role, origins]) => [role, [...origins]] as const);
  return {
    labelled,
    effect,
    mandate,
    tainted,
    overflowed,
    asked,
    readers,
    carries: [...carries],
    ...Object.fromEntries(sets),
  };
}
