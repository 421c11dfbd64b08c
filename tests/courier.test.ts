import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { wordsOf } from "./support/channels.ts";
import type { FakeMessage } from "./support/channels.ts";
import { type CourierHouse, openCourierHouse } from "./support/courier-house.ts";

// What waits is taken to people, and their answers come back: over a platform of our own making.

let house: CourierHouse;
beforeEach(async () => {
  house = await openCourierHouse();
});
afterEach(async () => {
  await house.close();
});

async function withSlack(): Promise<void> {
  await house.addChannel("slack");
  await house.world.ask("ada", "channels.route", { group: "finance", channel: "slack", place: "C1" });
  await house.link("petra", "slack", "U-petra");
}

/** What can be typed on a card that can be approved by typing. */
function typedOn(message: FakeMessage | undefined): { readonly approve: string; readonly deny: string } {
  const { approve = null, deny = "" } = message?.card.typed ?? {};
  if (approve === null) throw new Error("nothing can be approved by typing");
  return { approve, deny };
}

describe("a card", () => {
  test("goes to the group's room, is decided with one tap, and then says so", async () => {
    await withSlack();
    const approval = await house.hold();
    await house.settle();
    const [message] = house.open();
    expect(message).toMatchObject({ channel: "slack/bot", to: { kind: "room", id: "C1" } });
    expect(message?.card.buttons.map(({ style }) => style)).toEqual(["approve", "deny", "plain"]);
    expect(await house.tap(message!, "approve", "U-petra")).toBe("Approved: this action, once.");
    expect(house.status(approval)).toBe("approved");
    await house.settle();
    expect(message?.card).toMatchObject({ status: { kind: "approved" }, buttons: [] });
    expect(message?.edits).toBe(1);
    expect(house.chats.messages).toHaveLength(1);
  });

  test("goes to whoever is asked and has no room, where they linked an account", async () => {
    await house.addChannel("telegram");
    await house.link("petra", "telegram", "99");
    await house.hold();
    await house.settle();
    expect(house.open()).toMatchObject([{ channel: "telegram/bot", to: { kind: "person", id: "99" } }]);
  });

  test("goes nowhere where nobody is anywhere: the console has it", async () => {
    await house.addChannel("slack");
    await house.hold();
    await house.settle();
    expect(house.chats.messages).toEqual([]);
    expect(house.world.kept.filter(({ kind }) => kind === "approval.undelivered")).toEqual([]);
  });

  test("that is decided in the console says so on the platform too", async () => {
    await withSlack();
    const approval = await house.hold();
    await house.settle();
    await house.world.ask("petra", "approvals.deny", { approval });
    await house.settle();
    expect(house.chats.messages[0]?.card.status.kind).toBe("denied");
  });

  test("that nobody answers says that it expired", async () => {
    await withSlack();
    await house.hold();
    await house.settle();
    house.world.ambient.advance(3_600_000);
    await house.settle();
    expect(house.chats.messages[0]?.card).toMatchObject({ status: { kind: "expired" }, buttons: [] });
  });

  test("is on record as it was shown, without what comes back with a tap", async () => {
    await withSlack();
    const approval = await house.hold();
    await house.settle();
    const shown = house.world.kept.find(({ kind }) => kind === "approval.shown");
    expect(shown?.body).toMatchObject({ approval, whole: true, via: "channel:slack" });
    const card = Buffer.from(shown?.payloads?.[0]?.bytes ?? []).toString("utf8");
    expect(card).toContain("write_file");
    expect(card).not.toMatch(/dw1\./);
    expect(JSON.stringify(shown?.body)).not.toContain("/of/olga-bot");
  });

  test("where there are no buttons is answered by a typed code, once, by who is linked", async () => {
    await house.addChannel("twilio");
    await house.link("petra", "twilio", "+4912345");
    const approval = await house.hold();
    await house.settle();
    const typed = typedOn(house.open()[0]);
    expect(typed.approve).toMatch(/^approve [0-9A-Z]{4}-[0-9A-Z]{4}$/);
    expect(await house.type(typed.approve, "+49666", "twilio")).toContain("does not know this account");
    expect(await house.type("lunch?", "+4912345", "twilio")).toBeNull();
    expect(await house.type(typed.approve.toLowerCase().replace("-", " "), "+4912345", "twilio")).toBe(
      "Approved: this action, once.",
    );
    expect(house.status(approval)).toBe("approved");
    expect(await house.type(typed.deny, "+4912345", "twilio")).toMatch(
      /^Already approved by petra at \d\d:\d\d UTC/,
    );
  });

  test("that shows not everything is refused by its typed code, and not approved", async () => {
    await house.addChannel("twilio", { privacy: "minimal" });
    await house.link("petra", "twilio", "+4912345");
    const approval = await house.hold();
    await house.settle();
    const { approve = "", deny = "" } = house.open()[0]?.card.typed ?? {};
    expect(approve).toBeNull();
    const guessed = deny.replace("deny", "approve");
    expect(await house.type(guessed, "+4912345", "twilio")).toMatch(/does not show everything/);
    expect(house.status(approval)).toBe("requested");
    expect(await house.type(deny, "+4912345", "twilio")).toMatch(/^Denied/);
    expect(house.status(approval)).toBe("denied");
  });
});

