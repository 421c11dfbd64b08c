import { type ActionRow, type Event, fold } from "./fold.ts";

/** The actions known so far. */
export interface Rows {
  readonly take: (event: unknown) => void;
  /** Newest first. `still`: the ledger index beyond which actions wait; null: none does. */
  readonly all: (still: number | null) => Standing;
}

interface Standing {
  /** Never more than ROWS_MAX, and all that was there when it was stopped, however much came since. */
  readonly shown: readonly ActionRow[];
  readonly waiting: number;
}

/** Of those shown, and of those that wait: the oldest go first; they are asked for again where somebody looks. */
export const ROWS_MAX = 5_000;

export function createRows(): Rows {
  const byAction = new Map<string, ActionRow>();
  let letGo = 0;
  const trimmed = (rows: ActionRow[]): number => {
    const gone = rows.splice(ROWS_MAX);
    for (const row of gone) byAction.delete(row.action);
    return gone.length;
  };
  return {
    take: (data) => {
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an item of activity.list, as its schema shapes it
      const event = data as Event;
      byAction.set(event.action, fold(byAction.get(event.action), event));
    },
    all: (still) => {
      const sorted = [...byAction.values()].toSorted((a, b) => b.firstIndex - a.firstIndex);
      const split = still === null ? 0 : sorted.findIndex(({ firstIndex }) => firstIndex <= still);
      const waiting = sorted.splice(0, split === -1 ? sorted.length : split);
      trimmed(sorted);
      letGo = still === null ? 0 : letGo + trimmed(waiting);
      return { shown: sorted, waiting: waiting.length + letGo };
    },
  };
}
