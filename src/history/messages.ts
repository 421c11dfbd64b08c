import type { Backtested, BacktestJob } from "./jobs.ts";
import type { LearnJob, Learnt } from "./learn.ts";

/** Where the thread finds what is kept. */
export interface Place {
  /** Path of the state database. */
  readonly database: string;
  /** Directory of the keys: payloads are sealed. */
  readonly keys: string;
}

/** What is to be looked up. */
export type Task =
  | { readonly kind: "backtest"; readonly job: BacktestJob }
  | { readonly kind: "learn"; readonly job: LearnJob };

/** Of each task its answer; null where nobody waits any more. */
export interface Answers {
  readonly backtest: Backtested;
  readonly learn: Learnt;
}

export interface Start {
  readonly place: Place;
  readonly task: Task;
}

/** What the thread says. */
export type Told =
  | { readonly kind: "progress"; readonly done: number; readonly entries: number }
  | { readonly kind: "done"; readonly answer: Answers[keyof Answers] }
  | { readonly kind: "fault"; readonly code: string; readonly message: string; readonly remedy: string };
