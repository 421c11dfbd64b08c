import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEgress, type Egress } from "#egress";
import {
  connectionEnding,
  createNoticing,
  operationNamed,
  type OperationContext,
  perform,
} from "#operations";
import type { Vault } from "#vault";
import type { UserId } from "#vocabulary";
import { bearer, injected, openVaultHouse, outgoing, type VaultHouse } from "./samples/vault.ts";
import { type AccountProvider, CLIENT_ID, openAccountProvider } from "./support/account-provider.ts";
import { openWorld, type World } from "./support/operations.ts";

// `doorward connect` with a provider of somebody else's making (oidc-provider, certified by the OpenID Foundation).

const REDIRECT = "http://localhost:7420/console/authorize";
/** Over from the first use on: Doorward refreshes a minute early. */
const SHORT_S = 30;
const LONG_S = 600;
const HOUR_MS = 3_600_000;
const AT_ONCE = 100;

let house: VaultHouse;
let world: World;
let egress: Egress;
let vault: Vault;
let provider: AccountProvider;

const open = async (more: object = {}): Promise<Vault> => house.open({ egress, store: world.store, ...more });

beforeEach(async () => {
  world = await openWorld();
  house = openVaultHouse();
  egress = createEgress({ ownAddresses: () => [] });
  vault = await open();
});
afterEach(async () => {
  await house.close();
  await egress.close();
  await provider.close();
});

async function as(name: string, operation: string, input: object): Promise<Record<string, unknown>> {
  const context: OperationContext = { ...world.as(name), vault: vault.control };
  const done = await perform(context, { operation: operationNamed(operation), input, dryRun: false });
  return done.kind === "done" ? (done.output as Record<string, unknown>) : {};
}

const named = (more: object = {}): object => ({
  provider: "account",
  issuer: provider.issuer,
  clientId: CLIENT_ID,
  to: ["https://api.example.com"],
  scopes: ["openid"],
  allowPrivate: true,
  ...more,
});

async function begin(): Promise<string> {
  return String((await as("olga", "vault.connect", named()))["url"]);
}

/** With a first access token that lives so long. */
async function connect(seconds = LONG_S): Promise<void> {
  provider = await openAccountProvider(REDIRECT, seconds);
  const callback = await provider.browse(await begin());
  expect(new URL(callback).searchParams.get("iss")).toBe(provider.issuer);
  await as("olga", "vault.connected", { callback });
  provider.live(LONG_S);
}

const olga = (): typeof bearer => ({ ...bearer, user: world.ids.users["olga"] as UserId });
const token = async (): Promise<string> =>
  ((await injected(vault, olga(), outgoing))?.headers[0]?.[1] ?? "").replace("Bearer ", "");
const atOnce = async (): Promise<Set<string>> =>
  new Set(await Promise.all(Array.from({ length: AT_ONCE }, token)));
const refreshes = (): string[] =>
  provider.posts
    .filter(({ form }) => form.get("grant_type") === "refresh_token")
    .map(({ form }) => form.get("refresh_token") ?? "");

describe("an account at a provider named by its issuer", () => {
  test("is connected by what its metadata say, with PKCE; its token is one that the provider takes", async () => {
    await connect();
    expect(await provider.knows(await token())).toBe(true);
    const [exchange] = provider.posts;
    expect(exchange?.form.get("code_verifier")?.length).toBeGreaterThanOrEqual(43);
    expect(refreshes()).toEqual([]);
  });

  test(`${AT_ONCE} requests when it is over make one refresh, each time anew and across a restart`, async () => {
    await connect(SHORT_S);
    const first = [...(await atOnce())];
    expect([first.length, refreshes().length]).toEqual([1, 1]);
    expect(await provider.knows(first[0] ?? "")).toBe(true);
    await vault.close();
    vault = await open();
    expect([...(await atOnce())]).toEqual(first);
    await vault.close();
    vault = await open({ ambient: { ...world.ambient, now: () => Date.now() + HOUR_MS } });
    const second = [...(await atOnce())];
    expect([second.length, refreshes().length]).toEqual([1, 2]);
    // The provider rotates: the second refresh was made with what the first had brought.
    expect(new Set(refreshes()).size).toBe(2);
    expect(await provider.knows(second[0] ?? "")).toBe(true);
  }, 60_000);

  test("whose refresh token was ended there has expired here: nobody is asked again until it is connected anew", async () => {
    await connect(SHORT_S);
    provider.live(SHORT_S);
    await token();
    // A refresh token that comes twice was stolen: the provider ends all that came of it (RFC 9700, 4.14.2).
    const stolen = { grant_type: "refresh_token", client_id: CLIENT_ID, refresh_token: refreshes()[0] ?? "" };
    await fetch(`${provider.issuer}/token`, { method: "POST", body: new URLSearchParams(stolen) });
    await expect(token()).rejects.toMatchObject({
      code: "oauth_refused",
      message: expect.stringContaining("invalid_grant"),
    });
    const asked = provider.posts.length;
    expect(vault.door.choose(olga(), outgoing.destination)?.state).toBe("expired");
    await expect(token()).rejects.toMatchObject({ code: "credential_expired" });
    expect(provider.posts.length).toBe(asked);
    provider.live(LONG_S);
    await as("olga", "vault.connected", { callback: await provider.browse(await begin()) });
    expect(await provider.knows(await token())).toBe(true);
  }, 60_000);

  test("is revoked there when it is disconnected (RFC 7009)", async () => {
    await connect();
    const given = await token();
    expect(await as("olga", "vault.disconnect", { connection: "account" })).toMatchObject({
      revokedThere: true,
    });
    expect(provider.posts.at(-1)?.path).toBe("/token/revocation");
    expect(await provider.knows(given)).toBe(false);
  });
});

