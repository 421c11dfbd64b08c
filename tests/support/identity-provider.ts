import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type LoadGrant, Provider } from "oidc-provider";

/** A certified OpenID provider on loopback, that signs in whoever the test says without asking for anything. */
export interface IdentityProvider {
  readonly issuer: string;
  /** Who sits before it. */
  person: string;
  /** Groups that the provider says this person is in; null: it says nothing of groups. */
  groups: readonly string[] | null;
  /** Changes the ID token on its way out of the token endpoint, signed anew with the provider's own key. */
  tamper: Tamper | null;
  /** Changes the metadata that it answers. */
  metadata: { readonly [field: string]: unknown };
  /** Changes what it answers to a device (RFC 8628, 3.2). */
  device: { readonly [field: string]: unknown };
  /** Paths asked of it, in order. */
  readonly asked: string[];
  /** Tells it where to send people back to: known once Doorward listens. */
  readonly register: (redirectUri: string) => void;
  /** Signs whatever it is told, with its own key (RS256). */
  readonly sign: (header: Claims, claims: Claims) => string;
  readonly close: () => Promise<void>;
}

export interface Claims {
  readonly [claim: string]: unknown;
}
export type Tamper = (claims: Claims, header: Claims) => Forged;
export interface Forged {
  readonly claims: Claims;
  readonly header?: Claims;
  /** Signs with a key that the provider does not publish. */
  readonly foreignKey?: boolean;
}

export const CLIENT = { id: "doorward", secret: "a secret of the client" };
/** Seconds a code lives. */
export const CODE_S = 2;

export async function startIdentityProvider(): Promise<IdentityProvider> {
  const keys = [0, 1].map(() => generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey);
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const self: IdentityProvider = {
    issuer,
    person: "nobody",
    groups: null,
    tamper: null,
    metadata: {},
    device: { interval: 1 },
    asked: [],
    sign: (header, claims) => signed({ alg: "RS256", kid: "first", ...header }, claims, keys[0]!),
    register: (redirectUri) => serve(server, self, { keys, redirectUri }),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return self;
}

interface Registered {
  readonly keys: readonly KeyObject[];
  readonly redirectUri: string;
}

function serve(server: Server, self: IdentityProvider, { keys, redirectUri }: Registered): void {
  const provider = new Provider(self.issuer, configuration(self, keys[0]!, redirectUri));
  const answer = provider.callback();
  server.removeAllListeners("request");
  server.on("request", (request, response) => {
    const path = new URL(request.url ?? "/", self.issuer).pathname;
    self.asked.push(`${request.method} ${path}`);
    if (path.startsWith("/interaction/")) {
      void signIn(provider, self, request, response);
      return;
    }
    if (REWRITTEN.has(path)) rewrite(self, response, { keys, over: overFor(self, path) });
    answer(request, response);
  });
}

/** Consent is the provider's business and no part of these tests. */
const loadExistingGrant: LoadGrant = async ({ oidc }) => {
  const grant = new oidc.provider.Grant({
    clientId: oidc.client.clientId,
    accountId: oidc.session.accountId,
  });
  grant.addOIDCScope("openid");
  const { resource } = oidc.params;
  if (typeof resource === "string") grant.addResourceScope(resource, "mcp");
  await grant.save();
  return grant;
};

function configuration(self: IdentityProvider, key: KeyObject, redirectUri: string): object {
  const client = {
    client_id: CLIENT.id,
    client_secret: CLIENT.secret,
    redirect_uris: [redirectUri],
    grant_types: ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"],
    response_types: ["code"],
  };
  return {
    clients: [client],
    jwks: { keys: [{ ...key.export({ format: "jwk" }), kid: "first", alg: "RS256", use: "sig" }] },
    cookies: { keys: ["cookies of a test"] },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: { enabled: true },
      // RFC 8707: an access token for the resource that was asked for, as a JWT (RFC 9068).
      resourceIndicators: {
        enabled: true,
        useGrantedResource: () => true,
        getResourceServerInfo: (_context: unknown, audience: string) => ({
          scope: "mcp",
          audience,
          accessTokenFormat: "jwt",
        }),
      },
    },
    pkce: { required: () => true },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    claims: { openid: ["sub", "groups"] },
    conformIdTokenClaims: false,
    findAccount: (_context: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, ...(self.groups === null ? {} : { groups: self.groups }) }),
    }),
    loadExistingGrant,
    ttl: {
      AuthorizationCode: CODE_S,
      DeviceCode: 60,
      AccessToken: 60,
      IdToken: 60,
      Interaction: 60,
      Session: 600,
      Grant: 600,
    },
  };
}

async function signIn(
  provider: Provider,
  self: IdentityProvider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  await provider.interactionDetails(request, response);
  await provider.interactionFinished(request, response, { login: { accountId: self.person } });
}

const REWRITTEN = new Set(["/token", "/device/auth", "/.well-known/openid-configuration"]);

function overFor(self: IdentityProvider, path: string): object {
  if (path === "/token") return {};
  return path === "/device/auth" ? self.device : self.metadata;
}

/** Lets the test change what the real provider answers, and nothing else of it. */
function rewrite(
  self: IdentityProvider,
  response: ServerResponse,
  { keys, over }: { readonly keys: readonly KeyObject[]; readonly over: object },
): void {
  const end = response.end.bind(response) as (body: string | Buffer) => ServerResponse;
  const changed = (body: unknown): ServerResponse => {
    const answer = JSON.parse(String(body)) as Claims;
    const token = answer["id_token"];
    const isToken = typeof token === "string" && self.tamper !== null;
    const next = isToken ? { ...answer, id_token: forge(token, self.tamper!, keys) } : answer;
    const text = JSON.stringify({ ...next, ...over });
    response.setHeader("content-length", Buffer.byteLength(text));
    return end(text);
  };
  response.end = changed as ServerResponse["end"];
}

function forge(token: string, tamper: Tamper, keys: readonly KeyObject[]): string {
  const [header = "", claims = ""] = token.split(".");
  const [before, given] = [claims, header].map(
    (part) => JSON.parse(Buffer.from(part, "base64url").toString()) as Claims,
  );
  const forged = tamper(before!, given!);
  return signed(forged.header ?? given!, forged.claims, keys[forged.foreignKey === true ? 1 : 0]!);
}

function signed(header: Claims, claims: Claims, key: KeyObject): string {
  const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"));
  const text = parts.join(".");
  return `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
}
