import {
  allowInsecureRequests,
  type ClientAuth,
  ClientSecretBasic,
  ClientSecretPost,
  clockTolerance,
  type Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  None,
  type ServerMetadata,
} from "openid-client";
import { type Ambient, Fault } from "#base";
import { CLOCK_SKEW_S } from "./provider-claims.ts";

/** The identity provider that people sign in with, as configured. */
export interface ProviderSettings {
  /** Exactly as the provider writes it. Plain http only on loopback. */
  readonly issuer: string;
  readonly clientId: string;
  /** Null: a public client; PKCE alone ties the code to us. */
  readonly clientSecret: string | null;
  /** With `openid` among them. */
  readonly scopes: readonly string[];
  /** The claim of the ID token that names a person's groups; null: none is read. */
  readonly groupsClaim: string | null;
  /** The egress client's fetch, under rules for this provider (T17). */
  readonly fetch: (url: string, init: RequestInit) => Promise<Response>;
}

export interface ProviderClient {
  /** What the provider says of itself; asked when first needed, so that Doorward starts without it. */
  readonly configuration: () => Promise<Configuration>;
}

/** Metadata are asked for again after this long; keys have a cache of the library's own. */
const METADATA_MS = 60 * 60_000;
const TIMEOUT_S = 20;

export function createProviderClient(
  settings: ProviderSettings,
  ambient: Pick<Ambient, "monotonic">,
): ProviderClient {
  let known: { readonly asked: Promise<Configuration>; readonly until: number } | null = null;
  return {
    configuration: () => {
      if (known !== null && known.until > ambient.monotonic()) return known.asked;
      const asked = discover(settings);
      const mine = { asked, until: ambient.monotonic() + METADATA_MS };
      known = mine;
      asked.catch(() => {
        if (known === mine) known = null;
      });
      return asked;
    },
  };
}

async function discover(settings: ProviderSettings): Promise<Configuration> {
  const issuer = new URL(settings.issuer);
  const configuration = await asking(() =>
    discovery(issuer, settings.clientId, { [clockTolerance]: CLOCK_SKEW_S }, authentication(settings), {
      [customFetch]: (url, { body, ...options }) =>
        // The library sends forms and nothing else.
        settings.fetch(url, { ...options, body: body instanceof URLSearchParams ? body : null }),
      timeout: TIMEOUT_S,
      // The signature is checked too, though the token comes from the provider's own endpoint.
      execute:
        issuer.protocol === "http:"
          ? [enableNonRepudiationChecks, allowInsecureRequests]
          : [enableNonRepudiationChecks],
    }),
  );
  const says = configuration.serverMetadata().issuer;
  if (says === settings.issuer) return configuration;
  throw new Fault(
    "provider_misnamed",
    "the identity provider writes its issuer differently from the setting identityProvider.issuer",
    `Write it exactly so, for example: identityProvider: { issuer: ${JSON.stringify(says)}, clientId: "doorward" }`,
  );
}

/** HTTP Basic unless the provider's metadata leave it out (OpenID Connect Discovery 1.0: absent means Basic). */
function authentication({ clientSecret }: ProviderSettings): ClientAuth {
  if (clientSecret === null) return None();
  const [basic, post] = [ClientSecretBasic(clientSecret), ClientSecretPost(clientSecret)];
  const choose = ({ token_endpoint_auth_methods_supported: methods }: Partial<ServerMetadata>): ClientAuth =>
    methods === undefined || methods.includes("client_secret_basic") ? basic : post;
  return (server, client, body, headers) => choose(server)(server, client, body, headers);
}

async function asking<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (cause) {
    throw unreachable(cause);
  }
}

/** The provider could not be asked at all. Says the egress client's code; addresses stay in the cause. */
export function unreachable(cause: unknown): Fault {
  const code = egressCode(cause);
  return new Fault(
    "provider_unreachable",
    `the identity provider cannot be asked${code === null ? "" : ` (${code})`}`,
    "Check `identityProvider` in doorward.yaml: the issuer, and allowPrivate: true for one on a private network. Local users sign in without it.",
    cause,
  );
}

const CAUSES_MAX = 5;

/** The code of the Fault among an error's causes: the egress client's own, where the library wrapped it. */
export function egressCode(cause: unknown): string | null {
  let at = cause;
  for (let depth = 0; depth < CAUSES_MAX && at instanceof Error; depth += 1) {
    if (at instanceof Fault) return at.code;
    at = at.cause;
  }
  return null;
}
