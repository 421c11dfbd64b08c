import { decodeJwt } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  errorOf,
  type ExchangeHouse,
  newSigner,
  openExchangeHouse,
  type Reply,
  resultOf,
  type Signer,
  tokenOf,
} from "../support/exchange-house.ts";

// T16 and T18 at the whole product: Doorward and the identity provider are processes of their own. An exchange only narrows
// what the user granted in person; what it gives opens the doors it names, in the hands it was given to, while it is in force.

const ID = "urn:ietf:params:oauth:token-type:id_token";
const ACCESS = "urn:ietf:params:oauth:token-type:access_token";
const JWT = "urn:ietf:params:oauth:token-type:jwt";
const REFRESH = "urn:ietf:params:oauth:token-type:refresh_token";
const KEY_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

let house: ExchangeHouse;
let key = "";
let helperKey = "";
let delegation = "";
let signer: Signer;
let ids: { id: string; access: string };

beforeAll(async () => {
  house = await openExchangeHouse();
  const bot = await house.admin.perform("agents.add", { name: "bot" });
  const helper = await house.admin.perform("agents.add", { name: "helper" });
  [key, helperKey] = [String(bot["key"]), String(helper["key"])];
  signer = await newSigner();
  ids = await house.tokensOf("ben-at-provider", house.running.url);
  const granted = await house.asBen("delegations.grant", { agent: "bot", servers: ["slow"], further: 1 });
  delegation = String(granted.body["id"]);
});
afterAll(async () => house?.close());

const asked = (over: Record<string, string> = {}): Record<string, string> => ({
  client_id: "bot",
  client_secret: key,
  subject_token: ids.id,
  subject_token_type: ID,
  ...over,
});

const bound = async (): Promise<string> => {
  const proof = await signer.proof({ url: `${house.running.url}/oauth/token` });
  const reply = await house.exchange(asked(), { dpop: proof });
  expect(reply.body).toMatchObject({ token_type: "DPoP" });
  return tokenOf(reply);
};
const call = async (token: string, proof: string | null, scheme = "DPoP"): Promise<string> =>
  resultOf(await house.mcp(`${scheme} ${token}`, { tool: "echo" }, proof === null ? {} : { dpop: proof }));

const assertion = (over: Record<string, unknown> = {}, sender = "bot"): Promise<string> =>
  signer.assertion({ sender, audience: house.running.url, over });
const proving = async (text: string): Promise<Reply> =>
  house.exchange({
    subject_token: ids.id,
    subject_token_type: ID,
    client_assertion: text,
    client_assertion_type: KEY_ASSERTION,
  });

const take = (handover: string, client = { client_id: "helper", client_secret: helperKey }): Promise<Reply> =>
  house.exchange({ ...client, subject_token: handover, subject_token_type: JWT });

