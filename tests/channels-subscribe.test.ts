import { beforeEach, expect, test } from "vitest";
import { openWorld, type World } from "./support/operations.ts";

let world: World;
beforeEach(async () => {
  world = await openWorld();
  await world.ask("ada", "channels.add", {
    platform: "webpush",
    agentsMayReach: ["none"],
    secrets: "s3cret",
  });
});

const browser = (n: number) => ({
  endpoint: `https://push.example/${n}`,
  expirationTime: null,
  keys: { p256dh: "B".repeat(87), auth: "A".repeat(22) },
});
const subscribe = (user: string, given: unknown) =>
  world.ask(user, "channels.subscribe", {
    channel: "webpush",
    subscription: typeof given === "string" ? given : JSON.stringify(given),
  });

test("a browser is told for its own user, once however often it subscribes", async () => {
  expect(await subscribe("petra", browser(1))).toEqual({ channel: "webpush", browsers: 1 });
  const { endpoint, keys } = browser(1);
  expect(await subscribe("petra", { keys, endpoint })).toEqual({ channel: "webpush", browsers: 1 });
  expect(await subscribe("petra", browser(2))).toEqual({ channel: "webpush", browsers: 2 });
  const routes = (await world.ask("ada", "channels.routes", {}))["items"] as { for: string; place: string }[];
  expect(routes.map((one) => one.for)).toEqual(["user:petra", "user:petra"]);
  expect(JSON.parse(routes[0]?.place.replace(/^person:/, "") ?? "")).toEqual({ endpoint, keys });
  expect(world.kept.filter(({ kind }) => kind === "channel.changed").length).toBe(3);
  expect(JSON.stringify(world.kept)).not.toContain("push.example");
});

test.each([
  ["no JSON", "{"],
  ["nothing", "{}"],
  ["no address", JSON.stringify({ ...browser(1), endpoint: "push" })],
  ["short keys", JSON.stringify({ ...browser(1), keys: { p256dh: "B", auth: "A" } })],
])("%s is no subscription", async (_what, text) => {
  expect(await subscribe("petra", text)).toEqual({ fault: "push_subscription_invalid" });
});

test("other platforms take none, and eleven browsers are one too many", async () => {
  await world.ask("ada", "channels.add", { platform: "slack", secrets: "s3cret", agentsMayReach: ["none"] });
  const elsewhere = { channel: "slack", subscription: JSON.stringify(browser(1)) };
  expect(await world.ask("petra", "channels.subscribe", elsewhere)).toEqual({ fault: "channel_not_push" });
  for (let n = 0; n < 10; n += 1) await subscribe("petra", browser(n));
  expect(await subscribe("petra", browser(10))).toEqual({ fault: "channel_routes_full" });
  expect(await subscribe("petra", browser(3))).toMatchObject({ browsers: 10 });
});
