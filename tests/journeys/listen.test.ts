import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, type IncomingMessage, request as requestPlain } from "node:http";
import { request as requestSecure } from "node:https";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { Fault } from "#base";
import { type Doorward, openDoorward, readConfig } from "#main";
import { CLIENT, startIdentityProvider } from "../support/identity-provider.ts";
import { visit } from "../support/sign-in.ts";

// Issue 2: on a network Doorward listens only with TLS (or a proxy that it is told to trust), its public name and a real
// identity provider. The whole of Doorward, its real listener, real certificates.

const NAME = "doorward.example.org";
const publicUrl = `https://${NAME}`;
const identityProvider = { issuer: "https://login.example.org", clientId: "doorward" };
/** An address of this machine that is not loopback: the network's side of it. */
const outside = Object.values(networkInterfaces())
  .flatMap((list) => list ?? [])
  .find(({ internal, family }) => !internal && family === "IPv4")?.address;
const NO_NETWORK = outside === undefined ? " (skipped: this machine has only loopback addresses)" : "";

const openssl = (...args: readonly string[]): boolean => spawnSync("openssl", args).status === 0;
const canCertify = openssl("version");
const NO_CERTIFICATE = canCertify ? "" : " (skipped: no openssl to make a certificate with)";

const keys = mkdtempSync(join(tmpdir(), "doorward-tls-"));
const tls = { certificate: join(keys, "tls.crt"), key: join(keys, "tls.key") };
let directory: string;
let doorward: Doorward | null = null;

beforeAll(() => {
  const subject = ["-subj", `/CN=${NAME}`, "-addext", `subjectAltName=DNS:${NAME}`];
  const made = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"];
  const files = ["-keyout", tls.key, "-out", tls.certificate];
  openssl("req", "-x509", ...made, ...subject, ...files);
});
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "doorward-listen-"));
});
afterEach(async () => {
  await doorward?.close();
  doorward = null;
  rmSync(directory, { recursive: true, force: true });
});
afterAll(() => rmSync(keys, { recursive: true, force: true }));

/** Starts as `doorward start` does with this doorward.yaml; answers the port. */
async function start(settings: object): Promise<number> {
  writeFileSync(join(directory, "doorward.yaml"), stringify({ port: 0, ...settings }));
  doorward = await openDoorward(readConfig({ data: directory }, {}), () => {});
  return doorward.port;
}

async function refusal(settings: object): Promise<Fault> {
  const cause = await start(settings).then(
    () => null,
    (fault: unknown) => fault,
  );
  if (cause instanceof Fault) return cause;
  throw new Error("it started");
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

interface Where {
  readonly port: number;
  readonly host?: string | undefined;
  readonly secure?: boolean;
  /** Sent as JSON, by POST. */
  readonly body?: object;
}

/** One request on a connection of its own, with exactly this Host. Rejects where the connection is cut. */
async function ask(
  where: Where,
  path: string,
  headers: { readonly [name: string]: string } = {},
): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = where.secure === true ? requestSecure : requestPlain;
  const text = where.body === undefined ? undefined : JSON.stringify(where.body);
  const method = text === undefined ? "GET" : "POST";
  const json = text === undefined ? {} : { "content-type": "application/json" };
  const trust = { servername: NAME, rejectUnauthorized: false };
  const { port, host = "127.0.0.1" } = where;
  const options = {
    host,
    port,
    path,
    method,
    agent: false,
    headers: { host: NAME, ...json, ...headers },
    ...trust,
  };
  const sent = request(options, resolve);
  sent.on("error", reject);
  sent.end(text);
  const answer = await promise;
  const received = Buffer.concat(await answer.toArray()).toString();
  return { status: answer.statusCode ?? 0, headers: answer.headers, text: received };
}

