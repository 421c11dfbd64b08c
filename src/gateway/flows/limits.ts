/** Sessions whose flow is in memory at once; the one that was used longest ago is written down and forgotten first. */
export const FLOWS_LIVE_MAX = 256;
/** What was heard before, by session: past this it is heard again, which costs room and loosens nothing. */
export const HEARD_MAX = 20_000;
/** Of one text that is heard; what is longer makes the session overflow, as any other text that has no room. */
export const HEARD_TEXTS_MAX = 10_000;
/** Steps of a delegation chain, as for delegations themselves. */
export const CHAIN_MAX = 8;
/** Texts that sessions wrote without grounds and that later sessions are given; the oldest give way. */
export const RESIDUE_MAX = 1_000;
/** A flow that changed is written down this long after its first change, and no sooner after the last writing than that took, times this. */
export const SAVE_AFTER_MS = 1_000;
export const SAVE_REST_FACTOR = 50;
