import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ExchangeHouse, openExchangeHouse, tokenOf } from "../support/exchange-house.ts";

// T6: an agent that another hands a part of its delegation to is in that one's session as far as labels go, both ways; and
// neither a new exchange nor another door washes them off.

const ACCESS = "urn:ietf:params:oauth:token-type:access_token";
const ID = "urn:ietf:params:oauth:token-type:id_token";
const JWT = "urn:ietf:params:oauth:token-type:jwt";

let house: ExchangeHouse;
const keys = new Map<string, string>();
let idToken = "";
beforeAll(async () => {
  house = await openExchangeHouse();
  for (const name of ["lead", "helper", "twelve"])
    keys.set(name, String((await house.admin.perform("agents.add", { name }))["key"]));
  idToken = (await house.tokensOf("ben-at-provider")).id;
});
afterAll(async () => house?.close());

const client = (name: string): Record<string, string> => ({
  client_id: name,
  client_secret: keys.get(name) ?? "",
});

async function tokenFor(name: string): Promise<string> {
  return tokenOf(await house.exchange({ ...client(name), subject_token: idToken, subject_token_type: ID }));
}

/** The token of an agent that `from` handed a part of its delegation to. */
async function handedTo(name: string, from: string, token: string): Promise<string> {
  const audience = `urn:doorward:agent:${name}`;
  const handing = { ...client(from), subject_token: token, subject_token_type: ACCESS, audience };
  const handover = tokenOf(await house.exchange(handing));
  return tokenOf(await house.exchange({ ...client(name), subject_token: handover, subject_token_type: JWT }));
}

/** What was known of the session at the newest action. */
async function flowNow(): Promise<Record<string, unknown>> {
  const { items } = await house.admin.perform("actions.list", { limit: 1 });
  const [newest] = items as readonly { id: string }[];
  return (await house.admin.perform("actions.get", { action: newest?.id }))["flow"] as Record<
    string,
    unknown
  >;
}

const reads = (token: string): Promise<unknown> => house.mcp(`Bearer ${token}`, { tool: "echo" });

describe("labels", () => {
  test("go down to a sub-agent, and up from one", async () => {
    await house.asBen("delegations.grant", { agent: "lead", servers: ["slow"], further: 2 });
    const lead = await tokenFor("lead");
    await reads(lead);
    expect((await flowNow())["tainted"]).toBe(false);
    // What `echo` said is in the session of the lead by now.
    const helper = await handedTo("helper", "lead", lead);
    await reads(helper);
    expect((await flowNow())["tainted"]).toBe(true);
    const twelve = await handedTo("twelve", "helper", helper);
    await reads(twelve);
    expect((await flowNow())["tainted"]).toBe(true);
  });

  test("come up: what the sub-agent alone has read taints the one that sent it", async () => {
    await house.asBen("delegations.grant", { agent: "twelve", servers: ["slow"], further: 2 });
    const lead = await tokenFor("twelve");
    const helper = await handedTo("helper", "twelve", lead);
    await reads(helper);
    expect((await flowNow())["tainted"]).toBe(false);
    await reads(lead);
    expect((await flowNow())["tainted"]).toBe(true);
  });

  test("stay through every further exchange under the same delegation", async () => {
    const again = await tokenFor("twelve");
    await reads(again);
    expect((await flowNow())["tainted"]).toBe(true);
  });
});
