import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { digestOf } from "#base";
import type { ApprovalBinding } from "#vocabulary";
import type { FakeMessage } from "./support/channels.ts";
import { type CourierHouse, openCourierHouse } from "./support/courier-house.ts";
import { holdAction } from "./support/operations.ts";

// A yes for more than one call is begun on a card and given on the page: nothing more than one call is let through by a tap.

const POLICY = `@id("agents-write") permit (principal, action, resource);
@id("wait") @reason("A person looks first.") @hold("finance") @grantable("session, destination; 20 times; 8h")
forbid (principal is Doorward::Agent, action in Doorward::Action::"write", resource is Doorward::Tool);`;
const MORE = "Approve more like it…";
const FLOW = {
  labelled: true,
  effect: "write",
  mandate: "attested",
  tainted: false,
  overflowed: false,
  asked: true,
  readers: "none",
  carries: [],
  origins: {},
};

let house: CourierHouse;
beforeEach(async () => {
  house = await openCourierHouse();
  await house.addChannel("slack");
  await house.world.ask("ada", "channels.route", { group: "finance", channel: "slack", place: "C1" });
  await house.link("petra", "slack", "U-petra");
  const { fault } = await house.world.ask("ada", "policy.activate", {
    text: POLICY,
    withoutBacktest: "a test",
  });
  if (fault !== undefined) throw new Error(JSON.stringify(fault));
});
afterEach(async () => {
  await house.close();
});

async function held(
  flow: Partial<Record<keyof typeof FLOW, string | boolean>> = {},
  groups: readonly string[] = ["finance"],
): Promise<string> {
  const { world } = house;
  const { journal, policy } = world.as("ada");
  const binding = {
    tool: digestOf("tool"),
    policySet: policy.current()?.digest ?? digestOf("none"),
    policies: ["wait" as ApprovalBinding["policies"][number]],
  };
  const agent = {
    id: String(world.ids.agents["olga"]),
    name: "olga-bot",
    session: String(world.ids.sessions["olga"]),
  };
  const more = { binding, body: { flow: { ...FLOW, ...flow } } };
  const { approval } = await holdAction({ ...world, journal }, agent, groups, more);
  world.ambient.advance(250);
  await house.settle();
  return approval;
}

const labels = (message: FakeMessage | undefined): readonly string[] =>
  message?.card.buttons.map(({ label }) => label) ?? [];

const more = (account: string): Promise<string | null> => {
  const [message] = house.open();
  const token = message?.card.buttons.find(({ label }) => label === MORE)?.token;
  if (message === undefined || token === undefined) throw new Error("no button");
  return house.tap(message, "approve", account, { token });
};

test("a card leads to the page with the grant chosen, said in full first; nothing is decided or granted by it", async () => {
  const approval = await held();
  expect(labels(house.open()[0])).toEqual(["Approve once", "Deny", MORE, "Deny and stop…"]);
  const told = await more("U-petra");
  expect(told).toMatch(
    /^Nothing is decided or granted yet\. .* once more to the same place, with any contents, for 8h at most; up to 20 times/,
  );
  expect(told).toMatch(
    new RegExp(`https://doorward\\.example/approvals/${approval}\\?link=dw1\\.l\\.[^&]+&grant=destination$`),
  );
  expect(house.status(approval)).toBe("requested");
  expect((await house.world.ask("ada", "grants.list", {}))["items"]).toEqual([]);
});

describe("there is no such button", () => {
  test.each([
    ["where what it does leaves", { effect: "send" }],
    ["where what it does cannot be undone", { effect: "destroy" }],
    ["where nobody reviewed the tool", { labelled: false }],
    ["where it would reach whoever may not read it", { readers: "beyond" }],
  ])("%s", async (_where, flow) => {
    await held(flow);
    expect(labels(house.open()[0])).not.toContain(MORE);
    expect(labels(house.open()[0])).toContain("Deny and stop…");
  });

  test("where two must say yes: each yes is for its one call", async () => {
    await house.world.ask("ada", "users.set-roles", {
      user: "aud",
      roles: ["approver"],
      groups: ["finance"],
    });
    await held({}, ["finance, 2"]);
    expect(labels(house.open()[0])).toEqual(["Approve once", "Deny", "Deny and stop…"]);
  });
});

describe("the button leads nowhere", () => {
  test("for an account that is not linked, or of somebody who may not answer", async () => {
    await house.link("olga", "slack", "U-olga");
    await held();
    expect(await more("U-mallory")).not.toMatch(/doorward\.example|olga|apr_/);
    expect(await more("U-olga")).toMatch(/^Not counted: /);
  });

  test("once the policy is another", async () => {
    const approval = await held();
    const before = structuredClone(house.open()[0]!);
    const token = before.card.buttons.find(({ label }) => label === MORE)?.token ?? "";
    const text = POLICY.replace(/@grantable\("[^"]*"\)/, "");
    await house.world.ask("ada", "policy.activate", { text, withoutBacktest: "a test" });
    expect(await house.tap(before, "approve", "U-petra", { token })).toMatch(
      /^More than this one call is not yours/,
    );
    expect(house.status(approval)).toBe("requested");
  });

  test("once somebody answered", async () => {
    const approval = await held();
    const before = structuredClone(house.open()[0]!);
    const token = before.card.buttons.find(({ label }) => label === MORE)?.token ?? "";
    await house.world.ask("petra", "approvals.deny", { approval });
    expect(await house.tap(before, "approve", "U-petra", { token })).toMatch(/^Already denied by petra/);
  });
});
