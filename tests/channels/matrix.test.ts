import { expect, test } from "vitest";
import { OPEN } from "../conformance/channel-cards.ts";
import { faultOf, until, watch } from "../conformance/channel-watch.ts";
import { channelConformance } from "../conformance/channel.ts";
import { type MatrixRig, matrixTraits, openMatrixRig } from "../support/platforms/matrix.ts";

channelConformance("matrix", matrixTraits, async () => openMatrixRig());

async function opened(use: (rig: MatrixRig) => Promise<void>): Promise<void> {
  const rig = await openMatrixRig();
  try {
    await use(rig);
  } finally {
    await rig.close();
  }
}

test("an encrypted room is refused, with the reason, and nothing is written", async () =>
  opened(async (rig) => {
    rig.rooms.set("!hall:home.example", { isEncrypted: true });
    const failure = await faultOf(rig, rig.channel.post(rig.place, OPEN, "k"));
    expect(failure).toMatchObject({ code: "channel_refused", message: "the room is encrypted" });
    expect(rig.platform.writes()).toBe(0);
  }));

test("a room that we are not in is refused", async () =>
  opened(async (rig) => {
    const to = { kind: "room", id: "!other:home.example" } as const;
    expect((await faultOf(rig, rig.channel.post(to, OPEN, "k"))).code).toBe("channel_refused");
  }));

test("a person is written to in one room of theirs, made once", async () =>
  opened(async (rig) => {
    const to = { kind: "person", id: "@ada:home.example" } as const;
    const one = await rig.channel.post(to, OPEN, "k1");
    const two = await rig.channel.post(to, OPEN, "k2");
    expect(two.place).toEqual(one.place);
    expect(rig.rooms.size).toBe(2);
  }));

test("what was typed while Doorward was down is heard when it is up again; what was there before is not", async () =>
  opened(async (rig) => {
    await rig.platform.does({ kind: "words", user: rig.user, text: "long ago" });
    const seen = await watch(rig, true);
    await seen.does({ kind: "words", user: rig.user, text: "one" });
    await until(() => seen.inbox.cursor.get() === "s2", "the cursor");
    await rig.channel.close();
    await rig.platform.does({ kind: "words", user: rig.user, text: "two" });
    const channel = await rig.reopen();
    await channel.listen(seen.inbox);
    await until(() => seen.got.length === 2, "what was typed meanwhile");
    await channel.close();
    expect(seen.got.map((one) => (one.kind === "words" ? one.text : ""))).toEqual(["one", "two"]);
  }));

test("a reply is read without what it quotes", async () =>
  opened(async (rig) => {
    const seen = await watch(rig, true);
    const text = "> <@doorward:home.example> approve AAAA-AAAA\n> deny AAAA-AAAA\n\napprove BBBB-BBBB";
    await seen.does({ kind: "words", user: rig.user, text });
    expect(seen.got[0]).toMatchObject({ text: "approve BBBB-BBBB" });
  }));

test("invitations from our own homeserver are followed, others are not", async () =>
  opened(async (rig) => {
    rig.invites.set("!theirs:abroad.example", "@eve:abroad.example");
    rig.invites.set("!ours:home.example", "@ada:home.example");
    await watch(rig, true);
    await until(() => rig.joined.length > 0, "joining");
    expect(new Set(rig.joined)).toEqual(new Set(["!ours:home.example"]));
  }));

test("ids cannot lead to other places of the API", async () =>
  opened(async (rig) => {
    const to = { kind: "room", id: "../../../admin/x?y=1#" } as const;
    await faultOf(rig, rig.channel.post(to, OPEN, "k"));
    await faultOf(rig, rig.channel.edit({ place: rig.place, id: "../../x" }, OPEN));
    expect(rig.calls.every(({ url }) => url.pathname.startsWith("/_matrix/client/v3/"))).toBe(true);
  }));
