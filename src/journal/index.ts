/**
 * Journal: the durable action log. Group commit into the state database, and a sequencer in a process of its own that
 * signs each entry, integrates it into tiles on disk and publishes checkpoints. Any doubt settles `fatal`.
 */
export { type JournalHandle, type JournalOptions, type JournalStatus, openJournal } from "./open.ts";
export { JOURNAL_LIMITS, type JournalLimits } from "./limits.ts";
export type { KeptEntry, ListQuery } from "./reads.ts";
export { openPayloads, type Opening } from "./payloads.ts";
