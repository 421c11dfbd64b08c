import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage } from "node:http";
import { createServer, request as requestSecure, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ConnectionOptions, getCACertificates, setDefaultCACertificates } from "node:tls";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { scratch, startDoorward } from "../journeys/doorward-process.ts";
import { makeCertificate, type TestCertificate } from "../samples/certificates.ts";
import { type ExchangeHouse, newSigner, openExchangeHouse, type Signer } from "../support/exchange-house.ts";
import { TEST_CERTIFICATE, TEST_KEY } from "../support/platforms/certificate.ts";

// T16 with mutual TLS (RFC 8705), at the whole product and over real connections: an agent is who it says by exactly the
// certificate that its owner registered, and what it gets is of use over connections with that certificate alone.

const ID = "urn:ietf:params:oauth:token-type:id_token";
const ACCESS = "urn:ietf:params:oauth:token-type:access_token";
const EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange";
const SHORT_LIFE_MS = 12_000;

const files = mkdtempSync(join(tmpdir(), "doorward-mtls-"));
const tls = { certificate: join(files, "tls.crt"), key: join(files, "tls.key") };
const mine = makeCertificate({ name: "bot" });
const helpers = makeCertificate({ name: "helper" });
/** In every word like the agent's own, but for the key and the serial number. */
const alike = makeCertificate({ name: "bot" });

let house: ExchangeHouse;
let key = "";
let ids: { id: string; access: string };
let signer: Signer;
let brief: TestCertificate & { readonly until: number; readonly token: string };
let proxy: Server;

beforeAll(async () => {
  writeFileSync(tls.certificate, TEST_CERTIFICATE);
  writeFileSync(tls.key, TEST_KEY);
  setDefaultCACertificates([...getCACertificates("default"), TEST_CERTIFICATE]);
  house = await openExchangeHouse({ tls: { ...tls, clientCertificates: true } });
  key = String((await house.admin.perform("agents.add", { name: "bot" }))["key"]);
  await house.admin.perform("agents.add", { name: "helper" });
  signer = await newSigner();
  ids = await house.tokensOf("ben-at-provider", house.running.url);
  await house.asBen("delegations.grant", { agent: "bot", servers: ["slow"], further: 1 });
  await register("bot", mine);
  await register("helper", helpers);
  const until = Date.now() + SHORT_LIFE_MS;
  const short = makeCertificate({ until: new Date(until) });
  await register("bot", short);
  brief = { ...short, until, token: tokenOf(await exchange(short)) };
  proxy = await proxyBefore();
});
afterAll(async () => {
  proxy?.close();
  await house?.close();
  rmSync(files, { recursive: true, force: true });
});

const register = (agent: string, { certificate }: TestCertificate) =>
  house.admin.perform("agents.add-credential", { agent, certificate });

const add = (agent: string, certificate: string) =>
  house.admin.ask("agents.add-credential", { agent, certificate });
const keptOf = async (agent: string): Promise<unknown> =>
  (await house.admin.perform("agents.credentials", { agent }))["items"];

interface Reply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}
interface Asking {
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
  /** Where it connects to; without it, to Doorward. */
  readonly port?: number;
  readonly tls?: ConnectionOptions;
  readonly told?: (session: Buffer) => void;
}

/** One request on a TLS connection of its own, with this certificate or with none. */
async function ask(by: TestCertificate | null, asking: Asking): Promise<Reply> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const { path, headers = {}, body } = asking;
  const port = asking.port ?? Number(new URL(house.running.url).port);
  const shown = by === null ? {} : { cert: by.certificate, key: by.key };
  const host = { host: new URL(house.running.url).host };
  const to = { host: "127.0.0.1", port, ca: TEST_CERTIFICATE, agent: false, ...shown, ...asking.tls };
  const method = body === undefined ? "GET" : "POST";
  const sent = requestSecure({ ...to, path, method, headers: { ...host, ...headers } }, resolve);
  sent.on("error", reject);
  sent.on("socket", (socket) => socket.on("session", (session: Buffer) => asking.told?.(session)));
  sent.end(body);
  const answer = await promise;
  const text = Buffer.concat(await answer.toArray()).toString();
  const data = /^data: (.*)$/m.exec(text)?.[1] ?? text;
  return { status: answer.statusCode ?? 0, body: JSON.parse(data) as Record<string, unknown> };
}

