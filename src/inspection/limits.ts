/** What one file may cost, and what a child may say of it. */
export const FILE_MS = 10_000;
/** A child that has not begun by then never will. */
export const START_MS = 30_000;
/** Files that one child looks at, one after the other, before a new one takes over. */
export const REQUESTS_PER_CHILD = 16;
/** A model's folder: its configuration, tokenizer and shards. */
export const FILES_PER_REQUEST_MAX = 256;
/** Descriptors that one child gets. */
export const DESCRIPTORS_MAX = 320;
/** Of one answer, as text. */
export const ANSWER_BYTES_MAX = 16 * 1_048_576;
/** Of what a dying child says, for telling why. */
export const LAST_WORDS_BYTES_MAX = 8_192;
/** Of V8's own heap; what lies beside it is bounded by `DATA_KIB`. */
export const HEAP_MIB = 256;
/**
 * `RLIMIT_DATA`: what Node 24 reserves before it has read anything (measured: 560 MiB on x86-64, most of it never touched), and what a
 * file may make of it. With Node's own 90 MiB the whole stays under 512 MiB in memory.
 */
export const DATA_KIB = (560 + 420) * 1_024;
/** Whoever works at this machine goes first. */
export const NICENESS = 10;
