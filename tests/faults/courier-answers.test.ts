import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Inbound } from "#chat";
import { createNoticing } from "#operations";
import { tapOn, wordsOf } from "../support/channels.ts";
import { type CourierHouse, openCourierHouse } from "../support/courier-house.ts";

// Whatever comes in is hostile until it is the right person, for exactly that action, on the card that we posted.

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

async function card() {
  const approval = await house.hold();
  await house.settle();
  const message = house.open().find(({ to }) => to.id === "C1");
  if (message === undefined) throw new Error("no card");
  return { approval, message };
}

describe("webhooks", () => {
  test("duplicated: the first counts, the others are silence", async () => {
    const { approval, message } = await card();
    const tap = tapOn(message, "approve", { id: "U-petra" }, { event: "evt-1" });
    const answers = await Promise.all([1, 2, 3].map(() => house.courier.hear("slack", tap)));
    expect(answers.filter((one) => one !== null)).toEqual(["Approved: this action, once."]);
    expect(house.status(approval)).toBe("approved");
    const entries = house.world.kept.filter(({ kind }) => kind === "approval.decided");
    expect(entries).toHaveLength(1);
  });

  test("replayed after a restart, and a week later, are silence", async () => {
    const { message } = await card();
    const tap = tapOn(
      message,
      "approve",
      { id: "U-petra" },
      { event: "evt-1", at: house.world.ambient.now() },
    );
    await house.courier.hear("slack", tap);
    house = await house.restarted();
    expect(await house.courier.hear("slack", tap)).toBeNull();
    house.world.ambient.advance(8 * 24 * 3_600_000);
    await house.settle();
    expect(await house.courier.hear("slack", tap)).toBeNull();
  });

  test("reordered: a no that came first stands, whenever its yes was tapped", async () => {
    const { approval, message } = await card();
    const yes = tapOn(message, "approve", { id: "U-petra" }, { at: house.world.ambient.now() - 2 });
    const no = tapOn(message, "deny", { id: "U-petra" }, { at: house.world.ambient.now() - 1 });
    expect(await house.courier.hear("slack", no)).toMatch(/^Denied/);
    expect(await house.courier.hear("slack", yes)).toMatch(/^Already denied by petra/);
    expect(house.status(approval)).toBe("denied");
  });

  test("of a clock that runs a day ahead count, and still only once", async () => {
    const { message } = await card();
    const at = house.world.ambient.now() + 24 * 3_600_000;
    const tap = tapOn(message, "approve", { id: "U-petra" }, { event: "evt-1", at });
    expect(await house.courier.hear("slack", tap)).toMatch(/^Approved/);
    house.world.ambient.advance(7.5 * 24 * 3_600_000);
    await house.settle();
    expect(await house.courier.hear("slack", tap)).toBeNull();
  });

  test("without an event id, or with an endless one, are nothing", async () => {
    const { approval, message } = await card();
    for (const event of ["", "x".repeat(501)])
      expect(
        await house.courier.hear("slack", tapOn(message, "approve", { id: "U-petra" }, { event })),
      ).toBeNull();
    expect(house.status(approval)).toBe("requested");
  });
});

describe("two at once", () => {
  test("on two platforms: one decision, and the other is told", async () => {
    await house.addChannel("telegram");
    await house.world.ask("ada", "channels.route", {
      user: "petra",
      channel: "telegram",
      place: "person:99",
    });
    await house.link("petra", "telegram", "99");
    await house.link("ada", "telegram", "11");
    house.world.ambient.advance(250);
    await house.settle();
    const approval = await house.hold(["finance", "admins"]);
    await house.settle();
    const own = house.open().filter(({ card: one }) => JSON.stringify(one).includes(approval));
    const room = own.find(({ to }) => to.id === "C1")!;
    const direct = own.find(({ to }) => to.id === "11")!;
    const answers = await Promise.all([house.tap(room, "deny", "U-petra"), house.tap(direct, "deny", "11")]);
    expect(answers.filter((one) => one?.startsWith("Denied"))).toHaveLength(1);
    expect(answers.filter((one) => one?.startsWith("Already denied by"))).toHaveLength(1);
    expect(house.world.kept.filter(({ kind }) => kind === "approval.decided")).toHaveLength(1);
  });
});

