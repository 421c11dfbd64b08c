import { generateKeyPairSync } from "node:crypto";
import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { createIssuer, createOnce, createProofs } from "#identity";
import { actingAgent, KEY_ASSERTION, type OAuthOutside, SVID_ASSERTION } from "#operations";
import { newSigner, type Signer } from "../support/exchange-house.ts";
import { openWorld, type World } from "../support/operations.ts";

// T16: what an agent proved itself by is good once, and what has expired stays so. T21: who floods, stops only themselves.
// JWT-SVIDs: spiffe/spiffe standards/JWT-SVID.md, 2.3 (typ absent, JWT or JOSE), 3 (sub, aud, exp; nothing else is required)
// and 7.1 (jti is allowed, and tracking it is left to validators). SPIRE makes one without jti and hands it out again from
// its cache; with jwt_svid_include_jti each is new (spiffe/spire-api-sdk pull request 95, spiffe/spire pull request 6514).

const ISSUER = "http://127.0.0.1:7420";
const SPIFFE = "spiffe://example.org/agents/olga-bot";
const MINUTE = 60_000;

let world: World;
let outside: OAuthOutside;
let wall: number;
let monotonic: number;
let signer: Signer;
let others: Signer;
let domain: {
  readonly privateKey: Awaited<ReturnType<typeof generateKeyPair>>["privateKey"];
  readonly jwk: JWK;
};

const opened = (): OAuthOutside => {
  const ambient = { ...world.ambient, now: () => wall, monotonic: () => monotonic };
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const listen = { address: "127.0.0.1", port: 1, tls: false, trustedProxies: [] };
  return {
    ...world.as("ada"),
    ambient,
    listen: { ...listen, publicUrl: null, identityProvider: null },
    issuer: createIssuer({ issuer: ISSUER, ambient, keys: () => [{ privateKey, publicKey }], latestMs: 0 }),
    proofs: createProofs(ambient),
    used: createOnce(ambient, { thingsMax: 100, ownMax: 3, lifeMs: 15 * MINUTE }),
    usedSvids: createOnce(ambient, { thingsMax: 100, ownMax: 3, lifeMs: 62 * MINUTE }),
    vouching: async () => null,
    clientKeys: async () => [],
    door: ISSUER,
  };
};

beforeEach(async () => {
  world = await openWorld();
  [wall, monotonic] = [Date.now(), 0];
  outside = opened();
  signer = await newSigner();
  others = await newSigner();
  const { privateKey, publicKey } = await generateKeyPair("ES256");
  domain = { privateKey, jwk: { ...(await exportJWK(publicKey)), kid: "authority" } };
  const [key, other] = [JSON.stringify(signer.jwk), JSON.stringify(others.jwk)];
  await world.ask("olga", "agents.add-credential", { agent: "olga-bot", key });
  await world.ask("otto", "agents.add-credential", { agent: "otto-bot", key: other });
  const bundle = JSON.stringify({ keys: [domain.jwk] });
  await world.ask("olga", "agents.add-credential", { agent: "olga-bot", spiffe: SPIFFE, bundle });
});

const nowS = (): number => Math.floor(wall / 1_000);
const passes = (ms: number): void => void ([wall, monotonic] = [wall + ms, monotonic + ms]);
const prove = async (type: string, text: string): Promise<string> =>
  actingAgent(outside, { clientId: null, secret: null, assertion: { type, text }, certificate: null }).then(
    ({ name }) => name,
    (fault: { code?: string }) => String(fault.code),
  );
const assertion = (sender = "olga-bot", by = signer): Promise<string> => {
  const over = { iat: nowS(), exp: nowS() + 60 };
  return by.assertion({ sender, audience: ISSUER, over });
};
const svid = async (over: object = {}, header: object = {}): Promise<string> =>
  new SignJWT({ sub: SPIFFE, aud: [ISSUER], exp: nowS() + 300, ...over })
    .setProtectedHeader({ alg: "ES256", kid: "authority", ...header })
    .sign(domain.privateKey);
