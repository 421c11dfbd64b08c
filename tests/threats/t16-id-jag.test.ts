import { createHmac, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  errorOf,
  type ExchangeHouse,
  newSigner,
  openExchangeHouse,
  type Reply,
  resultOf,
  tokenOf,
} from "../support/exchange-house.ts";

// T16: enterprise-managed authorization (draft-ietf-oauth-identity-assertion-authz-grant-03). The provider says that this
// client may act for this user; that opens what the user lent to it in person, once, and nothing else. Claims and type as
// the draft's section on the ID-JAG and the Go MCP SDK's oauthex tests write them.

const GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
let house: ExchangeHouse;
let key = "";
let other = "";

beforeAll(async () => {
  house = await openExchangeHouse();
  key = String((await house.admin.perform("agents.add", { name: "bot" }))["key"]);
  other = String((await house.admin.perform("agents.add", { name: "other" }))["key"]);
  await house.asBen("delegations.grant", { agent: "bot", servers: ["slow"], effects: ["read"] });
});
afterAll(async () => house?.close());

const nowS = (): number => Math.floor(Date.now() / 1_000);
const claims = (): Record<string, unknown> => ({
  iss: house.issuer,
  sub: "ben-at-provider",
  aud: house.running.url,
  client_id: "bot",
  resource: `${house.running.url}/door/mcp`,
  scope: "mcp",
  jti: randomBytes(12).toString("hex"),
  iat: nowS(),
  exp: nowS() + 300,
});
const jag = (over: object = {}, header: object = {}): Promise<string> =>
  house.signedByProvider({ typ: "oauth-id-jag+jwt", ...header }, { ...claims(), ...over });
const ask = (assertion: string, over: Record<string, string> = {}, headers = {}): Promise<Reply> =>
  house.exchange({ grant_type: GRANT, client_id: "bot", client_secret: key, assertion, ...over }, headers);

describe("an ID-JAG", () => {
  test("gives what the user lent this agent, at the doors that it names", async () => {
    const reply = await ask(await jag());
    expect(reply.body).toMatchObject({ token_type: "Bearer", scope: "mcp" });
    expect(resultOf(await house.mcp(`Bearer ${tokenOf(reply)}`, { tool: "echo" }))).toBe("ok");
    expect(resultOf(await house.mcp(`Bearer ${tokenOf(reply)}`, { tool: "write" }))).toContain(
      "does not cover",
    );
    const claimed = JSON.parse(Buffer.from(tokenOf(reply).split(".")[1] ?? "", "base64url").toString());
    expect(claimed).toMatchObject({ aud: [`${house.running.url}/door/mcp`] });
  });

  test("is named in the metadata", async () => {
    const answer = await fetch(`${house.running.url}/.well-known/oauth-authorization-server`);
    expect(await answer.json()).toMatchObject({
      grant_types_supported: expect.arrayContaining([GRANT]),
      authorization_grant_profiles_supported: ["urn:ietf:params:oauth:grant-profile:id-jag"],
    });
  });

  test("is good once", async () => {
    const assertion = await jag();
    expect((await ask(assertion)).status).toBe(200);
    expect(errorOf(await ask(assertion))).toBe("400 invalid_grant");
  });

  test("of a request that does not hold is not used up", async () => {
    const assertion = await jag();
    expect(errorOf(await ask(assertion, { client_secret: "dwk_wrong" }))).toBe("401 invalid_client");
    expect((await ask(assertion)).status).toBe(200);
  });

  test("is of use to the client that it names, alone", async () => {
    const stolen = { client_id: "other", client_secret: other };
    expect(errorOf(await ask(await jag(), stolen))).toBe("400 invalid_grant");
  });

  test.each<[string, object, object?]>([
    ["of another issuer", { iss: "https://second.example" }],
    ["for another audience", { aud: "https://other.example" }],
    ["for the door and not for the token endpoint's owner", { aud: "doorward" }],
    ["for us and another", { aud: ["URL", "https://other.example"] }],
    ["without a client", { client_id: undefined }],
    ["for another client", { client_id: "other" }],
    ["without a jti", { jti: undefined }],
    ["that has expired", { exp: 1 }],
    ["without an end", { exp: undefined }],
    ["that is old, though it has not expired", { iat: nowS() - 700, exp: nowS() + 3_600 }],
    ["from before Doorward started", { iat: nowS() - 500, exp: nowS() + 60 }],
    ["of nobody", { sub: undefined }],
    ["of a user whom nobody added", { sub: "mallory" }],
    ["of an admin's name", { sub: "admin" }],
    ["that says what it is limited to in words not read here", { authorization_details: [{ type: "x" }] }],
    ["that names an actor", { act: { sub: "bot" } }],
    ["of an ID token's type", {}, { typ: "JWT" }],
    ["without a type", {}, { typ: undefined }],
    ["of an access token's type", {}, { typ: "at+jwt" }],
    ["of no algorithm", {}, { alg: "none" }],
    ["under a key's name that nobody publishes", {}, { kid: "second" }],
  ])("%s is refused", async (_name, over, header) => {
    const given = JSON.parse(JSON.stringify(over).replace("URL", house.running.url)) as object;
    const gone = Object.fromEntries(Object.entries(over).filter(([, value]) => value === undefined));
    expect(errorOf(await ask(await jag({ ...given, ...gone }, header)))).toBe("400 invalid_grant");
  });

  test("signed with the published key as a shared secret is refused", async () => {
    const { keys } = (await (await fetch(`${house.issuer}/jwks`)).json()) as { keys: object[] };
    const parts = [{ alg: "HS256", typ: "oauth-id-jag+jwt", kid: "first" }, claims()].map((part) =>
      Buffer.from(JSON.stringify(part)).toString("base64url"),
    );
    const text = parts.join(".");
    const forged = createHmac("sha256", JSON.stringify(keys[0])).update(text).digest("base64url");
    expect(errorOf(await ask(`${text}.${forged}`))).toBe("400 invalid_grant");
  });

  test("is no subject token of an exchange, and a user's ID token is no ID-JAG", async () => {
    const { id } = await house.tokensOf("ben-at-provider");
    expect(errorOf(await ask(id))).toBe("400 invalid_grant");
    for (const type of ["id_token", "jwt", "access_token"]) {
      const subject = {
        subject_token: await jag(),
        subject_token_type: `urn:ietf:params:oauth:token-type:${type}`,
      };
      const reply = await house.exchange({ client_id: "bot", client_secret: key, ...subject });
      expect(errorOf(reply)).toBe("400 invalid_grant");
    }
  });

  test.each([
    ["a door that it does not name", { resource: "URL/v1" }, "400 invalid_target"],
    ["a scope that it does not name", { scope: "llm" }, "400 invalid_scope"],
    [
      "more than was lent",
      { authorization_details: '[{"type":"urn:doorward:delegation","servers":["fs"]}]' },
      "400 invalid_authorization_details",
    ],
  ])("does not give %s", async (_name, over, error) => {
    const given = JSON.parse(JSON.stringify(over).replace("URL", house.running.url)) as Record<
      string,
      string
    >;
    expect(errorOf(await ask(await jag(), given))).toBe(error);
  });

  test("that is bound to a key needs its proof, and what it gives is bound too", async () => {
    const signer = await newSigner();
    const assertion = await jag({ cnf: { jkt: signer.thumbprint } });
    const url = `${house.running.url}/oauth/token`;
    expect(errorOf(await ask(assertion))).toBe("400 invalid_dpop_proof");
    const foreign = await (await newSigner()).proof({ url });
    expect(errorOf(await ask(assertion, {}, { dpop: foreign }))).toBe("400 invalid_dpop_proof");
    const reply = await ask(assertion, {}, { dpop: await signer.proof({ url }) });
    expect(reply.body).toMatchObject({ token_type: "DPoP" });
    // Downgrade: the same token, as a bearer's.
    expect(resultOf(await house.mcp(`Bearer ${tokenOf(reply)}`, { tool: "echo" }))).toMatch(/^401/);
  });
});

