import type { Issuer, NamedKey, Once, Proofs, Vouching } from "#identity";
import type { AccountsOutside } from "../accounts/accounts.ts";

/** What the token endpoint's use cases stand on. */
export interface OAuthOutside extends AccountsOutside {
  readonly issuer: Issuer;
  readonly proofs: Proofs;
  /** Ids of assertions and handovers that were used. */
  readonly used: Once;
  /** Ids of JWT-SVIDs that were used, which live longer. */
  readonly usedSvids: Once;
  /** The identity provider whose tokens say who a user is; null where none is configured. */
  readonly vouching: () => Promise<Vouching | null>;
  /** The keys that a client's own metadata document names; asked only for addresses that an owner gave. */
  readonly clientKeys: (clientId: string) => Promise<readonly NamedKey["jwk"][]>;
  /** Where the doors are reached, without a trailing slash. */
  readonly door: string;
}

/** An agent that has just proved at the token endpoint who it is. */
export interface Acting {
  readonly id: string;
  readonly name: string;
  /** Id of the credential that it proved it by. */
  readonly credential: string;
  /** What it is called elsewhere, where it proved that: a SPIFFE id, or the address of its metadata. */
  readonly alias?: string;
  /** Thumbprint of the client certificate that it proved it by; what it gets is bound to it (RFC 8705). */
  readonly certificate?: string;
}
