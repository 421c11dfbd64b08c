import { readFileSync } from "node:fs";
import { Fault } from "#base";
import type { BegunDevice, Polled } from "./device.ts";
import { discover, type Discovering } from "./discovery.ts";
import type { SealedCredential, Sealed, Secret } from "./messages.ts";
import type { VaultProcess } from "./vault-process.ts";

/** An OAuth provider that people may connect their accounts at, as doorward.yaml names it. */
export interface ConnectProvider {
  readonly name: string;
  /** As it names itself in its answers (RFC 9207); null: not known. */
  readonly issuer: string | null;
  /** Null: it is asked of the issuer when somebody connects. */
  readonly endpoints: Endpoints | null;
  readonly clientId: string;
  /** File with the client's secret; null: a public client. */
  readonly clientSecretFile: string | null;
  readonly scopes: readonly string[];
  /** Where its tokens go, as `boundOf` reads it. */
  readonly to: readonly string[];
  readonly allowPrivate: boolean;
}

export interface Endpoints {
  readonly authorizeUrl: string;
  readonly tokenUrl: string;
  /** RFC 7009; null: it has none. */
  readonly revokeUrl: string | null;
  /** RFC 8628; null: it has none. */
  readonly deviceUrl: string | null;
  /** RFC 9207: an answer without its name is not its own. */
  readonly namesItself: boolean;
  /** How a client with a secret proves itself (RFC 6749, 2.3.1). */
  readonly clientAuth: "basic" | "post";
}

/** Whose addresses are known. */
export interface ReachedProvider extends ConnectProvider {
  readonly endpoints: Endpoints;
}

/** A person's way to a provider and back: what is secret in it is sealed from its first moment. */
export interface Connecting {
  readonly providers: readonly ConnectProvider[];
  /** Throws `provider_undiscovered`. */
  readonly reached: (provider: ConnectProvider) => Promise<ReachedProvider>;
  /** Where a person must go. `id` is part of the seal, and so is needed to come back. */
  readonly begin: (
    provider: ReachedProvider,
    journey: { readonly id: string; readonly state: string; readonly redirectUrl: string },
  ) => Promise<{ readonly url: string; readonly sealed: Sealed }>;
  /** Asks for a code that they type elsewhere. Throws `device_unsupported`, `oauth_refused`, `oauth_unreachable`. */
  readonly beginDevice: (
    provider: ReachedProvider,
    id: string,
  ) => Promise<Omit<BegunDevice, "secret"> & { readonly sealed: Sealed }>;
  /** Asks once whether they did. Throws `connection_denied`, `connection_unknown`, `oauth_refused`. */
  readonly pollDevice: (
    provider: ReachedProvider,
    back: Omit<Back, "code" | "redirectUrl">,
  ) => Promise<
    | { readonly kind: "granted"; readonly sealed: Sealed; readonly scopes: readonly string[] }
    | Extract<Polled, { kind: "pending" }>
  >;
  /** Tokens for the code they came back with, sealed for their credential. Throws `oauth_refused`, `oauth_unreachable`. */
  readonly finish: (
    provider: ReachedProvider,
    back: Back,
  ) => Promise<{ readonly sealed: Sealed; readonly scopes: readonly string[] }>;
  /** Whether the provider took the tokens back (RFC 7009). */
  readonly revoke: (credential: SealedCredential) => Promise<boolean>;
}

export interface Back {
  readonly id: string;
  readonly sealed: Sealed;
  readonly code: string;
  readonly redirectUrl: string;
  readonly credential: { readonly id: string; readonly version: number };
}

export interface ConnectingOutside {
  readonly providers: readonly ConnectProvider[];
  readonly now: () => number;
  readonly reach: Discovering["reach"];
}

