import { expect, test } from "vitest";
import { TYPED } from "../conformance/channel-cards.ts";
import { watch } from "../conformance/channel-watch.ts";
import { openSdkRig, rowOf, sdkConformance } from "../support/platforms/sdk.ts";
import { openTeams, teamsTraits, tokenOf } from "../support/platforms/teams.ts";

const row = rowOf("teams");
const isThere = await sdkConformance("teams", row, teamsTraits, openTeams);

test.runIf(isThere)(
  "believes no token but the connector's: one of the directory is not the platform",
  async () => {
    const platform = await openTeams();
    const { channel, close } = await openSdkRig(row, platform);
    const seen = await watch({ ...platform.rig, channel, secrets: [], close }, false);
    const request = await platform.rig.platform.does({
      kind: "words",
      user: platform.rig.user,
      text: TYPED.approve,
    });
    const forge = async (issuer: string): Promise<number | undefined> => {
      const headers = { ...request?.headers, authorization: `Bearer ${tokenOf({}, issuer)}` };
      return (await seen.deliver(request === null ? null : { ...request, headers }))?.status;
    };
    expect(await forge("https://login.microsoftonline.com/a1b2c3d4-e5f6-7890-abcd-ef1234567890/v2.0")).toBe(
      401,
    );
    expect(await forge("https://sts.windows.net/a1b2c3d4-e5f6-7890-abcd-ef1234567890/")).toBe(401);
    expect(seen.got).toEqual([]);
    expect(await forge("https://api.botframework.com")).toBe(200);
    expect(seen.got.length).toBe(1);
    await close();
    await platform.close();
  },
);
