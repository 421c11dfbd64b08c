// Every queue, wait, loop and retry of the courier has its maximum here.

/** Channels that are opened. */
export const CHANNELS_OPEN_MAX = 100;
/** Between two tries to open a channel: the first wait, doubled each time up to the second. */
export const REOPEN_MS = 1_000;
export const REOPEN_MS_MAX = 5 * 60_000;
/** A connection that is down for so long is opened anew. */
export const DOWN_MS_MAX = 60_000;

/** Open requests whose plan is looked at in one turn of the loop; what is beyond is for the next turn. */
export const PLANS_PER_TURN_MAX = 200;
/** Ledger entries read in one turn. */
export const ENTRIES_PER_TURN_MAX = 1_000;
/** Posts read in one turn. */
export const POSTS_PER_TURN_MAX = 200;
/** Calls to platforms under way at once, in all and on one channel. */
export const CALLS_MAX = 16;
export const CALLS_PER_CHANNEL_MAX = 4;
/** Looks at what is due even when nothing woke it: a clock that jumped, a wake-up that was lost. */
export const LOOK_EVERY_MS = 5_000;

/** Tries of one post or edit; then the next place is asked, and where there is none, the same again after a rest, until the request is over. */
export const ATTEMPTS_MAX = 6;
export const TRIED_AGAIN_MS = 2 * 60_000;
export const RETRY_MS = 1_000;
export const RETRY_MS_MAX = 60_000;
/** A platform may ask for no longer a pause than this. */
export const RETRY_AFTER_MS_MAX = 15 * 60_000;
/** People and rooms one request is posted to at once. */
export const POSTS_PER_REQUEST_MAX = 50;

/** How long the id of an event is remembered after it came: the platforms' own replay windows are minutes. */
export const EVENT_MS = 7 * 24 * 3_600_000;
export const EVENT_CHARS_MAX = 500;
/** Wrong tries and old events are forgotten so often. */
export const TIDY_EVERY_MS = 60_000;

/** One webhook: the largest that a platform sends is Slack's, well under one megabyte. */
export const HOOK_BYTES_MAX = 1024 * 1024;
export const HOOKS_AT_ONCE_MAX = 256;
export const HOOK_MS_MAX = 30_000;