test("another account behind a channel's name knows nobody: links are of the one before", async () => {
  await withSlack();
  const links = async () => (await house.world.ask("ada", "channels.links", {}))["items"];
  await house.world.ask("ada", "channels.set", { channel: "slack", secrets: "rotated" });
  await house.board.changed();
  expect(await links()).toHaveLength(1);
  const approval = await house.hold();
  await house.settle();
  const card = structuredClone(house.open()[0]!);
  await house.world.ask("ada", "channels.set", { channel: "slack", settings: { bot: "other" } });
  await house.board.changed();
  expect(await links()).toEqual([]);
  expect(await house.tap({ ...card, channel: "slack/other" }, "approve", "U-petra")).toMatch(
    /does not know this account/,
  );
  expect(house.status(approval)).toBe("requested");
});

test("a code says nothing in the name of somebody else than whom it was sent to, whose number can be forged", async () => {
  await house.addChannel("twilio");
  await house.world.ask("ada", "users.set-roles", { user: "aud", roles: ["approver"], groups: ["finance"] });
  await house.link("petra", "twilio", "+491");
  await house.link("aud", "twilio", "+492");
  const approval = await house.hold(["finance, 2"]);
  await house.settle();
  const own = typedOn(house.open().find(({ to }) => to.id === "+491"));
  expect(await house.type(own.approve, "+492", "twilio")).toMatch(/^That code is not good here/);
  expect(await house.type(own.approve, "+491", "twilio")).toBe(
    "Your yes is counted. It waits for others too.",
  );
  expect(await house.type(own.approve, "+492", "twilio")).toMatch(/^That code is not good here/);
  expect(house.status(approval)).toBe("requested");
});

test("an account that answers as somebody is linked to nobody else before that is taken away", async () => {
  await withSlack();
  const link = async (user: string): Promise<string | null> => {
    const { send } = await house.world.ask(user, "channels.link", { channel: "slack" });
    return house.courier.hear("slack", wordsOf(String(send), "U-petra", "T1"));
  };
  expect(await link("olga")).toMatch(/answers as somebody else in Doorward already/);
  const approval = await house.hold();
  await house.settle();
  await house.tap(house.open()[0]!, "approve", "U-petra");
  expect(house.status(approval)).toBe("approved");
  expect(await link("petra")).toMatch(/answers as petra/);
  await house.world.ask("ada", "channels.unlink", { channel: "slack", user: "petra" });
  expect(await link("olga")).toMatch(/answers as olga/);
});