describe("an approver", () => {
  test("who lost the group between card and tap decides nothing", async () => {
    const { approval, message } = await card();
    await house.world.ask("ada", "users.set-roles", {
      user: "petra",
      roles: ["approver"],
      groups: ["other"],
    });
    expect(await house.tap(message, "approve", "U-petra")).toMatch(/^Not counted: /);
    expect(house.status(approval)).toBe("requested");
  });

  test("who lost the role between card and tap decides nothing", async () => {
    const { approval, message } = await card();
    await house.world.ask("ada", "users.set-roles", {
      user: "petra",
      roles: ["auditor"],
      groups: ["finance"],
    });
    expect(await house.tap(message, "approve", "U-petra")).toMatch(/^Not counted: /);
    expect(house.status(approval)).toBe("requested");
  });

  test("who was shut out decides nothing, not even a no", async () => {
    const { approval, message } = await card();
    await house.world.ask("ada", "users.disable", { user: "petra" });
    expect(await house.tap(message, "deny", "U-petra")).toMatch(/shut out/);
    expect(house.status(approval)).toBe("requested");
  });

  test("who unlinked the account decides nothing with it", async () => {
    const { approval, message } = await card();
    await house.world.ask("petra", "channels.unlink", { channel: "slack" });
    expect(await house.tap(message, "approve", "U-petra")).toContain("Link it");
    expect(house.status(approval)).toBe("requested");
  });
});

describe("a message that imitates a card", () => {
  test("with a token of its own making is silence", async () => {
    const { approval, message } = await card();
    for (const token of [
      "dw1.a.AAAAAAAAAAAAAAAAAAAAAA",
      "dw1.a.x",
      "approve",
      "",
      "dw1.a.AAAAAAAAAAAAAAAAAAAAAA\n",
    ])
      expect(await house.tap(message, "approve", "U-petra", { token })).toBeNull();
    expect(house.status(approval)).toBe("requested");
  });

  test("with the token of ours copied to it decides nothing", async () => {
    const { approval, message } = await card();
    const elsewhere = { place: message.to, id: "m-of-somebody-else" };
    expect(await house.tap(message, "approve", "U-petra", { message: elsewhere })).toMatch(
      /^This is a second/,
    );
    const message2 = { ...elsewhere, place: { kind: "room" as const, id: "C-other" } };
    expect(await house.tap(message, "approve", "U-petra", { message: message2 })).toBeNull();
    expect(house.status(approval)).toBe("requested");
    expect(message.edits).toBe(0);
  });

  test("and is a card of ours about something else is left as it is", async () => {
    const { approval, message } = await card();
    await house.hold();
    await house.settle();
    const other = house.open().find(({ id }) => id !== message.id)!;
    const onOther = { place: other.to, id: other.id };
    expect(await house.tap(message, "approve", "U-petra", { message: onOther })).toBeNull();
    expect(other.edits).toBe(0);
    expect(house.status(approval)).toBe("requested");
  });

  test("whose first sending's answer was lost, so that it stands twice: the twin says that it takes no answer", async () => {
    const { approval, message } = await card();
    const twin = { ...structuredClone(message), id: "m-twin" };
    house.chats.messages.push(twin);
    expect(await house.tap(twin, "approve", "U-mallory")).toContain("Link it");
    expect(twin.edits).toBe(0);
    expect(await house.tap(twin, "approve", "U-petra")).toMatch(/^This is a second copy/);
    expect(twin.card).toMatchObject({
      status: { kind: "told", text: expect.stringContaining("takes no answer") },
      buttons: [],
      link: { url: `https://doorward.example/approvals/${approval}` },
    });
    expect([house.status(approval), message.edits]).toEqual(["requested", 0]);
    expect(await house.tap(message, "deny", "U-petra")).toMatch(/^Denied/);
  });

  test("on another channel of ours decides nothing there", async () => {
    await house.addChannel("telegram");
    await house.link("petra", "telegram", "99");
    const { approval, message } = await card();
    const tap: Inbound = tapOn(message, "approve", { id: "99", tenant: null });
    expect(await house.courier.hear("telegram", tap)).toBeNull();
    expect(house.status(approval)).toBe("requested");
  });
});

const lost = (left = 1) => house.chats.failing.push({ how: "lost", left, of: "post" });
const firstShown = () => house.chats.messages[0]!;

