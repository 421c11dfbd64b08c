import { describe, expect, test } from "vitest";
import { OPEN } from "../conformance/channel-cards.ts";
import { faultOf, watch } from "../conformance/channel-watch.ts";
import { channelConformance } from "../conformance/channel.ts";
import { type MetaName, metaTraits, openMetaRig } from "../support/platforms/meta.ts";

const NAMES: readonly MetaName[] = ["messenger", "instagram"];

channelConformance("messenger", metaTraits("messenger"), async () => openMetaRig("messenger"));
channelConformance("instagram", metaTraits("instagram"), async () => openMetaRig("instagram"));

describe.each(NAMES)("%s", (name) => {
  test("says so of somebody who wrote nothing for 24 hours", async () => {
    const rig = await openMetaRig(name);
    rig.closeWindow();
    const failure = await faultOf(rig, rig.channel.post(rig.place, OPEN, "k"));
    expect(failure.code).toBe("channel_refused");
    expect(failure.message).toContain("24 hours");
    await rig.close();
  });

  test("shakes hands with whoever knows the words, and echoes no page", async () => {
    const rig = await openMetaRig(name);
    const { inbox } = await watch(rig, false);
    const ask = (token: string, challenge: string) =>
      rig.channel.receive(
        {
          method: "GET",
          url: `/h?${new URLSearchParams({ "hub.mode": "subscribe", "hub.verify_token": token, "hub.challenge": challenge }).toString()}`,
          headers: {},
          body: new Uint8Array(),
        },
        inbox,
      );
    expect(await ask(rig.verifyToken, "1158201444")).toMatchObject({ status: 200, body: "1158201444" });
    expect(await ask("wrong", "1158201444")).toMatchObject({ status: 401, body: "" });
    expect(await ask(rig.verifyToken, "<script>1</script>")).toMatchObject({ status: 401, body: "" });
    await rig.close();
  });

  test("shows a label of more than 20 letters whole or not at all", async () => {
    const rig = await openMetaRig(name);
    const buttons = [{ label: "Approve this one thing only", style: "approve", token: "dw1.a.x" }] as const;
    expect((await faultOf(rig, rig.channel.post(rig.place, { ...OPEN, buttons }, "k"))).code).toBe(
      "channel_too_long",
    );
    await rig.close();
  });
});
