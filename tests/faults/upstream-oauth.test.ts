import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Fault } from "#base";
import type { HttpConfiguration } from "#upstream";
import { type AuthorizedServer, listenAuthorized, MACHINE, SIGNER, visit } from "../servers/authorized.ts";
import { DEAF, http, openTestHouse, type TestHouse, within } from "../servers/upstreams.ts";

const HOME = "http://127.0.0.1:7420";
let house: TestHouse;
let server: AuthorizedServer;
let passed: number;
beforeEach(async () => {
  passed = 0;
  house = await openTestHouse({ now: () => Date.now() + passed });
  server = await listenAuthorized();
});
afterEach(async () => {
  await house.close();
  await server.close();
});

/** Writes the server's row as `servers.add` does for one that lets nobody in yet, and answers its link. */
async function waiting(): Promise<string> {
  const link = await knock(() => house.upstreams.prepare("vault", http(server.url)));
  const configuration = JSON.stringify(http(server.url));
  const rest = { status: "held", status_reason: null, added_by: "usr_test", created_at: 0 };
  const pin = JSON.stringify({ kind: "remote", url: server.url, serverInfo: null });
  await house.store.query
    .insertInto("servers")
    .values({ name: "vault", transport: "http", configuration, pin, identity: "none", ...rest })
    .execute();
  return link;
}

/** The link that a refused connection gives. */
async function knock(step: () => Promise<unknown>): Promise<string> {
  const cause = await step().then(
    () => null,
    (error: unknown) => error,
  );
  expect(cause).toMatchObject({
    message: expect.stringContaining("by a person"),
    code: "upstream_needs_authorization",
  });
  const link = house.upstreams.state("vault").authorizationUrl ?? "";
  expect((cause as Fault).remedy).toContain(link);
  return link;
}

const prepare = () => house.upstreams.prepare("vault", http(server.url));
const authorize = (back: URL) => house.upstreams.authorize("vault", back.searchParams);
const refusal = {
  code: "upstream_authorization_refused",
  remedy: expect.stringContaining("servers refresh"),
};

describe("a server that a person must open", () => {
  test("is open once the person came back, and the answer passes no second time", async () => {
    const back = await visit(await waiting(), HOME);
    expect(back.searchParams.get("state")).toMatch(/^vault\.[\w-]{43}$/);
    expect(back.searchParams.get("iss")).toBe(server.issuer);
    await authorize(back);
    const pin = await prepare();
    expect(pin).toMatchObject({ kind: "remote", serverInfo: { name: "vault", version: "1.0.0" } });
    expect(house.upstreams.state("vault").authorizationUrl).toBeNull();
    await expect(authorize(back)).rejects.toMatchObject(refusal);
    expect(server.asked.filter((asked) => asked === "POST /token")).toHaveLength(1);
  });

  test("of two answers at once with one state, one is used", async () => {
    const back = await visit(await waiting(), HOME);
    const ends = await Promise.allSettled([authorize(back), authorize(back), authorize(back)]);
    expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  });

  test.each<[string, (back: URL) => void]>([
    ["no state", (back) => back.searchParams.delete("state")],
    ["an empty state", (back) => back.searchParams.set("state", "")],
    ["another state", (back) => back.searchParams.set("state", `vault.${"A".repeat(43)}`)],
    [
      "another server's name",
      (back) =>
        back.searchParams.set("state", (back.searchParams.get("state") ?? "").replace("vault", "bank")),
    ],
  ])("with %s is refused, asks nobody, and does not spend the link", async (_what, change) => {
    const back = await visit(await waiting(), HOME);
    const forged = new URL(back);
    change(forged);
    await expect(authorize(forged)).rejects.toMatchObject(refusal);
    expect(server.asked).not.toContain("POST /token");
    await authorize(back);
  });

  test.each<[string, (back: URL) => void]>([
    ["another issuer", (back) => back.searchParams.set("iss", "http://127.0.0.1:1")],
    [
      "no issuer, where the authorization server says it names itself",
      (back) => back.searchParams.delete("iss"),
    ],
    ["another code", (back) => back.searchParams.set("code", "no-such-code")],
    ["no code", (back) => back.searchParams.delete("code")],
  ])("with %s is refused, and the link is spent", async (_what, change) => {
    const back = await visit(await waiting(), HOME);
    const forged = new URL(back);
    change(forged);
    await expect(authorize(forged)).rejects.toMatchObject(refusal);
    await expect(authorize(back)).rejects.toMatchObject(refusal);
    expect(server.letIn.size).toBe(0);
  });

  test("to whom the person says no is told so, and gets a new link at the next try", async () => {
    server.isGenerous = false;
    const link = await waiting();
    const back = await visit(link, HOME);
    await expect(authorize(back)).rejects.toMatchObject({
      ...refusal,
      message: expect.stringContaining("Ana said <b>no</b>"),
    });
    server.isGenerous = true;
    const next = await knock(prepare);
    expect(next).not.toBe(link);
    await authorize(await visit(next, HOME));
    await prepare();
  });

  test("keeps one link while a person may hold it, however often others knock", async () => {
    const link = await waiting();
    const back = await visit(link, HOME);
    expect(await Promise.all([knock(prepare), knock(prepare), knock(prepare)])).toEqual([link, link, link]);
    await authorize(back);
    await prepare();
  });

  test("gives a new link when the first is old, and takes no answer to the first", async () => {
    const link = await waiting();
    const back = await visit(link, HOME);
    passed += 11 * 60_000;
    const next = await knock(prepare);
    expect(next).not.toBe(link);
    await expect(authorize(back)).rejects.toMatchObject(refusal);
    await authorize(await visit(next, HOME));
  });

  test("takes no answer after an hour", async () => {
    const back = await visit(await waiting(), HOME);
    passed += 61 * 60_000;
    await expect(authorize(back)).rejects.toMatchObject(refusal);
    expect(server.asked).not.toContain("POST /token");
  });

  test("takes the answer after its own restart", async () => {
    const back = await visit(await waiting(), HOME);
    await house.reopen();
    await authorize(back);
    expect(await prepare()).toMatchObject({ serverInfo: { name: "vault" } });
  });

  test("is nobody's to call before it was reviewed, though it is open", async () => {
    await authorize(await visit(await waiting(), HOME));
    await expect(house.upstreams.connect("vault", DEAF)).rejects.toMatchObject({
      code: "upstream_pin_changed",
    });
    expect(await house.upstreams.verify("vault")).toMatchObject({ changed: expect.any(String) });
  });
});