test("a wrong code that the platform sends again and again is one try", async () => {
  await house.addChannel("twilio");
  await house.link("petra", "twilio", "+491");
  await house.hold();
  await house.settle();
  const wrong = wordsOf("approve 0000-0000", "+491", null);
  expect(await house.courier.hear("twilio", wrong)).toMatch(/^That code is not good here/);
  for (let n = 0; n < 8; n += 1) expect(await house.courier.hear("twilio", wrong)).toBeNull();
  const right = typedOn(house.open()[0]).approve;
  expect(await house.type(right, "+491", "twilio")).toBe("Approved: this action, once.");
});

test("who has a browser told as well is still asked by the account that they linked", async () => {
  await house.addChannel("slack");
  await house.addChannel("webpush");
  await house.link("petra", "slack", "U-petra");
  await house.world.ask("ada", "channels.route", { user: "petra", channel: "webpush", place: "person:b" });
  await house.hold();
  await house.settle();
  expect(house.open().map(({ channel, to }) => [channel, to.id])).toEqual([["slack/bot", "U-petra"]]);
});

describe("an answer", () => {
  test("counts with the roles and groups of now, and names where it came from", async () => {
    await withSlack();
    const approval = await house.hold();
    await house.settle();
    await house.tap(house.open()[0]!, "approve", "U-petra");
    const row = house.world.store.connection
      .prepare("SELECT decisions FROM approvals WHERE id = ?")
      .get(approval);
    expect(JSON.parse(String(row?.["decisions"]))).toMatchObject([
      {
        by: house.world.ids.users["petra"],
        via: "channel:slack",
        from: {
          channel: "slack",
          platformUser: "U-petra",
          message: "m1",
          post: expect.stringMatching(/^pst_/),
        },
      },
    ]);
  });

  test("of somebody who is linked but not asked does not count, and says why", async () => {
    await withSlack();
    await house.link("olga", "slack", "U-olga");
    const approval = await house.hold();
    await house.settle();
    expect(await house.tap(house.open()[0]!, "approve", "U-olga")).toMatch(/^Not counted: /);
    expect(house.status(approval)).toBe("requested");
  });

  test("of an account that is not linked decides nothing, and hears nothing of what waits", async () => {
    await withSlack();
    const approval = await house.hold();
    await house.settle();
    const said = await house.tap(house.open()[0]!, "approve", "U-mallory");
    expect(said).toContain("Link it");
    expect(said).not.toMatch(/olga|write|fs|apr_/);
    expect(house.status(approval)).toBe("requested");
  });

  test("of the same account id in another workspace is nobody's", async () => {
    await withSlack();
    const approval = await house.hold();
    await house.settle();
    const message = house.open()[0]!;
    const token = message.card.buttons[0]!.token;
    const tap = (tenant: string | null) =>
      house.courier.hear("slack", {
        kind: "tap",
        event: `x-${tenant}`,
        user: { id: "U-petra", tenant, name: "petra" },
        token,
        message: { place: message.to, id: message.id },
        at: 0,
      });
    expect(await tap("T2")).toBeNull();
    expect(await tap(null)).toBeNull();
    expect(house.status(approval)).toBe("requested");
    expect(await tap("T1")).toBe("Approved: this action, once.");
  });

  test("after the end is told who decided, and when", async () => {
    await withSlack();
    await house.link("ada", "slack", "U-ada");
    await house.hold();
    await house.settle();
    const message = structuredClone(house.open().find(({ to }) => to.id === "C1")!);
    expect(await house.tap(message, "deny", "U-petra")).toMatch(/^Denied/);
    expect(await house.tap(message, "approve", "U-ada")).toBe(
      "Already denied by petra at 12:00 UTC. Nothing was decided now.",
    );
  });
});

