import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createEgress, type Egress } from "#egress";
import { type Answering, startAnswering } from "../../tests/samples/answering.ts";
import { injected, openVaultHouse, type VaultHouse } from "../../tests/samples/vault.ts";

let house: VaultHouse;
let egress: Egress;
const ends: (() => Promise<void>)[] = [];
beforeEach(() => {
  house = openVaultHouse();
  egress = createEgress({ ownAddresses: () => [] });
});
afterEach(async () => {
  await house.close();
  await egress.close();
  for (const end of ends.splice(0)) await end();
});

/** RFC 6749, 5.1, with rotation: a refresh token is good once (RFC 9700, 4.14.2). */
function rotating(first: string, expiresIn: number): Answering {
  let good = first;
  let count = 0;
  return ({ body }) => {
    const given = new URLSearchParams(body);
    if (given.get("grant_type") !== "refresh_token" || given.get("refresh_token") !== good)
      return {
        status: 400,
        json: { error: "invalid_grant", error_description: `not ${given.get("refresh_token")}` },
      };
    count += 1;
    good = `refresh-token-${count}`;
    const json = {
      access_token: `access-token-${count}`,
      token_type: "Bearer",
      expires_in: expiresIn,
      refresh_token: good,
    };
    return { status: 200, json };
  };
}

async function connected(answering: Answering, refreshToken = "refresh-token-0") {
  const server = await startAnswering(answering);
  ends.push(server.close);
  const vault = await house.open({ egress });
  const settings = {
    tokenUrl: `${server.url}/token`,
    clientId: "doorward",
    clientAuth: "basic",
    allowPrivate: true,
  };
  const secret = { refreshToken, clientSecret: "client-s3cret" };
  await house.put(vault, "oauth", { settings, secret });
  return { server, vault };
}

describe("OAuth", () => {
  test("many at once refresh once; the client proves itself as RFC 6749, 2.3.1 has it", async () => {
    const { server, vault } = await connected(rotating("refresh-token-0", 3_600));
    const all = await Promise.all(Array.from({ length: 8 }, async () => injected(vault)));
    for (const one of all) expect(one?.headers).toEqual([["authorization", "Bearer access-token-1"]]);
    expect(server.heard).toHaveLength(1);
    const proof = Buffer.from("doorward:client-s3cret").toString("base64");
    expect(server.heard[0]?.headers.authorization).toBe(`Basic ${proof}`);
  });

  test("a rotated refresh token outlives the process that got it", async () => {
    const { vault, server } = await connected(rotating("refresh-token-0", 1));
    await injected(vault);
    await vault.close();
    const again = await house.open({ egress });
    expect((await injected(again))?.headers).toEqual([["authorization", "Bearer access-token-2"]]);
    expect(server.heard).toHaveLength(2);
    const rows = house.store.connection.prepare("SELECT revision FROM vault_credentials").all();
    expect(rows).toEqual([{ revision: 2 }]);
  });

  test("a refusal says the provider's code and no token, and is the end of the connection", async () => {
    const { vault, server } = await connected(rotating("refresh-token-9", 1), "refresh-token-spent");
    const refused: unknown = await injected(vault).catch((cause: unknown) => cause);
    expect(refused).toMatchObject({ code: "oauth_refused" });
    expect(String(refused)).toContain("invalid_grant");
    expect(String(refused)).not.toMatch(/refresh-token|s3cret/);
    await expect(injected(vault)).rejects.toMatchObject({ code: "credential_expired" });
    expect(server.heard).toHaveLength(1);
  });

  test("a provider that is down may be asked again", async () => {
    const { vault } = await connected(rotating("refresh-token-0", 1));
    await injected(vault);
    await ends.splice(0)[0]?.();
    for (const time of ["once", "again"]) {
      const asked: unknown = await injected(vault).catch((cause: unknown) => cause);
      expect([time, asked]).toMatchObject([time, { code: "oauth_unreachable" }]);
    }
  });

  test("client credentials", async () => {
    const server = await startAnswering(({ body }) =>
      new URLSearchParams(body).get("scope") === "read write"
        ? { status: 200, json: { access_token: "for-the-client", token_type: "bearer", expires_in: 60 } }
        : { status: 400, json: { error: "invalid_scope" } },
    );
    ends.push(server.close);
    const vault = await house.open({ egress });
    const settings = {
      tokenUrl: `${server.url}/token`,
      clientId: "doorward",
      grant: "client_credentials",
      clientAuth: "post",
      scopes: ["read", "write"],
      allowPrivate: true,
    };
    await house.put(vault, "oauth", { settings, secret: { clientSecret: "client-s3cret" } });
    expect((await injected(vault))?.headers).toEqual([["authorization", "Bearer for-the-client"]]);
  });
});
