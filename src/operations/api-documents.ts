import type { ApiDocument, ApiReading } from "#apis";

/** The outside of what is added by a document. */
export interface ApiDocuments {
  /** Under the http door's rules on addresses, size and redirects (T17). Throws egress' Faults, and `api_unreachable`. */
  readonly fetch: (url: string, allowPrivate: boolean) => Promise<Uint8Array>;
  /** In a process of its own, without secrets, that is ended when it takes too long (T25). Throws the Faults of `readApi`. */
  readonly read: (bytes: Uint8Array, reading: ApiReading) => Promise<ApiDocument>;
  /** Whether a host is written as an address of this machine or a private network, or as one nobody may be sent to. */
  readonly isPrivate: (host: string) => boolean;
}
