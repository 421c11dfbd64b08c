import { generateKeyPairSync } from "node:crypto";
import { createServer, type RequestListener, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { toNodeHandler } from "@modelcontextprotocol/node";
import { createMcpHandler, Server } from "@modelcontextprotocol/server";
import { type LoadGrant, Provider } from "oidc-provider";

/** A small MCP server that lets nobody in without a token, and the real authorization server that gives them out. */
export interface AuthorizedServer {
  readonly url: string;
  readonly issuer: string;
  /** What the person answers at the authorization server. */
  isGenerous: boolean;
  /** What people and machines asked of the authorization server: `POST /token`. */
  readonly asked: string[];
  /** Clients whose tokens reached the MCP server. */
  readonly letIn: Set<string>;
  readonly close: () => Promise<void>;
}

export const MACHINE = { id: "machine", secret: "a-secret-of-the-machine-0123456789abcdef" };
export const SIGNER = {
  id: "signer",
  ...generateKeyPairSync("ec", { namedCurve: "P-256" }),
};
const SCOPE = "mcp";
const HOPS_MAX = 10;

export async function listenAuthorized(): Promise<AuthorizedServer> {
  const [atIssuer, atMcp] = [createServer(), createServer()];
  const [issuer, origin] = [await listening(atIssuer), await listening(atMcp)];
  const self: AuthorizedServer = {
    url: `${origin}/mcp`,
    issuer,
    isGenerous: true,
    asked: [],
    letIn: new Set(),
    close: async () => {
      for (const server of [atIssuer, atMcp]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };
  const provider = new Provider(issuer, configurationOf(self.url));
  atIssuer.on("request", authorizationServer(provider, self));
  atMcp.on("request", resourceServer(provider, self, origin));
  return self;
}

/** The browser of a person who opens `link`: follows redirects until they leave for `home`, which it does not ask. */
export async function visit(link: string, home: string): Promise<URL> {
  const jar = new Map<string, string>();
  let at = new URL(link);
  for (let hop = 0; hop < HOPS_MAX; hop += 1) {
    if (at.origin === home) return at;
    const cookie = [...jar].map((pair) => pair.join("=")).join("; ");
    const answer = await fetch(at, { redirect: "manual", headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [name = "", value = ""] = line.split(";")[0]?.split("=") ?? [];
      jar.set(name, value);
    }
    const location = answer.headers.get("location");
    if (location === null) throw new Error(`${answer.status}: ${await answer.text()}`);
    at = new URL(location, at);
  }
  throw new Error("the authorization server never sent the browser back");
}

function authorizationServer(provider: Provider, self: AuthorizedServer): RequestListener {
  const answer = provider.callback();
  return (request, response) => {
    const path = new URL(request.url ?? "/", self.issuer).pathname;
    self.asked.push(`${request.method} ${path}`);
    if (!path.startsWith("/interaction/")) return answer(request, response);
    const result = self.isGenerous
      ? { login: { accountId: "ana" }, consent: {} }
      : { error: "access_denied", error_description: "Ana said <b>no</b>" };
    void provider
      .interactionDetails(request, response)
      .then(() => provider.interactionFinished(request, response, result));
  };
}

function resourceServer(provider: Provider, self: AuthorizedServer, origin: string): RequestListener {
  const serve = toNodeHandler(createMcpHandler(buildServer));
  const metadata = `${origin}/.well-known/oauth-protected-resource/mcp`;
  const isLetIn = async (authorization: string | undefined): Promise<boolean> => {
    const token = authorization?.replace(/^Bearer /, "") ?? "";
    const issued = (await provider.AccessToken.find(token)) ?? (await provider.ClientCredentials.find(token));
    if (issued?.aud !== self.url) return false;
    self.letIn.add(issued.clientId ?? "");
    return true;
  };
  return (request, response) => {
    if (`${origin}${request.url}` === metadata) {
      const about = { resource: self.url, authorization_servers: [self.issuer], scopes_supported: [SCOPE] };
      response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(about));
      return;
    }
    void isLetIn(request.headers.authorization).then((letIn) => {
      if (letIn)
        return serve(Object.assign(request, { url: "/mcp", method: request.method ?? "GET" }), response);
      const challenge = `Bearer resource_metadata="${metadata}", scope="${SCOPE}"`;
      return void response.writeHead(401, { "www-authenticate": challenge }).end();
    });
  };
}

function buildServer(): Server {
  const server = new Server({ name: "vault", version: "1.0.0" }, { capabilities: { tools: {} } });
  const tool = {
    name: "secret_of_the_house",
    description: "Tells the secret",
    inputSchema: { type: "object" as const },
    annotations: { readOnlyHint: true, openWorldHint: false },
  };
  server.setRequestHandler("tools/list", () => ({ tools: [tool] }));
  server.setRequestHandler("tools/call", () => ({
    content: [{ type: "text", text: "the key is under the mat" }],
  }));
  return server;
}

function configurationOf(resource: string): object {
  const loadExistingGrant: LoadGrant = async ({ oidc }) => {
    const grant = new oidc.provider.Grant({
      clientId: oidc.client.clientId,
      accountId: oidc.session.accountId,
    });
    grant.addOIDCScope(`offline_access ${SCOPE}`);
    grant.addResourceScope(resource, SCOPE);
    await grant.save();
    return grant;
  };
  return {
    clients: [
      machine({ client_id: MACHINE.id, client_secret: MACHINE.secret }),
      machine({
        client_id: SIGNER.id,
        token_endpoint_auth_method: "private_key_jwt",
        jwks: { keys: [{ ...SIGNER.publicKey.export({ format: "jwk" }), use: "sig", alg: "ES256" }] },
      }),
    ],
    scopes: ["offline_access", SCOPE],
    cookies: { keys: ["cookies of a test"] },
    jwks: {
      keys: [
        {
          ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }),
          alg: "RS256",
          use: "sig",
        },
      ],
    },
    features: {
      devInteractions: { enabled: false },
      registration: { enabled: true },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({ scope: SCOPE, audience: resource, accessTokenFormat: "opaque" }),
      },
    },
    pkce: { required: () => true },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
    loadExistingGrant,
    ttl: {
      AuthorizationCode: 60,
      AccessToken: 600,
      ClientCredentials: 600,
      Interaction: 60,
      Session: 60,
      Grant: 600,
    },
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
    clockTolerance: 5,
  };
}

function machine(own: object): object {
  return { grant_types: ["client_credentials"], redirect_uris: [], response_types: [], ...own };
}

async function listening(server: HttpServer): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
