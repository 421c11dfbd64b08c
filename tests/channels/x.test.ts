import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { OPEN } from "../conformance/channel-cards.ts";
import { watch } from "../conformance/channel-watch.ts";
import { channelConformance } from "../conformance/channel.ts";
import { openXRig, xTraits } from "../support/platforms/x.ts";

channelConformance("x", xTraits, openXRig);

const challenge = (token: string) => ({
  method: "GET",
  url: `/h?${new URLSearchParams({ crc_token: token }).toString()}`,
  headers: {},
  body: new Uint8Array(),
});

test("answers X's challenge with what only the app's secret makes", async () => {
  const rig = await openXRig();
  const { inbox } = await watch(rig, false);
  const token = "MTYxNDI2NTMzMA/abc+def==";
  const answer = await rig.channel.receive(challenge(token), inbox);
  const right = createHmac("sha256", rig.consumerSecret).update(token).digest("base64");
  expect(answer).toMatchObject({ status: 200, body: JSON.stringify({ response_token: `sha256=${right}` }) });
  await rig.close();
});

test("signs no event that somebody hands in as a challenge", async () => {
  const rig = await openXRig();
  const { inbox } = await watch(rig, false);
  const event = JSON.stringify({ direct_message_events: [{ id: "1" }] });
  for (const token of [event, "short", "", `${"A".repeat(64)}{`])
    expect(await rig.channel.receive(challenge(token), inbox)).toMatchObject({ status: 400, body: "" });
  await rig.close();
});

test("reads events of the newer Activity API, and entities as their letters", async () => {
  const rig = await openXRig();
  const seen = await watch(rig, false);
  rig.wrapNext();
  await seen.does({ kind: "words", user: rig.user, text: "a & b" });
  expect(seen.got).toMatchObject([{ kind: "words", text: "a & b" }]);
  await rig.close();
});

test("every request is signed anew", async () => {
  const rig = await openXRig();
  await rig.channel.post(rig.place, OPEN, "k1");
  await rig.channel.post(rig.place, OPEN, "k2");
  const signatures = rig.seen.map(({ headers }) => headers["authorization"]);
  expect(new Set(signatures).size).toBe(2);
  await rig.close();
});

test("ids cannot lead to other places of the API", async () => {
  const rig = await openXRig();
  await rig.channel.post({ kind: "person", id: "../../tweets?x=" }, OPEN, "k");
  for (const id of ["..", "."]) {
    const outcome: unknown = await rig.channel
      .post({ kind: "room", id }, OPEN, "k")
      .catch((cause: unknown) => cause);
    expect(outcome).toMatchObject({ code: "channel_refused" });
  }
  expect(rig.seen.every(({ url }) => url.pathname.startsWith("/2/dm_conversations/"))).toBe(true);
  await rig.close();
});
