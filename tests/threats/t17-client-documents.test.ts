import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createClientDocuments } from "#api";
import { createIssuer, createOnce, createProofs } from "#identity";
import { actingAgent, KEY_ASSERTION, type OAuthOutside } from "#operations";
import { generateKeyPairSync } from "node:crypto";
import {
  errorOf,
  type ExchangeHouse,
  newSigner,
  openExchangeHouse,
  type Signer,
} from "../support/exchange-house.ts";
import { openWorld, type World } from "../support/operations.ts";

// T17 and T16: a client id that is an address (draft-ietf-oauth-client-id-metadata-document) has us fetch what its owner
// named and nothing else, once in a while, without redirects, never inside; and what is there opens nothing by itself.

const CLIENT = "https://agent.example/client.json";
const KEYS = "https://keys.example/jwks";
const ISSUER = "http://127.0.0.1:7420";

let world: World;
let outside: OAuthOutside;
let signer: Signer;
/** What the network answers, and what was asked of it. */
let pages: Map<string, { status: number; text: string } | Error>;
let asked: string[];

const document = (over: object = {}) => ({
  client_id: CLIENT,
  client_name: "An agent",
  token_endpoint_auth_method: "private_key_jwt",
  jwks_uri: KEYS,
  ...over,
});
const answer = (body: unknown, status = 200) => ({ status, text: JSON.stringify(body) });

beforeEach(async () => {
  world = await openWorld();
  signer = await newSigner();
  asked = [];
  pages = new Map([
    [CLIENT, answer(document())],
    [KEYS, answer({ keys: [signer.jwk] })],
  ]);
  const ask = async (url: string) => {
    asked.push(url);
    const page = pages.get(url);
    if (page === undefined || page instanceof Error) throw page ?? new Error("nothing there");
    return page;
  };
  // Assertions are dated by the real clock, what is kept by the held one.
  const ambient = { ...world.ambient, now: () => Date.now(), monotonic: () => world.ambient.monotonic() };
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  outside = {
    ...world.as("ada"),
    ambient,
    listen: {
      address: "127.0.0.1",
      port: 1,
      tls: false,
      trustedProxies: [],
      publicUrl: null,
      identityProvider: null,
    },
    issuer: createIssuer({ issuer: ISSUER, ambient, keys: () => [{ privateKey, publicKey }], latestMs: 0 }),
    proofs: createProofs(ambient),
    used: createOnce(ambient, { thingsMax: 1_000, ownMax: 100, lifeMs: 900_000 }),
    usedSvids: createOnce(ambient, { thingsMax: 1_000, ownMax: 100, lifeMs: 900_000 }),
    vouching: async () => null,
    clientKeys: createClientDocuments(ask, world.ambient).keysOf,
    door: ISSUER,
  };
  await world.ask("olga", "agents.add-credential", { agent: "olga-bot", clientId: CLIENT });
});

const assertion = (over: Record<string, unknown> = {}, by = signer) =>
  by.assertion({ sender: CLIENT, audience: ISSUER, over });
const prove = async (text: string, clientId: string | null = CLIENT): Promise<unknown> =>
  actingAgent(outside, {
    clientId,
    secret: null,
    assertion: { type: KEY_ASSERTION, text },
    certificate: null,
  }).catch((fault: { code?: string }) => fault.code);

