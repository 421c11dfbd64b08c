import { expect } from "vitest";
import type { WebhookAnswer } from "#chat";
import type { Case } from "./channel-cases.ts";
import type { Deed, Rig, Traits } from "./channel-rig.ts";
import { OPEN, TOKENS, TYPED } from "./channel-cards.ts";
import { until, watch } from "./channel-watch.ts";

const isConnection = ({ abilities }: Traits): boolean => abilities.inbound === "connection";
const isHeard = ({ abilities, words }: Traits): boolean => abilities.buttons || words;
const LATE = "Already approved by Ada at 13:58 UTC";

/** A tap where there are buttons, else the typed code. */
async function answerOf(rig: Rig, traits: Traits): Promise<Deed> {
  const on = await rig.channel.post(rig.place, OPEN, "key-answer");
  return traits.abilities.buttons
    ? { kind: "tap", user: rig.user, token: TOKENS.approve, on }
    : { kind: "words", user: rig.user, text: TYPED.approve };
}

/** Refused before anything of it was believed. */
function isRefused(answer: WebhookAnswer | null): void {
  expect(answer?.status).toBeGreaterThanOrEqual(400);
  expect(answer?.status).toBeLessThan(500);
}

const HOSTILE_BODIES = [
  "",
  "null",
  "[]",
  "{",
  '{"type":1}',
  '{"__proto__":{"user":"x"}}',
  "[".repeat(20_000),
  "payload=%7B%7D&x=1",
  "\u0000\uffff",
  "x".repeat(2_000_000),
];

