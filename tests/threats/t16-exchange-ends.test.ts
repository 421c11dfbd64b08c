import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  errorOf,
  type ExchangeHouse,
  openExchangeHouse,
  resultOf,
  tokenOf,
} from "../support/exchange-house.ts";

// T16 and T18: what was lent ends when its user, its time, its number of actions or the user's account says so: for tokens
// that are out, for calls under way, and for what is asked anew.

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

let house: ExchangeHouse;
let key = "";
let delegation = "";
let idToken = "";

beforeAll(async () => {
  house = await openExchangeHouse();
  key = String((await house.admin.perform("agents.add", { name: "bot" }))["key"]);
  idToken = (await house.tokensOf("ben-at-provider")).id;
  const granted = await house.asBen("delegations.grant", { agent: "bot", servers: ["slow"] });
  delegation = String(granted.body["id"]);
});
afterAll(async () => house?.close());

const asked = (): Record<string, string> => ({
  client_id: "bot",
  client_secret: key,
  subject_token: idToken,
  subject_token_type: "urn:ietf:params:oauth:token-type:id_token",
});

describe("an end", () => {
  test("of a part of it counts at once, for tokens that are out", async () => {
    const token = tokenOf(await house.exchange(asked()));
    await house.asBen("delegations.narrow", { delegation, effects: ["read"] });
    expect(resultOf(await house.mcp(`Bearer ${token}`, { tool: "write" }))).toContain("does not cover it");
    expect(resultOf(await house.mcp(`Bearer ${token}`, { tool: "echo" }))).toBe("ok");
  });

  test("reaches a call that would wait for ever, and the token with it; nothing is got anew", async () => {
    const token = tokenOf(await house.exchange(asked()));
    const waiting = house.mcp(`Bearer ${token}`, { tool: "wait" });
    await expect
      .poll(async () => JSON.stringify(await house.admin.perform("actions.list", { limit: 5 })))
      .toContain("wait");
    expect((await house.asBen("delegations.revoke", { delegation })).status).toBe(200);
    const cut = await waiting;
    expect(JSON.stringify(cut.body)).toContain("agent_revoked");
    expect(resultOf(await house.mcp(`Bearer ${token}`, { tool: "echo" }))).toBe("401 token_refused");
    expect(errorOf(await house.exchange(asked()))).toBe("400 access_denied");
  });

  test("comes with the number of actions, even where they come at once", async () => {
    const granted = await house.asBen("delegations.grant", { agent: "bot", servers: ["slow"], calls: 3 });
    const token = tokenOf(await house.exchange(asked()));
    const calls = Array.from({ length: 8 }, () => house.mcp(`Bearer ${token}`, { tool: "echo" }));
    const results = (await Promise.all(calls)).map(resultOf);
    expect(results.filter((result) => result === "ok")).toHaveLength(3);
    expect(results.filter((result) => result.includes("As many actions"))).toHaveLength(5);
    await house.asBen("delegations.revoke", { delegation: granted.body["id"] });
  });

  test("comes with the user's account, for tokens, connections and what is asked anew", async () => {
    await house.asBen("delegations.grant", { agent: "bot", servers: ["slow"] });
    const token = tokenOf(await house.exchange(asked()));
    const waiting = house.mcp(`Bearer ${token}`, { tool: "wait" });
    await expect
      .poll(async () => JSON.stringify(await house.admin.perform("actions.list", { limit: 1 })))
      .toContain("wait");
    const { body } = await house.scim(
      "GET",
      `/Users?filter=${encodeURIComponent('externalId eq "ben-at-provider"')}`,
    );
    const [ben] = body["Resources"] as { id: string; active: boolean }[];
    expect(ben?.active).toBe(true);
    const path = `/Users/${ben?.id}`;
    // As Microsoft Entra ID writes it: the boolean as a text.
    const leaving = { schemas: [PATCH_OP], Operations: [{ op: "Replace", path: "active", value: "False" }] };
    const admin = (await house.admin.perform("users.list"))["items"] as { id: string; name: string }[];
    const local = admin.find(({ name }) => name === "admin")?.id ?? "";
    const unfit = [
      await house.scim("PATCH", path, leaving, "another-secret-that-is-long-enough-too"),
      await house.scim("PATCH", path, {
        ...leaving,
        Operations: [{ op: "replace", path: "roles", value: "admin" }],
      }),
      await house.scim("PATCH", path, { active: "perhaps" }),
      await house.scim("PATCH", `/Users/${local}`, leaving),
      await house.scim("GET", '/Users?filter=active+eq+"true"'),
      await house.scim("POST", "/Users", { userName: "mallory" }),
    ];
    expect(unfit.map(({ status }) => status)).toEqual([401, 400, 400, 404, 400, 404]);
    // Named whole, in other letters, and with other changes that are not taken.
    const among = [
      { op: "remove", path: "phoneNumbers" },
      { op: "Replace", path: "urn:ietf:params:scim:schemas:core:2.0:User:Active", value: false },
      { op: "replace", path: "title", value: "Retired" },
    ];
    const left = await house.scim("PATCH", path, { schemas: [PATCH_OP], Operations: among });
    expect(left.body).toMatchObject({ active: false });
    expect((await house.scim("PATCH", path, leaving)).body).toMatchObject({ active: false });
    expect((await house.scim("PATCH", path, { active: true })).status).toBe(409);
    expect((await house.asBen("delegations.list", {})).status).toBe(401);
    expect(JSON.stringify((await waiting).body)).toContain("agent_revoked");
    expect(resultOf(await house.mcp(`Bearer ${token}`, { tool: "echo" }))).toBe("401 token_refused");
    expect(errorOf(await house.exchange(asked()))).toBe("400 invalid_grant");
  });
});