describe("a server that Doorward opens by itself", () => {
  const key = SIGNER.privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  test.each<[string, string, Record<string, string>]>([
    ["a client's secret", MACHINE.id, { "oauth:client-secret": MACHINE.secret }],
    ["a private key", SIGNER.id, { "oauth:private-key": key }],
  ])("with %s", async (_what, clientId, secrets) => {
    const configuration: HttpConfiguration = {
      transport: "http",
      url: server.url,
      headers: [],
      allowPrivate: true,
      oauth: { clientId, grant: "client_credentials", issuer: server.issuer, scope: "mcp" },
    };
    await house.upstreams.keepSecrets("vault", secrets);
    await house.add("vault", configuration);
    const connection = await house.upstreams.connect("vault", DEAF);
    const call = connection.request(
      "tools/call",
      { name: "secret_of_the_house", arguments: {} },
      within(5_000),
    );
    expect(await call).toMatchObject({ content: [{ text: "the key is under the mat" }] });
    expect([...server.letIn]).toEqual([clientId]);
  });

  test.each(["https://login.example", "http://127.0.0.1:1"])(
    "does not show its secret to another authorization server than %s, whichever the MCP server names",
    async (issuer) => {
      const oauth = { clientId: MACHINE.id, grant: "client_credentials", issuer };
      await house.upstreams.keepSecrets("vault", { "oauth:client-secret": MACHINE.secret });
      const configuration = { ...http(server.url), oauth } as HttpConfiguration;
      await expect(house.upstreams.prepare("vault", configuration)).rejects.toMatchObject({
        code: "upstream_authorization_failed",
      });
      expect([...server.letIn]).toEqual([]);
    },
  );

  test("with a wrong secret is refused", async () => {
    const configuration = {
      ...http(server.url),
      oauth: { clientId: MACHINE.id, grant: "client_credentials", issuer: server.issuer },
    };
    await house.upstreams.keepSecrets("vault", { "oauth:client-secret": "wrong" });
    await expect(house.upstreams.prepare("vault", configuration as HttpConfiguration)).rejects.toMatchObject({
      code: "upstream_authorization_failed",
    });
  });
});