describe("a tap between the platform's showing of a card and our writing that down", () => {
  test("while the platform's answer is on its way, is taken", async () => {
    const answers: Promise<string | null>[] = [];
    house.chats.onShown.push((message) => void answers.push(house.tap(message, "approve", "U-petra")));
    const approval = await house.hold();
    await house.settle();
    expect(await Promise.all(answers)).toEqual(["Approved: this action, once."]);
    expect(house.status(approval)).toBe("approved");
  });

  test.each(["approve", "deny"] as const)("after that answer was lost, is taken: %s", async (style) => {
    lost();
    const approval = await house.hold();
    await house.settle();
    expect(await house.tap(firstShown(), style, "U-petra")).toMatch(
      style === "approve" ? /^Approved/ : /^Denied/,
    );
    expect(house.status(approval)).toBe(style === "approve" ? "approved" : "denied");
    // What the platform did not say, the tap did: the same card is kept, and says how it ended.
    house.world.ambient.advance(5_000);
    await house.settle();
    expect(house.chats.messages).toHaveLength(1);
    expect(firstShown().card.status.kind).toBe(style === "approve" ? "approved" : "denied");
  });

  test("after every try's answer was lost, and in the next process, is taken", async () => {
    lost(50);
    const approval = await house.hold();
    for (let n = 0; n < 10; n += 1) {
      await house.settle();
      house.world.ambient.advance(61_000);
    }
    house = await house.restarted();
    expect(await house.tap(firstShown(), "approve", "U-petra")).toMatch(/^Approved/);
    expect(house.status(approval)).toBe("approved");
    house.chats.failing.length = 0;
    await house.settle();
    expect(firstShown().card.status.kind).toBe("approved");
  });

  test.each([
    ["a tap", "slack", "U-petra"],
    ["a typed code", "twilio", "+4670"],
  ])("what it shows is on record before the answer to it: %s", async (_what, channel, account) => {
    if (channel !== "slack") {
      await house.addChannel(channel);
      await house.link("petra", channel, account);
      await house.world.ask("ada", "channels.route", { group: "finance", channel, place: "C1" });
      await house.world.ask("ada", "channels.unroute", { group: "finance", channel: "slack", place: "C1" });
    }
    lost();
    const approval = await house.hold();
    await house.settle();
    const { card: shown } = firstShown();
    if (shown.typed === null) await house.tap(firstShown(), "approve", account);
    else await house.type(shown.typed.approve ?? "", account, channel);
    const about = house.world.kept.filter(({ body }) => body["approval"] === approval);
    const kinds = about.map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === "approval.shown" || kind === "approval.decided")).toEqual([
      "approval.shown",
      "approval.decided",
    ]);
    const [post] = house.world.store.connection.prepare("SELECT first_shown_at FROM posts").all();
    expect(post?.["first_shown_at"]).toBe(house.world.ambient.now());
  });

  test("by somebody who is not linked names no card and decides nothing", async () => {
    lost();
    const approval = await house.hold();
    await house.settle();
    const elsewhere = { place: firstShown().to, id: "m-of-somebody-else" };
    expect(await house.tap(firstShown(), "approve", "U-mallory", { message: elsewhere })).toContain(
      "Link it",
    );
    house.world.ambient.advance(5_000);
    await house.settle();
    expect(await house.tap(firstShown(), "approve", "U-petra")).toMatch(/^Approved/);
    expect(house.status(approval)).toBe("approved");
  });

  test("is no yes where the first card that may stand there did not show everything", async () => {
    await house.world.ask("ada", "channels.set", { channel: "slack", withheld: ["server:fs"] });
    await house.board.changed();
    house.chats.failing.push({ how: "lost", left: 1, of: "post" }, { how: "down", left: 9, of: "post" });
    await house.hold();
    await house.settle();
    await house.world.ask("ada", "channels.set", { channel: "slack", withheld: [] });
    await house.board.changed();
    house.world.ambient.advance(5_000);
    await house.settle();
    const rows = house.world.store.connection.prepare("SELECT whole FROM post_items").all();
    expect(rows.map((row) => row["whole"])).toEqual([0]);
  });
});

