import type { Ambient } from "#base";
import type { Caller, ListenConfig } from "#identity";
import type { Journal } from "#ledger";
import type { Store } from "#store";
import type { UserId } from "#vocabulary";

/** What the accounts' use cases stand on. */
export interface AccountsOutside {
  readonly store: Pick<Store, "query">;
  readonly journal: Pick<Journal, "append">;
  readonly ambient: Ambient;
  readonly listen: ListenConfig;
}

/** The issuer of users that Doorward itself vouches for, by password, passkey and login link. */
export const LOCAL_ISSUER = "local";

/** A browser's session (cookie and proof) or a command line's token. */
export type UserSessionKind = "console" | "cli";

/** Absolute lifetimes; nothing prolongs a user session. */
export const USER_SESSION_MS: { readonly [K in UserSessionKind]: number } = {
  console: 12 * 3_600_000,
  cli: 30 * 24 * 3_600_000,
};

/** Of a terminal that an identity provider's user signed in: as long as a console's. */
export const PROVIDER_CLI_MS = USER_SESSION_MS.console;

/** A freshly opened user session. The secrets are shown once and stored hashed. */
export interface OpenedSession {
  readonly caller: Caller;
  /** The cookie's value, or the bearer token. */
  readonly secret: string;
  /** What the console's script sends beside the cookie; a `cli` session has none. */
  readonly proof: string | null;
  readonly expiresAt: number;
}

/** What a user can prove to be present with. */
export interface Credentials {
  /** `local`, or the issuer whose provider the user signs in with; such a user has no password or passkey here. */
  readonly issuer: string;
  readonly hasPassword: boolean;
  readonly passkeys: readonly Passkey[];
}

export interface Passkey {
  /** The credential id, base64url. */
  readonly id: string;
  readonly user: UserId;
  /** COSE key. */
  readonly publicKey: Uint8Array;
  readonly counter: number;
  readonly transports: readonly string[];
  readonly name: string;
  readonly createdAt: number;
}
