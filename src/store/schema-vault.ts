/** Rows of the vault: who may use which credential where is in clear, the credential itself is sealed. */
export interface VaultTables {
  /** One row: which key-encryption key is in force, and what the vault's process needs to find it again. */
  readonly vault_keys: {
    /** Always 1. */
    place: number;
    /** First 16 hex digits of a digest of the key: tells a wrong key from a right one, and nothing of it. */
    kek: string;
    /** The key, wrapped by a command (a KMS); null where it lies in a file or the keychain. */
    wrapped: Uint8Array | null;
    created_at: number;
  };
  readonly vault_credentials: {
    id: string;
    name: string;
    kind: string;
    /** `organisation`, `team` or `user`. */
    owner_kind: string;
    /** Empty, a group's name or a user's id. */
    owner: string;
    /** JSON: what is said of it in clear (header, parameter, region, scopes). */
    settings: string;
    /** JSON: where it may go. */
    destinations: string;
    /** JSON: ids of the agents that it is for; empty: every agent of its owner's reach. */
    agents: string;
    version: number;
    /** Grows when an OAuth token was refreshed within a version. */
    revision: number;
    kek: string;
    /** The credential's own key, sealed under the key-encryption key. */
    sealed_key: Uint8Array;
    sealed: Uint8Array;
    /** Where the secret itself is kept, if elsewhere; null: here. */
    reference: string | null;
    expires_at: number | null;
    created_by: string;
    created_at: number;
    rotated_at: number | null;
    last_used_at: number | null;
    removed_at: number | null;
  };
  readonly vault_placeholders: {
    placeholder: string;
    credential_id: string;
    agent_id: string;
    /** Null: in every session of the agent. */
    session_id: string | null;
    created_by: string;
    created_at: number;
  };
  /** The installation's certificate authorities: their certificates, and their keys, sealed. One is in force, another may follow it. */
  readonly vault_authority: {
    /** From when on it signs, in milliseconds since the Unix epoch; 1: from the first. */
    place: number;
    certificate: string;
    kek: string;
    sealed_key: Uint8Array;
    sealed: Uint8Array;
    created_at: number;
  };
  /** OAuth connections under way: a person was sent to a provider, and is not back yet. */
  readonly vault_journeys: {
    /** SHA-256 of the state that comes back. */
    state: string;
    credential_id: string;
    user_id: string;
    /** What is to become a credential, as JSON, without secrets. */
    draft: string;
    kek: string;
    sealed_key: Uint8Array;
    /** PKCE verifier and client secret, sealed. */
    sealed: Uint8Array;
    expires_at: number;
  };
}
