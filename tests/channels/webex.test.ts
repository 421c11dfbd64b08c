import { expect, test } from "vitest";
import { OPEN } from "../conformance/channel-cards.ts";
import { faultOf, until, watch } from "../conformance/channel-watch.ts";
import { channelConformance } from "../conformance/channel.ts";
import { openWebexRig, webexTraits } from "../support/platforms/webex.ts";

channelConformance("webex", webexTraits, async () => openWebexRig());

test("registers its webhooks once, with their secret", async () => {
  const rig = await openWebexRig();
  await watch(rig, false);
  await until(() => rig.webhooks.length === 2, "the webhooks");
  const seen = await watch(rig, false);
  await until(() => seen.states.includes("up"), "the channel");
  expect(rig.webhooks).toMatchObject([
    { resource: "attachmentActions", event: "created", targetUrl: "https://doorward.example/hooks/webex" },
    { resource: "messages", event: "created" },
  ]);
  expect(rig.webhooks.every(({ secret }) => rig.secrets.includes(String(secret)))).toBe(true);
  await rig.close();
});

test("says so where Webex could not reach us", async () => {
  const rig = await openWebexRig(null);
  const inbox = (await watch(rig, false)).inbox;
  expect((await faultOf(rig, rig.channel.listen(inbox))).code).toBe("channel_refused");
  await rig.close();
});

test("the notification of a card tells nothing of the request", async () => {
  const rig = await openWebexRig();
  await rig.channel.post(rig.place, OPEN, "k");
  expect(rig.notified()).toEqual(["Doorward: a request"]);
  await rig.close();
});

test("is read without its own name before the words", async () => {
  const rig = await openWebexRig();
  const seen = await watch(rig, false);
  await seen.does({ kind: "words", user: rig.user, text: "Doorward approve 4F7K-2Q9M" });
  expect(seen.got).toMatchObject([{ text: "approve 4F7K-2Q9M" }]);
  await rig.close();
});
