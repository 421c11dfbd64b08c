import { type ChildProcess, fork } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { stringify } from "yaml";
import { type Admin, type Running, scratch, signIn, startDoorward } from "../journeys/doorward-process.ts";
import { CLIENT } from "./identity-provider.ts";
import { visit } from "./sign-in.ts";

const PROVIDER = fileURLToPath(new URL("../servers/identity-provider-process.ts", import.meta.url));
const SERVER = fileURLToPath(new URL("../journeys/slow-server.mjs", import.meta.url));
const POLICY = `
@id("users") @reason("Users keep their rights.") permit (principal is Doorward::User, action, resource);
@id("agents") @reason("Agents may use tools.") permit (principal is Doorward::Agent, action in Doorward::Action::"tools/call", resource);
`;

export const SCIM_SECRET = "the-secret-of-the-directory-long-enough";

export interface Reply {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

/** A Doorward and an identity provider, each a process of its own, with a user `ben` of that provider and an MCP server. */
export interface ExchangeHouse {
  readonly running: Running;
  readonly admin: Admin;
  readonly issuer: string;
  /** The person at the provider's desk: signs in there, and is handed tokens for Doorward. */
  readonly tokensOf: (
    person: string,
    resource?: string,
  ) => Promise<{ readonly id: string; readonly access: string }>;
  /** Signed by the provider with its own key, whatever it says. */
  readonly signedByProvider: (header: object, claims: object) => Promise<string>;
  /** An operation of ben's own, signed in and present through the provider. */
  readonly asBen: (operation: string, input: object) => Promise<Reply>;
  readonly exchange: (form: Record<string, string>, headers?: Record<string, string>) => Promise<Reply>;
  /** One MCP request at the mcp door, in the stateless revision. */
  readonly mcp: (authorization: string, call: Call, headers?: Record<string, string>) => Promise<Reply>;
  /** What the organisation's directory asks at /scim/v2. */
  readonly scim: (method: string, path: string, body?: object, secret?: string) => Promise<Reply>;
  readonly close: () => Promise<void>;
}

interface Call {
  readonly tool: string;
  readonly path?: string;
}

/** `settings` are laid over its doorward.yaml; what this answers with TLS must be trusted by who calls it. */
export async function openExchangeHouse(settings: object = {}): Promise<ExchangeHouse> {
  const provider = fork(PROVIDER, { stdio: "inherit" });
  const { issuer } = await heard<{ issuer: string }>(provider);
  const directory = scratch();
  writeFileSync(join(directory.path, "secret"), `${CLIENT.secret}\n`);
  writeFileSync(join(directory.path, "scim"), `${SCIM_SECRET}\n`);
  const identityProvider = { issuer, clientId: CLIENT.id, clientSecretFile: "secret", allowPrivate: true };
  writeFileSync(
    join(directory.path, "doorward.yaml"),
    stringify({ identityProvider, scim: { secretFile: "scim" }, holds: { waitSeconds: 1 }, ...settings }),
  );
  const running = await startDoorward(directory.path);
  const origin = running.url.replace("127.0.0.1", "localhost");
  const redirectUri = `${origin}/console/session/callback`;
  const tell = async (message: object): Promise<void> => {
    provider.send(message);
    await heard(provider);
  };
  await tell({ redirectUri });
  const admin = await signIn(running);
  const added = { name: "ben", roles: ["approver"], issuer, subject: "ben-at-provider" };
  await admin.perform("users.add", added);
  const environment = { CALLS_FILE: join(directory.path, "calls") };
  const command = [process.execPath, SERVER];
  await admin.perform("servers.add", { name: "slow", command, environment, sandbox: "off", accept: true });
  await admin.perform("policy.activate", { text: POLICY });
  const browser = await signedIn(origin, tell);
  return {
    running,
    admin,
    issuer,
    tokensOf: async (person, resource) => {
      await tell({ person });
      return tokensFor({ issuer, redirectUri, origin, resource });
    },
    signedByProvider: async (header, claims) => {
      provider.send({ sign: { header, claims } });
      return (await heard<{ token: string }>(provider)).token;
    },
    asBen: (operation, input) => post(`${origin}/api/v1/${operation.replace(".", "/")}`, input, browser),
    exchange: (form, headers = {}) => exchangeAt(running.url, form, headers),
    mcp: (authorization, call, headers) => mcpAt(running.url, authorization, call, headers),
    scim: async (method, path, body, secret = SCIM_SECRET) =>
      replyOf(
        await fetch(`${running.url}/scim/v2${path}`, {
          method,
          headers: { authorization: `Bearer ${secret}`, "content-type": "application/scim+json" },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      ),
    close: async () => {
      await running.stop();
      provider.kill();
      directory.remove();
    },
  };
}

async function heard<T>(child: ChildProcess): Promise<T> {
  const [message] = (await once(child, "message")) as [T];
  return message;
}

/** Ben's browser: signed in, and present, both through the provider. */
async function signedIn(
  origin: string,
  tell: (message: object) => Promise<void>,
): Promise<Record<string, string>> {
  await tell({ person: "ben-at-provider" });
  const step = async (purpose: string, end: string, headers: Record<string, string>): Promise<Reply> => {
    const begun = await post(`${origin}/console/session/provider`, { purpose }, headers);
    const cookie = cookieOf(begun);
    const back = await visit(origin, String(begun.body["url"]));
    await fetch(back, { redirect: "manual", headers: { cookie } });
    const both = [headers["cookie"], cookie].filter(Boolean).join("; ");
    return post(
      `${origin}/console/session/provider/${end}`,
      { ticket: begun.body["ticket"] },
      { ...headers, cookie: both },
    );
  };
  const signed = await step("sign-in", "finish", {});
  const browser = { cookie: cookieOf(signed), "x-doorward-csrf": String(signed.body["proof"]) };
  const present = await step("presence", "presence", browser);
  if (present.status !== 200) throw new Error(`ben is not present: ${JSON.stringify(present.body)}`);
  return browser;
}

function cookieOf({ headers }: Reply): string {
  return headers.getSetCookie()[0]?.split(";")[0] ?? "";
}

/** An app of the user's: authorization code with PKCE at the provider, as Doorward's own client. */
async function tokensFor(at: {
  issuer: string;
  redirectUri: string;
  origin: string;
  resource: string | undefined;
}): Promise<{ id: string; access: string }> {
  const verifier = randomBytes(32).toString("base64url");
  const query = new URLSearchParams({
    client_id: CLIENT.id,
    response_type: "code",
    redirect_uri: at.redirectUri,
    scope: at.resource === undefined ? "openid" : "openid mcp",
    state: "s",
    nonce: "n",
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    ...(at.resource === undefined ? {} : { resource: at.resource }),
  });
  const back = await visit(at.origin, `${at.issuer}/auth?${query.toString()}`);
  const basic = Buffer.from(`${CLIENT.id}:${encodeURIComponent(CLIENT.secret)}`).toString("base64");
  const form = new URLSearchParams({
    grant_type: "authorization_code",
    code: back.searchParams.get("code") ?? "",
    redirect_uri: at.redirectUri,
    code_verifier: verifier,
  });
  const answer = await fetch(`${at.issuer}/token`, {
    method: "POST",
    headers: { authorization: `Basic ${basic}` },
    body: form,
  });
  const tokens = (await answer.json()) as { id_token?: string; access_token?: string };
  if (tokens.id_token === undefined) throw new Error(`no tokens: ${JSON.stringify(tokens)}`);
  return { id: tokens.id_token, access: tokens.access_token ?? "" };
}

async function post(url: string, body: object, headers: Record<string, string>): Promise<Reply> {
  return replyOf(
    await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    }),
  );
}

async function exchangeAt(
  url: string,
  form: Record<string, string>,
  headers: Record<string, string>,
): Promise<Reply> {
  const body = new URLSearchParams({
    grant_type: "urn:ietf:params:oauth:grant-type:token-exchange",
    ...form,
  });
  return replyOf(await fetch(`${url}/oauth/token`, { method: "POST", headers, body }));
}

const REVISION = "2026-07-28";

async function mcpAt(
  url: string,
  authorization: string,
  { tool, path = "/door/mcp" }: Call,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const name = path === "/door/mcp" ? `slow__${tool}` : tool;
  const meta = {
    "io.modelcontextprotocol/protocolVersion": REVISION,
    "io.modelcontextprotocol/clientInfo": { name: "agent", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const body = {
    jsonrpc: "2.0",
    id: 1,
    method: "tools/call",
    params: { name, arguments: { text: "hello" }, _meta: meta },
  };
  const answer = await fetch(`${url}${path}`, {
    method: "POST",
    headers: {
      authorization,
      accept: "application/json, text/event-stream",
      "content-type": "application/json",
      "mcp-protocol-version": REVISION,
      "mcp-method": "tools/call",
      "mcp-name": name,
      ...headers,
    },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  const data = /^data: (.*)$/m.exec(text)?.[1] ?? text;
  return { status: answer.status, headers: answer.headers, body: data === "" ? {} : JSON.parse(data) };
}

async function replyOf(answer: Response): Promise<Reply> {
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === "" ? {} : JSON.parse(text) };
}

/** A key pair of a client, and what it signs with it. */
export interface Signer {
  readonly jwk: JWK;
  readonly thumbprint: string;
  /** A DPoP proof (RFC 9449, 4.2). */
  readonly proof: (of: { url: string; token?: string; over?: Record<string, unknown> }) => Promise<string>;
  /** An assertion of RFC 7523. */
  readonly assertion: (of: {
    sender: string;
    audience: string;
    over?: Record<string, unknown>;
  }) => Promise<string>;
}

const nowS = (): number => Math.floor(Date.now() / 1_000);

export async function newSigner(): Promise<Signer> {
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  const jwk = await exportJWK(publicKey);
  return {
    jwk,
    thumbprint: await calculateJwkThumbprint(jwk),
    proof: ({ url, token, over = {} }) => {
      const ath = token === undefined ? {} : { ath: createHash("sha256").update(token).digest("base64url") };
      const claims = {
        jti: randomBytes(12).toString("hex"),
        htm: "POST",
        htu: url,
        iat: nowS(),
        ...ath,
        ...over,
      };
      return new SignJWT(claims).setProtectedHeader({ alg: "ES256", typ: "dpop+jwt", jwk }).sign(privateKey);
    },
    assertion: ({ sender, audience, over = {} }) => {
      const times = { iat: nowS(), exp: nowS() + 60, jti: randomBytes(12).toString("hex") };
      const claims = { iss: sender, sub: sender, aud: audience, ...times, ...over };
      return new SignJWT(claims).setProtectedHeader({ alg: "ES256" }).sign(privateKey);
    },
  };
}

export const tokenOf = ({ body }: Reply): string => String(body["access_token"]);
export const errorOf = ({ status, body }: Reply): string => `${status} ${String(body["error"])}`;
/** `ok`, what a refusal says to the agent, or status and code of a request that went no further. */
export const resultOf = ({ status, body }: Reply): string => {
  const result = body["result"] as { content?: { text: string }[]; isError?: boolean } | undefined;
  // Before a message is read, a refusal is an error of JSON-RPC with our code in its data.
  if (result === undefined)
    return `${status} ${/"code":"(\w+)"/.exec(JSON.stringify(body))?.[1] ?? "nothing"}`;
  return result.isError === true ? `refused: ${String(result.content?.[0]?.text)}` : "ok";
};
