import { type ActionRow, type Event, fold } from "./fold.ts";

/** The actions known so far, newest first, never more than ROWS_MAX. */
export interface Rows {
  readonly take: (event: unknown) => void;
  readonly all: () => readonly ActionRow[];
}

/** The oldest go first; they are asked for again where somebody scrolls down to them. */
export const ROWS_MAX = 5_000;

export function createRows(): Rows {
  const byAction = new Map<string, ActionRow>();
  return {
    take: (data) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an item of activity.list, as its schema shapes it
      const event = data as Event;
      byAction.set(event.action, fold(byAction.get(event.action), event));
    },
    all: () => {
      const sorted = [...byAction.values()].toSorted((a, b) => b.firstIndex - a.firstIndex);
      for (const row of sorted.splice(ROWS_MAX)) byAction.delete(row.action);
      return sorted;
    },
  };
}
