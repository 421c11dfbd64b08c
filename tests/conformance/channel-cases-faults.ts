import { expect } from "vitest";
import { type MessageRef, retryAfterOf } from "#chat";
import type { Case } from "./channel-cases.ts";
import { OPEN } from "./channel-cards.ts";
import type { Rig } from "./channel-rig.ts";
import { faultOf, shownAt } from "./channel-watch.ts";

const always = (): boolean => true;
/** What every rig's platform asks for with its 429; platforms that count in seconds may round. */
const ASKED_MS = 7_000;

async function isThere(rig: Rig, ref: MessageRef, isBell: boolean): Promise<void> {
  const shown = await shownAt(rig, ref);
  expect(shown?.text).toContain(isBell ? "Doorward" : OPEN.title);
}

export const FAULT_CASES: readonly Case[] = [
  {
    title: "says how long to wait where the platform does (429), and does not try again itself",
    when: always,
    run: async (rig, { bell = false, pausesUnsaid = false }) => {
      rig.platform.failNext("rate");
      const failure = await faultOf(rig, rig.channel.post(rig.place, OPEN, "key-rate"));
      expect(failure.code).toBe("channel_unreachable");
      expect(retryAfterOf(failure)).toBe(pausesUnsaid ? null : ASKED_MS);
      expect((await rig.platform.shown()).length).toBe(0);
      await isThere(rig, await rig.channel.post(rig.place, OPEN, "key-rate"), bell);
    },
  },
  {
    title: "is retryable after a 500, and does not try again itself",
    when: always,
    run: async (rig) => {
      rig.platform.failNext("error");
      const failure = await faultOf(rig, rig.channel.post(rig.place, OPEN, "key-500"));
      expect(failure.code).toBe("channel_unreachable");
      expect((await rig.platform.shown()).length).toBe(0);
    },
  },
  {
    title: "ends a call that is never answered",
    when: always,
    run: async (rig) => {
      rig.platform.failNext("hang");
      const failure = await faultOf(rig, rig.channel.post(rig.place, OPEN, "key-hang"));
      expect(failure.code).toBe("channel_unreachable");
    },
  },
  {
    title:
      "is retryable where the answer was lost after it was done; the same key then shows it once, where the platform knows keys",
    when: always,
    run: async (rig, { bell = false, idempotent }) => {
      rig.platform.failNext("lost");
      const failure = await faultOf(rig, rig.channel.post(rig.place, OPEN, "key-lost"));
      expect(failure.code).toBe("channel_unreachable");
      const ref = await rig.channel.post(rig.place, OPEN, "key-lost");
      await isThere(rig, ref, bell);
      expect((await rig.platform.shown()).length).toBe(idempotent ? 1 : 2);
    },
  },
  {
    title: "does not take a success that names no message for one",
    when: ({ namedByUs = false }) => !namedByUs,
    run: async (rig) => {
      rig.platform.failNext("hollow");
      const failure = await faultOf(rig, rig.channel.post(rig.place, OPEN, "key-hollow"));
      expect(failure.code).toBe("channel_unreachable");
    },
  },
  {
    title: "says so, without its secrets, where the platform knows it no more",
    when: always,
    run: async (rig, { bell = false }) => {
      rig.platform.failNext("revoked");
      expect((await faultOf(rig, rig.channel.post(rig.place, OPEN, "key-revoked"))).code).toBe(
        "channel_refused",
      );
      if (bell) return;
      rig.platform.failNext("revoked");
      expect((await faultOf(rig, rig.channel.probe())).code).toBe("channel_refused");
    },
  },
  {
    title: "says so where the platform cannot be reached for a probe or for words",
    when: ({ bell = false }) => !bell,
    run: async (rig) => {
      rig.platform.failNext("error");
      expect((await faultOf(rig, rig.channel.probe())).code).toBe("channel_unreachable");
      rig.platform.failNext("error");
      expect((await faultOf(rig, rig.channel.say(rig.place, "Thank you", null))).code).toBe(
        "channel_unreachable",
      );
    },
  },
];
