import {
  ClientCredentialsProvider,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  PrivateKeyJwtProvider,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
} from "@modelcontextprotocol/client";
import { type Ambient, Fault } from "#base";
import { type Authorization, createJourney } from "./authorization.ts";
import { createCell } from "./cell.ts";
import type { OAuthConfiguration } from "./configuration.ts";
import type { Secrets } from "./secrets.ts";

/** An OAuth client whose memory is sealed storage, and whose browser is a person with a link. */
export interface SealedOAuth {
  readonly provider: OAuthClientProvider;
  /** Where a person must go to authorise Doorward; null until the server asked for it. */
  readonly pendingUrl: () => URL | null;
  /** Whether `state` is the one of the authorization under way; true once, which spends it. */
  readonly takeState: (state: string | null) => Promise<boolean>;
}

export interface OAuthOptions {
  /** Name of the MCP server that asks for it. */
  readonly server: string;
  readonly secrets: Secrets;
  readonly redirectUrl: string;
  /** HTTPS URL of Doorward's client metadata document, where an operator publishes one. */
  readonly clientMetadataUrl?: string;
  readonly configuration: OAuthConfiguration;
  readonly ambient: Pick<Ambient, "now" | "random">;
}

/** What `invalidateCredentials` forgets, by the SDK's word for it. */
const FORGET = {
  all: ["client", "tokens", "discovery"],
  client: ["client"],
  tokens: ["tokens"],
  verifier: [],
  discovery: ["discovery"],
} as const;

/** OAuth as the server is configured: by a machine's own credentials, or by a person with a link. */
export async function openOAuth(options: OAuthOptions): Promise<SealedOAuth> {
  if (options.configuration.grant !== "client_credentials") return createSealedOAuth(options);
  const provider = await machineProvider(options);
  return { provider, pendingUrl: () => null, takeState: async () => false };
}

async function machineProvider({ configuration, secrets }: OAuthOptions): Promise<OAuthClientProvider> {
  const { clientId = "", scope, algorithm = "ES256", issuer } = configuration;
  const known = {
    clientId,
    clientName: "Doorward",
    ...(scope === undefined ? {} : { scope }),
    ...(issuer === undefined ? {} : { expectedIssuer: issuer }),
  };
  const privateKey = await secrets.get("oauth:private-key");
  if (privateKey !== undefined) return new PrivateKeyJwtProvider({ ...known, privateKey, algorithm });
  const clientSecret = await secrets.get("oauth:client-secret");
  if (clientSecret !== undefined) return new ClientCredentialsProvider({ ...known, clientSecret });
  throw new Fault(
    "upstream_secret_missing",
    "neither oauth:client-secret nor oauth:private-key is in the sealed store",
    "Add the server again with the client's secret or private key.",
  );
}

function createSealedOAuth(options: OAuthOptions): SealedOAuth {
  const { secrets, redirectUrl } = options;
  const client = createCell<StoredOAuthClientInformation>(secrets, "oauth:client");
  const tokens = createCell<StoredOAuthTokens>(secrets, "oauth:tokens");
  const discovery = createCell<OAuthDiscoveryState>(secrets, "oauth:discovery");
  const sealed = createCell<Authorization>(secrets, "oauth:authorization");
  const journey = createJourney(options.server, sealed, options.ambient);
  const cells = { client, tokens, discovery };

  const provider: OAuthClientProvider = {
    redirectUrl,
    ...(options.clientMetadataUrl === undefined ? {} : { clientMetadataUrl: options.clientMetadataUrl }),
    clientMetadata: clientMetadata(options),
    state: journey.makeState,
    clientInformation: async () => (await registered(options)) ?? client.get(),
    saveClientInformation: client.set,
    tokens: tokens.get,
    saveTokens: async (saved) => {
      journey.end();
      await tokens.set(saved);
    },
    redirectToAuthorization: journey.offer,
    saveCodeVerifier: journey.keepVerifier,
    codeVerifier: journey.verifier,
    saveDiscoveryState: discovery.set,
    discoveryState: discovery.get,
    invalidateCredentials: async (scope) => {
      if (scope === "all" || scope === "verifier") journey.end();
      for (const name of FORGET[scope]) await cells[name].drop();
    },
  };
  return { provider, pendingUrl: journey.pendingUrl, takeState: journey.take };
}

function clientMetadata({ redirectUrl, configuration }: OAuthOptions): OAuthClientProvider["clientMetadata"] {
  return {
    client_name: "Doorward",
    redirect_uris: [redirectUrl],
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    ...(configuration.scope === undefined ? {} : { scope: configuration.scope }),
  };
}

/** The client an admin registered by hand, when there is one. */
async function registered({
  configuration,
  secrets,
}: OAuthOptions): Promise<StoredOAuthClientInformation | undefined> {
  if (configuration.clientId === undefined) return undefined;
  const secret = await secrets.get("oauth:client-secret");
  return { client_id: configuration.clientId, ...(secret === undefined ? {} : { client_secret: secret }) };
}
