import { acceleratorsIn } from "./accelerators.ts";
import { agentsIn } from "./agents.ts";
import type { Found } from "./found.ts";
import { modelsIn } from "./models.ts";
import type { Observed } from "./observed.ts";
import { programsIn } from "./programs.ts";

/** What is on a machine, by what was seen of it. Pure: the same observations, the same findings in the same order. */
export function discover(observed: Observed): Found[] {
  const found = [
    ...modelsIn(observed),
    ...programsIn(observed),
    ...agentsIn(observed.configurations),
    ...acceleratorsIn(observed),
  ];
  return found.toSorted(byWhere);
}

function byWhere(one: Found, other: Found): number {
  const [a, b] = [one, other].map(({ kind, where, name }) => `${kind} ${where} ${name}`);
  return (a ?? "") < (b ?? "") ? -1 : a === b ? 0 : 1;
}
