/** Sessions whose flow is in memory at once; the one that was used longest ago is written down and forgotten first. */
export const FLOWS_LIVE_MAX = 128;
/** Characters that all of these together keep; past it those used longest ago are written down and forgotten as well. */
export const FLOWS_CHARS_MAX = 32_000_000;
/** What was heard before, by session: past this it is heard again, which costs room and loosens nothing. */
export const HEARD_MAX = 20_000;
/** Calls whose results have not come back; a result of an older one is nobody's. */
export const CALLS_MAX = 512;
/** Words that one session's client may claim to be the user's; what comes after is others' words. */
export const CLAIMS_MAX = 500;
export const CLAIM_CHARS_MAX = 20_000;
/** Of all words of a session together; below what its flow takes, so that the user's own always have room. */
export const WORDS_CHARS_MAX = 150_000;
/** Steps of a delegation chain, as for delegations themselves. */
export const CHAIN_MAX = 8;
/** Texts that sessions wrote without grounds and that later sessions are given; the oldest give way. */
export const RESIDUE_MAX = 500;
export const RESIDUE_CHARS_MAX = 2_000;
/** A flow that changed is written down this long after its first change, and none sooner after the last writing than that took, times this. */
export const SAVE_AFTER_MS = 1_000;
export const SAVE_REST_FACTOR = 50;
/** Characters of one result, or of one text of a request, that are read; of what is longer only that it was there is kept. */
export const READ_CHARS_MAX = 1_000_000;
/** What is kept of sessions that are over goes after this; of open ones that were not used for long, only that it was. */
export const ENDED_KEPT_MS = 24 * 60 * 60_000;
export const UNUSED_KEPT_MS = 90 * 24 * 60 * 60_000;
export const TIDY_EVERY_MS = 60 * 60_000;
