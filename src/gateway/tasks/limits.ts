// Every bound of calls that are answered later. Times in milliseconds.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/**
 * Nothing that a person approved starts by itself later than this after the decision: the world may have moved on. From
 * then on the approval waits for a retry, once, until it expires.
 */
export const DECISION_TO_RELEASE_MAX_MS = 15 * MINUTE;
/** Nor later than this after it was asked for, however late the decision came. */
export const UNATTENDED_RELEASE_MAX_MS = 24 * HOUR;

/** How long a task and its result are kept, from its creation. */
export const TASK_TTL_MIN_MS = MINUTE;
export const TASK_TTL_DEFAULT_MS = 48 * HOUR;
export const TASK_TTL_MAX_MS = 7 * 24 * HOUR;

/** T21, per agent: tasks under way, tasks kept, and the bytes of what is kept. */
export const TASKS_WORKING_MAX = 32;
export const TASKS_KEPT_MAX = 256;
export const TASK_BYTES_MAX = 32 * 1024 * 1024;
/** A result above this is not kept. */
export const TASK_RESULT_BYTES_MAX = 4 * 1024 * 1024;

export const TASKS_PAGE_MAX = 50;
/** What clients are told to wait between two looks. */
export const POLL_HELD_MS = 5 * SECOND;
export const POLL_MS = SECOND;
/** How often a page of what nobody was woken for is looked at, and its length. */
export const TASK_SWEEP_MS = 5 * SECOND;
export const TASK_SWEEP_MAX = 1_000;
/** How long what was cut may take to write its end down before Doorward stops without it. */
export const CUT_MS = SECOND;
