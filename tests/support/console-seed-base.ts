import type { Json } from "#base";
import { operationNamed, type OperationName, type OutputOf } from "#operations";
import type { Answering } from "../journeys/console-harness.ts";

/** When every picture of the console is taken. */
export const SEED_NOW = Date.UTC(2026, 10, 21, 14, 30);

/** One id of each kind: `idOf("act", 7)`. */
export function idOf(kind: string, count: number): string {
  return `${kind}_${String(count).padStart(26, "0")}`;
}

export const ago = (seconds: number): string => new Date(SEED_NOW - seconds * 1_000).toISOString();

/** What a reading operation answers; a seed that its own output schema refuses fails here. */
export function answering<Name extends OperationName>(
  name: Name,
  answer: (query: URLSearchParams) => OutputOf<Name>,
): Answering {
  const { output } = operationNamed(name);
  return (query) => output.parse(answer(query)) as Json;
}
