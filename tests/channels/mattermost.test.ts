import { expect, test } from "vitest";
import { OPEN, TOKENS } from "../conformance/channel-cards.ts";
import { faultOf, watch } from "../conformance/channel-watch.ts";
import { channelConformance } from "../conformance/channel.ts";
import { renderMarkdown } from "../support/platforms/markdown.ts";
import { mattermostTraits, openMattermostRig } from "../support/platforms/mattermost.ts";

channelConformance("mattermost", mattermostTraits, async () => openMattermostRig());

test("what a button is worth is not sent to those who see it", async () => {
  const rig = await openMattermostRig();
  await rig.channel.post(rig.place, OPEN, "k");
  expect(rig.seen()).toContain("Approve");
  expect(rig.seen()).not.toContain(TOKENS.approve);
  expect(rig.seen()).not.toContain("proof");
  await rig.close();
});

test("the proof of one button does not serve for another", async () => {
  const rig = await openMattermostRig();
  const on = await rig.channel.post(rig.place, OPEN, "k");
  const seen = await watch(rig, false);
  const deny = await rig.platform.does({ kind: "tap", user: rig.user, token: TOKENS.deny, on });
  const body = Buffer.from(deny?.body ?? [])
    .toString("utf8")
    .replace(TOKENS.deny, TOKENS.approve);
  const request = { method: "POST", url: deny?.url ?? "", headers: {}, body: Buffer.from(body) };
  expect(await rig.channel.receive(request, seen.inbox)).toMatchObject({ status: 401 });
  expect(seen.got).toEqual([]);
  await rig.close();
});

test("without a webhook no buttons are posted that would do nothing", async () => {
  const rig = await openMattermostRig(null);
  expect((await faultOf(rig, rig.channel.post(rig.place, OPEN, "k"))).code).toBe("channel_refused");
  await rig.close();
});

test("a person is written to in the channel that the two have", async () => {
  const rig = await openMattermostRig();
  await rig.channel.post({ kind: "person", id: "user-ada" }, OPEN, "k");
  expect((await rig.platform.shown())[0]?.ref.place.id).toBe("bot__user-ada");
  await rig.close();
});

test("the rendering that these tests go by does see mark-up, links and mentions", () => {
  expect(renderMarkdown("**a** [b](https://evil.example) @all `@x`")).toEqual({
    text: "a b @all @x",
    links: [{ text: "b", url: "https://evil.example" }],
    mentions: ["@all"],
  });
});
