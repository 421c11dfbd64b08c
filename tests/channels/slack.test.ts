import { expect, test } from "vitest";
import { OPEN, TOKENS } from "../conformance/channel-cards.ts";
import { watch } from "../conformance/channel-watch.ts";
import { openSdkRig, rowOf, sdkConformance } from "../support/platforms/sdk.ts";
import { openSlack, slackTraits } from "../support/platforms/slack.ts";

const row = rowOf("slack");
const isThere = await sdkConformance("slack, Socket Mode", row, slackTraits("socket"), () =>
  openSlack("socket"),
);
await sdkConformance("slack, webhook", row, slackTraits("webhook"), () => openSlack("webhook"));

test.runIf(isThere)("says nothing of the request where a phone's notification would show it", async () => {
  const platform = await openSlack("webhook");
  const { channel, close } = await openSdkRig(row, platform);
  await channel.post(platform.rig.place, OPEN, "key");
  const posted = platform.calls.find(({ url }) => url.pathname === "/api/chat.postMessage");
  expect(new URLSearchParams(posted?.text).get("text")).toBe("Doorward: a request waits for you");
  await close();
  await platform.close();
});

test.runIf(isThere)("is no door for events that somebody says were forwarded", async () => {
  const platform = await openSlack("webhook");
  const { channel, close } = await openSdkRig(row, platform);
  const headers = {
    "x-slack-socket-token": platform.secrets["appToken"] ?? "",
    "content-type": "application/json",
  };
  const body = Buffer.from(JSON.stringify({ eventType: "events_api", body: { event: { type: "message" } } }));
  const inbox = { take: async () => null, state: () => {}, cursor: { get: () => null, set: async () => {} } };
  expect(await channel.receive({ method: "POST", url: "/hooks/x", headers, body }, inbox)).toMatchObject({
    status: 401,
  });
  await close();
  await platform.close();
});

test.runIf(isThere)("asks a person alone, and knows the message that they tap on", async () => {
  const platform = await openSlack("webhook");
  const { channel, close } = await openSdkRig(row, platform);
  const { user } = platform.rig;
  const seen = await watch({ ...platform.rig, channel, secrets: [], close }, false);
  const on = await channel.post({ kind: "person", id: user }, OPEN, "key");
  await seen.does({ kind: "tap", user, token: TOKENS.deny, on });
  expect(seen.got).toMatchObject([
    { token: TOKENS.deny, message: { place: { kind: "person", id: user }, id: on.id } },
  ]);
  await channel.edit(on, { ...OPEN, buttons: [] });
  expect((await platform.rig.platform.shown())[0]?.buttons).toEqual([]);
  await close();
  await platform.close();
});

test.each([
  ["socket", "appToken"],
  ["webhook", "signingSecret"],
] as const)("says which secret its %s lacks", async (mode, name) => {
  const platform = await openSlack(mode);
  const secrets = { ...platform.secrets, [name]: "" };
  await expect(openSdkRig(row, { ...platform, secrets })).rejects.toMatchObject({
    code: "channel_refused",
    message: `as it is set up, the channel lacks ${name}`,
  });
  await platform.close();
});