describe("requests of one session that wait together", () => {
  test("and are too many for one card: the gravest stand on the first, whenever they came", async () => {
    await withSlack();
    const approvals: string[] = [];
    for (let n = 0; n < 12; n += 1) approvals.push(await house.hold(["finance"], null, true));
    const gravest = approvals.at(-1) ?? "";
    house.world.store.connection
      .prepare("UPDATE approvals SET effects = ?, action_digest = ? WHERE id = ?")
      .run('["destructive"]', `sha256:${"9".repeat(64)}`, gravest);
    house.world.ambient.advance(250);
    await house.settle();
    const cards = house.open().filter(({ to }) => to.id === "C1");
    const items = cards.map(({ card }) => card.sections.flatMap((one) => (one.kind === "item" ? [one] : [])));
    const [first, ...more] = items.toSorted((one, other) => other.length - one.length);
    expect(first).toHaveLength(10);
    expect(more.map(({ length }) => length)).toEqual([2]);
    expect(first?.[0]?.link?.url).toContain(gravest);
  });

  test("are one card with a choice for each; the same calls are counted, and each is decided by itself", async () => {
    await withSlack();
    const approvals = [];
    for (let n = 0; n < 3; n += 1) approvals.push(await house.hold(["finance"], null, true));
    house.world.ambient.advance(250);
    await house.settle();
    const [message, ...more] = house.open().filter(({ to }) => to.id === "C1");
    expect(more).toEqual([]);
    const items = message!.card.sections.filter((one) => one.kind === "item");
    expect(items.map(({ title }) => /\(.*\)$/.exec(title)?.[0])).toEqual([
      "(1 of 3 identical calls)",
      "(2 of 3 identical calls)",
      "(3 of 3 identical calls)",
    ]);
    expect(message!.card.buttons.map(({ label }) => label)).toEqual(["Deny and stop…"]);
    const token = (nth: number, style: string) =>
      items[nth]!.buttons.find((one) => one.style === style)!.token;
    expect(await house.tap(message!, "deny", "U-petra", { token: token(1, "deny") })).toMatch(/^Denied/);
    expect(await house.tap(message!, "approve", "U-petra", { token: token(0, "approve") })).toMatch(
      /^Approved/,
    );
    expect(approvals.map(house.status).toSorted()).toEqual(["approved", "denied", "requested"]);
    await house.settle();
    const now = message!.card.sections.filter((one) => one.kind === "item");
    expect(now.map(({ status }) => status.kind)).toEqual(["approved", "denied", "open"]);
    expect(now.map(({ buttons }) => buttons.length)).toEqual([0, 0, 2]);
    expect(message!.card.status.text).toMatch(/^1 of 3 wait/);
    expect(house.world.kept.filter(({ kind }) => kind === "approval.shown")).toHaveLength(3);
  });

  test("each have a card of their own where a platform has no buttons", async () => {
    await house.addChannel("twilio");
    await house.link("petra", "twilio", "+49");
    for (let n = 0; n < 2; n += 1) await house.hold(["finance"], null, true);
    house.world.ambient.advance(250);
    await house.settle();
    expect(house.open().map(({ card }) => card.typed?.approve)).toHaveLength(2);
  });
});

describe("whoever", () => {
  test("has enough cards is asked no more where somebody else is there", async () => {
    await house.addChannel("slack");
    await house.world.ask("ada", "users.set-roles", {
      user: "aud",
      roles: ["approver"],
      groups: ["finance"],
    });
    await house.link("petra", "slack", "U-petra");
    await house.link("aud", "slack", "U-aud");
    await house.world.ask("petra", "approvers.prefer", { openMax: 1 });
    await house.hold();
    await house.settle();
    await house.hold();
    await house.settle();
    const to = house.open().map((one) => one.to.id);
    expect(to.filter((one) => one === "U-petra")).toHaveLength(1);
    expect(to.filter((one) => one === "U-aud")).toHaveLength(2);
  });

  test("has enough cards is asked all the same where nobody else is there", async () => {
    await house.addChannel("slack");
    await house.link("petra", "slack", "U-petra");
    await house.world.ask("petra", "approvers.prefer", { openMax: 1 });
    await house.hold();
    await house.settle();
    await house.hold();
    await house.settle();
    expect(house.open().filter(({ to }) => to.id === "U-petra")).toHaveLength(2);
  });
});
