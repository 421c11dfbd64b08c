import { describe, expect, test } from "vitest";
import type { UserId } from "#vocabulary";
import { ask, type Reply, signedOf } from "../journeys/console-harness.ts";
import type { Tamper } from "../support/identity-provider.ts";
import { ANA, codeOf, confirmDevice, signInFlow } from "../support/sign-in.ts";

// T16 at a terminal (RFC 8628): who confirms the code is who is let in, once, in the terminal that asked. The provider is a
// real one (oidc-provider); the seconds between two questions pass on our clock alone.

const flow = signInFlow();
const BEN = "usr_00000000000000000000000ben" as UserId;

interface Begun {
  readonly ticket: string;
  readonly wholeAddress: string;
  readonly userCode: string;
  readonly intervalS: number;
}

const begin = async (purpose = "sign-in", headers: object = {}): Promise<Reply> =>
  ask(flow.harness, "POST /console/session/device", { headers: { ...headers }, body: { purpose } });
const begun = async (purpose?: string, headers?: object): Promise<Begun> =>
  (await begin(purpose, headers)).body as unknown as Begun;
/** After the interval that was asked for. */
const poll = async ({ ticket }: Begun, purpose = "sign-in", headers: object = {}): Promise<Reply> => {
  flow.harness.passTime(1_000);
  return ask(flow.harness, "POST /console/session/device/poll", {
    headers: { ...headers },
    body: { purpose, ticket },
  });
};
const bearer = (reply: Reply): object => ({ authorization: `Bearer ${String(reply.body["token"])}` });

async function signedInTerminal(): Promise<object> {
  const terminal = await begun();
  await confirmDevice(terminal.wholeAddress);
  return bearer(await poll(terminal));
}

describe("a terminal", () => {
  test("is signed in once its person has confirmed the code, without presence, and for twelve hours", async () => {
    const terminal = await begun();
    expect(terminal.userCode).toMatch(/^[\w-]+$/);
    expect((await poll(terminal)).body).toMatchObject({ waiting: true });
    expect(await confirmDevice(terminal.wholeAddress)).toContain("Sign-in Success");
    const reply = await poll(terminal);
    expect(reply.body).toMatchObject({ user: ANA, presentUntil: 0, token: expect.stringMatching(/^dwu_/) });
    expect(reply.headers["set-cookie"]).toBe(undefined);
    expect(Math.round((Number(reply.body["expiresAt"]) - Date.now()) / 3_600_000)).toBe(12);
    expect((await flow.session(bearer(reply))).body).toMatchObject({ user: ANA });
  });

  test("that asks faster than it was told to does not reach the provider", async () => {
    const terminal = await begun();
    const before = flow.provider.asked.length;
    for (let time = 0; time < 5; time += 1) {
      const reply = await ask(flow.harness, "POST /console/session/device/poll", {
        body: { purpose: "sign-in", ticket: terminal.ticket },
      });
      expect(reply.body).toMatchObject({ waiting: true });
    }
    expect(flow.provider.asked).toHaveLength(before);
  });

  test("whose person says no is told so, and the code is over", async () => {
    const terminal = await begun();
    await confirmDevice(terminal.wholeAddress, "abort");
    expect(codeOf(await poll(terminal))).toBe("provider_refused");
    expect(codeOf(await poll(terminal))).toBe("device_flow_over");
  });

  test("gets one session out of one code", async () => {
    const terminal = await begun();
    await confirmDevice(terminal.wholeAddress);
    expect(codeOf(await poll(terminal))).toBe("ok");
    expect(codeOf(await poll(terminal))).toBe("device_flow_over");
  });

  test("with a ticket that it made up finds nothing", async () => {
    const ticket = `dwt_${"A".repeat(43)}`;
    expect(codeOf(await poll({ ...(await begun()), ticket }))).toBe("device_flow_over");
  });

  test.each(["somebody-else", "ana"])("that %j confirms, whom nobody added, stays out", async (person) => {
    flow.provider.person = person;
    const terminal = await begun();
    await confirmDevice(terminal.wholeAddress);
    expect(codeOf(await poll(terminal))).toBe("provider_user_not_added");
  });

  test("of a provider without the device flow is told what to do", async () => {
    flow.provider.metadata = { device_authorization_endpoint: undefined };
    expect(codeOf(await begin())).toBe("device_flow_unavailable");
  });

  test.each([
    ["runs in the browser", { verification_uri: "javascript:alert(1)" }],
    ["is another site without TLS", { verification_uri_complete: "http://evil.example/device" }],
    ["is none", { verification_uri: "here" }],
  ])("is not sent to an address that %s", async (_name, device) => {
    flow.provider.device = device;
    expect(codeOf(await begin())).toBe("provider_refused");
  });

  test.each(["A\u001b[2J", "", "\u202eABC", "A".repeat(65)])("does not show the code %j", async (code) => {
    flow.provider.device = { user_code: code };
    expect(codeOf(await begin())).toBe("provider_refused");
  });

  test.each<[string, Tamper]>([
    ["another issuer", (claims) => ({ claims: { ...claims, iss: flow.second.issuer } })],
    ["another audience", (claims) => ({ claims: { ...claims, aud: "other" } })],
    ["two audiences", (claims) => ({ claims: { ...claims, aud: ["doorward", "other"] } })],
    ["another party", (claims) => ({ claims: { ...claims, azp: "other" } })],
    ["a time before", (claims) => ({ claims: { ...claims, iat: 1 } })],
    ["a foreign key", (claims) => ({ claims, foreignKey: true })],
    ["no algorithm", (claims) => ({ claims, header: { alg: "none" } })],
    ["a shared secret's algorithm", (claims) => ({ claims, header: { alg: "HS256" } })],
  ])("is not let in by a token of %s", async (_name, tamper) => {
    const terminal = await begun();
    flow.provider.tamper = tamper;
    await confirmDevice(terminal.wholeAddress);
    expect(codeOf(await poll(terminal))).toBe("provider_refused");
  });
});

