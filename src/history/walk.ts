import type { DatabaseSync } from "node:sqlite";
import { bodyOf } from "./body.ts";
import type { DecisionEntry } from "./recorded.ts";

/** The part of the ledger that is looked at: a consistent one, since entries are never changed. */
export interface Span {
  /** Milliseconds since the Unix epoch. */
  readonly since: number;
  /** The last index that belongs to it. */
  readonly upTo: number;
}

export interface Walk {
  /** Entries of whatever kind in the span. */
  readonly entries: number;
  /** The decisions of the span in ledger order, a round at a time. */
  readonly rounds: () => Generator<Round>;
}

export interface Round {
  readonly decisions: readonly DecisionEntry[];
  /** Entries behind us, this round's included. */
  readonly done: number;
}

/** Indexes of one round: few enough that whoever waits hears of it, and can cancel. */
const ROUND_ENTRIES = 1_000;

export function openWalk(database: DatabaseSync, span: Span): Walk {
  const select = database.prepare(
    `SELECT idx, kind, subject, at, record FROM entries WHERE idx >= ? AND idx < ? AND kind IN ('intent', 'verdict')
      ORDER BY idx`,
  );
  const first = firstSince(database, span);
  const end = span.upTo + 1;
  return {
    entries: Math.max(0, end - first),
    *rounds() {
      for (let from = first; from < end; from += ROUND_ENTRIES) {
        const to = Math.min(end, from + ROUND_ENTRIES);
        const rows = select.all(from, to).map(entryOf);
        yield { decisions: rows.filter(({ at }) => at >= span.since), done: to - first };
      }
    },
  };
}

/** Indexes order time: the first entry of the span is found by halves. */
function firstSince(database: DatabaseSync, { since, upTo }: Span): number {
  const at = database.prepare("SELECT at FROM entries WHERE idx >= ? ORDER BY idx LIMIT 1");
  let [low, high] = [0, upTo + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const row = at.get(middle);
    if (row === undefined || Number(row["at"]) >= since) high = middle;
    else low = middle + 1;
  }
  return low;
}

function entryOf(row: Readonly<Record<string, unknown>>): DecisionEntry {
  return {
    index: Number(row["idx"]),
    kind: String(row["kind"]),
    subject: String(row["subject"]),
    at: Number(row["at"]),
    body: bodyOf(row["record"]),
  };
}