test("two Doorwards on one workspace: each answers its own cards, and is silent about the other's", async () => {
  const other = await openCourierHouse();
  await other.addChannel("slack");
  await other.world.ask("ada", "channels.route", { group: "finance", channel: "slack", place: "C1" });
  await other.link("petra", "slack", "U-petra");
  const approval = await other.hold();
  await other.settle();
  const { message } = await card();
  const foreign = other.open().find(({ to }) => to.id === "C1")!;
  expect(await house.tap(foreign, "approve", "U-petra")).toBeNull();
  expect(await other.courier.hear("slack", tapOn(message, "approve", { id: "U-petra" }))).toBeNull();
  expect(other.status(approval)).toBe("requested");
  expect(foreign.edits).toBe(0);
  await other.close();
});

describe("a card that does not show everything", () => {
  test("denies, and approves nothing (T19)", async () => {
    const { approval, message } = await card();
    house.world.store.connection.exec("UPDATE post_items SET whole = 0");
    expect(await house.tap(message, "approve", "U-petra")).toContain("does not show everything");
    expect(house.status(approval)).toBe("requested");
    expect(await house.tap(message, "deny", "U-petra")).toMatch(/^Denied/);
  });
});

test("that an account answers as somebody from now on is told to them, and to nobody else", async () => {
  const { ambient, commits, store } = house.world;
  const { journal } = house.world.as("ada");
  await createNoticing({
    ambient,
    store,
    journal: { append: journal.append, size: commits.size },
  }).look();
  const told = async (who: string): Promise<unknown> =>
    ((await house.world.ask(who, "notices.list", {}))["items"] as { what: string }[])
      .filter(({ what }) => what === "linked")
      .map(({ what }) => what);
  expect(await told("petra")).toEqual(["linked"]);
  for (const other of ["ada", "aud", "olga"]) expect(await told(other)).toEqual([]);
});

describe("codes", () => {
  test("that link are good once, for five minutes, on their channel, and after five wrong ones for nobody", async () => {
    const code = async (): Promise<string> =>
      String((await house.world.ask("olga", "channels.link", { channel: "slack" }))["send"]);
    const hear = (text: string, from = "U-o"): Promise<string | null> =>
      house.courier.hear("slack", wordsOf(text, from));
    const [first, second] = [await code(), await code()];
    expect(await hear(first)).toMatch(/not good/);
    expect(await hear(second)).toBe("This account now answers as olga in Doorward.");
    expect(await hear(second, "U-mallory")).toMatch(/not good/);
    const late = await code();
    house.world.ambient.advance(5 * 60_000 + 1);
    expect(await hear(late)).toMatch(/not good/);
    await house.addChannel("telegram");
    const there = await code();
    expect(await house.courier.hear("telegram", wordsOf(there, "7", null))).toMatch(/not good/);
    for (let n = 0; n < 5; n += 1) await hear("link 0000-0000", "U-guess");
    expect(await hear(there, "U-guess")).toMatch(/Too many wrong codes/);
    expect(await hear(there, "U-o")).toMatch(/now answers as olga/);
  });

  test("that link and are said where others read them are void, whoever says them; where that is not known, they count", async () => {
    const room = { kind: "room", id: "C-all" } as const;
    const code = async (channel: string): Promise<string> =>
      String((await house.world.ask("olga", "channels.link", { channel }))["send"]);
    const said = await code("slack");
    expect(await house.courier.hear("slack", wordsOf(said, "U-o", "T1", room))).toMatch(/so it is void now/);
    expect(await house.courier.hear("slack", wordsOf(said, "U-o"))).toMatch(/not good/);
    expect(await house.courier.hear("slack", wordsOf("link 0000-0000", "U-o", "T1", room))).toMatch(
      /not good/,
    );
    await house.addChannel("twilio");
    const there = await code("twilio");
    expect(
      await house.courier.hear("twilio", wordsOf(there, "+1", null, { kind: "room", id: "+1" })),
    ).toMatch(/now answers as olga/);
  });

  test("typed into a room that are not for us leave no trace", async () => {
    const before = house.world.dump();
    for (const text of [
      "hello",
      "approve",
      "link me please",
      "approve the budget",
      "/link",
      "deny everything now",
    ])
      expect(await house.courier.hear("slack", wordsOf(text, "U-any"))).toBeNull();
    expect(house.world.dump()).toBe(before);
  });
});