const presence = async (headers: object, person = "ana-at-provider"): Promise<Reply> => {
  const terminal = await begun("presence", headers);
  flow.provider.person = person;
  await confirmDevice(terminal.wholeAddress);
  return poll(terminal, "presence", headers);
};

describe("presence at a terminal", () => {
  test("is shown by signing in anew", async () => {
    const headers = await signedInTerminal();
    const reply = await presence(headers);
    expect(codeOf(reply)).toBe("ok");
    expect((await flow.session(headers)).body["presentUntil"]).toBe(reply.body["presentUntil"]);
  });

  test("is not shown by somebody else's sign-in", async () => {
    await flow.addProviderUser(BEN, "ben", { subject: "ben-at-provider" });
    const headers = await signedInTerminal();
    expect(codeOf(await presence(headers, "ben-at-provider"))).toBe("presence_refused");
    expect((await flow.session(headers)).body["presentUntil"]).toBe(0);
  });

  test.each([
    ["none", undefined],
    ["an old one", 1],
    ["one to come", 9_999_999_999],
  ])("is not shown where auth_time is %s", async (_name, auth_time) => {
    const headers = await signedInTerminal();
    flow.provider.tamper = (claims) => ({ claims: { ...claims, auth_time } });
    expect(codeOf(await presence(headers))).toBe("provider_refused");
    expect((await flow.session(headers)).body["presentUntil"]).toBe(0);
  });

  test("needs to be signed in, and is bound to the session that asked", async () => {
    expect(codeOf(await begin("presence"))).toBe("not_signed_in");
    const [mine, other] = [await signedInTerminal(), await signedInTerminal()];
    const terminal = await begun("presence", mine);
    await confirmDevice(terminal.wholeAddress);
    expect(codeOf(await poll(terminal, "presence", other))).toBe("device_flow_over");
    expect(codeOf(await poll(terminal, "sign-in"))).toBe("device_flow_over");
    expect(codeOf(await poll(terminal, "presence", mine))).toBe("ok");
  });

  test("in the console works for the same person still", async () => {
    const signed = signedOf(await flow.signIn());
    const away = await flow.leave(signed);
    expect(codeOf(await flow.arrive(await flow.visit(away.url), away.cookie))).not.toBe("provider_refused");
    expect(codeOf(await flow.present(signed, away))).toBe("ok");
  });
});
