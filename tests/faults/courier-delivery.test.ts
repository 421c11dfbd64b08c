import { createHmac } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { FakeMessage } from "../support/channels.ts";
import { type CourierHouse, openCourierHouse } from "../support/courier-house.ts";

// Platforms fail in every way, and so do we: nothing is lost, and nothing stands twice where the platform knows our key.

let house: CourierHouse;
beforeEach(async () => {
  house = await openCourierHouse();
  await house.addChannel("slack");
  await house.addChannel("telegram");
  await house.world.ask("ada", "channels.route", { group: "finance", channel: "slack", place: "C1" });
  await house.world.ask("ada", "channels.route", { group: "finance", channel: "telegram", place: "-77" });
  await house.board.changed();
});
afterEach(async () => {
  await house.close();
});

/** Time goes on, a look at each step. */
async function pass(ms: number, steps = 20): Promise<void> {
  for (let n = 0; n < steps; n += 1) {
    house.world.ambient.advance(ms / steps);
    await house.settle();
  }
}

const itemsOn = ({ chats }: CourierHouse): number =>
  chats.messages.reduce(
    (sum, { card }) => sum + card.sections.filter(({ kind }) => kind === "item").length,
    0,
  );

const callsOn = (channel: string): number =>
  house.chats.calls.filter((one) => one.channel.startsWith(channel) && one.what === "post").length;

describe("a platform that is down", () => {
  test("is asked again with growing pauses, and has the card once it is up", async () => {
    house.chats.failing.push({ how: "down", left: 2, of: "post" });
    await house.hold();
    await house.settle();
    expect(callsOn("slack")).toBe(1);
    await pass(10_000);
    expect(house.open().map(({ channel }) => channel)).toEqual(["slack/bot"]);
    expect(callsOn("slack")).toBe(3);
    expect(callsOn("telegram")).toBe(0);
  });

  test("for long is given up, and the next place is tried", async () => {
    house.chats.failing.push({ how: "down", left: 6, of: "post" });
    await house.hold();
    await pass(200_000, 60);
    expect(callsOn("slack")).toBe(6);
    expect(house.open().map(({ channel }) => channel)).toEqual(["telegram/bot"]);
  });

  test("with every other one too leaves a notice, once, and the console", async () => {
    house.chats.failing.push({ how: "down", left: 100, of: "post" });
    const approval = await house.hold();
    await pass(400_000, 60);
    const entries = house.world.kept.filter(({ kind }) => kind === "approval.undelivered");
    expect(entries.map(({ body }) => body["approval"])).toEqual([approval]);
    expect(house.status(approval)).toBe("requested");
    expect(await house.world.ask("petra", "approvals.approve", { approval })).toMatchObject({
      status: "approved",
    });
  });

  test("for longer than its tries last, like every other one, has the card once it is up", async () => {
    house.chats.failing.push({ how: "down", left: 12, of: "post" });
    await house.hold();
    await pass(150_000, 60);
    expect(house.open()).toEqual([]);
    await pass(200_000, 40);
    expect(house.open().map(({ channel }) => channel)).toEqual(["slack/bot"]);
    expect(house.world.kept.filter(({ kind }) => kind === "approval.undelivered")).toHaveLength(1);
  });

  test("and says to come back at once, is asked with pauses of ours all the same", async () => {
    house.chats.failing.push({ how: "at-once", left: 6, of: "post" });
    await house.hold();
    await pass(600);
    expect(callsOn("slack")).toBe(1);
    await pass(200_000, 60);
    expect(callsOn("slack")).toBe(6);
  });

  test("that names a pause is left alone for as long", async () => {
    house.chats.failing.push({ how: "pause", left: 1, of: "post" });
    await house.hold();
    await house.settle();
    await pass(6_900);
    expect(callsOn("slack")).toBe(1);
    await pass(200);
    expect(house.open()).toHaveLength(1);
  });

  test("costs a card elsewhere no time", async () => {
    await house.world.ask("ada", "channels.route", { user: "ada", channel: "telegram", place: "person:1" });
    await house.board.changed();
    house.chats.failing.push({ how: "down", left: 1, of: "post" });
    await house.hold(["finance"]);
    await house.hold(["admins"]);
    await house.settle();
    expect(house.open().some(({ channel }) => channel === "telegram/bot")).toBe(true);
  });
});

test("a refusal is final: the next place at once", async () => {
  house.chats.failing.push({ how: "refused", left: 1, of: "post" });
  await house.hold();
  await house.settle();
  expect(house.open().map(({ channel }) => channel)).toEqual(["telegram/bot"]);
});

async function short(): Promise<readonly [string, FakeMessage]> {
  house.chats.failing.push({ how: "too-long", left: 1, of: "post" });
  const approval = await house.hold();
  await house.settle();
  const [message] = house.open();
  if (message === undefined) throw new Error("no card");
  return [approval, message];
}

describe("a card that does not fit goes by link", () => {
  test("and can be denied there: a no needs nothing shown", async () => {
    await house.link("petra", "slack", "U-petra");
    const [approval, message] = await short();
    expect(message.card.buttons.map(({ label }) => label)).toEqual(["Deny", "Deny and stop…"]);
    expect(message.card.typed).toBeNull();
    expect(message.card.link?.url).toMatch(/^https:\/\/doorward\.example\/approvals\/apr_/);
    expect(JSON.stringify(message.card.sections)).not.toContain("/of/olga-bot");
    expect(await house.tap(message, "deny", "U-petra")).toMatch(/^Denied/);
    expect(house.status(approval)).toBe("denied");
  });

  test("and never approved there, whatever was whole before, or by the button that it has not", async () => {
    await house.link("petra", "slack", "U-petra");
    const [approval, message] = await short();
    const row = house.world.store.connection.prepare("SELECT id, seed FROM posts").get();
    const seed = house.world.as("ada").keys.unseal(row?.["seed"] as Uint8Array, "courier-post");
    const made = createHmac("sha256", seed).update(`tap:approve:${approval}`).digest();
    const token = `dw1.a.${made.subarray(0, 16).toString("base64url")}`;
    expect(await house.tap(message, "approve", "U-petra", { token })).toMatch(/does not show everything/);
    expect(house.status(approval)).toBe("requested");
  });
});

