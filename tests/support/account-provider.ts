import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { type LoadGrant, Provider } from "oidc-provider";

// A certified OpenID provider (panva/node-oidc-provider 9) as people connect their accounts at one: public clients with
// PKCE, refresh tokens that are good once, revocation (RFC 7009), its name in every answer (RFC 9207).

export const CLIENT_ID = "doorward";

export interface AccountProvider {
  readonly issuer: string;
  /** Form posts that it took, in order: path and form. */
  readonly posts: { readonly path: string; readonly form: URLSearchParams }[];
  /** Access tokens from now on end after so many seconds: Doorward refreshes a minute before that. */
  readonly live: (seconds: number) => void;
  /** Opens an address as a browser with a session there; answers where that is sent back to. */
  readonly browse: (url: string) => Promise<string>;
  /** Types a device's code there (RFC 8628, 3.3), as somebody with a browser elsewhere, and agrees or does not. */
  readonly typeCode: (url: string, code: string, agrees: boolean) => Promise<void>;
  /** Whether an access token is one of its own, and not revoked. */
  readonly knows: (token: string) => Promise<boolean>;
  readonly close: () => Promise<void>;
}

const loadExistingGrant: LoadGrant = async ({ oidc }) => {
  const { clientId } = oidc.client;
  const grant = new oidc.provider.Grant({ clientId, accountId: oidc.session.accountId });
  grant.addOIDCScope("openid");
  await grant.save();
  return grant;
};

export async function openAccountProvider(
  redirectUrl: string,
  accessSeconds = 600,
): Promise<AccountProvider> {
  const lives = { accessSeconds, deviceSeconds: 600 };
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, configuration(redirectUrl, lives));
  const answer = provider.callback();
  const posts: AccountProvider["posts"] = [];
  server.on("request", (request, response) => {
    const path = new URL(request.url ?? "/", issuer).pathname;
    if (path.startsWith("/interaction/")) {
      const result = { login: { accountId: "olga-at-the-provider" } };
      void provider.interactionFinished(request, response, result);
      return;
    }
    // A browser's form is read later than others: listened to before, nothing of it would be left.
    if (request.method === "POST" && path !== "/device")
      noteForm(request, (form) => posts.push({ path, form }));
    answer(request, response);
  });
  return {
    issuer,
    posts,
    live: (seconds) => {
      lives.accessSeconds = seconds;
    },
    browse: (url) => browse(url, issuer),
    typeCode: (url, code, agrees) => typeCode(url, code, agrees),
    knows: async (token) => {
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(`${issuer}/me`, { headers })).status === 200;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** The provider reads the same stream: both hear every part of it. */
function noteForm(request: IncomingMessage, note: (form: URLSearchParams) => void): void {
  let body = "";
  request.on("data", (part: Buffer) => {
    body += part.toString();
  });
  request.on("end", () => note(new URLSearchParams(body)));
}

function configuration(
  redirectUrl: string,
  lives: { readonly accessSeconds: number; readonly deviceSeconds: number },
): object {
  const client = {
    client_id: CLIENT_ID,
    token_endpoint_auth_method: "none",
    redirect_uris: [redirectUrl],
    grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
    response_types: ["code"],
  };
  return {
    clients: [client],
    cookies: { keys: ["cookies of a test"] },
    features: {
      devInteractions: { enabled: false },
      deviceFlow: { enabled: true },
      revocation: { enabled: true },
    },
    pkce: { required: () => true },
    interactions: { url: (_context: unknown, { uid }: { uid: string }) => `/interaction/${uid}` },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
    loadExistingGrant,
    issueRefreshToken: () => true,
    rotateRefreshToken: () => true,
    ttl: {
      AuthorizationCode: 60,
      DeviceCode: () => lives.deviceSeconds,
      AccessToken: () => lives.accessSeconds,
      IdToken: 60,
      Interaction: 60,
      RefreshToken: 600,
      Session: 600,
      Grant: 600,
    },
  };
}

const STEPS_MAX = 10;

type Cookies = Map<string, string>;

async function visit(cookies: Cookies, url: string, form?: Record<string, string>): Promise<Response> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  const sent = form === undefined ? {} : { method: "POST", body: new URLSearchParams(form) };
  const response = await fetch(url, { redirect: "manual", headers: { cookie }, ...sent });
  for (const line of response.headers.getSetCookie()) {
    const [pair = ""] = line.split(";");
    cookies.set(pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1));
  }
  return response;
}

async function typeCode(url: string, code: string, agrees: boolean): Promise<void> {
  const cookies: Cookies = new Map();
  const page = await (await visit(cookies, url)).text();
  const xsrf = /name="xsrf" value="([^"]+)"/.exec(page)?.[1] ?? "";
  await visit(cookies, url, { xsrf, user_code: code });
  const answer = agrees ? { confirm: "yes" } : { abort: "yes" };
  let response = await visit(cookies, url, { xsrf, user_code: code, ...answer });
  for (let step = 0; step < STEPS_MAX; step += 1) {
    const next = response.headers.get("location");
    if (next === null) return;
    response = await visit(cookies, new URL(next, url).href);
  }
}

async function browse(url: string, issuer: string): Promise<string> {
  const cookies: Cookies = new Map();
  let at = url;
  for (let step = 0; step < STEPS_MAX; step += 1) {
    if (!at.startsWith(issuer)) return at;
    const response = await visit(cookies, at);
    const next = response.headers.get("location");
    if (next === null) throw new Error(`the provider stops at ${at}: ${await response.text()}`);
    at = new URL(next, at).href;
  }
  throw new Error("the provider sends in circles");
}
