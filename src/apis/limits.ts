// What a document may cost before it is refused; docs/formats/apis.md says them to people.
export const DOCUMENT_BYTES_MAX = 32 * 1024 * 1024;
/** Reading YAML takes ten times as long and as much memory as JSON. */
export const YAML_BYTES_MAX = 12 * 1024 * 1024;
export const DOCUMENT_DEPTH_MAX = 100;
export const DOCUMENT_VALUES_MAX = 4_000_000;
/** Aliases of a YAML document, each of which may stand for the same large part again. */
export const ALIASES_MAX = 1_000;
export const PATHS_MAX = 20_000;
/** What people could still review; one more than this and the document is to be taken in parts. */
export const OPERATIONS_MAX = 2_000;
export const SKIPPED_SHOWN_MAX = 50;
export const SERVERS_MAX = 100;
export const REFERENCE_HOPS_MAX = 32;
export const PARAMETERS_MAX = 200;
export const SEGMENTS_MAX = 64;
export const NAME_CHARS_MAX = 128;
export const DESCRIPTION_CHARS_MAX = 1_000;
export const MEDIA_TYPES_MAX = 20;
export const SCHEMA_DEPTH_MAX = 6;
export const SCHEMA_NODES_MAX = 2_000;
export const SCHEMA_BYTES_MAX = 48 * 1024;
export const ENUM_MAX = 100;
/** Ways through the paths of an API that one request may take before it counts as unmapped. */
export const MATCH_STEPS_MAX = 2_000;
export const FIELDS_MAX = 2_000;