export const INBOUND_CASES: readonly Case[] = [
  {
    title: "hands in a tap: event, user, workspace, token and message as they are",
    when: ({ abilities }) => abilities.buttons,
    run: async (rig, traits) => {
      const on = await rig.channel.post(rig.place, OPEN, "key-tap");
      const { tenant } = await rig.channel.probe();
      const seen = await watch(rig, isConnection(traits));
      await seen.does({ kind: "tap", user: rig.user, token: TOKENS.deny, on });
      expect(seen.got).toMatchObject([
        { kind: "tap", token: TOKENS.deny, user: { id: rig.user, tenant: traits.tenants ? tenant : null } },
      ]);
      const [tap] = seen.got;
      expect(tap?.event).toMatch(/./);
      expect(Number.isSafeInteger(tap?.at)).toBe(true);
      if (tap?.message !== null) expect(tap?.message?.id).toBe(on.id);
    },
  },
  {
    title: "hands in typed words: event, user, workspace, text and place as they are",
    when: ({ words }) => words,
    run: async (rig, traits) => {
      await rig.channel.post(rig.place, OPEN, "key-words");
      const { tenant } = await rig.channel.probe();
      const seen = await watch(rig, isConnection(traits));
      await seen.does({ kind: "words", user: rig.user, text: TYPED.deny });
      expect(seen.got).toMatchObject([
        { kind: "words", text: TYPED.deny, user: { id: rig.user, tenant: traits.tenants ? tenant : null } },
      ]);
      const [words] = seen.got;
      expect(words?.event).toMatch(/./);
      expect(Number.isSafeInteger(words?.at)).toBe(true);
      await rig.channel.say(words?.kind === "words" ? words.place : rig.place, "Thank you", null);
      expect((await rig.platform.shown()).at(-1)?.text).toContain("Thank you");
    },
  },
  {
    title: "never hands in what we wrote ourselves",
    when: ({ words }) => words,
    run: async (rig, traits) => {
      const seen = await watch(rig, isConnection(traits));
      await rig.channel.post(rig.place, OPEN, "key-own");
      await rig.channel.say(rig.place, TYPED.approve, null);
      await seen.does({ kind: "words", user: rig.user, text: "marker" });
      expect(seen.got.map((one) => (one.kind === "words" ? one.text : one.token))).toEqual(["marker"]);
    },
  },
  {
    title: "shows what we answer to a late one, to whoever did it",
    when: isHeard,
    run: async (rig, traits) => {
      const deed = await answerOf(rig, traits);
      const seen = await watch(rig, isConnection(traits));
      seen.answer = LATE;
      await seen.does(deed);
      await until(
        async () => (await rig.platform.shown()).some(({ text }) => text.includes(LATE)),
        "the answer to a late tap",
      );
    },
  },
  {
    title: "gives an event that comes twice the same name twice, and two events two names",
    when: isHeard,
    run: async (rig, traits) => {
      const deed = await answerOf(rig, traits);
      const seen = await watch(rig, isConnection(traits));
      await seen.does(deed);
      const answer = await seen.deliver(await rig.platform.again());
      if (answer === null) {
        // Over a connection of ours it may be dropped on the way: the next event shows that nothing else is still to come.
        await seen.does(deed);
        // The repetition may come through, and first: what is waited for is the other name.
        await until(
          () => new Set(seen.got.map(({ event }) => event)).size === 2,
          "an event under another name",
        );
        return;
      }
      expect(seen.got.map(({ event }) => event === seen.got[0]?.event)).toEqual([true, true]);
      await seen.does(deed);
      expect(seen.got[2]?.event).not.toBe(seen.got[0]?.event);
    },
  },
  {
    title: "tells someone of another workspace from someone of ours",
    when: (traits) => traits.tenants && isHeard(traits),
    run: async (rig, traits) => {
      const deed = await answerOf(rig, traits);
      const { tenant } = await rig.channel.probe();
      const seen = await watch(rig, isConnection(traits));
      const answer = await seen.deliver(await rig.platform.does(deed, { elsewhere: true }));
      if (answer === null) await until(() => seen.got.length > 0, "the event from elsewhere");
      // Refusing it here is as good as naming it: the courier never takes it for ours.
      for (const { user } of seen.got) {
        expect(user.tenant).toMatch(/./);
        expect(user.tenant).not.toBe(tenant);
      }
      if (seen.got.length === 0) isRefused(answer);
    },
  },
  {
    title: "refuses a forged signature",
    when: (traits) => traits.webhook && isHeard(traits),
    run: async (rig, traits) => {
      const deed = await answerOf(rig, traits);
      const seen = await watch(rig, isConnection(traits));
      isRefused(await seen.does(deed, { forged: true }));
      expect(seen.got).toEqual([]);
    },
  },
  {
    title: "refuses a request without its proof, and one whose body was changed by a byte",
    when: (traits) => traits.webhook && isHeard(traits),
    run: async (rig, traits) => {
      const deed = await answerOf(rig, traits);
      const seen = await watch(rig, isConnection(traits));
      const request = await rig.platform.does(deed);
      if (request === null) throw new Error("no webhook request");
      const text = Buffer.from(request.body).toString("utf8");
      const typed = deed.kind === "tap" ? TOKENS.approve : TYPED.approve;
      const changed = text.replace(typed, typed.replace("4F7K", "4F7J").replace(".a.", ".d."));
      const { host = "" } = request.headers;
      const bare = { ...request, url: request.url.replace(/\?.*$/, ""), headers: { host } };
      isRefused(await rig.channel.receive(bare, seen.inbox));
      if (changed !== text && !traits.secretOnly)
        isRefused(await rig.channel.receive({ ...request, body: Buffer.from(changed) }, seen.inbox));
      expect(seen.got).toEqual([]);
    },
  },
  {
    title: "refuses what was signed an hour ago, or an hour ahead of our clock",
    when: (traits) => traits.webhook && traits.dated && isHeard(traits),
    run: async (rig, traits) => {
      const deed = await answerOf(rig, traits);
      const seen = await watch(rig, isConnection(traits));
      // Whatever the status: some platforms stop calling whoever refuses too often.
      await seen.does(deed, { agoMs: 3_600_000 });
      await seen.does(deed, { agoMs: -3_600_000 });
      expect(seen.got).toEqual([]);
      await seen.does(deed, { agoMs: 20_000 });
      expect(seen.got.length).toBe(1);
    },
  },
  {
    title: "answers nonsense at its webhook without failing and without believing it",
    when: ({ webhook }) => webhook,
    run: async (rig, traits) => {
      const seen = await watch(rig, isConnection(traits));
      for (const body of HOSTILE_BODIES)
        for (const method of ["POST", "GET", "PUT"]) {
          const answer = await rig.channel.receive(
            { method, url: "/hooks/x?mode=subscribe&x=1", headers: {}, body: Buffer.from(body) },
            seen.inbox,
          );
          isRefused(answer);
        }
      expect(seen.got).toEqual([]);
    },
  },
  {
    title: "has no webhook where it says so",
    when: ({ webhook }) => !webhook,
    run: async (rig, traits) => {
      const seen = await watch(rig, isConnection(traits));
      const request = { method: "POST", url: "/hooks/x", headers: {}, body: Buffer.from("{}") };
      isRefused(await rig.channel.receive(request, seen.inbox));
      expect(seen.got).toEqual([]);
    },
  },
  {
    title: "goes quiet once it is closed",
    when: always,
    run: async (rig, traits) => {
      const seen = await watch(rig, isConnection(traits));
      await rig.channel.close();
      if (isConnection(traits) && traits.words) {
        await rig.platform.does({ kind: "words", user: rig.user, text: "too late" });
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      expect(seen.got).toEqual([]);
    },
  },
];

function always(): boolean {
  return true;
}
