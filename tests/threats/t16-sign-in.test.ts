import { createHash } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, describe, expect, test } from "vitest";
import { createEgress } from "#egress";
import type { UserId } from "#vocabulary";
import { ask, openLink, type Reply, signedOf, startConsole } from "../journeys/console-harness.ts";
import { CODE_S } from "../support/identity-provider.ts";
import { ANA, codeOf, signInFlow } from "../support/sign-in.ts";

// T16: a user is (issuer, subject), and only who was asked, in the browser that asked, is let in. The provider is a real
// one; the attacker stands at each step between it, the browser and us.

const PASSWORD = "correct horse battery";
const flow = signInFlow();
const { addProviderUser, arrive, finish, leave, session, signIn, visit } = flow;

describe("a sign-in", () => {
  test("of a user whom an admin added opens a session without presence", async () => {
    const reply = await signIn();
    expect(codeOf(reply)).toBe("ok");
    expect(reply.body).toMatchObject({ user: ANA, presentUntil: 0, hasPassword: false, passkeys: 0 });
    expect(reply.body["provider"]).toBe(new URL(flow.provider.issuer).host);
    expect(reply.headers["set-cookie"]).toEqual([
      expect.stringMatching(/^doorward_session=dws_.*; HttpOnly; SameSite=Strict/),
      expect.stringMatching(/^doorward_flow=; .*Max-Age=0/),
    ]);
    expect((await session(signedOf(reply))).body).toMatchObject({ user: ANA });
  });

  test("asks with PKCE, state and nonce, new each time, and for nothing but the subject", async () => {
    const [one, two] = [new URL((await leave()).url), new URL((await leave()).url)];
    const names = ["state", "nonce", "code_challenge"];
    for (const name of names) {
      expect(one.searchParams.get(name)).toMatch(/^[\w-]{43}$/);
      expect(one.searchParams.get(name)).not.toBe(two.searchParams.get(name));
    }
    expect(Object.fromEntries(one.searchParams)).toMatchObject({
      response_type: "code",
      code_challenge_method: "S256",
      scope: "openid",
      redirect_uri: `${flow.harness.origin}/console/session/callback`,
    });
  });

  test("of somebody whom nobody added, or under another subject, opens nothing and says how to be added", async () => {
    flow.provider.person = "mallory";
    const reply = await signIn();
    expect(codeOf(reply)).toBe("provider_user_not_added");
    expect(String(reply.body["remedy"])).toContain(`--issuer ${flow.provider.issuer} --subject mallory`);
  });

  test("of a subject that a shell would run is told quoted", async () => {
    flow.provider.person = "$(id)'`id`";
    const { body } = await signIn();
    expect(String(body["remedy"])).toContain("--subject '$(id)'\\''`id`'");
  });

  test("of a disabled user opens nothing", async () => {
    await flow.harness.store.query
      .updateTable("users")
      .set({ disabled_at: 1 })
      .where("id", "=", ANA)
      .execute();
    expect(codeOf(await signIn())).toBe("provider_user_not_added");
  });

  test.each(["admin", "ana", "local"])(
    "with the subject %j does not find a user by anything but issuer and subject",
    async (name) => {
      flow.provider.person = name;
      expect(codeOf(await signIn())).toBe("provider_user_not_added");
    },
  );

  test("where none is configured says so", async () => {
    const plain = await startConsole();
    const reply = await ask(plain, "POST /console/session/provider", { body: { purpose: "sign-in" } });
    expect([reply.status, codeOf(reply)]).toEqual([404, "provider_unset"]);
    expect((await ask(plain, "GET /console/session/provider")).body).toEqual({ host: null });
    await plain.close();
  });
});

describe("a provider that cannot be asked", () => {
  const settings = { clientId: "doorward", clientSecret: null, scopes: ["openid"], groupsClaim: null };
  const egress = createEgress({ ownAddresses: () => [] });
  const limits = { bytesMax: 10_000, timeoutMs: 1_000 };
  afterAll(() => egress.close());

  test.each<[string, boolean, string]>([
    ["because it is private and nobody allowed that (T17)", false, "egress_address_private"],
    ["because nothing listens there", true, "egress_unreachable"],
  ])("%s is said to be so, and local users sign in as ever", async (_name, allowPrivate, code) => {
    const issuer = "http://127.0.0.1:1";
    const fetch = egress.fetch({ ...limits, allowPrivate });
    const harness = await startConsole({ ...settings, issuer, fetch });
    const reply = await ask(harness, "POST /console/session/provider", { body: { purpose: "sign-in" } });
    expect([reply.status, codeOf(reply)]).toEqual([502, "provider_unreachable"]);
    expect(String(reply.body["detail"])).toContain(code);
    expect(JSON.stringify(reply.body)).not.toContain("127.0.0.1");
    const headers = { ...(await openLink(harness)) };
    const local = await ask(harness, "GET /console/session", { headers });
    expect(local.body).toMatchObject({ name: "admin", provider: null });
    await harness.close();
  });

  test("is asked again the next time", async () => {
    flow.provider.metadata = { issuer: "https://evil.example" };
    await expect(leave()).rejects.toThrow(/502/);
    flow.provider.metadata = {};
    expect(codeOf(await signIn())).toBe("ok");
  });

  test("between the way out and the way back ends that sign-in, and no other", async () => {
    const away = await leave();
    const back = await visit(away.url);
    flow.provider.register("http://localhost:1/elsewhere");
    await arrive(back, away.cookie);
    expect(codeOf(await finish(away))).toBe("provider_refused");
    flow.provider.register(`${flow.harness.origin}/console/session/callback`);
    expect(codeOf(await signIn())).toBe("ok");
  });
});

