import { createHash } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEgress, type Egress } from "#egress";
import { perform, operationNamed, type OperationContext } from "#operations";
import type { UserId } from "#vocabulary";
import { type Vault } from "#vault";
import { type Answering, startAnswering } from "./samples/answering.ts";
import { bearer, injected, openVaultHouse, outgoing, type VaultHouse } from "./samples/vault.ts";
import { openWorld, type World } from "./support/operations.ts";

// Connecting an account, whole: operations, the vault's process, and a provider that checks PKCE (RFC 7636, 4.6).

let house: VaultHouse;
let world: World;
let egress: Egress;
let vault: Vault;
let provider: Awaited<ReturnType<typeof startAnswering>>;
let challenge = "";
const revoked: string[] = [];

const answering: Answering = ({ path, body }) => {
  const given = new URLSearchParams(body);
  if (path === "/revoke") {
    revoked.push(given.get("token") ?? "");
    return { status: 200, json: {} };
  }
  if (given.get("grant_type") === "refresh_token")
    return { status: 200, json: { access_token: "second-access", token_type: "bearer", expires_in: 3_600 } };
  const verifier = given.get("code_verifier") ?? "";
  const isRight = createHash("sha256").update(verifier).digest("base64url") === challenge;
  if (!isRight || given.get("code") !== "code-1") return { status: 400, json: { error: "invalid_grant" } };
  const tokens = {
    access_token: "first-access-token",
    token_type: "bearer",
    refresh_token: "first-refresh-token",
  };
  return { status: 200, json: { ...tokens, scope: "repo read:user", expires_in: 1 } };
};

beforeEach(async () => {
  world = await openWorld();
  house = openVaultHouse();
  egress = createEgress({ ownAddresses: () => [] });
  provider = await startAnswering(answering);
  revoked.length = 0;
  vault = await house.open({
    egress,
    store: world.store,
    providers: [
      {
        name: "acme",
        issuer: null,
        endpoints: {
          authorizeUrl: "https://provider.example/authorize",
          tokenUrl: `${provider.url}/token`,
          revokeUrl: `${provider.url}/revoke`,
          deviceUrl: null,
          namesItself: false,
          clientAuth: "post",
        },
        clientId: "doorward",
        clientSecretFile: null,
        scopes: ["repo"],
        to: ["https://api.example.com"],
        allowPrivate: true,
      },
    ],
  });
});
afterEach(async () => {
  await house.close();
  await egress.close();
  await provider.close();
});

async function as(name: string, operation: string, input: object): Promise<Record<string, unknown>> {
  const context: OperationContext = { ...world.as(name), vault: vault.control };
  const done = await perform(context, { operation: operationNamed(operation), input, dryRun: false });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Operations answer objects.
  return done.kind === "done" ? (done.output as Record<string, unknown>) : {};
}

async function begin(name: string): Promise<URL> {
  const { url } = await as(name, "vault.connect", { provider: "acme" });
  const link = new URL(String(url));
  challenge = link.searchParams.get("code_challenge") ?? "";
  return link;
}

const back = (link: URL, code = "code-1"): object => ({
  callback: `http://localhost:7420/console/authorize?code=${code}&state=${link.searchParams.get("state")}`,
});
const olga = (): typeof bearer => ({
  ...bearer,
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- The world's ids are users'.
  user: world.ids.users["olga"] as UserId,
});

describe("connecting an account", () => {
  test("by PKCE and state; then it is injected for its owner, refreshed, and nobody else's", async () => {
    const link = await begin("olga");
    expect(Object.fromEntries(link.searchParams)).toMatchObject({
      response_type: "code",
      client_id: "doorward",
      code_challenge_method: "S256",
      redirect_uri: "http://localhost:7420/console/authorize",
      scope: "repo",
    });
    const shown = await as("olga", "vault.connected", back(link));
    expect(shown).toMatchObject({
      name: "acme",
      owner: "user:olga",
      scopes: ["repo", "read:user"],
      version: 1,
    });
    expect((await injected(vault, olga(), outgoing))?.headers).toEqual([
      ["authorization", "Bearer second-access"],
    ]);
    expect(vault.door.choose({ ...bearer, user: null }, outgoing.destination)).toBeNull();
    expect(vault.door.choose(bearer, outgoing.destination)).toBeNull();
    const said = JSON.stringify([shown, world.kept.map(({ body }) => body)]) + world.dump();
    expect(said).not.toMatch(/first-access|first-refresh|second-access|code-1/);
  });

  test("again makes a new version; disconnecting revokes there and removes here", async () => {
    await as("olga", "vault.connected", back(await begin("olga")));
    expect(await as("olga", "vault.connected", back(await begin("olga")))).toMatchObject({ version: 2 });
    const gone = await as("olga", "vault.disconnect", { connection: "acme" });
    expect(gone).toMatchObject({ revokedThere: true });
    expect(revoked).toEqual(["first-refresh-token"]);
    expect(vault.door.choose(olga(), outgoing.destination)).toBeNull();
  });
});

describe("a way back that is not one's own", () => {
  test("another user's, a spent one, a made-up one, a late one: all unknown", async () => {
    const unknown = { code: "connection_unknown" };
    const link = await begin("olga");
    await expect(as("otto", "vault.connected", back(link))).rejects.toMatchObject(unknown);
    await as("olga", "vault.connected", back(link));
    await expect(as("olga", "vault.connected", back(link))).rejects.toMatchObject(unknown);
    const other = new URL(link);
    other.searchParams.set("state", "@connect.AAAA");
    await expect(as("olga", "vault.connected", back(other))).rejects.toMatchObject(unknown);
    const late = await begin("olga");
    world.store.connection.prepare("UPDATE vault_journeys SET expires_at = 1").run();
    await expect(as("olga", "vault.connected", back(late))).rejects.toMatchObject(unknown);
  });

  test("a verifier of another link, a refused code, and an answer without one", async () => {
    const first = await begin("olga");
    await begin("olga");
    await expect(as("olga", "vault.connected", back(first))).rejects.toMatchObject({ code: "oauth_refused" });
    await expect(as("olga", "vault.connected", back(await begin("olga"), "code-2"))).rejects.toMatchObject({
      code: "oauth_refused",
    });
    const callback = "?error=access_denied&state=@connect.x";
    await expect(as("olga", "vault.connected", { callback })).rejects.toMatchObject({
      code: "connection_callback_invalid",
      message: "the provider says access_denied",
    });
  });
});
