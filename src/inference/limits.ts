// Every bound of this module, by name.
export const UPSTREAMS_MAX = 64;
export const ROUTES_MAX = 500;
export const TARGETS_MAX = 8;
/** Characters of a model's name, whoever said it. */
export const MODEL_CHARS_MAX = 256;
export const MODELS_PER_UPSTREAM_MAX = 2_000;
/** Shorter ones could be ordinary words, and are removed from answers wherever they stand. */
export const KEY_CHARS_MIN = 8;
export const KEY_CHARS_MAX = 8_000;

/** Requests under way at one upstream. */
export const SENDS_PER_UPSTREAM_MAX = 512;
/** An answer that is no stream. */
export const ANSWER_BYTES_MAX = 32 * 1024 * 1024;
/** To the headers, and again to the end of an answer that is no stream: local models may have to be loaded first. */
export const ANSWER_MS_MAX = 10 * 60_000;
export const STREAM_BYTES_MAX = 256 * 1024 * 1024;
/** Between two chunks of a stream. Some models think for minutes and say nothing meanwhile. */
export const STREAM_IDLE_MS_MAX = 5 * 60_000;

export const LIST_BYTES_MAX = 4 * 1024 * 1024;
export const LIST_MS_MAX = 5_000;
/** A list of models older than this is asked for anew when somebody next looks. */
export const LIST_FRESH_MS = 60_000;
/** The same, where a name was asked for that nobody lists. */
export const LIST_FRESH_UNKNOWN_MS = 5_000;
/** How long a request waits for upstreams that never answered yet, where no other has its model. */
export const DISCOVER_MS_MAX = 3_000;

export const BACK_OFF_FIRST_MS = 1_000;
export const BACK_OFF_MAX_MS = 60_000;
/** What a `Retry-After` may ask for at most. */
export const RETRY_AFTER_MS_MAX = 10 * 60_000;

export const TOKEN_BYTES_MAX = 64 * 1024;
export const TOKEN_MS_MAX = 10_000;
/** An access token is not used in its last minute. */
export const TOKEN_MARGIN_MS = 60_000;

/** What a runtime said of what it serves is believed for this long: a swap is noticed that much later at most. */
export const IDENTITY_FRESH_MS = 250;
/** How long it is asked for that; then the model is unproven. */
export const IDENTITY_MS_MAX = 2_000;
export const IDENTITY_BYTES_MAX = 8 * 1024 * 1024;
/** Manifests of one Ollama whose weights are remembered. */
export const IDENTITIES_KEPT_MAX = 1_000;
