import { describe, expect, test } from "vitest";
import type { UserId } from "#vocabulary";
import { ask, type Reply, type Signed, signedOf } from "../journeys/console-harness.ts";
import { CLIENT, type Claims, type Tamper } from "../support/identity-provider.ts";
import { codeOf, signInFlow } from "../support/sign-in.ts";

// T16: only an ID token made for Doorward, in this sign-in, says who somebody is. Here the attacker has the provider's own
// signing key and changes one thing at a time; what is refused is refused for that one thing.

const flow = signInFlow();
const { addProviderUser, arrive, finish, leave, present, session, signIn, visit } = flow;

const nowS = (): number => Math.floor(Date.now() / 1_000);
const claim =
  (over: (claims: Claims) => Claims): Tamper =>
  (claims) => ({ claims: { ...claims, ...over(claims) } });

describe("an ID token", () => {
  test("as the provider makes it, signed anew by us with its key, is taken: the forge itself works", async () => {
    flow.provider.tamper = (claims) => ({ claims });
    expect(codeOf(await signIn())).toBe("ok");
  });

  test.each<[string, Tamper]>([
    ["for another audience", claim(() => ({ aud: "another-client" }))],
    ["for no audience", claim(() => ({ aud: [] }))],
    ["for us and another, given to us", claim(() => ({ aud: [CLIENT.id, "another"], azp: CLIENT.id }))],
    ["for us, given to another party", claim(() => ({ azp: "another-client" }))],
    ["of a second issuer", claim(() => ({ iss: flow.second.issuer }))],
    ["of the same issuer written differently", claim(({ iss }) => ({ iss: `${String(iss)}/` }))],
    ["with a stale nonce", claim(() => ({ nonce: "of an earlier sign-in" }))],
    ["without a nonce", ({ nonce: _nonce, ...claims }) => ({ claims })],
    ["that has expired", claim(() => ({ exp: nowS() - 60 }))],
    ["without an expiry", ({ exp: _exp, ...claims }) => ({ claims })],
    ["from before this sign-in", claim(() => ({ iat: nowS() - 120 }))],
    ["from the future", claim(() => ({ iat: nowS() + 120 }))],
    ["not valid yet", claim(() => ({ nbf: nowS() + 120 }))],
    ["without a subject", ({ sub: _sub, ...claims }) => ({ claims })],
    ["with a subject beyond ASCII", claim(() => ({ sub: "ana\u202e" }))],
    ["with a subject without end", claim(() => ({ sub: "a".repeat(256) }))],
    ["with an empty subject", claim(() => ({ sub: "" }))],
    ["with a subject that is no text", claim(() => ({ sub: ["ana-at-provider"] }))],
    ["signed with a foreign key", (claims) => ({ claims, foreignKey: true })],
    [
      "signed with a key that it names itself",
      (claims, header) => ({ claims, header: { ...header, kid: "mine", jwk: {} }, foreignKey: true }),
    ],
    ["not signed", (claims, header) => ({ claims, header: { ...header, alg: "none" } })],
    [
      "signed with an algorithm of its choice",
      (claims, header) => ({ claims, header: { ...header, alg: "HS256" } }),
    ],
    [
      "with a critical extension that we do not know",
      (claims, header) => ({ claims, header: { ...header, crit: ["x"], x: 1 } }),
    ],
  ])("%s is refused", async (_name, tamper) => {
    flow.provider.tamper = tamper;
    const reply = await signIn();
    expect([reply.status, codeOf(reply)]).toEqual([401, "provider_refused"]);
    expect(String(reply.body["detail"])).toMatch(/: (OAUTH_[A-Z_]+|.*\((aud|azp|iat|sub)\))$/);
    const rows = await flow.harness.store.query.selectFrom("user_sessions").selectAll().execute();
    expect(rows).toEqual([]);
  });

  test("whose subject was changed on the way is refused, though the rest is right", async () => {
    flow.provider.person = "mallory";
    flow.provider.tamper = (claims) => ({ claims: { ...claims, sub: "ana-at-provider" }, foreignKey: true });
    expect(codeOf(await signIn())).toBe("provider_refused");
  });
});

/** Signs in, leaves for presence and comes back. */
async function confirm(): Promise<{ signed: Signed; reply: Reply; url: URL }> {
  const signed = signedOf(await signIn());
  const away = await leave(signed);
  await arrive(await visit(away.url), away.cookie);
  return { signed, reply: await present(signed, away), url: new URL(away.url) };
}

describe("presence", () => {
  test("asks the provider to authenticate anew, and then lasts five minutes", async () => {
    const { signed, reply, url } = await confirm();
    expect(codeOf(reply)).toBe("ok");
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ prompt: "login", max_age: "0" });
    const until = Number((await session(signed)).body["presentUntil"]);
    expect(until).toBeGreaterThan(Date.now() + 4 * 60_000);
    flow.harness.passTime(5 * 60_000);
    expect((await session(signed)).body["presentUntil"]).toBe(0);
  });

  test("is not shown by a provider that let a remembered browser pass", async () => {
    const jar = new Map<string, string>();
    const first = await leave();
    await arrive(await visit(first.url, jar), first.cookie);
    const signed = signedOf(await finish(first));
    const away = await leave(signed);
    flow.provider.tamper = (claims) => ({
      claims: { ...claims, auth_time: Math.floor(Date.now() / 1_000) - 120 },
    });
    await arrive(await visit(away.url, jar), away.cookie);
    expect(codeOf(await present(signed, away))).toBe("provider_refused");
    expect((await session(signed)).body["presentUntil"]).toBe(0);
  });

  test.each<[string, Tamper]>([
    ["without auth_time", ({ auth_time: _authTime, ...claims }) => ({ claims })],
    [
      "with an auth_time of the future",
      (claims) => ({ claims: { ...claims, auth_time: Math.floor(Date.now() / 1_000) + 120 } }),
    ],
    ["with an auth_time that is no number", (claims) => ({ claims: { ...claims, auth_time: "now" } })],
  ])("is not shown by a token %s", async (_name, tamper) => {
    const signed = signedOf(await signIn());
    flow.provider.tamper = tamper;
    const away = await leave(signed);
    await arrive(await visit(away.url), away.cookie);
    expect(codeOf(await present(signed, away))).toBe("provider_refused");
  });

  test("of another person at the provider is not the caller's", async () => {
    await addProviderUser("usr_00000000000000000000000ben" as UserId, "ben", { subject: "ben-at-provider" });
    const signed = signedOf(await signIn());
    flow.provider.person = "ben-at-provider";
    const away = await leave(signed);
    await arrive(await visit(away.url), away.cookie);
    expect(codeOf(await present(signed, away))).toBe("presence_refused");
  });

  test("of one session is not another's, and a sign-in is no presence", async () => {
    const [one, two] = [signedOf(await signIn()), signedOf(await signIn())];
    const away = await leave(one);
    await arrive(await visit(away.url), away.cookie);
    expect(codeOf(await present(two, away))).toBe("presence_refused");
    const plain = await leave();
    await arrive(await visit(plain.url), plain.cookie);
    expect(codeOf(await present(one, plain))).toBe("presence_refused");
    const confirmed = await leave(one);
    await arrive(await visit(confirmed.url), confirmed.cookie);
    expect(codeOf(await finish(confirmed))).toBe("provider_flow_over");
  });

  test("cannot be begun without a session", async () => {
    const reply = await ask(flow.harness, "POST /console/session/provider", {
      body: { purpose: "presence" },
    });
    expect(codeOf(reply)).toBe("not_signed_in");
  });
});