describe("an exchange", () => {
  test("gives a short token that says who acts for whom, at which doors, within what", async () => {
    const reply = await house.exchange(asked({ requested_token_type: ACCESS }));
    expect(reply.status).toBe(200);
    expect(reply.headers.get("cache-control")).toBe("no-store");
    expect(reply.body).toMatchObject({
      issued_token_type: ACCESS,
      token_type: "Bearer",
      expires_in: 600,
      scope: "llm mcp",
    });
    const claims = decodeJwt(tokenOf(reply));
    const { url } = house.running;
    expect(claims).toMatchObject({
      iss: url,
      aud: [`${url}/door/mcp`, `${url}/v1`],
      sub: expect.stringMatching(/^usr_/) as unknown,
      act: { sub: expect.stringMatching(/^agt_/) as unknown },
      authorization_details: [{ type: "urn:doorward:delegation", identifier: delegation, servers: ["slow"] }],
    });
    expect(resultOf(await house.mcp(`Bearer ${tokenOf(reply)}`, { tool: "echo" }))).toBe("ok");
  });

  test("takes an access token of the provider for Doorward too, and HTTP Basic", async () => {
    const basic = Buffer.from(`bot:${key}`).toString("base64");
    const form = { subject_token: ids.access, subject_token_type: ACCESS };
    expect((await house.exchange(form, { authorization: `Basic ${basic}` })).status).toBe(200);
  });

  test("goes on in one session, however often it is made: the labels of a session are not shed", async () => {
    const tokens = await Promise.all([1, 2, 3].map(async () => tokenOf(await house.exchange(asked()))));
    expect(new Set(tokens.map((token) => decodeJwt(token)["sid"])).size).toBe(1);
  });

  test.each<[string, () => Record<string, string>, string]>([
    ["without the agent's key", () => ({ client_secret: "" }), "401 invalid_client"],
    ["with a wrong key", () => ({ client_secret: `dwk_${"A".repeat(43)}` }), "401 invalid_client"],
    ["with another agent's name", () => ({ client_id: "helper" }), "401 invalid_client"],
    [
      "with two credentials",
      () => ({ client_assertion: "a.b.c", client_assertion_type: KEY_ASSERTION }),
      "401 invalid_client",
    ],
    ["without a subject", () => ({ subject_token: "" }), "400 invalid_request"],
    ["of another grant", () => ({ grant_type: "client_credentials" }), "400 unsupported_grant_type"],
    ["of a subject token that is none", () => ({ subject_token: "nothing" }), "400 invalid_grant"],
    [
      "of a subject token without end",
      () => ({ subject_token: `a.${"b".repeat(20_000)}.c` }),
      "400 invalid_grant",
    ],
    ["of an ID token as an access token", () => ({ subject_token_type: ACCESS }), "400 invalid_grant"],
    ["of an access token as an ID token", () => ({ subject_token: ids.access }), "400 invalid_grant"],
    ["of an agent's key as subject", () => ({ subject_token: key }), "400 invalid_grant"],
    ["for a foreign resource", () => ({ resource: "https://evil.example/" }), "400 invalid_target"],
    [
      "for an address that begins alike",
      () => ({ resource: `${house.running.url}/door/mcpx` }),
      "400 invalid_target",
    ],
    // RFC 6749, 5.2: unknown, malformed, or of no resource that is asked for.
    ["for a scope that is none", () => ({ scope: "admin" }), "400 invalid_scope"],
    ["for a scope that is none beside one", () => ({ scope: "mcp admin" }), "400 invalid_scope"],
    ["for scopes two spaces apart", () => ({ scope: "mcp  llm" }), "400 invalid_scope"],
    [
      "for a scope of another door",
      () => ({ scope: "llm", resource: `${house.running.url}/door/mcp` }),
      "400 invalid_scope",
    ],
    // RFC 8693, 2.2.2.
    ["of a token that is not given out", () => ({ requested_token_type: REFRESH }), "400 invalid_request"],
    ["of an ID token for the agent", () => ({ requested_token_type: ID }), "400 invalid_request"],
    ["of a handover to nobody", () => ({ requested_token_type: JWT }), "400 invalid_request"],
    [
      "of details that are no JSON",
      () => ({ authorization_details: "x" }),
      "400 invalid_authorization_details",
    ],
    [
      "of details of another type",
      () => ({ authorization_details: '[{"type":"payment"}]' }),
      "400 invalid_authorization_details",
    ],
    [
      "for more than the delegation has",
      () => ({ authorization_details: '[{"type":"urn:doorward:delegation","servers":["*"]}]' }),
      "400 invalid_authorization_details",
    ],
    [
      "of a delegation that is somebody else's",
      () => ({
        authorization_details: `[{"type":"urn:doorward:delegation","identifier":"dlg_${"0".repeat(26)}"}]`,
      }),
      "400 access_denied",
    ],
    [
      "by an agent to which the user granted nothing",
      () => ({ client_id: "helper", client_secret: helperKey }),
      "400 access_denied",
    ],
  ])("%s is refused", async (_name, over, expected) => {
    expect(errorOf(await house.exchange(asked(over())))).toBe(expected);
  });

  test("of a user whom nobody added is refused", async () => {
    const mallory = await house.tokensOf("mallory");
    expect(errorOf(await house.exchange(asked({ subject_token: mallory.id })))).toBe("400 invalid_grant");
  });

  test("needs a form, each parameter once, and POST", async () => {
    const at = `${house.running.url}/oauth/token`;
    const json = await fetch(at, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(await json.json()).toMatchObject({ error: "invalid_request" });
    const twice = new URLSearchParams(asked());
    twice.append("subject_token", ids.id);
    expect(await (await fetch(at, { method: "POST", body: twice })).json()).toMatchObject({
      error: "invalid_request",
    });
    expect(await (await fetch(at)).json()).toMatchObject({ error: "invalid_request" });
    const big = await fetch(at, { method: "POST", body: new URLSearchParams({ a: "b".repeat(70_000) }) });
    expect(await big.json()).toMatchObject({ error: "invalid_request" });
  });
});

describe("a delegated token", () => {
  test("opens only what it was narrowed to", async () => {
    const details = JSON.stringify([
      { type: "urn:doorward:delegation", tools: ["slow/echo"], effects: ["read"] },
    ]);
    const token = tokenOf(await house.exchange(asked({ authorization_details: details })));
    expect(resultOf(await house.mcp(`Bearer ${token}`, { tool: "echo" }))).toBe("ok");
    expect(resultOf(await house.mcp(`Bearer ${token}`, { tool: "write" }))).toContain(
      "narrowed below the delegation",
    );
  });

  test("opens only the doors it names", async () => {
    const { url } = house.running;
    const llm = tokenOf(await house.exchange(asked({ resource: `${url}/v1` })));
    expect(resultOf(await house.mcp(`Bearer ${llm}`, { tool: "echo" }))).toBe("401 token_refused");
    const one = tokenOf(await house.exchange(asked({ resource: `${url}/door/mcp/slow` })));
    expect(resultOf(await house.mcp(`Bearer ${one}`, { tool: "echo" }))).toBe("401 token_refused");
    expect(resultOf(await house.mcp(`Bearer ${one}`, { tool: "echo", path: "/door/mcp/slow" }))).toBe("ok");
    const mcp = tokenOf(await house.exchange(asked({ scope: "mcp" })));
    const models = await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${mcp}` } });
    expect(models.status).toBe(401);
    expect((await fetch(`${url}/v1/models`, { headers: { authorization: `Bearer ${llm}` } })).status).toBe(
      200,
    );
  });

  test("opens none of Doorward's own operations (T2), and is no subject of the provider's", async () => {
    const token = tokenOf(await house.exchange(asked()));
    const api = await fetch(`${house.running.url}/api/v1/agents/list`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect([api.status, ((await api.json()) as Record<string, unknown>)["code"]]).toEqual([
      403,
      "agent_refused",
    ]);
    expect(errorOf(await house.exchange(asked({ subject_token: token })))).toBe("400 invalid_grant");
    expect(errorOf(await house.exchange(asked({ subject_token: token, subject_token_type: ACCESS })))).toBe(
      "400 invalid_grant",
    );
  });

  test("a door that refuses says where tokens are to be had", async () => {
    const refused = await house.mcp("Bearer a.b.c", { tool: "echo" });
    const { url } = house.running;
    expect(refused.headers.get("www-authenticate")).toContain(
      `resource_metadata="${url}/.well-known/oauth-protected-resource/door/mcp"`,
    );
    const resource = (await (
      await fetch(`${url}/.well-known/oauth-protected-resource/door/mcp`)
    ).json()) as Record<string, unknown>;
    expect(resource).toMatchObject({ resource: `${url}/door/mcp`, authorization_servers: [url] });
    const server = (await (await fetch(`${url}/.well-known/oauth-authorization-server`)).json()) as Record<
      string,
      unknown
    >;
    expect(server).toMatchObject({ issuer: url, token_endpoint: `${url}/oauth/token` });
    const keys = (await (await fetch(String(server["jwks_uri"]))).json()) as { keys: object[] };
    expect(keys.keys).toHaveLength(1);
    expect(keys.keys[0]).not.toHaveProperty("d");
  });
});

describe("a bound token", () => {
  test("opens the door with a fresh proof of its key, once, and in no other way", async () => {
    const [token, other, url] = [await bound(), await bound(), `${house.running.url}/door/mcp`];
    const thief = await newSigner();
    const proof = await signer.proof({ url, token });
    expect(await call(token, proof)).toBe("ok");
    const nowS = Math.floor(Date.now() / 1_000);
    const refused = {
      replayed: await call(token, proof),
      "without a proof": await call(token, null),
      "as a bearer token": await call(token, await signer.proof({ url, token }), "Bearer"),
      "of another key": await call(token, await thief.proof({ url, token })),
      "for another token": await call(token, await signer.proof({ url, token: other })),
      "for no token": await call(token, await signer.proof({ url })),
      "for another address": await call(token, await signer.proof({ url: `${url}/slow`, token })),
      "for another host": await call(
        token,
        await signer.proof({ url: "https://evil.example/door/mcp", token }),
      ),
      "for another method": await call(token, await signer.proof({ url, token, over: { htm: "GET" } })),
      "from long ago": await call(token, await signer.proof({ url, token, over: { iat: nowS - 300 } })),
      "from the future": await call(token, await signer.proof({ url, token, over: { iat: nowS + 300 } })),
      "without an id": await call(token, await signer.proof({ url, token, over: { jti: undefined } })),
    };
    expect(new Set(Object.values(refused))).toEqual(new Set(["401 token_refused"]));
  });

  test("is not made of a bearer token by a proof", async () => {
    const token = tokenOf(await house.exchange(asked()));
    const proof = await signer.proof({ url: `${house.running.url}/door/mcp`, token });
    expect(await call(token, proof)).toBe("401 token_refused");
  });
});

describe("an agent's own key", () => {
  test("proves who it is (private_key_jwt), each assertion once, and dies when it is taken back", async () => {
    expect(errorOf(await proving(await assertion()))).toBe("401 invalid_client");
    const added = await house.admin.perform("agents.add-credential", {
      agent: "bot",
      key: JSON.stringify(signer.jwk),
    });
    const text = await assertion();
    const reply = await proving(text);
    expect(reply.status).toBe(200);
    expect(errorOf(await proving(text))).toBe("401 invalid_client");
    const nowS = Math.floor(Date.now() / 1_000);
    const unfit = [
      await assertion({ aud: "https://evil.example" }),
      await assertion({ aud: [house.running.url, "https://evil.example"] }),
      await assertion({ exp: nowS - 60 }),
      await assertion({ iat: nowS - 3_600 }),
      await assertion({ nbf: nowS + 300 }),
      await assertion({ iss: "helper" }),
      await assertion({ jti: undefined }),
      await assertion({}, "helper"),
      `${(await assertion()).slice(0, -4)}AAAA`,
    ];
    const replies = await Promise.all(unfit.map(proving));
    expect(replies.map(errorOf)).toEqual(unfit.map(() => "401 invalid_client"));
    const token = tokenOf(reply);
    expect(resultOf(await house.mcp(`Bearer ${token}`, { tool: "echo" }))).toBe("ok");
    await house.admin.perform("agents.remove-credential", { agent: "bot", credential: added["id"] });
    expect(resultOf(await house.mcp(`Bearer ${token}`, { tool: "echo" }))).toBe("401 token_refused");
    expect(errorOf(await proving(await assertion()))).toBe("401 invalid_client");
  });
});

describe("passing on", () => {
  const details = JSON.stringify([{ type: "urn:doorward:delegation", tools: ["slow/echo"] }]);
  const handOver = async (held: string, over: Record<string, string> = {}): Promise<Reply> =>
    house.exchange(
      asked({
        subject_token: held,
        subject_token_type: ACCESS,
        audience: "urn:doorward:agent:helper",
        authorization_details: details,
        ...over,
      }),
    );
  test("gives the other agent a part, under its own name, and neither the other's token", async () => {
    const held = tokenOf(await house.exchange(asked()));
    expect(errorOf(await handOver(held, { requested_token_type: ACCESS }))).toBe("400 invalid_request");
    const reply = await handOver(held, { requested_token_type: JWT });
    expect(reply.body).toMatchObject({ issued_token_type: JWT, token_type: "N_A" });
    const handover = tokenOf(reply);
    expect(resultOf(await house.mcp(`Bearer ${handover}`, { tool: "echo" }))).toBe("401 token_refused");
    expect(errorOf(await take(handover, { client_id: "bot", client_secret: key }))).toBe("400 invalid_grant");
    const taken = await take(handover);
    expect(taken.status).toBe(200);
    const token = tokenOf(taken);
    const act = decodeJwt(token)["act"] as { sub: string; act: { sub: string; act?: unknown } };
    expect(act.sub).not.toBe(act.act.sub);
    expect(act.act.act).toBeUndefined();
    expect(resultOf(await house.mcp(`Bearer ${token}`, { tool: "echo" }))).toBe("ok");
    expect(resultOf(await house.mcp(`Bearer ${token}`, { tool: "write" }))).toContain("does not cover it");
    expect(errorOf(await take(handover))).toBe("400 invalid_grant");
    const further = { client_id: "helper", client_secret: helperKey, audience: "urn:doorward:agent:bot" };
    expect(errorOf(await handOver(token, further))).toBe("400 access_denied");
    expect(errorOf(await handOver(held, { client_id: "helper", client_secret: helperKey }))).toBe(
      "400 invalid_grant",
    );
    const wider = JSON.stringify([{ type: "urn:doorward:delegation", servers: ["*"] }]);
    expect(errorOf(await handOver(held, { authorization_details: wider }))).toBe(
      "400 invalid_authorization_details",
    );
    expect(errorOf(await handOver(held, { audience: "urn:doorward:agent:nobody" }))).toBe(
      "400 invalid_target",
    );
    expect(errorOf(await handOver(ids.id, { subject_token_type: ID }))).toBe("400 invalid_request");
  });
});
