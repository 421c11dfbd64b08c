import { expect, test } from "vitest";
import { TYPED } from "../conformance/channel-cards.ts";
import { watch } from "../conformance/channel-watch.ts";
import { openSdkRig, rowOf, sdkConformance } from "../support/platforms/sdk.ts";
import { openWhatsapp, WHATSAPP_SECRETS, whatsappTraits } from "../support/platforms/whatsapp.ts";

const row = rowOf("whatsapp");
const isThere = await sdkConformance("whatsapp", row, whatsappTraits, openWhatsapp);

test.runIf(isThere)(
  "lets go what is old by its own signed time, and answers Meta's own question to whoever knows the word",
  async () => {
    const platform = await openWhatsapp();
    const { channel, close } = await openSdkRig(row, platform);
    const seen = await watch({ ...platform.rig, channel, secrets: [], close }, false);
    const deed = { kind: "words", user: platform.rig.user, text: TYPED.approve } as const;
    expect((await seen.does(deed, { agoMs: 3_600_000 }))?.status).toBe(200);
    expect((await seen.does(deed, { agoMs: -3_600_000 }))?.status).toBe(200);
    expect(seen.got).toEqual([]);
    expect((await seen.does(deed, { agoMs: 60_000 }))?.status).toBe(200);
    expect(seen.got.length).toBe(1);
    const ask = async (word: string): Promise<unknown> => {
      const url = `/hooks/x?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=${word}`;
      const { status, body } = await channel.receive(
        { method: "GET", url, headers: {}, body: new Uint8Array() },
        seen.inbox,
      );
      return { status, body };
    };
    expect(await ask(WHATSAPP_SECRETS.verifyToken)).toEqual({ status: 200, body: "1158201444" });
    expect(await ask("another")).toMatchObject({ status: 403 });
    await close();
    await platform.close();
  },
);
