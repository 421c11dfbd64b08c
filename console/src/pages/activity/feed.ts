import { look, type Query } from "../../api/client.ts";
import { follow } from "../../api/follow.ts";
import type { ActionRow } from "./fold.ts";
import { createRows, type Rows, ROWS_MAX } from "./rows.ts";
import type { ActivitySearch } from "./search.ts";

/** What the list shows; a new object whenever something changed. */
export interface FeedView {
  readonly rows: readonly ActionRow[];
  /** Actions that came while the list stood still. */
  readonly waiting: number;
  readonly state: "opening" | "live" | "waiting" | "ended";
  readonly problem: unknown;
  readonly hasOlder: boolean;
}

export interface Feed {
  readonly view: () => FeedView;
  readonly subscribe: (told: () => void) => () => void;
  /** Begins; answers how to stop. */
  readonly start: () => () => void;
  /** While it stands still, what comes is counted and not shown; what is shown goes on changing in its place. */
  readonly hold: (isStill: boolean) => void;
  readonly older: () => void;
}

const PAGE = 200;
/** Many events become one drawing: a screen shows no more than this lets through. */
const DRAW_MS = 80;

const OPENING: FeedView = { rows: [], waiting: 0, state: "opening", problem: null, hasOlder: false };

/** The actions of the ledger as a list that goes on: its newest page, then what happens, then older pages. */
export function createFeed(search: ActivitySearch): Feed {
  const rows = createRows();
  const board = createBoard(rows);
  let next: number | null = null;
  let isLoading = false;
  const page = async (before: number | null): Promise<number> => {
    const query: Query<"/activity"> = { ...search, limit: PAGE, ...(before === null ? {} : { before }) };
    const answer = await look("/activity", query);
    answer.items.forEach(rows.take);
    next = answer.next;
    board.say({ hasOlder: next !== null });
    return answer.head;
  };
  const fail = (problem: unknown): void => board.say({ state: "ended", problem });
  const goOn = (after: number): (() => void) =>
    follow("/activity", new URLSearchParams({ ...search, after: String(after) }), {
      item: (data) => {
        rows.take(data);
        board.soon();
      },
      state: (state) => board.say({ state }),
      ended: fail,
    });
  return {
    view: board.view,
    subscribe: board.subscribe,
    hold: board.hold,
    start: () => {
      let [isOver, stop]: [boolean, () => void] = [false, () => undefined];
      const begin = (head: number): void => {
        if (!isOver) stop = goOn(head);
      };
      void page(null).then(begin, fail);
      return () => {
        isOver = true;
        stop();
        board.close();
      };
    },
    older: () => {
      // Rows that were let go of are older than the last one shown, whatever the last page said.
      const { rows: shown } = board.view();
      const from = shown.length === ROWS_MAX ? (shown.at(-1)?.firstIndex ?? next) : next;
      if (isLoading || from === null) return;
      isLoading = true;
      void page(from)
        .catch(fail)
        .finally(() => {
          isLoading = false;
        });
    },
  };
}

/** What is shown of the rows, and who is told when it changes. */
function createBoard({ all }: Rows) {
  const listeners = new Set<() => void>();
  let view = OPENING;
  let stillAt: number | null = null;
  let timer: ReturnType<typeof setTimeout> | null = null;
  const draw = (): void => {
    timer = null;
    const { shown, waiting } = all(stillAt);
    view = { ...view, rows: shown, waiting };
    for (const told of listeners) told();
  };
  const soon = (): void => {
    timer ??= setTimeout(draw, DRAW_MS);
  };
  return {
    view: () => view,
    subscribe: (told: () => void) => {
      listeners.add(told);
      return () => listeners.delete(told);
    },
    say: (said: Partial<Omit<FeedView, "rows" | "waiting">>): void => {
      view = { ...view, ...said };
      soon();
    },
    hold: (isStill: boolean): void => {
      if (isStill === (stillAt !== null)) return;
      stillAt = isStill ? (view.rows[0]?.firstIndex ?? null) : null;
      draw();
    },
    soon,
    close: (): void => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
    },
  };
}