describe("on an address that is not loopback", () => {
  test.each<[string, object, string, string]>([
    ["nothing else", {}, "tls", "tls: {"],
    ["a name and a provider alone", { publicUrl, identityProvider }, "tls", "certificate:"],
    ["TLS alone", { tls }, "publicUrl", `publicUrl: "https://`],
    ["TLS and a provider", { tls, identityProvider }, "publicUrl", `publicUrl: "https://`],
    ["TLS and a name", { tls, publicUrl }, "identityProvider", "identityProvider: { issuer:"],
    ["a proxy and a name", { trustedProxies: ["10.0.0.7"], publicUrl }, "identityProvider", "clientId:"],
    [
      "a proxy and a provider",
      { trustedProxies: ["10.0.0.7"], identityProvider },
      "publicUrl",
      `publicUrl: "https://`,
    ],
    [
      "a public name in the clear",
      { tls, identityProvider, publicUrl: `http://${NAME}` },
      "publicUrl",
      "https://",
    ],
  ])("with %s it does not start, and says what is missing", async (_name, settings, setting, example) => {
    for (const address of ["0.0.0.0", "::", outside ?? "0.0.0.0"]) {
      const fault = await refusal({ address, ...settings });
      expect(fault.code).toMatch(/^listen_(insecure|public_url)$/);
      expect(fault.message).toContain(setting);
      expect(fault.remedy).toContain(example);
    }
  });

  test("the example lines are ones that the configuration takes", async () => {
    const missing = [{}, { tls }, { tls, publicUrl }];
    for (const settings of missing) {
      const { remedy } = await refusal({ address: "0.0.0.0", ...settings });
      writeFileSync(join(directory, "doorward.yaml"), remedy.split("for example: ")[1] ?? "");
      expect(() => readConfig({ data: directory }, {})).not.toThrow();
    }
  });

  test("a certificate that is not there stops the start and names the setting", async () => {
    const settings = { address: "0.0.0.0", publicUrl, identityProvider };
    const certificate = join(keys, "absent.crt");
    const fault = await refusal({ ...settings, tls: { ...tls, certificate } });
    expect([fault.code, fault.remedy]).toEqual(["tls_unreadable", expect.stringContaining("`tls`")]);
  });
});

describe.skipIf(!canCertify)(`with TLS, a name and a provider${NO_CERTIFICATE}`, () => {
  const settings = { address: "0.0.0.0", tls, publicUrl, identityProvider };

  test.each(["127.0.0.1", outside].filter((host) => host !== undefined))(
    "it serves on %s, over TLS alone",
    async (host) => {
      const port = await start(settings);
      const answer = await ask({ port, host, secure: true }, "/");
      expect(answer.status).toBe(200);
      expect(answer.headers["content-security-policy"]).toContain("default-src 'none'");
      await expect(ask({ port, host }, "/")).rejects.toThrow(/socket|ECONN|hang up|HPE|Parse/);
      const offered = await ask({ port, host, secure: true }, "/console/session/provider");
      expect(JSON.parse(offered.text)).toEqual({ host: "login.example.org" });
    },
  );

  test("the console's cookies are bound to the host and to TLS", async () => {
    const where = { port: await start(settings), secure: true };
    expect(await cookiesOf(where)).toEqual([expect.stringMatching(BOUND)]);
  });

  test("a certificate that is none, or not the key's, stops the start and names the setting", async () => {
    for (const certificate of [tls.key, join(directory, "doorward.yaml")]) {
      const fault = await refusal({ ...settings, tls: { ...tls, certificate } });
      expect([fault.code, fault.remedy]).toEqual(["tls_unreadable", expect.stringContaining("`tls`")]);
    }
  });

  test("the provider signs a person in, over the whole of Doorward", async () => {
    const provider = await startIdentityProvider();
    provider.register(`${publicUrl}/console/session/callback`);
    provider.person = "ana-at-provider";
    writeFileSync(join(directory, "secret"), CLIENT.secret);
    const { issuer } = provider;
    const client = { issuer, clientId: CLIENT.id, clientSecretFile: "secret", allowPrivate: true };
    const where = { port: await start({ ...settings, identityProvider: client }), secure: true };
    const ana = { name: "ana", roles: ["approver"], issuer, subject: "ana-at-provider" };
    await doorward!.asLocalAdmin("users.add", ana);
    const begun = await ask({ ...where, body: { purpose: "sign-in" } }, "/console/session/provider");
    const [flow = ""] = begun.headers["set-cookie"] ?? [];
    expect(flow).toMatch(/^__Host-doorward_flow=dwf_.*; Path=\/; HttpOnly; SameSite=Lax; .*; Secure$/);
    const { url, ticket } = JSON.parse(begun.text) as { url: string; ticket: string };
    const back = await visit(publicUrl, url);
    const headers = { cookie: flow.split(";")[0] ?? "" };
    const returned = await ask(where, back.pathname + back.search, headers);
    expect([returned.status, returned.headers.location]).toEqual([303, `${publicUrl}/`]);
    const finished = await ask({ ...where, body: { ticket } }, "/console/session/provider/finish", headers);
    expect(JSON.parse(finished.text)).toMatchObject({ name: "ana", roles: ["approver"], presentUntil: 0 });
    expect(finished.headers["set-cookie"]?.[0]).toMatch(BOUND);
    await provider.close();
  });

  test("the guard holds", async () => {
    const where = { port: await start(settings), secure: true };
    for (const [name, headers, status] of HEADS) {
      for (const path of ["/healthz", "/console/session/provider"])
        expect([name, path, (await ask(where, path, headers)).status]).toEqual([name, path, status]);
      for (const path of ["/api/v1/openapi.json", "/door/mcp"])
        expect([name, [421, 403].includes((await ask(where, path, headers)).status)]).toEqual([
          name,
          status !== 200,
        ]);
    }
  });
});

