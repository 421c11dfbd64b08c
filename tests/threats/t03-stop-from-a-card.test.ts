import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FakeMessage } from "../support/channels.ts";
import { type CourierHouse, openCourierHouse } from "../support/courier-house.ts";

// T3 and the stop: a card can deny and stop whoever asks. Only somebody linked, who may answer and may stop, with a second tap
// of their own; by no replay, by no copy of a button, and never by the agent.

let house: CourierHouse;
beforeEach(async () => {
  house = await openCourierHouse();
  await house.addChannel("slack");
  await house.world.ask("ada", "channels.route", { group: "finance", channel: "slack", place: "C1" });
  await house.link("petra", "slack", "U-petra");
});
afterEach(async () => {
  await house.close();
});

const STOP = "Deny and stop…";

function button(message: FakeMessage | undefined, label: string): string {
  const found = message?.card.buttons.find((one) => one.label === label)?.token;
  if (found === undefined) throw new Error(`no button ${label} on ${JSON.stringify(message?.card.buttons)}`);
  return found;
}

const card = (): FakeMessage => {
  const [message] = house.chats.messages.filter(({ to }) => to.id === "C1");
  if (message === undefined) throw new Error("no card");
  return message;
};

const press = (label: string, account = "U-petra", more: object = {}): Promise<string | null> =>
  house.tap(card(), "deny", account, { token: button(card(), label), ...more });

const stops = async (): Promise<readonly Record<string, unknown>[]> =>
  (await house.world.ask("ada", "stops.list", {}))["items"] as Record<string, unknown>[];

async function held(): Promise<string> {
  const approval = await house.hold();
  await house.settle();
  return approval;
}

/** The first tap, by petra, and the card as it asks. */
async function asked(): Promise<void> {
  expect(await press(STOP)).toMatch(/^Nothing is stopped yet: tap once more/);
  await house.settle();
}

