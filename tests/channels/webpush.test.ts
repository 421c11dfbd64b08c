import { expect, test } from "vitest";
import { DECIDED, LINK, OPEN, textsOf, TOKENS, TYPED } from "../conformance/channel-cards.ts";
import { faultOf } from "../conformance/channel-watch.ts";
import { channelConformance } from "../conformance/channel.ts";
import { openWebPushRig, type WebPushRig, webpushTraits } from "../support/platforms/webpush.ts";

channelConformance("webpush", webpushTraits, async () => openWebPushRig());

async function opened(use: (rig: WebPushRig) => Promise<void>, allowPrivate = true): Promise<void> {
  const rig = await openWebPushRig(allowPrivate);
  try {
    await use(rig);
  } finally {
    await rig.close();
  }
}

test("tells nothing of the request, even to the browser itself", async () =>
  opened(async (rig) => {
    await rig.channel.post(rig.place, OPEN, "k1");
    await rig.channel.post(rig.place, DECIDED, "k2");
    await rig.channel.say(rig.place, "Approved by Ada: 1,250.00 EUR", null);
    const told = rig.told().join("\n");
    const never = [...textsOf(OPEN), ...Object.values(TOKENS), ...Object.values(TYPED), "1,250.00", "Ada"];
    expect(never.filter((text) => told.includes(text))).toEqual([]);
    expect(JSON.parse(rig.told()[0] ?? "")).toMatchObject({ body: "A request waits for you", url: LINK });
  }));

test("is told to the push service as its rules ask", async () =>
  opened(async (rig) => {
    await rig.channel.post(rig.place, OPEN, "k");
    expect(rig.headers()).toMatchObject({ "content-encoding": "aes128gcm", ttl: "14400", urgency: "high" });
    expect(rig.headers()["topic"]).toMatch(/^[\w-]{32}$/);
  }));

test("a browser that takes no more is refused for good", async () =>
  opened(async (rig) => {
    rig.unsubscribe();
    const failure = await faultOf(rig, rig.channel.post(rig.place, OPEN, "k"));
    expect(failure).toMatchObject({ code: "channel_refused" });
  }));

test("an endpoint without TLS or on a private network is not asked (T17)", async () =>
  opened(async (rig) => {
    for (const endpoint of ["http://push.example/x", "https://127.0.0.1:1/x", "https://169.254.169.254/x"]) {
      const id = JSON.stringify({ ...JSON.parse(rig.place.id), endpoint });
      expect((await faultOf(rig, rig.channel.post({ kind: "person", id }, OPEN, "k"))).code).toBe(
        "channel_refused",
      );
    }
    expect(rig.platform.writes()).toBe(0);
  }, false));

test.each([
  "",
  "{}",
  "null",
  "x".repeat(5_000),
  '{"endpoint":"https://a.example","keys":{"p256dh":"AA","auth":"AA"}}',
])("%j is no subscription", async (id) =>
  opened(async (rig) => {
    const failure = await faultOf(rig, rig.channel.post({ kind: "person", id }, OPEN, "k"));
    expect(failure.code).toBe("channel_refused");
  }),
);