export function connectingOf(
  process: VaultProcess,
  { providers, now, reach }: ConnectingOutside,
): Connecting {
  return {
    providers,
    reached: async (provider) => {
      const { endpoints, issuer, allowPrivate } = provider;
      if (endpoints !== null) return { ...provider, endpoints };
      return { ...provider, endpoints: await discover(issuer ?? "", { reach, allowPrivate }) };
    },
    begin: async (provider, { id, state, redirectUrl }) => {
      const secret = clientSecretOf(provider);
      const { challenge, sealed } = await process.ask("beginJourney", { id, secret });
      const url = new URL(provider.endpoints.authorizeUrl);
      const asked = {
        response_type: "code",
        client_id: provider.clientId,
        redirect_uri: redirectUrl,
        state,
        code_challenge: challenge,
        code_challenge_method: "S256",
        ...(provider.scopes.length === 0 ? {} : { scope: provider.scopes.join(" ") }),
      };
      for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
      return { url: url.href, sealed };
    },
    beginDevice: async (provider, id) => {
      const { deviceUrl } = provider.endpoints;
      if (deviceUrl === null) throw deviceUnsupported(provider.name);
      const settings = connectedSettings(provider, provider.scopes);
      return process.ask("beginDevice", { id, settings, deviceUrl, secret: clientSecretOf(provider) });
    },
    pollDevice: async (provider, { id, sealed, credential }) => {
      const settings = connectedSettings(provider, provider.scopes);
      const ask = { journey: { id, version: 1, ...sealed }, settings, credential, now: now() };
      const polled = await process.ask("pollDevice", ask);
      if (polled.kind === "pending") return polled;
      return { kind: "granted", sealed: polled.sealed, scopes: polled.scopes ?? provider.scopes };
    },
    finish: async (provider, { id, sealed, code, redirectUrl, credential }) => {
      const settings = connectedSettings(provider, provider.scopes);
      const journey = { id, version: 1, ...sealed };
      const ask = { journey, settings, code, redirectUrl, credential, now: now() };
      const { scopes, ...kept } = await process.ask("finishJourney", ask);
      return { sealed: kept, scopes: scopes ?? provider.scopes };
    },
    revoke: async (credential) => process.ask("revoke", { credential }),
  };
}

/** The settings of a credential that a connection becomes. */
export function connectedSettings(provider: ReachedProvider, scopes: readonly string[]) {
  const { clientId, clientSecretFile, allowPrivate, name } = provider;
  const { tokenUrl, revokeUrl, clientAuth: proof } = provider.endpoints;
  const clientAuth = clientSecretFile === null ? ("none" as const) : proof;
  const grant = "refresh_token" as const;
  return {
    tokenUrl,
    revokeUrl,
    clientId,
    scopes: [...scopes],
    grant,
    clientAuth,
    allowPrivate,
    provider: name,
  };
}

/**
 * Whether an answer that names this issuer (null: none) may be this provider's (RFC 9207, 2.4): an answer of another must
 * not bring its code to this one. Of a provider whose name is not known, its address says what it may be.
 */
export function isAnswerOf({ issuer, endpoints }: ReachedProvider, named: string | null): boolean {
  if (named === null) return !endpoints.namesItself;
  if (issuer !== null) return named === issuer;
  return URL.parse(named)?.origin === new URL(endpoints.authorizeUrl).origin;
}

function deviceUnsupported(name: string): Fault {
  return new Fault(
    "device_unsupported",
    `the provider ${name} offers no codes to type elsewhere (RFC 8628), or none that Doorward knows of`,
    "Connect with a browser: `doorward connect PROVIDER`; or name its address in doorward.yaml: vault.providers, deviceUrl.",
  );
}

/** Read when somebody connects, and not kept: the vault seals it with the tokens. */
function clientSecretOf({ name, clientSecretFile }: ConnectProvider): Secret {
  if (clientSecretFile === null) return {};
  try {
    return { clientSecret: readFileSync(clientSecretFile, "utf8").trim() };
  } catch (cause) {
    throw new Fault(
      "client_secret_unreadable",
      `the file of the setting vault.providers.${name}.clientSecretFile cannot be read`,
      "Name the file with the secret, or leave the setting out.",
      cause,
    );
  }
}