describe("a process that ends", () => {
  test("between send and record posts the same card under the same key, and so not twice", async () => {
    house.chats.failing.push({ how: "lost", left: 1, of: "post" });
    await house.hold();
    await house.settle();
    expect(house.chats.messages).toHaveLength(1);
    const token = house.chats.messages[0]?.card.buttons[0]?.token;
    house = await house.restarted();
    house.world.ambient.advance(120_000);
    await house.settle();
    expect(house.chats.messages).toHaveLength(1);
    expect(new Set(house.chats.calls.map(({ key }) => key)).size).toBe(1);
    await house.link("petra", "slack", "U-petra");
    expect(house.chats.messages[0]?.card.buttons[0]?.token).toBe(token);
    expect(await house.tap(house.chats.messages[0]!, "approve", "U-petra")).toMatch(/^Approved/);
  });

  test("forgets no card that waits, and makes none again", async () => {
    await house.link("petra", "slack", "U-petra");
    const approval = await house.hold();
    await house.settle();
    house = await house.restarted();
    await house.settle();
    house = await house.restarted();
    await house.settle();
    expect(house.chats.messages).toHaveLength(1);
    expect(await house.tap(house.chats.messages[0]!, "approve", "U-petra")).toMatch(/^Approved/);
    expect(house.status(approval)).toBe("approved");
  });

  test("with a thousand open requests has all of them live after it", async () => {
    await house.link("petra", "slack", "U-petra");
    for (let n = 0; n < 1_000; n += 1) await house.hold();
    for (let n = 0; n < 12 && itemsOn(house) < 1_000; n += 1) await house.settle();
    const cards = house.open().length;
    expect(itemsOn(house)).toBe(1_000);
    house = await house.restarted();
    await house.settle();
    expect([itemsOn(house), house.chats.messages.length]).toEqual([1_000, cards]);
    for (const at of [0, 49, 99])
      expect(await house.tap(house.chats.messages[at]!, "deny", "U-petra")).toMatch(/^Denied/);
  }, 240_000);
});

describe("a platform that answers 200 and loses the message", () => {
  test("is made good by the next place once half of the time is over and nobody looked", async () => {
    await house.hold();
    await house.settle();
    await pass(1_790_000, 2);
    expect(house.chats.messages).toHaveLength(1);
    await pass(20_000, 2);
    expect(house.chats.messages.map(({ channel }) => channel)).toEqual(["slack/bot", "telegram/bot"]);
  });

  test("is left alone where somebody looked in the meantime", async () => {
    const approval = await house.hold();
    await house.settle();
    await house.world.ask("petra", "approvals.get", { approval });
    await pass(1_900_000, 3);
    expect(house.chats.messages).toHaveLength(1);
  });

  test("both cards say what was decided on one of them", async () => {
    await house.link("petra", "telegram", "99");
    await house.hold();
    await house.settle();
    await pass(1_900_000, 2);
    const second = house.chats.messages[1];
    expect(await house.tap(second!, "deny", "99")).toMatch(/^Denied/);
    await house.settle();
    expect(house.chats.messages.map(({ card }) => card.status.kind)).toEqual(["denied", "denied"]);
  });
});

test("a clock that jumps back an hour stops nothing, and brings nothing back", async () => {
  await house.link("petra", "slack", "U-petra");
  const gone = await house.hold();
  await house.settle();
  await house.world.ask("petra", "approvals.deny", { approval: gone });
  await house.settle();
  house.world.ambient.advance(-3_600_000);
  const approval = await house.hold();
  await house.settle();
  const [card] = house.open();
  expect(await house.tap(card!, "approve", "U-petra")).toMatch(/^Approved/);
  expect([house.status(gone), house.status(approval)]).toEqual(["denied", "approved"]);
});

describe("a channel that fails for long says since when, and what it meets last", () => {
  test("its connection: through every try to open it, until it is up", () => {
    const state = () => house.board.states().find(({ name }) => name === "slack");
    const tell = house.chats.inboxes.get("slack/bot")?.state;
    expect(state()).toMatchObject({ state: "up", why: null, failingSince: null });
    const failingSince = house.world.ambient.now();
    tell?.("down", "the gateway ended");
    house.world.ambient.advance(90_000);
    tell?.("down", "the gateway ended again");
    expect(state()).toMatchObject({ state: "down", why: "the gateway ended again", failingSince });
    tell?.("up", null);
    expect(state()).toMatchObject({ state: "up", why: null, failingSince: null });
  });

  test("its cards, though the connection is up", async () => {
    house.chats.failing.push({ how: "down", left: 100, of: "post" });
    await house.hold();
    await house.settle();
    expect(await house.world.ask("ada", "channels.get", { channel: "slack" })).toMatchObject({
      state: "up",
      reason: "channel_unreachable: no answer",
      failingSince: new Date(house.world.ambient.now()).toISOString(),
    });
  });
});