type Form = Record<string, string | undefined>;

function exchange(by: TestCertificate | null, over: Form = {}, more: Partial<Asking> = {}): Promise<Reply> {
  const form = {
    grant_type: EXCHANGE,
    client_id: "bot",
    subject_token: ids.id,
    subject_token_type: ID,
    ...over,
  };
  const given = Object.entries(form).filter((one): one is [string, string] => one[1] !== undefined);
  const headers = { "content-type": "application/x-www-form-urlencoded", ...more.headers };
  return ask(by, { ...more, path: "/oauth/token", headers, body: new URLSearchParams(given).toString() });
}

/** One call of a tool at the mcp door (2026-07-28): `ok`, or status and code. */
async function call(
  by: TestCertificate | null,
  authorization: string,
  more: Partial<Asking> = {},
): Promise<string> {
  const revision = "2026-07-28";
  const meta = {
    "io.modelcontextprotocol/protocolVersion": revision,
    "io.modelcontextprotocol/clientInfo": { name: "agent", version: "1" },
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  const params = { name: "slow__echo", arguments: { text: "hello" }, _meta: meta };
  const headers = {
    authorization,
    accept: "application/json, text/event-stream",
    "content-type": "application/json",
    "mcp-protocol-version": revision,
    "mcp-method": "tools/call",
    "mcp-name": "slow__echo",
    ...more.headers,
  };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/call", params });
  return resultOf(await ask(by, { ...more, path: "/door/mcp", headers, body }));
}

async function models(by: TestCertificate | null, authorization: string, headers = {}): Promise<string> {
  const { status, body } = await ask(by, { path: "/v1/models", headers: { authorization, ...headers } });
  return status === 200 ? "ok" : `${status} ${codeIn(body)}`;
}

const codeIn = (body: unknown): string => /"code":"(\w+)"/.exec(JSON.stringify(body))?.[1] ?? "nothing";
const tokenOf = ({ body }: Reply): string => String(body["access_token"]);
const errorOf = ({ status, body }: Reply): string => `${status} ${String(body["error"])}`;
const boundTo = (token: string): unknown => decodeJwt(token)["cnf"];
const resultOf = ({ status, body }: Reply): string => {
  const result = body["result"] as { isError?: boolean } | undefined;
  return result === undefined || result.isError === true ? `${status} ${codeIn(body)}` : "ok";
};

/** What proxies tell of a certificate: nginx, Envoy, AWS, Traefik, and RFC 9440. */
const claimsOf = ({ certificate, thumbprint }: TestCertificate): Record<string, string> => {
  const escaped = encodeURIComponent(certificate);
  return {
    "x-client-cert": escaped,
    "x-ssl-client-cert": escaped,
    "ssl-client-verify": "SUCCESS",
    "x-forwarded-client-cert": `Hash=${Buffer.from(thumbprint, "base64url").toString("hex")};Cert="${escaped}"`,
    "x-amzn-mtls-clientcert": escaped,
    "x-forwarded-tls-client-cert": escaped,
    "client-cert": `:${certificate.replaceAll(/-----[^-]+-----|\n/g, "")}:`,
  };
};

/** A proxy that ends TLS, takes the agent's certificate and hands on, in every header it knows, what it saw. */
async function proxyBefore(): Promise<Server> {
  const options = { cert: TEST_CERTIFICATE, key: TEST_KEY, requestCert: true, rejectUnauthorized: false };
  const server = createServer(options, (incoming, response) => {
    const { method, url: path, headers } = incoming;
    const { port } = new URL(house.running.url);
    const onward = requestSecure(
      {
        host: "127.0.0.1",
        port,
        path,
        method,
        ca: TEST_CERTIFICATE,
        agent: false,
        headers: { ...headers, ...claimsOf(mine) },
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      },
    );
    incoming.pipe(onward);
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  return server;
}

describe("at the token endpoint", () => {
  test("an agent is known by its registered certificate, and its token is bound to it", async () => {
    const reply = await exchange(mine);
    expect(reply.body).toMatchObject({ token_type: "Bearer", issued_token_type: ACCESS });
    expect(boundTo(tokenOf(reply))).toEqual({ "x5t#S256": mine.thumbprint });
  });

  test("the metadata say so, and say nothing of it where the listener asks for no certificate", async () => {
    const offered = { tls_client_certificate_bound_access_tokens: true };
    const server = await ask(null, { path: "/.well-known/oauth-authorization-server" });
    expect(server.body).toMatchObject(offered);
    expect(server.body["token_endpoint_auth_methods_supported"]).toContain("self_signed_tls_client_auth");
    const door = await ask(null, { path: "/.well-known/oauth-protected-resource/door/mcp" });
    expect(door.body).toMatchObject(offered);
    const directory = scratch();
    writeFileSync(join(directory.path, "doorward.yaml"), JSON.stringify({ tls }));
    const other = await startDoorward(directory.path);
    const port = Number(new URL(other.url).port);
    const path = "/.well-known/oauth-authorization-server";
    const { body } = await ask(mine, { path, port, headers: { host: new URL(other.url).host } });
    expect(body).not.toHaveProperty("tls_client_certificate_bound_access_tokens");
    expect(body["token_endpoint_auth_methods_supported"]).not.toContain("self_signed_tls_client_auth");
    await other.stop();
    directory.remove();
  });

  test.each<[string, () => Promise<Reply>]>([
    ["no certificate", () => exchange(null)],
    ["a certificate that is alike", () => exchange(alike)],
    ["another agent's certificate", () => exchange(helpers)],
    ["the certificate under another's name", () => exchange(mine, { client_id: "helper" })],
    ["the certificate under no name", () => exchange(mine, { client_id: undefined })],
    ["headers that claim the certificate", () => exchange(null, {}, { headers: claimsOf(mine) })],
    ["another certificate and headers", () => exchange(alike, {}, { headers: claimsOf(mine) })],
    [
      "the certificate at a proxy that ends TLS",
      () => exchange(mine, {}, { port: (proxy.address() as AddressInfo).port }),
    ],
    ["the certificate beside a wrong secret", () => exchange(mine, { client_secret: "dwk_wrong" })],
    [
      "the certificate beside an assertion that does not hold",
      () =>
        exchange(mine, {
          client_assertion: "a.b.c",
          client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        }),
    ],
  ])("%s is no proof of who the agent is", async (_name, asking) => {
    expect(errorOf(await asking())).toBe("401 invalid_client");
  });

  test("beside a secret a certificate is no authentication, and binds nothing", async () => {
    for (const by of [mine, alike, helpers]) {
      const token = tokenOf(await exchange(by, { client_secret: key }));
      expect(boundTo(token)).toBeUndefined();
      expect(await call(null, `Bearer ${token}`)).toBe("ok");
    }
  });

  test("a bound token is handed on only over a connection with its certificate", async () => {
    const held = tokenOf(await exchange(mine));
    const handing = {
      subject_token: held,
      subject_token_type: ACCESS,
      audience: "urn:doorward:agent:helper",
      authorization_details: '[{"type":"urn:doorward:delegation","tools":["slow/echo"]}]',
    };
    const bySecret = { ...handing, client_secret: key };
    expect(errorOf(await exchange(null, bySecret))).toBe("400 invalid_grant");
    expect(errorOf(await exchange(alike, bySecret))).toBe("400 invalid_grant");
    expect((await exchange(mine, bySecret)).status).toBe(200);
    const taking = { client_id: "helper", subject_token_type: "urn:ietf:params:oauth:token-type:jwt" };
    const handover = tokenOf(await exchange(mine, handing));
    const token = tokenOf(await exchange(helpers, { ...taking, subject_token: handover }));
    expect(boundTo(token)).toEqual({ "x5t#S256": helpers.thumbprint });
    expect(await call(helpers, `Bearer ${token}`)).toBe("ok");
    expect(await call(mine, `Bearer ${token}`)).toBe("401 token_refused");
  });
});

describe("a bound token", () => {
  test("opens the doors over connections with its certificate, and over no other", async () => {
    const bearer = `Bearer ${tokenOf(await exchange(mine))}`;
    expect([await call(mine, bearer), await models(mine, bearer)]).toEqual(["ok", "ok"]);
    const { port } = proxy.address() as AddressInfo;
    const plain = `Bearer ${tokenOf(await exchange(mine, { client_secret: key }, { port }))}`;
    expect(await call(mine, plain, { port })).toBe("ok");
    const refused = {
      "without one": [await call(null, bearer), await models(null, bearer)],
      "with one that is alike": [await call(alike, bearer), await models(alike, bearer)],
      "with another agent's": [await call(helpers, bearer), await models(helpers, bearer)],
      "with headers that claim it": [
        await call(null, bearer, { headers: claimsOf(mine) }),
        await models(null, bearer, claimsOf(mine)),
      ],
      "through a proxy that ends TLS": [await call(mine, bearer, { port })],
    };
    expect(new Set(Object.values(refused).flat())).toEqual(new Set(["401 token_refused"]));
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)(
    "is of no use in a resumed session of %s without the key",
    async (maxVersion) => {
      const bearer = `Bearer ${tokenOf(await exchange(mine))}`;
      const sessions: Buffer[] = [];
      const told = (session: Buffer): void => void sessions.push(session);
      expect(await call(mine, bearer, { tls: { maxVersion }, told })).toBe("ok");
      for (const session of sessions)
        expect(await call(null, bearer, { tls: { maxVersion, session } })).toBe("401 token_refused");
      expect(sessions.length).toBeGreaterThan(0);
    },
  );

  test("with DPoP as well needs both, each for itself", async () => {
    const { url } = house.running;
    const proof = await signer.proof({ url: `${url}/oauth/token` });
    const reply = await exchange(mine, {}, { headers: { dpop: proof } });
    expect(reply.body).toMatchObject({ token_type: "DPoP" });
    const token = tokenOf(reply);
    expect(boundTo(token)).toEqual({ jkt: signer.thumbprint, "x5t#S256": mine.thumbprint });
    const proven = async (): Promise<Partial<Asking>> => ({
      headers: { dpop: await signer.proof({ url: `${url}/door/mcp`, token }) },
    });
    expect(await call(mine, `DPoP ${token}`, await proven())).toBe("ok");
    expect(await call(mine, `DPoP ${token}`)).toBe("401 token_refused");
    expect(await call(mine, `Bearer ${token}`)).toBe("401 token_refused");
    expect(await call(null, `DPoP ${token}`, await proven())).toBe("401 token_refused");
    expect(await call(alike, `DPoP ${token}`, await proven())).toBe("401 token_refused");
    const unspent = await proven();
    expect(await call(null, `DPoP ${token}`, unspent)).toBe("401 token_refused");
    expect(await call(mine, `DPoP ${token}`, unspent)).toBe("ok");
  });
});

describe("a certificate", () => {
  test("of one agent is not taken for another, nor with its key, and nothing of those is kept", async () => {
    const before = await keptOf("helper");
    const other = makeCertificate();
    const outcomes = [
      await add("helper", mine.certificate),
      await add("helper", helpers.certificate),
      await add("helper", other.certificate + other.key),
      await add("helper", other.certificate + alike.certificate),
    ];
    expect(outcomes.map(({ body }) => body["code"])).toEqual([
      "credential_exists",
      "credential_exists",
      "credential_unfit",
      "credential_unfit",
    ]);
    expect(await keptOf("helper")).toEqual(before);
    expect(before).toMatchObject([{ kind: "certificate", name: helpers.thumbprint }]);
    expect(errorOf(await exchange(other, { client_id: "helper" }))).toBe("401 invalid_client");
  });

  test("that is taken back is no proof from then on, and its tokens are dead", async () => {
    const own = makeCertificate();
    const { id } = await register("bot", own);
    const bearer = `Bearer ${tokenOf(await exchange(own))}`;
    expect(await call(own, bearer)).toBe("ok");
    await house.admin.perform("agents.remove-credential", { agent: "bot", credential: id });
    expect([await call(own, bearer), await models(own, bearer)]).toEqual([
      "401 token_refused",
      "401 token_refused",
    ]);
    expect(errorOf(await exchange(own))).toBe("401 invalid_client");
  });

  test("that has expired is no proof, and what was bound to it opens nothing more", async () => {
    expect(boundTo(brief.token)).toEqual({ "x5t#S256": brief.thumbprint });
    await sleep(Math.max(0, brief.until + 1_000 - Date.now()));
    const reply = await exchange(brief);
    expect(errorOf(reply)).toBe("401 invalid_client");
    expect(reply.body["error_description"]).toContain("out of its validity");
    const bearer = `Bearer ${brief.token}`;
    expect([await call(brief, bearer), await models(brief, bearer)]).toEqual([
      "401 token_refused",
      "401 token_refused",
    ]);
  });
});