describe("a card", () => {
  test("stops nothing by one tap: it asks, and shows all that it showed", async () => {
    const approval = await held();
    const before = structuredClone(card().card);
    expect(before.buttons.map(({ label }) => label)).toEqual(["Approve once", "Deny", STOP]);
    await asked();
    expect(card().card.buttons.map(({ label }) => label)).toEqual([
      "Deny, stop the agent",
      "Deny, stop this session",
      "Back",
    ]);
    expect(card().card.status.text).toMatch(
      /^petra is asked to tap once more, by 12:02 UTC: .* agent olga-bot/,
    );
    expect(card().card.sections).toEqual(before.sections);
    expect([house.status(approval), await stops()]).toEqual(["requested", []]);
  });

  test("denies and stops in one commit, on record with whom, where and on which message", async () => {
    const approval = await held();
    const other = await house.hold();
    await asked();
    house.world.told.length = 0;
    expect(await press("Deny, stop the agent")).toMatch(/^Denied, and agent olga-bot is stopped/);
    const agent = house.world.ids.agents["olga"];
    expect(house.world.told).toContain(`stopped agent:${agent}`);
    expect(await stops()).toMatchObject([
      { kind: "agent", target: agent, stoppedBy: "petra", inForce: true },
    ]);
    expect([house.status(approval), house.status(other)]).toEqual(["denied", "withdrawn"]);
    const kept = house.world.kept.map(({ kind }) => kind);
    expect(kept.slice(kept.indexOf("approval.decided")).slice(0, 2)).toEqual([
      "approval.decided",
      "stop.added",
    ]);
    expect(house.world.kept.find(({ kind }) => kind === "stop.added")?.body).toMatchObject({
      by: house.world.ids.users["petra"],
      via: "channel:slack",
      approval,
      from: { channel: "slack", platformUser: "U-petra", message: card().id },
    });
    await house.settle();
    expect(card().card).toMatchObject({ status: { kind: "denied" }, buttons: [] });
    expect(card().card.status.text).toMatch(/^Denied by petra at 12:00 UTC; the agent was stopped too$/);
    expect(house.world.kept.find(({ kind }) => kind === "approval.decided")?.body).toMatchObject({
      answer: "deny",
      stopped: "agent",
    });
    const shown = await house.world.ask("petra", "approvals.get", { approval });
    expect(shown["decisions"]).toMatchObject([{ answer: "deny", stopped: "agent" }]);
  });

  test("that was only denied says nothing of a stop", async () => {
    const approval = await held();
    expect(await press("Deny")).toMatch(/^Denied/);
    await house.settle();
    expect(card().card.status.text).toBe("Denied by petra at 12:00 UTC");
    const shown = await house.world.ask("petra", "approvals.get", { approval });
    expect(shown["decisions"]).toMatchObject([{ answer: "deny", stopped: null }]);
  });

  test("stops this session alone where that is tapped", async () => {
    await held();
    await asked();
    expect(await press("Deny, stop this session")).toMatch(/^Denied, and this session is stopped/);
    expect(await stops()).toMatchObject([{ kind: "session", target: house.world.ids.sessions["olga"] }]);
    await house.settle();
    expect(card().card.status.text).toContain("that session of the agent was stopped too");
  });

  test("that asks takes Back, and is as it was; so it is when nobody taps again", async () => {
    const approval = await held();
    const before = structuredClone(card().card);
    await asked();
    const second = button(card(), "Deny, stop the agent");
    expect(await press("Back")).toMatch(/^Nothing was stopped/);
    await house.settle();
    expect(card().card).toEqual(before);
    expect(await house.tap(card(), "deny", "U-petra", { token: second })).toMatch(
      /does not ask that any more/,
    );
    house.world.ambient.advance(1_000);
    await asked();
    house.world.ambient.advance(2 * 60_000);
    const late = button(card(), "Deny, stop the agent");
    expect(await house.tap(card(), "deny", "U-petra", { token: late })).toMatch(/does not ask that any more/);
    await house.settle();
    expect(card().card.buttons).toHaveLength(3);
    expect(card().card.buttons[0]?.label).toBe("Approve once");
    expect([house.status(approval), await stops()]).toEqual(["requested", []]);
  });

  test("asks on after a restart, and never more than twenty times", async () => {
    await held();
    await asked();
    house = await house.restarted();
    expect(await press("Deny, stop the agent")).toMatch(/^Denied, and agent/);
    await house.world.ask("ada", "stops.end", { kind: "agent", target: "olga-bot" });
    await house.hold();
    await house.settle();
    const next = house.open()[0]!;
    const token = button(next, STOP);
    for (let n = 0; n < 20; n += 1) {
      house.world.ambient.advance(1);
      expect(await house.tap(next, "deny", "U-petra", { token })).toMatch(/^Nothing is stopped yet/);
    }
    expect(await house.tap(next, "deny", "U-petra", { token })).toMatch(/^This card asked often enough/);
  });

  test("of several together has one button for the agent of them all, and leaves no other to tap while it asks", async () => {
    const approvals = [];
    for (let n = 0; n < 3; n += 1) approvals.push(await house.hold(["finance"], null, true));
    house.world.ambient.advance(250);
    await house.settle();
    expect(card().card.buttons.map(({ label }) => label)).toEqual([STOP]);
    await asked();
    const items = card().card.sections.flatMap((one) => (one.kind === "item" ? one.buttons : []));
    expect(items).toEqual([]);
    expect(await press("Deny, stop the agent")).toMatch(/^Denied, and agent/);
    expect(approvals.map(house.status).toSorted()).toEqual(["denied", "withdrawn", "withdrawn"]);
  });
});

