import type { BegunDevice, Polled } from "./device.ts";
import type { CredentialKind, Injection, Outgoing } from "./port.ts";

/** Where the key-encryption key is. */
export type KeySource =
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "keychain"; readonly service: string }
  /** Wraps and unwraps as a KMS does: docs/guide/vault.md. */
  | { readonly kind: "command"; readonly command: readonly string[] };

export interface Sealed {
  /** Names the key-encryption key. */
  readonly kek: string;
  readonly sealedKey: Uint8Array;
  readonly sealed: Uint8Array;
}

/** A secret by the names of its parts: `{token}`, `{password}`, `{certificate, key}`. */
export type Secret = Readonly<Record<string, string>>;

/** What is sealed or opened: its id and version are part of the seal. */
export interface Subject {
  readonly id: string;
  readonly version: number;
}

export interface SealedCredential extends Subject, Sealed {
  readonly name: string;
  readonly kind: CredentialKind;
  readonly settings: unknown;
  readonly revision: number;
  /** JSON of a reference; null: the secret is what is sealed. */
  readonly reference: string | null;
}

export interface KeyState {
  readonly kek: string;
  readonly wrapped: Uint8Array | null;
}

/** What the serving process asks of the vault's, and what it gets. Sealed bytes go in; a key never comes out. */
export interface Asks {
  /** Reads the key, or makes it where none is known. Throws `vault_key_*`. */
  readonly open: {
    readonly ask: { readonly source: KeySource; readonly known: KeyState | null };
    readonly answer: KeyState;
  };
  readonly seal: {
    readonly ask: Subject & {
      readonly kind: CredentialKind;
      readonly settings: unknown;
      readonly secret: Secret;
      readonly reference: string | null;
    };
    readonly answer: Sealed;
  };
  readonly inject: {
    readonly ask: {
      readonly credential: SealedCredential;
      readonly outgoing: Outgoing;
      readonly now: number;
    };
    readonly answer: Injection;
  };
  /** A new key-encryption key, and every data key sealed under it. Both keys are kept until `settle`. */
  readonly rotate: {
    readonly ask: { readonly rows: readonly RewrapRow[] };
    readonly answer: { readonly state: KeyState; readonly rows: readonly RewrapRow[] };
  };
  /** A PKCE verifier (RFC 7636), made and sealed here; only its challenge comes out. */
  readonly beginJourney: {
    readonly ask: { readonly id: string; readonly secret: Secret };
    readonly answer: { readonly challenge: string; readonly sealed: Sealed };
  };
  /** Tokens for a code, sealed for a credential. */
  readonly finishJourney: {
    readonly ask: {
      readonly journey: Subject & Sealed;
      readonly settings: unknown;
      readonly code: string;
      readonly redirectUrl: string;
      readonly credential: Subject;
      readonly now: number;
    };
    readonly answer: Sealed & { readonly scopes: readonly string[] | null };
  };
  /** A code for a person to type at a provider (RFC 8628); the device's own is sealed here. */
  readonly beginDevice: {
    readonly ask: {
      readonly id: string;
      readonly settings: unknown;
      readonly deviceUrl: string;
      readonly secret: Secret;
    };
    readonly answer: Omit<BegunDevice, "secret"> & { readonly sealed: Sealed };
  };
  /** Tokens sealed for a credential, once the person agreed. */
  readonly pollDevice: {
    readonly ask: {
      readonly journey: Subject & Sealed;
      readonly settings: unknown;
      readonly credential: Subject;
      readonly now: number;
    };
    readonly answer:
      | { readonly kind: "granted"; readonly sealed: Sealed; readonly scopes: readonly string[] | null }
      | Extract<Polled, { kind: "pending" }>;
  };
  /** RFC 7009; whether the provider took it. */
  readonly revoke: { readonly ask: { readonly credential: SealedCredential }; readonly answer: boolean };
  readonly makeAuthority: {
    readonly ask: { readonly name: string; readonly now: number };
    readonly answer: SealedAuthority;
  };
  /** The answer is a certificate, in PEM. */
  readonly certify: {
    readonly ask: {
      readonly authority: SealedAuthority;
      readonly host: string;
      readonly publicKey: Uint8Array;
      readonly now: number;
    };
    readonly answer: string;
  };
  /** Forgets every key but this one. */
  readonly settle: { readonly ask: { readonly kek: string }; readonly answer: KeyState };
}

/** The authority's certificate, and its key as it is kept. */
export interface SealedAuthority extends Sealed {
  readonly certificate: string;
}

export interface RewrapRow {
  readonly id: string;
  readonly kek: string;
  readonly sealedKey: Uint8Array;
}

export type AskName = keyof Asks;
export type AskOf<N extends AskName> = Asks[N]["ask"];
export type AnswerOf<N extends AskName> = Asks[N]["answer"];

export interface FetchRequest {
  readonly url: string;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  readonly allowPrivate: boolean;
}

export type FetchAnswer =
  | { readonly kind: "answered"; readonly status: number; readonly text: string }
  | { readonly kind: "failed"; readonly code: string; readonly message: string };

/** Tokens that a refresh brought, to be kept before they are used. */
export interface Keeping extends Subject, Sealed {
  readonly revision: number;
}

export type ToVault =
  | { readonly kind: "ask"; readonly id: number; readonly name: AskName; readonly ask: unknown }
  | { readonly kind: "fetched"; readonly id: number; readonly answer: FetchAnswer }
  | { readonly kind: "kept"; readonly id: number; readonly isKept: boolean };

export type FromVault =
  | { readonly kind: "ready" }
  | { readonly kind: "answer"; readonly id: number; readonly answer: unknown }
  | {
      readonly kind: "fault";
      readonly id: number;
      readonly code: string;
      readonly message: string;
      readonly remedy: string;
    }
  | { readonly kind: "fetch"; readonly id: number; readonly request: FetchRequest }
  | { readonly kind: "keep"; readonly id: number; readonly keeping: Keeping };