const append = (): OperationContext["journal"]["append"] => world.as("ada").journal.append;

const noticesOf = async (name: string): Promise<unknown> => {
  await createNoticing({
    store: world.store,
    ambient: world.ambient,
    journal: { append: append(), size: () => world.kept.length },
  }).look();
  return (await as(name, "notices.list", {}))["items"];
};

describe("a connection that its provider ends", () => {
  test("is in the ledger once, and its owner and those who see everything hear of it", async () => {
    const { store, ambient } = world;
    await vault.close();
    vault = await open({ ended: connectionEnding({ store, ambient, journal: { append: append() } }) });
    await connect(SHORT_S);
    provider.live(SHORT_S);
    await token();
    const stolen = { grant_type: "refresh_token", client_id: CLIENT_ID, refresh_token: refreshes()[0] ?? "" };
    await fetch(`${provider.issuer}/token`, { method: "POST", body: new URLSearchParams(stolen) });
    const refused = await Promise.allSettled(Array.from({ length: 5 }, token));
    expect(refused.map(({ status }) => status)).toEqual(refused.map(() => "rejected"));
    const ended = world.kept.filter(({ body }) => body["change"] === "ended");
    expect(ended).toMatchObject([
      {
        kind: "credential.changed",
        body: { by: "doorward", via: "provider", change: "ended", name: "account", version: 1 },
      },
    ]);
    expect(vault.door.choose(olga(), outgoing.destination)?.state).toBe("expired");
    for (const name of ["olga", "ada"])
      expect(await noticesOf(name)).toMatchObject([
        {
          what: "connection-ended",
          says: expect.stringMatching(/^The connection account has ended: .*doorward connect/),
        },
      ]);
    expect(await noticesOf("otto")).toEqual([]);
  }, 60_000);

  test("and was connected anew meanwhile stays as it is", async () => {
    const { store, ambient } = world;
    await connect();
    const before = world.kept.length;
    const [row] = await store.query.selectFrom("vault_credentials").selectAll().execute();
    const end = connectionEnding({ store, ambient, journal: { append: append() } });
    await end({ id: row?.id ?? "", name: "account", version: 99 });
    expect(world.kept.length).toBe(before);
    expect(await provider.knows(await token())).toBe(true);
  });

  test("and cannot be written down is refused all the same, and told to whoever runs Doorward", async () => {
    const told: unknown[] = [];
    await vault.close();
    vault = await open({
      ended: async () => Promise.reject(new Error("the disk is full")),
      report: (_event: string, detail: unknown) => void told.push(detail),
    });
    await connect(SHORT_S);
    provider.live(SHORT_S);
    await token();
    const stolen = { grant_type: "refresh_token", client_id: CLIENT_ID, refresh_token: refreshes()[0] ?? "" };
    await fetch(`${provider.issuer}/token`, { method: "POST", body: new URLSearchParams(stolen) });
    await expect(token()).rejects.toMatchObject({ code: "oauth_refused" });
    expect(told.map(String).join()).toContain("the disk is full");
  }, 60_000);
});

describe("an answer that is not this provider's", () => {
  test.each([
    ["another's name (RFC 9207)", "https://honest.example"],
    ["no name, where it always gives one", null],
  ])("with %s is refused, and its code goes nowhere", async (_name, issuer) => {
    provider = await openAccountProvider(REDIRECT);
    const callback = new URL(await provider.browse(await begin()));
    if (issuer === null) callback.searchParams.delete("iss");
    else callback.searchParams.set("iss", issuer);
    await expect(as("olga", "vault.connected", { callback: callback.href })).rejects.toMatchObject({
      code: "connection_callback_invalid",
    });
    expect(provider.posts.filter(({ path }) => path === "/token")).toEqual([]);
  });
});

describe("an issuer that cannot be used", () => {
  test.each([
    ["letters more", (issuer: string) => ({ issuer: `${issuer}/` }), "provider_undiscovered"],
    ["a private place that nobody allowed", () => ({ allowPrivate: false }), "credential_invalid"],
    ["no address", () => ({ issuer: "acme" }), "credential_invalid"],
    ["no client id", () => ({ clientId: undefined }), "credential_invalid"],
    ["nowhere to go", () => ({ to: undefined }), "credential_invalid"],
  ] as const)("%s", async (_name, more, code) => {
    provider = await openAccountProvider(REDIRECT);
    await expect(as("olga", "vault.connect", named(more(provider.issuer)))).rejects.toMatchObject({ code });
  });
});