describe("nothing is stopped", () => {
  test("by an account that is not linked, which hears nothing of what waits", async () => {
    await held();
    expect(await press(STOP, "U-mallory")).not.toMatch(/olga|write|fs|apr_/);
    await asked();
    const said = await press("Deny, stop the agent", "U-mallory");
    expect(said).toContain("Link it");
    expect(said).not.toMatch(/olga|write|fs|apr_/);
    expect(await stops()).toEqual([]);
  });

  test("by somebody who may not answer, though the agent is their own", async () => {
    await house.link("olga", "slack", "U-olga");
    const approval = await held();
    expect(await press(STOP, "U-olga")).toMatch(/^Not counted: /);
    await house.settle();
    expect(card().card.buttons[0]?.label).toBe("Approve once");
    await asked();
    expect(await press("Deny, stop the agent", "U-olga")).toMatch(/asks somebody else/);
    expect([house.status(approval), await stops()]).toEqual(["requested", []]);
  });

  test("by somebody else than who was asked, who has to ask first", async () => {
    await house.link("ada", "slack", "U-ada");
    await held();
    await asked();
    expect(await press("Deny, stop the agent", "U-ada")).toMatch(/asks somebody else/);
    expect(await stops()).toEqual([]);
  });

  test("by somebody who lost the role between the two taps", async () => {
    const approval = await held();
    await asked();
    await house.world.ask("ada", "users.set-roles", {
      user: "petra",
      roles: ["auditor"],
      groups: ["finance"],
    });
    expect(await press("Deny, stop the agent")).toMatch(/^Not counted: /);
    expect([house.status(approval), await stops()]).toEqual(["requested", []]);
  });

  test("twice, by a replayed webhook, a second tap, or two at once", async () => {
    await held();
    await asked();
    const token = button(card(), "Deny, stop the agent");
    const tap = (event: string): Promise<string | null> =>
      house.tap(structuredClone(card()), "deny", "U-petra", { token, event });
    const both = await Promise.all([tap("one"), tap("two")]);
    expect(both.filter((said) => said?.startsWith("Denied, and agent"))).toHaveLength(1);
    await house.world.ask("ada", "stops.end", { kind: "agent", target: "olga-bot" });
    expect(await tap("one")).toBeNull();
    expect(await tap("three")).toMatch(/does not ask that any more|^Already denied/);
    expect(await stops()).toEqual([]);
    expect(house.world.kept.filter(({ kind }) => kind === "stop.added")).toHaveLength(1);
  });

  test("by the words of a button on another message, or of another channel", async () => {
    await house.addChannel("telegram");
    await house.link("petra", "telegram", "99");
    await held();
    const token = button(card(), STOP);
    const elsewhere = { token, message: { place: { kind: "room" as const, id: "C1" }, id: "m99" } };
    expect(String(await house.tap(card(), "deny", "U-petra", elsewhere))).not.toMatch(/stopped yet/);
    expect(await house.tap({ ...card(), channel: "telegram/bot" }, "deny", "99", { token })).toBeNull();
    await house.settle();
    expect(card().card.buttons[0]?.label).toBe("Approve once");
  });

  test("where the agent can reach the channel, nor from there later", async () => {
    await held();
    await asked();
    const token = button(card(), "Deny, stop the agent");
    await house.world.ask("ada", "servers.add", {
      name: "slack-user",
      command: ["npx", "slack-mcp"],
      accept: true,
    });
    expect(await house.tap(card(), "deny", "U-petra", { token })).toMatch(/could read or write here/);
    await house.settle();
    expect([card().card.buttons, await stops()]).toEqual([[], []]);
  });

  test("by an agent: it may not use the operation", async () => {
    const approval = await held();
    const { caller } = house.world.as("olga");
    const context = { ...house.world.as("olga"), caller: { ...caller, kind: "agent" as const, roles: [] } };
    const { operationNamed, perform } = await import("#operations");
    const operation = operationNamed("approvals.deny");
    await expect(
      perform(context, { operation, input: { approval, stop: "agent" }, dryRun: false }),
    ).rejects.toMatchObject({ code: "agent_refused" });
  });

  test("of what somebody approved before: it says how to, all the same", async () => {
    const approval = await held();
    const token = button(card(), STOP);
    await house.world.ask("petra", "approvals.approve", { approval });
    expect(await house.tap(card(), "deny", "U-petra", { token })).toMatch(
      /^Already approved by petra .* To stop the agent all the same: `doorward stop agent olga-bot`/,
    );
  });
});

function typedStop(): string {
  const stop = house.open().find(({ channel }) => channel === "twilio/bot")?.card.typed?.stop;
  if (stop === undefined) throw new Error("nothing to type");
  return stop;
}

describe("where there are no buttons", () => {
  beforeEach(async () => {
    await house.addChannel("twilio");
    await house.link("petra", "twilio", "+491");
    await house.world.ask("ada", "channels.route", {
      user: "petra",
      channel: "twilio",
      place: "person:+491",
    });
    await house.world.ask("ada", "channels.unroute", { group: "finance", channel: "slack", place: "C1" });
  });

  test("the agent is stopped by a code with the word for it, once, by who is linked", async () => {
    const approval = await held();
    expect(typedStop()).toMatch(/^stop agent [0-9A-Z]{4}-[0-9A-Z]{4}$/);
    expect(await house.type(typedStop(), "+49666", "twilio")).toContain("does not know this account");
    expect(await house.type("stop", "+491", "twilio")).toBeNull();
    expect(await house.type("stop everything", "+491", "twilio")).toBeNull();
    const typed = typedStop();
    expect(await house.type(typed, "+491", "twilio")).toMatch(/^Denied, and agent olga-bot is stopped/);
    expect(house.status(approval)).toBe("denied");
    expect(await house.type(typed, "+491", "twilio")).toMatch(/^Already denied by petra/);
    expect(await stops()).toHaveLength(1);
  });

  test("or its session, by the same code", async () => {
    await held();
    const said = await house.type(typedStop().replace("agent", "session"), "+491", "twilio");
    expect(said).toMatch(/^Denied, and this session is stopped/);
    expect(await stops()).toMatchObject([{ kind: "session" }]);
  });
});
