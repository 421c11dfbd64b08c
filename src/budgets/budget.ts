import type { StateWrite } from "#ledger";
import type { Verdict } from "#vocabulary";

export type Metric = "requests" | "input-tokens" | "output-tokens" | "tokens" | "cost";
/** Fixed windows in UTC: they begin when the clock or calendar does. Weeks begin on Monday (ISO 8601). */
export type Window = "minute" | "hour" | "day" | "week" | "month";

/** Whom a budget counts: one by id or name, `each` with a count of its own, or all together (null). */
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
}

/** Who spends: the user is the agent's owner where no delegation names another. */
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
  /** Go into the intent's transaction. */
  readonly writes: readonly StateWrite[];
  /** A stream goes on beyond what was reserved: reserves more. False: a `deny` budget has no room, so it must stop. */
  readonly extend: (outputTokens: number) => boolean;
  /** What was really spent; the writes go into the outcome's transaction. Null counts what was reserved. */
  readonly settle: (spent: Spending | null) => readonly StateWrite[];
  /** The intent was not kept: gives back everything. */
  readonly undo: () => void;
}

export interface Budgets {
  readonly standing: (spender: Spender, estimate: Spending) => Standing;
  /** Reserves whatever the standing says: a person may have lifted it. Synchronous, so that no two calls see the same room. */
  readonly reserve: (spender: Spender, estimate: Spending) => Reservation;
  /** Lays budgets over a verdict of policy: a `deny` budget without room denies, a `hold` one holds, unless lifted. */
  readonly overlay: (verdict: Verdict, standing: Standing, lifted: ReadonlySet<string>) => Verdict;
}
