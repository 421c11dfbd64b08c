import { beforeEach, describe, expect, test } from "vitest";
import { codeOf, readCode } from "#operations";
import { openWorld, type World } from "./support/operations.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld();
});

const ADD = { platform: "slack", secrets: "s3cret", agentsMayReach: ["none"] };

describe("a channel", () => {
  test("is added, changed and removed on record, without its secrets anywhere but sealed", async () => {
    expect(await world.ask("ada", "channels.add", ADD)).toMatchObject({
      name: "slack",
      tenants: ["T1"],
      privacy: "decisive",
      answers: "buttons",
    });
    await world.ask("ada", "channels.set", {
      channel: "slack",
      privacy: "full",
      secrets: "other",
      tenants: ["T1", "T9"],
    });
    expect(await world.ask("ada", "channels.get", { channel: "slack" })).toMatchObject({
      privacy: "full",
      tenants: ["T1", "T9"],
      state: "up",
    });
    await world.ask("ada", "channels.route", { channel: "slack", group: "finance", place: "C1" });
    await world.ask("ada", "channels.remove", { channel: "slack" });
    const kinds = world.kept.map(({ kind }) => kind).filter((kind) => kind.startsWith("channel."));
    expect(kinds).toEqual(["channel.added", "channel.changed", "channel.changed", "channel.removed"]);
    expect(JSON.stringify(world.kept)).not.toMatch(/s3cret|other/);
    expect(await world.ask("ada", "channels.routes", {})).toEqual({ items: [] });
    const rows = world.store.connection
      .prepare("SELECT * FROM upstream_secrets WHERE server LIKE 'channel:%'")
      .all();
    expect(rows).toEqual([]);
  });

  test.each([
    [{ platform: "pigeon", secrets: "x" }, "platform_unknown"],
    [{ platform: "slack" }, "channel_secrets_invalid"],
    [{ platform: "slack", secrets: "x", settings: { bot: "" } }, "ok"],
    [{ platform: "slack", secrets: "wrong" }, "channel_refused"],
  ])("asked for with %o: %s", async (input, expected) => {
    const answer = await world.ask("ada", "channels.add", { agentsMayReach: ["none"], ...input });
    expect(answer["fault"] ?? "ok").toBe(expected);
  });

  test("of a name there is already is refused, and so is one too many of a route", async () => {
    await world.ask("ada", "channels.add", ADD);
    expect(await world.ask("ada", "channels.add", ADD)).toEqual({ fault: "channel_name_taken" });
    for (let n = 0; n < 10; n += 1)
      await world.ask("ada", "channels.route", { channel: "slack", group: "finance", place: `C${n}` });
    const more = { channel: "slack", group: "finance", place: "C10" };
    expect(await world.ask("ada", "channels.route", more)).toEqual({ fault: "channel_routes_full" });
    expect(await world.ask("ada", "channels.route", { ...more, user: "petra" })).toEqual({
      fault: "input_invalid",
    });
    expect(await world.ask("ada", "channels.unroute", more)).toEqual({ fault: "channel_route_unknown" });
  });

  test("is tested with a card that decides nothing, where the caller or the first route is", async () => {
    await world.ask("ada", "channels.add", ADD);
    expect(await world.ask("ada", "channels.test", { channel: "slack" })).toMatchObject({ sentTo: null });
    await world.ask("ada", "channels.route", { channel: "slack", group: "finance", place: "C1" });
    expect(await world.ask("ada", "channels.test", { channel: "slack" })).toMatchObject({
      sentTo: "room:C1",
    });
    expect(world.chats.messages).toMatchObject([{ card: { buttons: [], typed: null, link: null } }]);
  });
});

describe("links", () => {
  test("are shown to their own users, and to who sees all users", async () => {
    await world.ask("ada", "channels.add", ADD);
    const link = (user: string, account: string) =>
      world.store.connection
        .prepare("INSERT INTO channel_links VALUES ('slack', 'T1', ?, 'n', ?, 'code', 0)")
        .run(account, String(world.ids.users[user]));
    link("petra", "U1");
    link("olga", "U2");
    const seen = async (user: string) =>
      ((await world.ask(user, "channels.links", {}))["items"] as { account: string }[]).map(
        ({ account }) => account,
      );
    expect(await seen("petra")).toEqual(["U1"]);
    expect(await seen("ada")).toEqual(["U2", "U1"]);
    expect(await world.ask("petra", "channels.unlink", { channel: "slack", user: "olga" })).toEqual({
      fault: "permission_denied",
    });
    expect(await world.ask("petra", "channels.unlink", { channel: "slack" })).toMatchObject({ removed: 1 });
    expect(await world.ask("ada", "channels.unlink", { channel: "slack", user: "olga" })).toMatchObject({
      removed: 1,
    });
  });

  test("need a way in, and are asked for at most ten times in ten minutes", async () => {
    await world.ask("ada", "channels.add", { ...ADD, platform: "webpush" });
    expect(await world.ask("petra", "channels.link", { channel: "webpush" })).toEqual({
      fault: "channel_takes_no_words",
    });
    await world.ask("ada", "channels.add", ADD);
    for (let n = 0; n < 10; n += 1) await world.ask("petra", "channels.link", { channel: "slack" });
    expect(await world.ask("petra", "channels.link", { channel: "slack" })).toEqual({
      fault: "link_codes_too_many",
    });
  });
});

test.each([
  ["4f7k2q9m", "4F7K-2Q9M"],
  ["4F7K 2Q9M", "4F7K-2Q9M"],
  ["oil1-0000", "0111-0000"],
  ["4F7K-2Q9", null],
  ["4F7K-2Q9MX", null],
  ["4F7K-2Q9U", null],
])("the code %s reads as %s", (text, code) => {
  expect(readCode(text)).toBe(code);
});

test("every five bytes make a code that reads as itself", () => {
  for (const byte of [0, 1, 127, 255]) {
    const code = codeOf(new Uint8Array(5).fill(byte));
    expect(readCode(code)).toBe(code);
  }
});
