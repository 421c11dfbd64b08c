/**
 * History: what agents did, read back from journal and payloads in a thread beside the event loop, and replayed under
 * another policy set. What was recorded is what is replayed; what was not is said, and never guessed.
 */
export type { Backtested, BacktestJob } from "./jobs.ts";
export type { LearnJob, Learnt } from "./learn.ts";
export { type History, historyHere, openHistory, type Watch } from "./open.ts";
