import { expect, test } from "vitest";
import { OPEN } from "../conformance/channel-cards.ts";
import { faultOf, watch } from "../conformance/channel-watch.ts";
import { channelConformance } from "../conformance/channel.ts";
import { imessageTraits, openIMessageRig } from "../support/platforms/imessage.ts";
import { openLocal } from "../support/platforms/local.ts";

channelConformance("imessage", imessageTraits, openIMessageRig);

test("a redirect is not followed, and the password goes nowhere else (T17)", async () => {
  const rig = await openIMessageRig();
  const thief = await openLocal({ route: () => ({ status: 200, json: {} }), writes: () => true });
  rig.redirectNext(`${thief.origin}/api/v1/message/text`);
  const failure = await faultOf(rig, rig.channel.post(rig.place, OPEN, "k"));
  expect(failure.code).toBe("channel_refused");
  expect(thief.calls).toEqual([]);
  await thief.close();
  await rig.close();
});

test("a password with letters of its own in addresses arrives as it is", async () => {
  const rig = await openIMessageRig();
  await rig.channel.post(rig.place, OPEN, "k");
  expect(rig.calls[0]?.url.searchParams.get("password")).toBe(rig.secrets[0]);
  await rig.close();
});

test("what Doorward wrote itself, and what is no message, is left out", async () => {
  const rig = await openIMessageRig();
  const seen = await watch(rig, false);
  const request = await rig.platform.does({ kind: "words", user: rig.user, text: "x" });
  const body = Buffer.from(request?.body ?? []).toString("utf8");
  for (const changed of [
    body.replace('"isFromMe":false', '"isFromMe":true'),
    body.replace("new-message", "updated-message"),
  ]) {
    const answer = await rig.channel.receive(
      { method: "POST", url: request?.url ?? "", headers: {}, body: Buffer.from(changed) },
      seen.inbox,
    );
    expect(answer.status).toBe(200);
  }
  expect(seen.got).toEqual([]);
  await rig.close();
});