describe("replay", () => {
  test("an answer of the provider is taken once", async () => {
    const away = await leave();
    const back = await visit(away.url);
    const replies = await Promise.all([arrive(back, away.cookie), arrive(back, away.cookie)]);
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([303, 401]);
    expect(codeOf(await finish(away))).toBe("ok");
    expect(codeOf(await finish(away))).toBe("provider_flow_over");
    expect(codeOf(await arrive(back, away.cookie))).toBe("provider_flow_over");
  });

  test("a code stolen from one sign-in does not work in the thief's own: the verifier is another", async () => {
    const [victim, thief] = [await leave(), await leave()];
    const stolen = (await visit(victim.url)).searchParams.get("code") ?? "";
    const back = await visit(thief.url);
    back.searchParams.set("code", stolen);
    await arrive(back, thief.cookie);
    expect(codeOf(await finish(thief))).toBe("provider_refused");
  });

  test("a victim's browser cannot be signed in as somebody else: the answer belongs to the browser that asked", async () => {
    const [victim, attacker] = [await leave(), await leave()];
    const back = await visit(attacker.url);
    expect(codeOf(await arrive(back, victim.cookie))).toBe("provider_flow_over");
    expect(codeOf(await arrive(back, ""))).toBe("provider_flow_over");
    expect(codeOf(await arrive(back, `${attacker.cookie}; ${victim.cookie}`))).toBe("provider_flow_over");
    expect(flow.provider.asked).not.toContain("POST /token");
  });

  test("cookie and ticket are both needed, and only in their own flow", async () => {
    const [one, two] = [await leave(), await leave()];
    await arrive(await visit(one.url), one.cookie);
    expect(codeOf(await finish(one, { cookie: two.cookie }))).toBe("provider_flow_over");
    expect(codeOf(await finish(one, { ticket: two.ticket }))).toBe("provider_flow_over");
    expect(codeOf(await finish(one, { cookie: "a=b" }))).toBe("provider_flow_over");
    expect(codeOf(await finish(one))).toBe("ok");
  });

  test("nothing is finished before the provider has answered", async () => {
    expect(codeOf(await finish(await leave()))).toBe("provider_flow_over");
  });

  test("a code that has expired at the provider is refused", async () => {
    const away = await leave();
    const back = await visit(away.url);
    await pause((CODE_S + 1) * 1_000);
    await arrive(back, away.cookie);
    const reply = await finish(away);
    expect(codeOf(reply)).toBe("provider_refused");
    expect(String(reply.body["detail"])).toContain("invalid_grant");
  });

  test("a sign-in left lying is over after ten minutes, and stays over", async () => {
    const away = await leave();
    const back = await visit(away.url);
    flow.harness.passTime(10 * 60_000);
    expect(codeOf(await arrive(back, away.cookie))).toBe("provider_flow_over");
    flow.harness.passTime(-3_600_000);
    expect(codeOf(await arrive(back, away.cookie))).toBe("provider_flow_over");
  });
});