describe("a JWT-SVID (draft-ietf-oauth-spiffe-client-auth-02, 3.1)", () => {
  const SPIFFE = "spiffe://example.org/ns/agents/bot";
  const TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-spiffe";

  test("proves who the agent is, by the trust bundle that its owner gave", async () => {
    const [signer, stranger] = [await newSigner(), await newSigner()];
    const bundle = JSON.stringify({ keys: [{ ...signer.jwk, kid: "spire", use: "jwt-svid" }] });
    await house.admin.perform("agents.add-credential", { agent: "bot", spiffe: SPIFFE, bundle });
    const svid = (over: Record<string, unknown> = {}, by = signer): Promise<string> =>
      by.assertion({
        sender: SPIFFE,
        audience: house.running.url,
        over: { iss: undefined, jti: undefined, ...over },
      });
    const present = async (assertion: string, over: Record<string, string> = {}): Promise<Reply> =>
      house.exchange({
        grant_type: GRANT,
        client_assertion_type: TYPE,
        client_assertion: assertion,
        assertion: await jag(),
        ...over,
      });
    const reply = await present(await svid());
    expect(resultOf(await house.mcp(`Bearer ${tokenOf(reply)}`, { tool: "echo" }))).toBe("ok");
    const refused: readonly (readonly [string, string, Record<string, string>?])[] = [
      ["another trust domain's key", await svid({}, stranger)],
      ["another workload", await svid({ sub: "spiffe://example.org/ns/agents/other" })],
      ["another audience", await svid({ aud: "https://other.example" })],
      ["one that lives for a day", await svid({ exp: nowS() + 86_400 })],
      ["one that has expired", await svid({ exp: nowS() - 60 })],
      [
        "one as a key's assertion",
        await svid(),
        { client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer" },
      ],
      ["one beside another client's name", await svid(), { client_id: "other" }],
      ["one beside a key", await svid(), { client_secret: key }],
    ];
    for (const [what, assertion, over] of refused)
      expect([what, errorOf(await present(assertion, over))]).toEqual([what, "401 invalid_client"]);
  });
});
