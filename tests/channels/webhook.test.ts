import { describe, expect, test } from "vitest";
import { PLATFORMS } from "#chat";
import { OPEN, TOKENS } from "../conformance/channel-cards.ts";
import { watch } from "../conformance/channel-watch.ts";
import { channelConformance } from "../conformance/channel.ts";
import { openOutside } from "../support/platforms/outside.ts";
import { openWebhookRig, signatureOf, webhookTraits } from "../support/platforms/webhook.ts";

channelConformance("webhook", webhookTraits, openWebhookRig);

/** The example of the specification (standard-webhooks.md) as its own libraries test it. */
test("signs as the libraries of Standard Webhooks do", () => {
  const key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
  const signature = signatureOf(key, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", '{"test": 2432232314}');
  expect(signature).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

const open = async (key: string, answersKey: string) => {
  const row = PLATFORMS.find(({ name }) => name === "webhook");
  const outside = openOutside();
  await row?.open({
    settings: { url: "https://a.example/" },
    secrets: { key, answersKey },
    webhook: null,
    outside,
  });
};

describe("keys", () => {
  const good = `whsec_${"A".repeat(40)}`;

  test.each([
    ["short", "whsec_AAAA", good],
    ["without their prefix", "A".repeat(44), good],
    ["that are one", good, good],
  ])("%s are refused", async (_what, key, answersKey) => {
    await expect(open(key, answersKey)).rejects.toMatchObject({ code: "channel_refused" });
  });
});

test("our own request, sent back to us, is no answer (T3)", async () => {
  const rig = await openWebhookRig();
  const seen = await watch(rig, false);
  const body = JSON.stringify({ type: "tap", data: { user: { id: rig.user }, token: TOKENS.approve } });
  const seconds = String(Math.floor(Date.now() / 1_000));
  const headers = {
    "webhook-id": "msg_1",
    "webhook-timestamp": seconds,
    "webhook-signature": signatureOf(rig.keys.key, "msg_1", seconds, body),
  };
  const request = { method: "POST", url: "/h/1", headers, body: Buffer.from(body) };
  expect(await rig.channel.receive(request, seen.inbox)).toMatchObject({ status: 401 });
  expect(seen.got).toEqual([]);
  await rig.close();
});

test("every request of ours is signed so that the receiver can tell", async () => {
  const rig = await openWebhookRig();
  await rig.channel.probe();
  const ref = await rig.channel.post(rig.place, OPEN, "k");
  await rig.channel.edit(ref, OPEN);
  await rig.channel.say(rig.place, "hello", ref);
  expect(rig.wrong()).toBe(0);
  await rig.close();
});
