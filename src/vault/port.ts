import type { AgentId, SessionId, UserId } from "#vocabulary";

/** Where a request goes, as the http door and the model and tool upstreams name it. */
export interface Destination {
  readonly scheme: "http" | "https";
  readonly host: string;
  readonly port: number;
  readonly method: string;
  /** Normalised, begins with a slash, without the query. */
  readonly path: string;
}

/** For whom a credential is wanted: the human the action is done for, or nobody, and the agent that acts. */
export interface Bearer {
  readonly user: UserId | null;
  /** Groups of the user: a team's credentials are those of a group. */
  readonly groups: readonly string[];
  readonly agent: AgentId;
  readonly session: SessionId;
}

/** A credential that fits, by name and version only: no secret. Its id is part of what is decided and approved (T10). */
export interface ChosenCredential {
  readonly id: string;
  readonly name: string;
  /** Grows with every rotation. */
  readonly version: number;
  readonly kind: CredentialKind;
  readonly owner: "organisation" | "team" | "user";
  /** `expired`: the request goes nowhere, and says so (`credential_expired`). */
  readonly state: "ready" | "expired" | "stopped";
}

export type CredentialKind =
  | "bearer"
  | "basic"
  | "header"
  | "query"
  | "oauth"
  | "aws-sigv4"
  | "mtls"
  | "template";

/** What is sent, as far as a credential may have to sign or fill it. */
export interface Outgoing {
  readonly destination: Destination;
  readonly query: string | null;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** SHA-256 of the body, hex; null where the body is streamed unread (then SigV4 signs `UNSIGNED-PAYLOAD`). */
  readonly bodySha256: string | null;
}

/** What is put into the request, after the decision; it goes to the upstream and nowhere else. */
export interface Injection {
  /** Set, in place of any the agent sent under these names. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** The query with the credential in it; null: as it was. */
  readonly query: string | null;
  readonly client: { readonly certificate: string; readonly key: string } | null;
  /** Every form in which the secret could come back (also encoded): removed from answers (T12). */
  readonly secrets: readonly string[];
}

/** A placeholder in something the agent sent: `dwp_…`. It is worthless anywhere but at its destination. */
export interface FoundPlaceholder {
  readonly placeholder: string;
  /** `header:authorization`, `query:key`, `path`, `body`. */
  readonly place: string;
}

/** The doors' view of the vault. The secrets live in a process apart (T25). */
export interface VaultDoor {
  /** The credential for this destination and bearer: the user's own before a team's before the organisation's; null: none. */
  readonly choose: (bearer: Bearer, destination: Destination) => ChosenCredential | null;
  /**
   * Placeholders in what an agent sends, also inside `Basic` and percent-encoded. Throws a Fault `placeholder_misplaced`
   * where one is not for this destination and bearer, or stands where no credential goes (a body, a path).
   */
  readonly placeholders: (
    bearer: Bearer,
    outgoing: Outgoing,
    body: Uint8Array | null,
  ) => readonly FoundPlaceholder[];
  /** After the intent is durable. Throws a Fault (`credential_expired`, `credential_unavailable`, `vault_unavailable`): nothing was sent. */
  readonly inject: (chosen: ChosenCredential, bearer: Bearer, outgoing: Outgoing) => Promise<Injection>;
}

/** The authority's key never leaves the vault's process: it certifies, and that is all. */
export interface VaultAuthority {
  readonly certificate: () => Promise<string>;
  /** PEM certificate for a host's name or address over a public key (SPKI, DER); `next`: by the one that follows, where there is one. */
  readonly certify: (host: string, publicKey: Uint8Array, which?: "in-force" | "next") => Promise<string>;
  /** The one that follows, and from when on it signs; null: none was made. Clients trust both until then. */
  readonly next: () => { readonly certificate: string; readonly from: number } | null;
  /** From when on the one in force signs; another than before: certificates that were made under the one before are its no more. */
  readonly since: () => number | null;
}