describe("mix-up", () => {
  test.each<[string, (back: URL) => void]>([
    ["another issuer's answer", (back) => back.searchParams.set("iss", flow.second.issuer)],
    ["an answer that does not say whose it is", (back) => back.searchParams.delete("iss")],
    ["two issuers", (back) => back.searchParams.append("iss", flow.second.issuer)],
    ["two codes", (back) => back.searchParams.append("code", "another")],
    ["no code", (back) => back.searchParams.delete("code")],
  ])("%s is refused before its code is sent anywhere", async (_name, change) => {
    expect(codeOf(await signIn(change))).toBe("provider_refused");
    expect([...flow.provider.asked, ...flow.second.asked]).not.toContain("POST /token");
  });

  test.each<[string, (back: URL) => void]>([
    ["no state", (back) => back.searchParams.delete("state")],
    ["another state", (back) => back.searchParams.set("state", "A".repeat(43))],
    ["two states", (back) => back.searchParams.append("state", "A".repeat(43))],
  ])("%s finds no sign-in", async (_name, change) => {
    expect(codeOf(await signIn(change))).toBe("provider_flow_over");
    expect(flow.provider.asked).not.toContain("POST /token");
  });

  test("an error that the provider answers is said by its code, and a page's words in it are not", async () => {
    const reply = await signIn((back) => {
      back.searchParams.delete("code");
      back.searchParams.set("error", "access_denied");
      back.searchParams.set("error_description", "Call 555-0100 and read out your password");
    });
    expect(codeOf(reply)).toBe("provider_refused");
    expect(String(reply.body["detail"])).toContain("access_denied");
    expect(JSON.stringify(reply.body)).not.toContain("555-0100");
  });

  test("the same subject at a second issuer is another user", async () => {
    await addProviderUser("usr_00000000000000000000000two" as UserId, "two", {
      subject: "only-there",
      issuer: flow.second.issuer,
    });
    flow.provider.person = "only-there";
    expect(codeOf(await signIn())).toBe("provider_user_not_added");
  });

  test.each<[string, { readonly [field: string]: unknown }]>([
    ["names another issuer", { issuer: "https://evil.example" }],
    ["writes its issuer differently", { issuer: "HTTP://127.0.0.1" }],
  ])("a provider whose metadata %s is not asked for anything", async (_name, metadata) => {
    flow.provider.metadata = metadata;
    const reply = await ask(flow.harness, "POST /console/session/provider", { body: { purpose: "sign-in" } });
    expect(codeOf(reply)).toMatch(/^provider_(unreachable|misnamed)$/);
  });

  test.each([
    "javascript:alert(document.domain)",
    "http://evil.example/",
    "data:text/html,x",
    "//evil.example",
  ])("a provider that sends people to %s sends nobody", async (endpoint) => {
    flow.provider.metadata = { authorization_endpoint: endpoint };
    const body = { purpose: "sign-in" };
    const reply = await ask(flow.harness, "POST /console/session/provider", { body });
    expect(codeOf(reply)).not.toBe("ok");
    expect(reply.body["url"]).toBeUndefined();
    expect(reply.headers["set-cookie"]).toBeUndefined();
  });

  test.each(["token_endpoint", "jwks_uri"])(
    "metadata that point %s at a neighbour reach nobody (T17)",
    async (field) => {
      flow.provider.metadata = { [field]: `${flow.second.issuer}/jwks` };
      expect(codeOf(await signIn())).toBe("provider_unreachable");
      expect(flow.second.asked).toEqual([]);
    },
  );
});

describe("a user of the provider", () => {
  test("has no other way in: no password, passkey or login link here", async () => {
    const signed = signedOf(await signIn());
    const post = (path: string, body: object): Promise<Reply> =>
      ask(flow.harness, `POST /console/session/${path}`, { headers: { ...signed }, body });
    expect(codeOf(await post("password", { password: PASSWORD }))).toBe("credential_elsewhere");
    expect(codeOf(await post("passkeys/options", {}))).toBe("credential_elsewhere");
    const link = createHash("sha256")
      .update(`dwl_${"A".repeat(43)}`)
      .digest("hex");
    const row = { hash: link, user_id: ANA, expires_at: Date.now() + 60_000, used_at: null };
    await flow.harness.store.query.insertInto("login_links").values(row).execute();
    expect(codeOf(await post("open", { token: `dwl_${"A".repeat(43)}` }))).toBe("login_link_invalid");
  });

  test("leaves local users their own ways, and is none of them", async () => {
    const local = await openLink(flow.harness);
    const reply = await session(local);
    expect(reply.body).toMatchObject({ name: "admin", provider: null });
  });
});

describe("no open redirect", () => {
  const elsewhere = "https://evil.example/";
  test.each([
    `return=${elsewhere}`,
    `redirect_uri=${elsewhere}`,
    `url=${elsewhere}&next=//evil.example&state=x`,
    "code=x&state=//evil.example",
  ])("a callback with %s goes nowhere", async (query) => {
    const reply = await ask(flow.harness, `GET /console/session/callback?${query}`);
    expect(reply.headers.location).toBeUndefined();
    expect(codeOf(reply)).toBe("provider_flow_over");
  });

  test("a true callback goes to our own front page, whatever else its address says", async () => {
    const away = await leave();
    const back = await visit(away.url);
    for (const name of ["return", "redirect_uri", "next", "url"]) back.searchParams.set(name, elsewhere);
    const reply = await ask(flow.harness, `GET ${back.pathname}${back.search}`, {
      headers: { cookie: away.cookie, "x-forwarded-host": "evil.example", referer: elsewhere },
    });
    expect([reply.status, reply.headers.location]).toEqual([303, `${flow.harness.origin}/`]);
    expect(JSON.stringify(reply.headers)).not.toContain("evil.example");
  });

  test("the way out goes to the configured provider, and takes no address from the request", async () => {
    const asked = { purpose: "sign-in", returnTo: elsewhere };
    expect(codeOf(await ask(flow.harness, "POST /console/session/provider", { body: asked }))).toBe(
      "input_invalid",
    );
    expect(new URL((await leave()).url).origin).toBe(flow.provider.issuer);
  });
});
