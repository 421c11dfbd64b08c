// Every bound of this module, by name.
export const MESSAGE_BYTES_MAX = 16 * 1024 * 1024;
export const STDERR_BYTES_MAX = 64 * 1024;
/** Lines on stdout that are no JSON-RPC message (stray log output) before the server counts as broken. */
export const GARBAGE_LINES_MAX = 100;
export const STDIN_QUEUE_BYTES_MAX = 32 * 1024 * 1024;
export const PENDING_REQUESTS_MAX = 1024;
/** Requests of the server (sampling, elicitation, roots) being answered at once, per connection. */
export const SERVER_REQUESTS_MAX = 64;
/** Messages that answer no request of ours, per connection: a burst, then this many a second; the rest is dropped. */
export const UNASKED_BURST = 2_000;
export const UNASKED_PER_SECOND = 200;
/** Dropped ones, without a rest in between, after which the server is ended. */
export const UNASKED_DROPPED_MAX = 20_000;
export const CONNECTIONS_PER_SERVER_MAX = 64;
export const RESOURCE_SUBSCRIPTIONS_MAX = 1024;
/** Progress restarts a request's clock, but never beyond this. */
export const REQUEST_TOTAL_MS_MAX = 60 * 60_000;
export const CONNECT_TIMEOUT_MS = 30_000;
export const PROBE_TIMEOUT_MS = 5_000;
export const CLOSE_GRACE_MS = 2_000;
/** Wait for the pipes of a dead child to drain: a grandchild may hold them open for ever. */
export const DRAIN_AFTER_EXIT_MS = 500;
export const BACK_OFF_FIRST_MS = 250;
export const BACK_OFF_MAX_MS = 30_000;
/** Failures in a row after which `connect` refuses at once until the back-off has passed. */
export const CRASH_LOOP_FAILURES = 5;
/** A connection that lived this long was no crash. */
export const STABLE_AFTER_MS = 30_000;
export const LIST_PAGES_MAX = 64;
export const LIST_ITEMS_MAX = 10_000;
export const INSTALL_TIMEOUT_MS = 300_000;
export const TREE_FILES_MAX = 200_000;
export const TREE_BYTES_MAX = 4 * 1024 * 1024 * 1024;
export const SECRETS_PER_SERVER_MAX = 64;
export const RECONNECTIONS_MAX = 5;
/** How long one link for a person stays the one that is offered, however often a client knocks meanwhile. */
export const LINK_MS = 10 * 60_000;
/** How long the answer to a link is taken. */
export const AUTHORIZATION_MS_MAX = 60 * 60_000;
/** Links being made at once, per server. */
export const VERIFIERS_MAX = 64;
