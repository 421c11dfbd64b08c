import { type Lift, type Question, type ToolShape } from "#policy";
import type { PolicyId, Verdict } from "#vocabulary";

/** What the worker is asked: to decide a question again, and to find who is to blame where `ours` is another verdict. */
export interface Ask {
  readonly id: number;
  /** Names the set; its source comes with the first question under it. */
  readonly set: number;
  readonly source: SetSource | null;
  readonly question: Question;
  readonly lift: Lift | null;
  readonly ours: Verdict | null;
}

export interface SetSource {
  readonly text: string;
  readonly tools: readonly ToolShape[];
}

export interface Answered {
  readonly id: number;
  /** Null where the official engine could not answer: it is to be started anew then. */
  readonly verdict: Verdict | null;
  /** Only where `ours` differs. */
  readonly policies: readonly PolicyId[];
}
