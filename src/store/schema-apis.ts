/** Rows of the APIs whose operations are tools. */
export interface ApiTables {
  /** What of an API's document names requests. Its server is a row of `servers`, its operations are rows of `tools`. */
  readonly apis: {
    server: string;
    /** The publisher's words, made inert. */
    title: string;
    version: string;
    /** `3.1`, `3.0` or `2.0`. */
    format: string;
    /** Digest of the document's bytes. */
    document: string;
    /** Canonical JSON: the routes of its operations, as `#apis` compiles them. */
    operations: string;
    /** Canonical JSON: `{count, first}` of what became no operation. */
    skipped: string;
    changed_at: number;
  };
}
