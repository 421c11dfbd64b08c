import type { Found } from "./found.ts";
import { modelsIn } from "./models.ts";
import type { Observed } from "./observed.ts";

/** What is on a machine, by what was seen of it. Pure: the same observations, the same findings in the same order. */
export function discover(observed: Observed): Found[] {
  return [...modelsIn(observed)].toSorted(byWhere);
}

function byWhere(one: Found, other: Found): number {
  const [a, b] = [`${one.kind} ${one.where}`, `${other.kind} ${other.where}`];
  return a < b ? -1 : a > b ? 1 : 0;
}
