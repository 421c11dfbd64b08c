import type { Backtested, BacktestJob } from "./jobs.ts";

/** Where the thread finds what is kept. */
export interface Place {
  /** Path of the state database. */
  readonly database: string;
  /** Directory of the keys: payloads are sealed. */
  readonly keys: string;
}

export interface Start {
  readonly place: Place;
  readonly job: BacktestJob;
}

/** What the thread says. */
export type Told =
  | { readonly kind: "progress"; readonly done: number; readonly entries: number }
  | { readonly kind: "done"; readonly answer: Backtested }
  | { readonly kind: "fault"; readonly code: string; readonly message: string; readonly remedy: string };
