import type { StateWrite } from "#ledger";
import type { Verdict } from "#vocabulary";

export type Metric = "requests" | "input-tokens" | "output-tokens" | "tokens" | "cost";
/** Fixed windows in UTC: they begin when the clock or calendar does. Weeks begin on Monday (ISO 8601). */
export type Window = "minute" | "hour" | "day" | "week" | "month";

/**
 * Whom a budget counts: one agent or user by id, `each` with a count of its own, or all together (null). A model is
 * named as `upstream/model` or as `model` at any upstream; a name that ends in `*` is a prefix.
 */
export interface Scope {
  readonly agent: string | null;
  readonly user: string | null;
  readonly model: string | null;
}

export interface Budget {
  readonly id: string;
  readonly name: string;
  readonly scope: Scope;
  readonly metric: Metric;
  readonly window: Window;
  /** Requests, tokens, or micro-USD. */
  readonly amount: number;
  /** What going over it means; a hold names the group that must approve. */
  readonly over: "deny" | "hold";
  readonly group: string | null;
  /** When an admin last let it begin anew, within its window; milliseconds since the Unix epoch. Null: never. */
  readonly resetAt: number | null;
}

/** What a budget's counters hold, as the store keeps it. */
export interface Usage {
  readonly budgetId: string;
  /** Canonical JSON of those of `agent`, `user` and `model` that the budget counts each by itself. */
  readonly spender: string;
  /** Milliseconds since the Unix epoch. */
  readonly windowStart: number;
  readonly used: number;
}

/**
 * Who spends, by ids: the user is the agent's owner where no delegation names another. `model` as policies name it:
 * `upstream/model`.
 */
export interface Spender {
  readonly agent: string;
  readonly user: string;
  readonly model: string;
}

/** Tokens, and what a million of each costs in micro-USD (0: nothing). */
export interface Spending {
  readonly requests: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly inputMicroUsdPerMTok: number;
  readonly outputMicroUsdPerMTok: number;
}

/** How the budgets that count a call stand when it is decided. */
export interface Standing {
  /** Those that the call would take over their amount. */
  readonly exceeded: readonly Exceeded[];
  /** The fullest budget after this call, in percent of its amount, rounded down; 0 where none counts it. */
  readonly usedPercent: number;
}

export interface Exceeded {
  readonly budget: Budget;
  /** Used or reserved by now, without this call. */
  readonly used: number;
  /** Milliseconds since the Unix epoch. */
  readonly resetsAt: number;
}

/** One call's place in its budgets, from just before its intent to its outcome. */
export interface Reservation {
  /** Go into the intent's transaction: a crash before the outcome leaves them counted. */
  readonly writes: readonly StateWrite[];
  /**
   * A stream goes on beyond what was reserved: reserves so many more, on record only with the outcome. False: a `deny`
   * budget that had room when the call began has none left, so it must stop; nothing more is reserved then.
   */
  readonly extend: (outputTokens: number) => boolean;
  /** What was really spent; the writes go into the outcome's transaction. Null counts what was reserved. */
  readonly settle: (spent: Spending | null) => readonly StateWrite[];
  /** The intent was not kept: gives back everything. */
  readonly undo: () => void;
}

export interface Budgets {
  readonly standing: (spender: Spender, estimate: Spending) => Standing;
  /**
   * Reserves whatever the standing says: a person may have lifted it. Synchronous, so that no two calls see the same
   * room: nothing may be awaited between `standing` and this.
   */
  readonly reserve: (spender: Spender, estimate: Spending) => Reservation;
  /** Lays budgets over a verdict of policy: a `deny` budget without room denies, a `hold` one holds, unless lifted. */
  readonly overlay: (verdict: Verdict, standing: Standing, lifted: ReadonlySet<string>) => Verdict;
}

/** The budgets in force. An admin's change takes effect at once, on calls under way too. */
export interface LiveBudgets extends Budgets {
  /** Counts of a budget that was there before are kept: what runs knows of more than the store does. */
  readonly replace: (budgets: readonly Budget[], usage: readonly Usage[]) => void;
}
