import { createHmac } from "node:crypto";
import { createLocalJWKSet, exportJWK, exportSPKI, generateKeyPair, SignJWT } from "jose";
import { beforeAll, describe, expect, test } from "vitest";
import { readSubject, type SubjectType, type Vouching } from "./subject.ts";

// T16, by an attacker who has a user's real token, the provider's public key, or a key of their own; in the table of claims
// they even sign with the provider's key, so that each is refused for one thing.

const ISSUER = "https://login.example.org";
const CLIENT = "doorward";
const DOOR = "https://doorward.example.org";
const NOW = 1_700_000_000_000;
const nowS = NOW / 1_000;

type Claims = Record<string, unknown>;
const right: Claims = { iss: ISSUER, aud: CLIENT, sub: "ana", iat: nowS - 5, exp: nowS + 300 };

let vouching: Vouching;
let sign: (claims: Claims, header?: Claims) => Promise<string>;
let signForeign: (claims: Claims, header?: Claims) => Promise<string>;
let publicPem = "";

beforeAll(async () => {
  const [own, foreign] = [
    await generateKeyPair("RS256", { extractable: true }),
    await generateKeyPair("RS256"),
  ];
  publicPem = await exportSPKI(own.publicKey);
  const jwk = { ...(await exportJWK(own.publicKey)), kid: "one", use: "sig" };
  vouching = { issuer: ISSUER, clientId: CLIENT, audience: DOOR, keys: createLocalJWKSet({ keys: [jwk] }) };
  const signer =
    (key: typeof own.privateKey) =>
    (claims: Claims, header: Claims = {}): Promise<string> =>
      new SignJWT(claims)
        .setProtectedHeader({ alg: "RS256", kid: "one", ...header })
        .sign(key, { crit: { x: true } });
  [sign, signForeign] = [signer(own.privateKey), signer(foreign.privateKey)];
});

const read = (token: string, type: SubjectType = "id_token") =>
  readSubject(token, type, { vouching, now: NOW });
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");

test("a user's token for Doorward says who they are", async () => {
  expect(await read(await sign(right))).toEqual({ issuer: ISSUER, subject: "ana", mayAct: null });
  const access = await sign({ ...right, aud: DOOR }, { typ: "at+jwt" });
  expect(await read(access, "access_token")).toMatchObject({ subject: "ana" });
  const narrow = await sign({ ...right, may_act: { sub: "agt_1" } });
  expect(await read(narrow)).toMatchObject({ mayAct: "agt_1" });
});

test.each<[string, Claims, Claims?]>([
  ["of another issuer", { iss: "https://evil.example" }],
  ["of an issuer that begins alike", { iss: `${ISSUER}.evil.example` }],
  ["for another audience", { aud: "another" }],
  ["for Doorward and another", { aud: [CLIENT, "another"], azp: CLIENT }],
  ["for nobody", { aud: [] }],
  ["given to another party", { azp: "another" }],
  ["that has expired", { exp: nowS - 31 }],
  ["without an expiry", { exp: undefined }],
  ["not valid yet", { nbf: nowS + 31 }],
  ["from the future", { iat: nowS + 31 }],
  ["older than an hour, though it has not expired", { iat: nowS - 3_631 }],
  ["without a time", { iat: undefined }],
  ["without a subject", { sub: undefined }],
  ["of a subject beyond ASCII", { sub: "ana\u202e" }],
  ["of a subject that is no text", { sub: 7 }],
  [
    "that ends a session at the provider",
    { events: { "http://schemas.openid.net/event/backchannel-logout": {} } },
  ],
  ["of a logout, by its type", {}, { typ: "logout+jwt" }],
  ["of an access token's type", {}, { typ: "at+jwt" }],
  ["of a proof's type", {}, { typ: "dpop+jwt" }],
  ["whose may_act says nothing", { may_act: "agt_1" }],
  ["with a critical extension", {}, { crit: ["x"], x: 1 }],
])("a token %s is refused", async (_name, over, header) => {
  await expect(read(await sign({ ...right, ...over }, header))).rejects.toMatchObject({
    code: "invalid_grant",
  });
});

describe("a signature", () => {
  test.each<[string, () => Promise<string> | string]>([
    ["by another key", () => signForeign(right)],
    [
      "by another key that it names itself",
      () => signForeign(right, { jku: "https://evil.example/keys", x5u: "https://evil.example" }),
    ],
    ["under a key id that is a path", () => signForeign(right, { kid: "../../../dev/null" })],
    ["under a key id that is a query", () => signForeign(right, { kid: "x' UNION SELECT 'k' --" })],
    ["under no known key id", () => sign(right, { kid: "two" })],
    ["that is not there", () => `${encoded({ alg: "none" })}.${encoded(right)}.`],
    ["that is not there, spelt differently", () => `${encoded({ alg: "nOnE" })}.${encoded(right)}.AA`],
    [
      "made with the public key as a shared secret",
      () => {
        const text = `${encoded({ alg: "HS256", kid: "one" })}.${encoded(right)}`;
        return `${text}.${createHmac("sha256", publicPem).update(text).digest("base64url")}`;
      },
    ],
    [
      "over other claims",
      async () => {
        const [head, , tail] = (await sign(right)).split(".");
        return `${head}.${encoded({ ...right, sub: "mallory" })}.${tail}`;
      },
    ],
    ["with more parts", async () => `${await sign(right)}.AAAA.AAAA`],
    ["of a token without end", async () => `${await sign(right)}${"A".repeat(20_000)}`],
  ])("%s is refused", async (_name, forged) => {
    await expect(read(await forged())).rejects.toMatchObject({ code: "invalid_grant" });
  });

  test("of an ID token makes no access token, nor the other way round", async () => {
    await expect(read(await sign({ ...right, aud: DOOR }), "access_token")).rejects.toMatchObject({
      code: "invalid_grant",
    });
    const access = await sign({ ...right, aud: DOOR }, { typ: "at+jwt" });
    await expect(read(access)).rejects.toMatchObject({ code: "invalid_grant" });
  });
});
