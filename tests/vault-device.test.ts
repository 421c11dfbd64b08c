import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEgress, type Egress } from "#egress";
import { operationNamed, type OperationContext, perform } from "#operations";
import type { Vault } from "#vault";
import type { UserId } from "#vocabulary";
import { type Answering, startAnswering } from "./samples/answering.ts";
import { bearer, injected, openVaultHouse, outgoing, type VaultHouse } from "./samples/vault.ts";
import { type AccountProvider, CLIENT_ID, openAccountProvider } from "./support/account-provider.ts";
import { openWorld, type World } from "./support/operations.ts";

// `doorward connect --device` (RFC 8628): with a certified provider (oidc-provider), and with one that says what that never does.

const MINUTE_MS = 60_000;
let house: VaultHouse;
let world: World;
let egress: Egress;
let vault: Vault;
let closing: { close: () => Promise<void> } | null = null;
/** What the clock says: the provider's own is not moved by it. */
let later = 0;

beforeEach(async () => {
  later = 0;
  world = await openWorld();
  house = openVaultHouse();
  egress = createEgress({ ownAddresses: () => [] });
  const ambient = { ...world.ambient, now: () => world.ambient.now() + later };
  vault = await house.open({ egress, store: world.store, ambient });
});
afterEach(async () => {
  await house.close();
  await egress.close();
  await closing?.close();
  closing = null;
});

async function as(name: string, operation: string, input: object): Promise<Record<string, unknown>> {
  const own = world.as(name);
  const ambient = { ...own.ambient, now: () => own.ambient.now() + later };
  // Whoever waits shows presence again where that is needed.
  const caller = { ...own.caller, presentUntil: ambient.now() + MINUTE_MS };
  const context: OperationContext = { ...own, ambient, caller, vault: vault.control };
  const done = await perform(context, { operation: operationNamed(operation), input, dryRun: false });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Operations answer objects.
  return done.kind === "done" ? (done.output as Record<string, unknown>) : {};
}

const begin = (issuer: string, who = "olga", more: object = {}): Promise<Record<string, unknown>> =>
  as(who, "vault.connect", {
    provider: "account",
    issuer,
    clientId: CLIENT_ID,
    to: ["https://api.example.com"],
    scopes: ["openid"],
    allowPrivate: true,
    device: true,
    ...more,
  });
/** As a client that waits as long as it was told. */
const poll = async ({ device }: Record<string, unknown>, who = "olga"): Promise<Record<string, unknown>> => {
  later += MINUTE_MS;
  return as(who, "vault.connected", { device });
};
const olga = (): typeof bearer => ({
  ...bearer,
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- The world's ids are users'.
  user: world.ids.users["olga"] as UserId,
});

describe("a code that is typed elsewhere, at a certified provider", () => {
  let provider: AccountProvider;
  beforeEach(async () => {
    closing = provider = await openAccountProvider("http://localhost:7420/console/authorize");
  });

  test("connects once somebody typed it, and its token is one that the provider takes", async () => {
    const begun = await begin(provider.issuer);
    expect(begun).toMatchObject({
      provider: "account",
      url: `${provider.issuer}/device`,
      userCode: expect.stringMatching(/^[A-Z]{4}-[A-Z]{4}$/),
      everySeconds: 5,
    });
    await expect(poll(begun)).rejects.toMatchObject({ code: "connection_pending" });
    await provider.typeCode(String(begun["url"]), String(begun["userCode"]), true);
    expect(await poll(begun)).toMatchObject({ name: "account", owner: "user:olga", version: 1 });
    const token = ((await injected(vault, olga(), outgoing))?.headers[0]?.[1] ?? "").replace("Bearer ", "");
    expect(await provider.knows(token)).toBe(true);
    // What was spent is spent.
    await expect(poll(begun)).rejects.toMatchObject({ code: "connection_unknown" });
    const code = provider.posts.find(({ form }) => form.has("device_code"))?.form.get("device_code") ?? "";
    expect(code.length).toBeGreaterThan(20);
    const said = JSON.stringify([begun, world.kept.map(({ body }) => body)]) + world.dump();
    for (const secret of [code, token]) expect(said).not.toContain(secret);
  });

  test("is asked no more often than it wants to be", async () => {
    const begun = await begin(provider.issuer);
    const asked = () => provider.posts.filter(({ path }) => path === "/token").length;
    const at = { device: begun["device"] };
    await expect(as("olga", "vault.connected", at)).rejects.toMatchObject({ code: "connection_pending" });
    expect(asked()).toBe(0);
    await expect(poll(begun)).rejects.toMatchObject({ code: "connection_pending" });
    await expect(as("olga", "vault.connected", at)).rejects.toMatchObject({
      code: "connection_pending",
      remedy: expect.stringContaining("5 seconds"),
    });
    expect(asked()).toBe(1);
  });

  test("ends with a no", async () => {
    const begun = await begin(provider.issuer);
    await provider.typeCode(String(begun["url"]), String(begun["userCode"]), false);
    await expect(poll(begun)).rejects.toMatchObject({ code: "connection_denied" });
    await expect(poll(begun)).rejects.toMatchObject({ code: "connection_unknown" });
    expect(vault.door.choose(olga(), outgoing.destination)).toBeNull();
  });

  test("is its person's alone, for ten minutes", async () => {
    const begun = await begin(provider.issuer);
    await provider.typeCode(String(begun["url"]), String(begun["userCode"]), true);
    await expect(poll(begun, "otto")).rejects.toMatchObject({ code: "connection_unknown" });
    later += 10 * MINUTE_MS;
    await expect(poll(begun)).rejects.toMatchObject({ code: "connection_unknown" });
  });

  test("takes the place of the connection before", async () => {
    for (const version of [1, 2]) {
      const begun = await begin(provider.issuer);
      await provider.typeCode(String(begun["url"]), String(begun["userCode"]), true);
      expect(await poll(begun)).toMatchObject({ version });
    }
  });

  test("leaves words in the ledger, and no code", async () => {
    const begun = await begin(provider.issuer);
    await provider.typeCode(String(begun["url"]), String(begun["userCode"]), true);
    await poll(begun);
    const bodies = world.kept.map(({ body }) => body);
    expect(bodies).toContainEqual(expect.objectContaining({ change: "connecting", provider: "account" }));
    expect(bodies).toContainEqual(expect.objectContaining({ change: "connected" }));
    expect(JSON.stringify(bodies)).not.toContain(String(begun["userCode"]));
  });
});