describe("a client with a document of its own", () => {
  test("proves who it is by the keys there, which are asked for once in ten minutes", async () => {
    expect(await prove(await assertion())).toMatchObject({ name: "olga-bot", alias: CLIENT });
    expect(await prove(await assertion())).toMatchObject({ name: "olga-bot" });
    expect(asked).toEqual([CLIENT, KEYS]);
    world.ambient.advance(10 * 60_000);
    await prove(await assertion());
    expect(asked).toHaveLength(4);
  });

  test("may write its keys into it", async () => {
    pages.set(CLIENT, answer(document({ jwks_uri: undefined, jwks: { keys: [signer.jwk] } })));
    expect(await prove(await assertion())).toMatchObject({ name: "olga-bot" });
    expect(asked).toEqual([CLIENT]);
  });

  test("uses each assertion once, and no key after it was taken back", async () => {
    const text = await assertion();
    await prove(text);
    expect(await prove(text)).toBe("invalid_client");
    const { items } = (await world.ask("olga", "agents.credentials", { agent: "olga-bot" })) as {
      items: { id: string }[];
    };
    await world.ask("olga", "agents.remove-credential", { agent: "olga-bot", credential: items[0]?.id });
    expect(await prove(await assertion())).toBe("invalid_client");
  });

  test.each<[string, () => Promise<unknown>]>([
    ["a key that is not there", async () => prove(await assertion({}, await newSigner()))],
    ["another audience", async () => prove(await assertion({ aud: "https://other.example" }))],
    ["another client's name beside it", async () => prove(await assertion(), "otto-bot")],
    [
      "an assertion of another sender",
      async () => prove(await assertion({ sub: "https://other.example/c" })),
    ],
  ])("is refused with %s", async (_name, proving) => {
    expect(await proving()).toBe("invalid_client");
  });

  test.each<[string, unknown]>([
    ["names another client", document({ client_id: "https://agent.example/other.json" })],
    ["names the same in another spelling", document({ client_id: `${CLIENT}/` })],
    ["has a secret", document({ client_secret: "s" })],
    ["is of a client without a key", document({ token_endpoint_auth_method: "none" })],
    ["names no keys", document({ jwks_uri: undefined })],
    ["names them twice", document({ jwks: { keys: [{}] } })],
    ["names them without TLS", document({ jwks_uri: "http://keys.example/jwks" })],
    ["names a file", document({ jwks_uri: "file:///etc/passwd" })],
    [
      "has too many keys",
      document({ jwks_uri: undefined, jwks: { keys: Array.from({ length: 21 }, () => ({})) } }),
    ],
    [
      "has a shared secret for a key",
      document({ jwks_uri: undefined, jwks: { keys: [{ kty: "oct", k: "AAAA" }] } }),
    ],
    ["is a list", []],
  ])("is refused where its document %s", async (_name, said) => {
    pages.set(CLIENT, answer(said));
    expect(await prove(await assertion())).toBe("invalid_client");
  });

  test("is refused where its private key stands in the document", async () => {
    const jwk = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });
    pages.set(CLIENT, answer(document({ jwks_uri: undefined, jwks: { keys: [jwk] } })));
    expect(await prove(await assertion())).toBe("invalid_client");
  });

  test.each([301, 302, 404, 500, 204])(
    "whose address answers %i is refused, and nothing else is asked",
    async (status) => {
      pages.set(CLIENT, answer(document(), status));
      expect(await prove(await assertion())).toBe("invalid_client");
      expect(asked).toEqual([CLIENT]);
    },
  );

  test("that cannot be asked is not asked again for half a minute, and then is", async () => {
    pages.set(CLIENT, new Error("down"));
    for (let time = 0; time < 3; time += 1)
      expect(await prove(await assertion())).toBe("temporarily_unavailable");
    expect(asked).toHaveLength(1);
    pages.set(CLIENT, answer(document()));
    world.ambient.advance(30_000);
    expect(await prove(await assertion())).toMatchObject({ name: "olga-bot" });
  });
});

test("a stranger's client id has us fetch nothing", async () => {
  const stranger = await newSigner();
  const sender = "https://evil.example/client.json";
  pages.set(
    sender,
    answer(document({ client_id: sender, jwks: { keys: [stranger.jwk] }, jwks_uri: undefined })),
  );
  expect(await prove(await stranger.assertion({ sender, audience: ISSUER }), sender)).toBe("invalid_client");
  expect(asked).toEqual([]);
});

test.each([
  "http://agent.example/client.json",
  "https://agent.example",
  "https://agent.example/",
  "https://agent.example/client.json?x=1",
  "https://agent.example/client.json#x",
  "https://u:p@agent.example/client.json",
  "https://agent.example/a/../client.json",
  "HTTPS://agent.example/client.json",
  "https://Agent.example/client.json",
  "file:///etc/passwd",
])("an owner cannot give %j as a client id", async (clientId) => {
  const input = { agent: "olga-bot", clientId };
  expect(await world.ask("olga", "agents.add-credential", input)).toEqual({ fault: "credential_unfit" });
});

describe("inside", () => {
  let house: ExchangeHouse;
  const hits: string[] = [];
  const inside = createServer((request, response) => {
    hits.push(request.url ?? "");
    response.end("{}");
  });
  beforeAll(async () => {
    await new Promise<void>((resolve) => inside.listen(0, "127.0.0.1", resolve));
    house = await openExchangeHouse();
  });
  afterAll(async () => {
    await house.close();
    await new Promise((resolve) => inside.close(resolve));
  });
  afterEach(() => hits.splice(0));

  test.each(["127.0.0.1", "localhost", "169.254.169.254", "10.0.0.1"])(
    "%s is never asked, though its owner named it",
    async (host) => {
      const { port } = inside.address() as AddressInfo;
      const clientId = `https://${host}:${port}/client.json`;
      await house.admin.perform("agents.add", { name: `bot-${host.replaceAll(".", "-")}` });
      const agent = `bot-${host.replaceAll(".", "-")}`;
      await house.admin.perform("agents.add-credential", { agent, clientId });
      const by = await newSigner();
      const reply = await house.exchange({
        client_assertion_type: KEY_ASSERTION,
        client_assertion: await by.assertion({ sender: clientId, audience: house.running.url }),
        subject_token: "x",
        subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
      });
      expect(errorOf(reply)).toBe("503 temporarily_unavailable");
      expect(String(reply.body["error_description"])).toContain("egress_address");
      expect(hits).toEqual([]);
    },
  );
});
