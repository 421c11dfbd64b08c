/** Characters of a secret: too short to be told from ordinary words in an answer, or too long for a header. */
export const SECRET_CHARS_MIN = 8;
export const SECRET_CHARS_MAX = 16_000;
/** One transaction rewraps them all: the journal takes 1,024 writes in one. */
export const CREDENTIALS_MAX = 900;
export const DESTINATIONS_MAX = 50;
export const AGENTS_MAX = 100;
export const PLACEHOLDERS_MAX = 10_000;

/** Questions to the vault's process that wait for an answer. */
export const ASKS_MAX = 1_000;
/** Longer than a refresh over the network, which has FETCH_MS. */
export const ASK_MS = 60_000;
export const FETCH_MS = 20_000;
export const FETCHES_MAX = 64;
/** Of a token endpoint's or secret manager's answer. */
export const FETCH_BYTES_MAX = 1_048_576;
export const START_MS = 30_000;
export const CLOSE_MS = 3_000;
export const RESTART_DELAY_MS = 200;
export const RESTART_DELAY_MAX_MS = 10_000;
/** Deaths in a row, without an answer between them, until it is given up. */
export const RESTARTS_MAX = 8;

export const KEY_FILE_BYTES_MAX = 4_096;
/** Of a keychain's or KMS command's answer. */
export const COMMAND_BYTES_MAX = 65_536;
export const COMMAND_MS = 20_000;

/** Credentials whose newest tokens the vault's process remembers. */
export const REMEMBERED_MAX = 1_000;
/** An access token is refreshed this long before it expires. */
export const REFRESH_EARLY_MS = 60_000;
export const JOURNEY_MS = 10 * 60_000;
export const JOURNEYS_MAX = 200;
/** Hosts whose certificates are remembered. */
export const LEAVES_MAX = 2_000;
/** A certificate of ours is for seven days; it is made anew this long after it was made. */
export const LEAF_MS = 5 * 86_400_000;
/** The id under which the authority's key is sealed. */
export const AUTHORITY_ID = "authority";
/** How long a referenced secret is kept in the vault's process, unless its reference says otherwise. */
export const REFERENCE_CACHE_MS = 5 * 60_000;
/** Last use is written down at most this often. */
export const LAST_USE_EVERY_MS = 10_000;
