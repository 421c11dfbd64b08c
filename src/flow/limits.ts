/** What one session may keep. Past any of these its values count as untrusted (`FlowFacts.overflowed`). */
export const RECORDS_MAX = 20_000;
export const LEAVES_MAX = 200_000;
export const TEXT_CHARS_MAX = 2_000_000;
/** Tools, with what is known of their results. */
export const SOURCES_MAX = 20_000;
/** Rows of listings: further ones ground nothing. */
export const ROWS_MAX = 100_000;
/** Characters of rows, of records and of what was written. */
export const KEPT_CHARS_MAX = 8_000_000;
/** Characters compared to find one value in pieces; what takes longer is as doubtful unfound. */
export const COMPARED_MAX = 1_000_000;
export const MANDATE_CHARS_MAX = 200_000;
export const WRITTEN_MAX = 2_000;
/** How deep a result is read; what lies deeper is text. */
export const RESULT_DEPTH_MAX = 24;
/** Arguments longer than this are looked up by their beginnings only. */
export const LOOKUP_CHARS_MAX = 20_000;
/** Layers of encoding that are taken off a value. */
export const DECODE_DEPTH_MAX = 3;
/** Pieces that a joined value is looked for in. */
export const PIECES_MAX = 6;
export const DOUBTS_MAX = 16;
/** Of a doubtful value that people are shown; the whole of it stands in the arguments. */
export const DOUBT_CHARS_MAX = 200;