const HEADS: readonly (readonly [string, { readonly [name: string]: string }, number])[] = [
  ["our name", {}, 200],
  ["our name with the default port", { host: `${NAME}:443` }, 200],
  ["another name", { host: "evil.example" }, 421],
  ["an address", { host: outside ?? "10.0.0.5" }, 421],
  ["our name as part of another", { host: `${NAME}.evil.example` }, 421],
  ["another name, forwarded as ours", { host: "evil.example", "x-forwarded-host": NAME }, 421],
  ["another name, forwarded by the standard", { host: "evil.example", forwarded: `host=${NAME}` }, 421],
  ["our name, sent by a page of another origin", { origin: "https://evil.example" }, 403],
  ["our name, sent by our page in the clear", { origin: `http://${NAME}` }, 403],
  ["our name, sent by our page", { origin: publicUrl }, 200],
];

/** Everything that a proxy, or somebody who plays one, could say of a request. */
const CLAIMS = {
  forwarded: "for=127.0.0.1;host=evil.example;proto=https",
  "x-forwarded-for": "127.0.0.1",
  "x-forwarded-host": "evil.example",
  "x-forwarded-proto": "http",
  "x-forwarded-port": "1",
  "x-forwarded-prefix": "/evil",
  "x-real-ip": "127.0.0.1",
  "x-original-url": "/healthz",
  "x-rewrite-url": "/healthz",
};

describe("behind a proxy that ends TLS", () => {
  const settings = { address: "0.0.0.0", publicUrl, identityProvider };

  test("this machine and the proxy may connect; what headers say of an address changes nothing", async () => {
    const trustedProxies = [outside ?? "10.0.0.7"];
    const port = await start({ ...settings, trustedProxies });
    for (const host of ["127.0.0.1", outside].filter((one) => one !== undefined)) {
      for (const path of [
        "/",
        "/healthz",
        "/console/session",
        "/api/v1/approvals",
        "/nothing",
        "/door/mcp",
      ]) {
        const [plain, claimed] = [await ask({ port, host }, path), await ask({ port, host }, path, CLAIMS)];
        expect(claimed.text).toBe(plain.text);
        expect({ ...claimed.headers, date: "" }).toEqual({ ...plain.headers, date: "" });
        expect(claimed.status).toBe(plain.status);
      }
      expect(
        (await ask({ port, host }, "/healthz", { host: "evil.example", "x-forwarded-host": NAME })).status,
      ).toBe(421);
    }
  });

  test.skipIf(outside === undefined)(
    `a connection from anywhere else is cut, whatever it says of itself${NO_NETWORK}`,
    async () => {
      const port = await start({ ...settings, trustedProxies: ["10.255.255.7"] });
      expect((await ask({ port }, "/healthz")).status).toBe(200);
      for (const headers of [{}, CLAIMS, { "x-forwarded-for": "10.255.255.7" }])
        await expect(ask({ port, host: outside }, "/healthz", headers)).rejects.toThrow(
          /socket|ECONN|hang up|HPE|Parse/,
        );
      expect(await silence(port)).toBe("");
    },
  );

  test("the console's cookies are bound to the host and to the TLS that the proxy speaks", async () => {
    const port = await start({ ...settings, trustedProxies: ["10.255.255.7"] });
    expect(await cookiesOf({ port })).toEqual([expect.stringMatching(BOUND)]);
  });
});

const BOUND = /^__Host-doorward_session=dws_.*; Path=\/; HttpOnly; SameSite=Strict; .*; Secure$/;

/** Opens a login link as the console does; answers the cookies that come back. */
async function cookiesOf(where: Where): Promise<readonly string[]> {
  const link = new URL((await doorward!.loginLink()).url);
  expect(link.origin).toBe(publicUrl);
  const reply = await ask({ ...where, body: { token: link.hash.slice(1) } }, "/console/session/open");
  return reply.headers["set-cookie"] ?? [];
}

/** What an unwelcome connection is told before it is cut. */
function silence(port: number): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  const socket = connect(port, outside ?? "127.0.0.1");
  socket.on("data", (chunk) => chunks.push(chunk));
  socket.on("error", () => {});
  socket.on("close", () => resolve(Buffer.concat(chunks).toString()));
  return promise;
}
