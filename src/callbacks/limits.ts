// Every bound of what is sent to callbacks. Times in milliseconds.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long after each failure it is tried again; after the last it is given up (Standard Webhooks, "Deliverability"). */
export const RETRY_AFTER_MS: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  DAY,
];
/** So much of a wait is random at most, so that what failed together is not tried together. */
export const JITTER = 0.1;

export const LOOK_EVERY_MS = 2 * SECOND;
/** Posts under way at once; one receiver gets one at a time. */
export const SENDING_MAX = 8;
/** What one look takes up at most; the rest is for the next. */
export const NEWS_MAX = 500;
export const SEND_TIMEOUT_MS = 15 * SECOND;
export const ANSWER_BYTES_MAX = 64 * 1_024;
/** An approval that nobody used for so long waits for its agent, who is told. */
export const UNUSED_AFTER_MS = 10 * SECOND;
/** What ended longer ago than this is no news: a callback hears of it no more. */
export const NEWS_AGE_MAX_MS = 8 * DAY;
export const POSTS_KEPT_MS = 30 * DAY;
