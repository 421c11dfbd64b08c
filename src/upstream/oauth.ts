import { createHash, timingSafeEqual } from "node:crypto";
import {
  ClientCredentialsProvider,
  type OAuthClientProvider,
  type OAuthDiscoveryState,
  PrivateKeyJwtProvider,
  type StoredOAuthClientInformation,
  type StoredOAuthTokens,
} from "@modelcontextprotocol/client";
import { type Ambient, Fault } from "#base";
import type { OAuthConfiguration } from "./configuration.ts";
import type { Secrets } from "./secrets.ts";

/** An OAuth client whose memory is sealed storage, and whose browser is a person with a link. */
export interface SealedOAuth {
  readonly provider: OAuthClientProvider;
  /** Where a person must go to authorise Doorward; null until the server asked for it. */
  readonly pendingUrl: () => URL | null;
  /** Whether `state` is the one of the authorization under way. */
  readonly isExpectedState: (state: string | null) => Promise<boolean>;
}

export interface OAuthOptions {
  readonly secrets: Secrets;
  readonly redirectUrl: string;
  /** HTTPS URL of Doorward's client metadata document, where an operator publishes one. */
  readonly clientMetadataUrl?: string;
  readonly configuration: OAuthConfiguration;
  readonly ambient: Pick<Ambient, "random">;
}

/** What `invalidateCredentials` forgets, by the SDK's word for it. */
const FORGET = {
  all: ["client", "tokens", "verifier", "discovery"],
  client: ["client"],
  tokens: ["tokens"],
  verifier: ["verifier"],
  discovery: ["discovery"],
} as const;

/** OAuth as the server is configured: by a machine's own credentials, or by a person with a link. */
export async function openOAuth(options: OAuthOptions): Promise<SealedOAuth> {
  if (options.configuration.grant !== "client_credentials") return createSealedOAuth(options);
  const provider = await machineProvider(options);
  return { provider, pendingUrl: () => null, isExpectedState: async () => false };
}

async function machineProvider({ configuration, secrets }: OAuthOptions): Promise<OAuthClientProvider> {
  const { clientId = "", scope, algorithm = "ES256" } = configuration;
  const known = { clientId, clientName: "Doorward", ...(scope === undefined ? {} : { scope }) };
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
  const verifier = createCell<string>(secrets, "oauth:verifier");
  const discovery = createCell<OAuthDiscoveryState>(secrets, "oauth:discovery");
  const state = createCell<string>(secrets, "oauth:state");
  const cells = { client, tokens, verifier, discovery };
  let pending: URL | null = null;

  const provider: OAuthClientProvider = {
    redirectUrl,
    ...(options.clientMetadataUrl === undefined ? {} : { clientMetadataUrl: options.clientMetadataUrl }),
    clientMetadata: clientMetadata(options),
    state: async () => {
      const fresh = Buffer.from(options.ambient.random(32)).toString("base64url");
      await state.set(fresh);
      return fresh;
    },
    clientInformation: async () => (await registered(options)) ?? client.get(),
    saveClientInformation: client.set,
    tokens: tokens.get,
    saveTokens: async (saved) => {
      pending = null;
      await tokens.set(saved);
    },
    redirectToAuthorization: (url) => {
      pending = url;
    },
    saveCodeVerifier: verifier.set,
    codeVerifier: async () => (await verifier.get()) ?? noVerifier(),
    saveDiscoveryState: discovery.set,
    discoveryState: discovery.get,
    invalidateCredentials: async (scope) => {
      for (const name of FORGET[scope]) await cells[name].drop();
    },
  };
  const isExpectedState = async (given: string | null): Promise<boolean> => {
    const expected = await state.get();
    return expected !== undefined && given !== null && timingSafeEqual(digest(expected), digest(given));
  };
  return { provider, pendingUrl: () => pending, isExpectedState };
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

interface Cell<T> {
  readonly get: () => Promise<T | undefined>;
  readonly set: (value: T) => Promise<void>;
  readonly drop: () => Promise<void>;
}

/** A sealed value, kept in memory too: the bearer token is read for every request. */
function createCell<T>(secrets: Secrets, name: string): Cell<T> {
  let known: { readonly value: T | undefined } | null = null;
  return {
    get: async () => {
      if (known !== null) return known.value;
      const text = await secrets.get(name);
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- sealed by `set` below, so it is a T.
      known = { value: text === undefined ? undefined : (JSON.parse(text) as T) };
      return known.value;
    },
    set: async (value) => {
      await secrets.set(name, JSON.stringify(value));
      known = { value };
    },
    drop: async () => {
      await secrets.drop(name);
      known = { value: undefined };
    },
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function noVerifier(): never {
  throw new Fault(
    "upstream_authorization_not_started",
    "no authorization of this server is under way",
    "Start it with `doorward servers refresh NAME`, open the link it prints, and come back with it.",
  );
}