const metadata = (own: string): object => ({
  issuer: own,
  authorization_endpoint: `${own}/authorize`,
  token_endpoint: `${own}/token`,
  device_authorization_endpoint: `${own}/device`,
});
const refusal = (error: string, status = 400) => ({ status, json: { error } });

describe("what a provider may say besides", () => {
  const CODE = { device_code: "device-code-canary", user_code: "WDJB-MJHT", expires_in: 600, interval: 5 };
  const answers: { device: object; token: { status: number; json: object }[] } = { device: {}, token: [] };
  let issuer = "";
  let asked: URLSearchParams[] = [];

  beforeEach(async () => {
    asked = [];
    answers.device = { ...CODE, verification_uri: "https://provider.example/device" };
    answers.token = [];
    const answering: Answering = ({ path, body }) => {
      if (path.startsWith("/.well-known/")) return { status: 200, json: metadata(issuer) };
      asked.push(new URLSearchParams(body));
      if (path === "/device") return { status: 200, json: answers.device };
      return answers.token.shift() ?? { status: 400, json: { error: "authorization_pending" } };
    };
    const provider = await startAnswering(answering);
    closing = provider;
    issuer = provider.url;
  });
  test("slow_down is five seconds more from then on, and so is no answer (RFC 8628, 3.5)", async () => {
    const begun = await begin(issuer);
    answers.token = [refusal("slow_down"), refusal("x", 503), refusal("authorization_pending")];
    for (const seconds of ["10 seconds", "15 seconds", "15 seconds"])
      await expect(poll(begun)).rejects.toMatchObject({
        code: "connection_pending",
        remedy: expect.stringContaining(seconds),
      });
    expect(asked.at(-1)?.get("grant_type")).toBe("urn:ietf:params:oauth:grant-type:device_code");
    expect(asked.at(-1)?.get("device_code")).toBe(CODE.device_code);
  });

  test.each([
    ["expired_token", "connection_unknown"],
    ["access_denied", "connection_denied"],
    ["invalid_grant", "oauth_refused"],
    ["unauthorized_client", "oauth_refused"],
  ])("%s ends it", async (error, code) => {
    const begun = await begin(issuer);
    answers.token = [refusal(error)];
    await expect(poll(begun)).rejects.toMatchObject({ code });
    const before = asked.length;
    await expect(poll(begun)).rejects.toMatchObject({ code: "connection_unknown" });
    expect(asked.length).toBe(before);
  });

  test.each([
    ["a place that is not safe to type it at", { ...CODE, verification_uri: "javascript:alert(1)" }],
    ["none", CODE],
    [
      "a code with other letters in it",
      { ...CODE, user_code: "\u001b[2J", verification_uri: "https://p.example" },
    ],
    ["no code of its own", { user_code: "A", expires_in: 600, verification_uri: "https://p.example" }],
    ["an error", { error: "invalid_client" }],
  ])("%s is refused at the beginning", async (_, device) => {
    answers.device = device;
    await expect(begin(issuer)).rejects.toMatchObject({ code: "oauth_refused" });
  });

  test("a code that lives shorter than ten minutes is waited for no longer", async () => {
    answers.device = { ...CODE, expires_in: 30, verification_uri: "https://provider.example/device" };
    const begun = await begin(issuer);
    await expect(poll(begun)).rejects.toMatchObject({ code: "connection_unknown" });
  });

  test.each([
    [undefined, 5],
    [0, 1],
    [0.2, 1],
    [120, 120],
    [1e300, 600],
  ])("asked to wait %s seconds, it waits %i", async (interval, everySeconds) => {
    answers.device = { ...CODE, interval, verification_uri: "https://provider.example/device" };
    expect(await begin(issuer)).toMatchObject({ everySeconds });
  });

  test("a device that was not begun, or both answers at once, is no question", async () => {
    for (const input of [{}, { device: "@connect.x" }, { device: "@device.x", callback: "?code=1" }])
      await expect(as("olga", "vault.connected", input)).rejects.toMatchObject({
        code: expect.stringMatching(/invalid/),
      });
    await expect(as("olga", "vault.connected", { device: "@device.x" })).rejects.toMatchObject({
      code: "connection_unknown",
    });
  });
});

test("a provider without such codes is said to have none", async () => {
  const provider = await startAnswering(({ path }) => ({
    status: path.startsWith("/.well-known/") ? 200 : 404,
    json: { issuer: own(), authorization_endpoint: `${own()}/a`, token_endpoint: `${own()}/t` },
  }));
  const own = (): string => provider.url;
  closing = provider;
  await expect(begin(own())).rejects.toMatchObject({ code: "device_unsupported" });
});