const proveSvid = async (...made: Parameters<typeof svid>): Promise<string> =>
  prove(SVID_ASSERTION, await svid(...made));

describe("a key's assertion", () => {
  test("that was used stays so, though the clock is set back after its use was forgotten", async () => {
    const text = await assertion();
    expect(await prove(KEY_ASSERTION, text)).toBe("olga-bot");
    passes(20 * MINUTE);
    expect(await prove(KEY_ASSERTION, await assertion())).toBe("olga-bot");
    wall -= 20 * MINUTE;
    expect(await prove(KEY_ASSERTION, text)).toBe("invalid_client");
  });

  test("is refused to an agent that has used up its share, and to nobody else (T21)", async () => {
    const uses: string[] = [];
    for (let n = 0; n < 5; n += 1) uses.push(await prove(KEY_ASSERTION, await assertion()));
    expect(uses).toEqual(["olga-bot", "olga-bot", "olga-bot", "invalid_client", "invalid_client"]);
    expect(await prove(KEY_ASSERTION, await assertion("otto-bot", others))).toBe("otto-bot");
    passes(15 * MINUTE);
    expect(await prove(KEY_ASSERTION, await assertion())).toBe("olga-bot");
  });
});

describe("a JWT-SVID", () => {
  test.each<[string, object, object?]>([
    ["with sub, aud and exp alone", {}],
    ["of type JWT", {}, { typ: "JWT" }],
    ["of type JOSE", {}, { typ: "JOSE" }],
    ["without a jti, for a quarter of an hour", { exp: Math.floor(Date.now() / 1_000) + 15 * 60 - 5 }],
    ["as SPIRE makes it", { iat: Math.floor(Date.now() / 1_000) }, { typ: "JWT" }],
  ])("%s is taken", async (_name, over, header) => {
    expect(await proveSvid(over, header)).toBe("olga-bot");
  });

  test.each<[string, () => object, object?]>([
    ["of another type", () => ({}), { typ: "at+jwt" }],
    ["of a proof's type", () => ({}), { typ: "dpop+jwt" }],
    ["that has expired", () => ({ exp: nowS() - 60 })],
    ["without an end", () => ({ exp: undefined })],
    ["that lives for a day", () => ({ exp: nowS() + 86_400 })],
    ["without a jti that lives for more than a quarter of an hour", () => ({ exp: nowS() + 16 * 60 + 60 })],
    ["for another", () => ({ aud: ["https://other.example"] })],
    ["for others too", () => ({ aud: [ISSUER, "https://other.example"] })],
    ["of another workload", () => ({ sub: "spiffe://example.org/agents/other" })],
    ["whose jti is none", () => ({ jti: "" })],
  ])("%s is refused", async (_name, over, header) => {
    expect(await proveSvid(over(), header)).toBe("invalid_client");
  });

  test("without a jti is good until it expires, and then no more, though the clock is set back", async () => {
    const text = await svid();
    expect(await prove(SVID_ASSERTION, text)).toBe("olga-bot");
    expect(await prove(SVID_ASSERTION, text)).toBe("olga-bot");
    passes(6 * MINUTE);
    expect(await prove(SVID_ASSERTION, text)).toBe("invalid_client");
    wall -= 6 * MINUTE;
    expect(await prove(SVID_ASSERTION, text)).toBe("invalid_client");
  });

  test("with a jti is good once, for as long as it lives", async () => {
    const text = await svid({ jti: "one", exp: nowS() + 3_600 });
    expect(await prove(SVID_ASSERTION, text)).toBe("olga-bot");
    expect(await prove(SVID_ASSERTION, text)).toBe("invalid_client");
    passes(59 * MINUTE);
    expect(await prove(SVID_ASSERTION, text)).toBe("invalid_client");
  });

  test("with a jti from before the start is not taken: whether it was used, nobody knows", async () => {
    const text = await svid({ jti: "two", iat: nowS() });
    passes(2_000);
    outside = opened();
    expect(await prove(SVID_ASSERTION, text)).toBe("invalid_client");
    expect(await proveSvid({ jti: "three", iat: nowS() })).toBe("olga-bot");
  });
});
