import { describe, expect, test } from "vitest";
import { CASES } from "./channel-cases.ts";
import type { Rig, Traits } from "./channel-rig.ts";

/**
 * What every channel must do (the contract is on `Channel` in #chat), whatever stands behind it. Call it once per
 * platform; `open` gives a fresh channel on a fresh local server each time. Wrong and unlinked users are the courier's to
 * refuse: here it is proved that what they did arrives under their own name and workspace, whatever else they say.
 */
export function channelConformance(name: string, traits: Traits, open: () => Promise<Rig>): void {
  describe(`channel: ${name}`, () => {
    for (const { title: what, run } of CASES.filter(({ when }) => when(traits))) {
      test(`a channel ${what}`, async () => {
        const rig = await open();
        try {
          expect(await run(rig, traits)).toBeUndefined();
        } finally {
          await rig.close();
        }
      });
    }
  });
}
