import { Fault } from "#base";
import type { Budget, Usage } from "./budget.ts";
import type { Span } from "./window.ts";

/** One count: of one budget, for one spender, in one window. */
export interface Counter {
  readonly budgetId: string;
  readonly spender: string;
  readonly start: number;
  used: number;
}

/** Beyond so many, those of past windows are forgotten. */
export const COUNTERS_KEPT = 20_000;
/** Counts of present windows alone; a spender beyond that is refused. */
export const COUNTERS_MAX = 100_000;
/** The largest count: what numbers, and the store's readers, hold exactly. */
export const USED_MAX = Number.MAX_SAFE_INTEGER;

interface Book {
  readonly counters: Map<string, Counter>;
  /** Counters of windows that began then or earlier were forgotten; negative infinity: none were. */
  forgottenUpTo: number;
  /** Where the window began when past ones were last looked for. */
  sweptAt: number;
}

export interface Counters {
  /** Used or reserved so far. A window that was forgotten counts as used up: the clock went back, and doubt refuses. */
  readonly used: (budget: Budget, spender: string, span: Span) => number;
  /** The counter itself, begun where there is none. Throws Fault `budgets_full`. */
  readonly take: (budget: Budget, spender: string, span: Span) => Counter;
  readonly load: (usage: readonly Usage[]) => void;
  readonly keepOnly: (budgetIds: ReadonlySet<string>) => void;
  /** Forgets past windows where there are too many counters. Answers which rows nobody needs any more. */
  readonly sweep: (budgets: readonly Budget[], spanOf: (budget: Budget) => Span) => readonly Forgotten[];
}

export interface Forgotten {
  readonly budgetId: string;
  readonly upTo: number;
}

export function createCounters(): Counters {
  const books = new Map<string, Book>();
  let size = 0;
  const bookOf = (budgetId: string): Book => {
    const book = books.get(budgetId) ?? newBook();
    books.set(budgetId, book);
    return book;
  };
  const begin = (counter: Counter): Counter => {
    if (size >= COUNTERS_MAX) throw full();
    bookOf(counter.budgetId).counters.set(keyOf(counter.spender, counter.start), counter);
    size += 1;
    return counter;
  };
  const used: Counters["used"] = (budget, spender, { start }) => {
    const book = bookOf(budget.id);
    const known = book.counters.get(keyOf(spender, start));
    return known?.used ?? (start <= book.forgottenUpTo ? budget.amount : 0);
  };
  return {
    used,
    take: (budget, spender, span) => {
      const known = bookOf(budget.id).counters.get(keyOf(spender, span.start));
      if (known !== undefined) return known;
      return begin({ budgetId: budget.id, spender, start: span.start, used: used(budget, spender, span) });
    },
    load: (usage) => {
      for (const { budgetId, spender, windowStart, used: sum } of usage)
        begin({ budgetId, spender, start: windowStart, used: sum });
    },
    keepOnly: (budgetIds) => {
      for (const [id, { counters }] of books) {
        if (budgetIds.has(id)) continue;
        size -= counters.size;
        books.delete(id);
      }
    },
    sweep: (budgets, spanOf) => {
      if (size < COUNTERS_KEPT) return [];
      return budgets.flatMap((budget) => {
        const book = bookOf(budget.id);
        const before = book.counters.size;
        const isAny = forget(book, spanOf(budget));
        size -= before - book.counters.size;
        return isAny ? [{ budgetId: budget.id, upTo: book.forgottenUpTo }] : [];
      });
    },
  };
}

function newBook(): Book {
  return { counters: new Map(), forgottenUpTo: Number.NEGATIVE_INFINITY, sweptAt: Number.NaN };
}

/** Whether there was anything to forget. Looks once per window: this stands before every call. */
function forget(book: Book, span: Span): boolean {
  if (book.sweptAt === span.start) return false;
  book.sweptAt = span.start;
  const past = [...book.counters.values()].filter(({ start }) => start < span.start);
  for (const { spender, start } of past) {
    book.counters.delete(keyOf(spender, start));
    book.forgottenUpTo = Math.max(book.forgottenUpTo, start);
  }
  return past.length > 0;
}

/** Changes a count and answers by how much: never below nothing, never past what numbers hold. */
export function shift(counter: Counter, by: number): number {
  const next = Math.min(USED_MAX, Math.max(0, counter.used + by));
  const change = next - counter.used;
  counter.used = next;
  return change;
}

function keyOf(spender: string, start: number): string {
  return `${start} ${spender}`;
}

function full(): Fault {
  return new Fault(
    "budgets_full",
    `budgets count ${COUNTERS_MAX} agents, users and models by themselves already`,
    "Remove a budget that counts each one of many: `doorward budgets list`, `doorward budgets remove NAME`.",
  );
}
