import { type State, use } from "./state.ts";
import type { Value } from "./value.ts";

/** Times that a loop goes round, or a text is repeated; the product within one another counts. */
export const TIMES_MAX = 100_000;

/** Of all loops within one another. */
const ROUNDS_MAX = 1_000_000;

/** How often the body of a loop runs, within the loops around it. */
export function looped(around: number, times: number, state: State): number {
  const all = Math.max(1, around) * times;
  if (all > ROUNDS_MAX) use(state, "expansion", `loops of ${all} rounds`);
  return all;
}

/** Machine words hold as much. */
const POWER_MAX = 2 ** 64;

/** Notes an operator that makes much of little: a text times a number, a power. */
export function expanded(op: string, left: Value, right: Value, state: State): void {
  const largest = Math.max(0, ...left.numbers, ...right.numbers);
  if (op === "**" && largest > POWER_MAX) use(state, "expansion", `a power that makes ${largest}`);
  if (op === "*" && largest > TIMES_MAX) use(state, "expansion", `something ${largest} times`);
}
