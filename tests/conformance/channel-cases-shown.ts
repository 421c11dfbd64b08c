import { expect } from "vitest";
import { Fault } from "#base";
import { type Card, cardOf } from "#cards";
import type { MessageRef } from "#chat";
import { cardFacts } from "../samples/card-facts.ts";
import type { Case } from "./channel-cases.ts";
import type { Rig, Shown, Traits } from "./channel-rig.ts";
import {
  ASKING,
  counted,
  DECIDED,
  FOREIGN,
  LINK,
  MARKED,
  OPEN,
  STOPPING,
  textsOf,
  TOKENS,
  TYPED,
  withSections,
} from "./channel-cards.ts";
import { faultOf, shownAt } from "./channel-watch.ts";

const always = (): boolean => true;
const shows = ({ bell = false }: Traits): boolean => !bell;

async function posted(rig: Rig, card: Card, key: string): Promise<readonly [MessageRef, Shown]> {
  const ref = await rig.channel.post(rig.place, card, key);
  const shown = await shownAt(rig, ref);
  if (shown === null) throw new Error("what was posted is not there");
  return [ref, shown];
}

/** Every letter, in the card's order; wherever the platform breaks lines. */
function readsWhole(shown: Shown, texts: readonly string[]): void {
  const text = flat(shown.text);
  let from = 0;
  for (const piece of texts.map(flat)) {
    const at = text.indexOf(piece, from);
    expect({ piece, text, isThere: at >= 0 }).toMatchObject({ isThere: true });
    from = at + piece.length;
  }
}

const flat = (text: string): string => text.replace(/\s+/gu, " ").trim();

/** Only our own link, and nothing behind other words than its address. */
function linksNowhereElse(shown: Shown, { autolinks }: Traits): void {
  const others = shown.links.filter(({ url }) => url !== LINK);
  expect(autolinks ? others.filter(({ text, url }) => !url.endsWith(text)) : others).toEqual([]);
  expect(shown.mentions).toEqual([]);
}

async function wholeOrTooLong(rig: Rig, card: Card, traits: Traits): Promise<void> {
  const before = rig.platform.writes();
  const outcome = await posted(rig, card, "key-whole").catch((cause: unknown) => cause);
  if (outcome instanceof Fault) {
    expect(outcome.code).toBe("channel_too_long");
    expect(rig.platform.writes()).toBe(before);
    return;
  }
  if (!Array.isArray(outcome)) throw outcome;
  const [, shown] = outcome as [MessageRef, Shown];
  readsWhole(shown, textsOf(card));
  linksNowhereElse(shown, traits);
}

const itemLink = (at: number): string => LINK.replace("apr_01J9", `apr_${at}`);

const item = (at: number): Card["sections"][number] => ({
  kind: "item",
  title: `Request ${at}`,
  status: { kind: "open", text: `Waiting ${at}` },
  sections: [{ kind: "fields", fields: [{ label: "Amount", value: `${at}0 EUR` }] }],
  buttons: [
    { label: `Approve ${at}`, style: "approve", token: `dw1.a.item-${at}` },
    { label: `Deny ${at}`, style: "deny", token: `dw1.d.item-${at}` },
  ],
  link: { label: `Open ${at}`, url: itemLink(at) },
});

export const SHOWN_CASES: readonly Case[] = [
  {
    title: "says who we are there",
    when: always,
    run: async ({ channel }, { tenants }) => {
      const account = await channel.probe();
      expect(account.id).toMatch(/./);
      expect(account.name).toMatch(/./);
      if (tenants) expect(account.tenant).toMatch(/./);
    },
  },
  {
    title: "posts a card whole, in its order, with its link and what can be answered",
    when: shows,
    run: async (rig, { abilities }) => {
      const [, shown] = await posted(rig, OPEN, "key-post");
      readsWhole(shown, textsOf(OPEN));
      expect(`${shown.text} ${shown.links.map(({ url }) => url).join(" ")}`).toContain(LINK);
      const tokens = shown.buttons.map(({ label, token }) => [label, token]);
      if (abilities.buttons) {
        expect(tokens).toEqual([
          ["Approve", TOKENS.approve],
          ["Deny", TOKENS.deny],
        ]);
      } else {
        expect(tokens).toEqual([]);
        expect(shown.text).not.toContain(TOKENS.approve);
      }
    },
  },
  {
    title: "says what to type where there are no buttons",
    when: ({ abilities, words }) => !abilities.buttons && words,
    run: async (rig) => {
      const [, shown] = await posted(rig, OPEN, "key-typed");
      readsWhole(shown, [TYPED.approve]);
      readsWhole(shown, [TYPED.deny]);
      const [, over] = await posted(rig, DECIDED, "key-decided");
      expect(over.text).not.toContain(TYPED.approve);
    },
  },
  {
    title: "says only how to refuse where nothing can be approved by typing",
    when: ({ abilities, words }) => !abilities.buttons && words,
    run: async (rig) => {
      const [, shown] = await posted(rig, { ...OPEN, typed: { ...TYPED, approve: null } }, "key-refuse");
      expect(shown.text).toContain(TYPED.deny);
      expect(shown.text).not.toContain(TYPED.approve);
      expect(shown.text).not.toContain("null");
    },
  },
  {
    title: "says how to stop the agent by typing, where nothing can be tapped",
    when: ({ abilities, words }) => !abilities.buttons && words,
    run: async (rig) => {
      const stop = "stop agent 4F7K-2Q9M";
      const [, shown] = await posted(rig, { ...OPEN, typed: { ...TYPED, stop } }, "key-stop");
      readsWhole(shown, [TYPED.approve, TYPED.deny, stop]);
      const [, without] = await posted(rig, OPEN, "key-no-stop");
      expect(without.text).not.toContain("stop agent");
      expect(without.text).not.toContain("undefined");
    },
  },
  {
    title: "has a button that makes the card ask, and then shows what it asks and nothing else to tap",
    when: ({ abilities }) => abilities.buttons && abilities.edits && abilities.buttonsMax >= 4,
    run: async (rig) => {
      const [ref, shown] = await posted(rig, { ...OPEN, buttons: [...OPEN.buttons, STOPPING] }, "key-stop");
      expect(shown.buttons.map(({ token }) => token)).toEqual([TOKENS.approve, TOKENS.deny, STOPPING.token]);
      const text = "Ada is asked to tap once more, by 14:02 UTC: it is denied then, and the agent is stopped";
      await rig.channel.edit(ref, { ...OPEN, status: { kind: "open", text }, buttons: ASKING });
      const asking = await shownAt(rig, ref);
      if (asking === null) throw new Error("it is gone");
      readsWhole(asking, [OPEN.title, text]);
      expect(asking.buttons.map(({ label, token }) => [label, token])).toEqual(
        ASKING.map(({ label, token }) => [label, token]),
      );
    },
  },
  {
    title: "can refuse what is too long for it: the short card fits, with a no and no yes",
    when: shows,
    run: async (rig, { abilities, words }) => {
      const facts = cardFacts({ arguments: { to: "bob", body: counted(600_000) } });
      const code = { approve: TYPED.approve, deny: TYPED.deny };
      const { card, whole } = cardOf(facts, {
        fields: { level: "minimal", withheld: [] },
        tokens: abilities.buttons ? TOKENS : null,
        typed: !abilities.buttons && words ? code : null,
        link: { label: "Open in Doorward", url: LINK },
        abilities: { buttons: abilities.buttons, textMax: abilities.textMax },
        at: facts.requestedAt,
        isShort: true,
      });
      const [, shown] = await posted(rig, card, "key-short-form");
      expect(whole).toBe(false);
      expect(shown.buttons.map(({ token }) => token)).toEqual(abilities.buttons ? [TOKENS.deny] : []);
      if (!abilities.buttons && words) readsWhole(shown, [TYPED.deny]);
      expect(shown.text).not.toContain(TYPED.approve);
      expect(`${shown.text} ${shown.links.map(({ url }) => url).join(" ")}`).toContain(LINK);
    },
  },
  {
    title: "shows several requests on one card, each with its own choice, or says that they do not fit",
    when: shows,
    run: async (rig, { abilities }) => {
      const card = withSections([item(1), item(2)]);
      const outcome = await posted(rig, card, "key-items").catch((cause: unknown) => cause);
      if (outcome instanceof Fault) {
        expect(outcome.code).toBe("channel_too_long");
        return;
      }
      if (!Array.isArray(outcome)) throw outcome;
      const [, shown] = outcome as [MessageRef, Shown];
      readsWhole(shown, textsOf(card));
      const links = `${shown.text} ${shown.links.map(({ url }) => url).join(" ")}`;
      for (const at of [1, 2]) expect(links).toContain(itemLink(at));
      if (abilities.buttons)
        expect(shown.buttons.map(({ token }) => token).toSorted()).toEqual(
          [
            TOKENS.approve,
            TOKENS.deny,
            "dw1.a.item-1",
            "dw1.a.item-2",
            "dw1.d.item-1",
            "dw1.d.item-2",
          ].toSorted(),
        );
    },
  },
  {
    title: "leaves no button out: more than fit are too many, and nothing is posted",
    when: ({ abilities }) => abilities.buttons,
    run: async (rig, { abilities }) => {
      const buttons = Array.from({ length: abilities.buttonsMax + 1 }, (_, at) => ({
        label: `Choice ${at}`,
        style: "plain" as const,
        token: `dw1.g.choice-${at}`,
      }));
      const failure = await faultOf(rig, rig.channel.post(rig.place, { ...OPEN, buttons }, "key-many"));
      expect(failure.code).toBe("channel_too_long");
      expect(rig.platform.writes()).toBe(0);
    },
  },
  {
    title: "shows another card in place of the first, without its buttons",
    when: ({ abilities }) => abilities.edits,
    run: async (rig) => {
      const [ref] = await posted(rig, OPEN, "key-edit");
      await rig.channel.edit(ref, DECIDED);
      const shown = await shownAt(rig, ref);
      if (shown === null) throw new Error("it is gone");
      readsWhole(shown, textsOf(DECIDED));
      expect(shown.buttons).toEqual([]);
      expect(shown.text).not.toContain(OPEN.status.text);
      expect(shown.text).not.toContain(TYPED.approve);
    },
  },
  {
    title: "refuses to edit where the platform cannot",
    when: ({ abilities }) => !abilities.edits,
    run: async (rig) => {
      const [ref] = await posted(rig, OPEN, "key-edit");
      expect((await faultOf(rig, rig.channel.edit(ref, DECIDED))).code).toBe("channel_refused");
    },
  },
  {
    title: "is refused the edit of a message that is gone",
    when: ({ abilities }) => abilities.edits,
    run: async (rig) => {
      const [ref] = await posted(rig, OPEN, "key-gone");
      rig.platform.forget(ref);
      expect((await faultOf(rig, rig.channel.edit(ref, DECIDED))).code).toBe("channel_refused");
    },
  },
  {
    title: "shows 4,000 letters of an argument whole, or says that they do not fit and posts nothing",
    when: shows,
    run: async (rig, traits) => {
      const text = counted(4_000);
      await wholeOrTooLong(rig, withSections([{ kind: "verbatim", label: "body", text }]), traits);
      await wholeOrTooLong(
        rig,
        withSections([{ kind: "fields", fields: [{ label: "body", value: text }] }]),
        traits,
      );
    },
  },
  {
    title: "says so of what no message can hold",
    when: shows,
    run: async (rig) => {
      const card = withSections([{ kind: "verbatim", label: "body", text: counted(600_000) }]);
      const failure = await faultOf(rig, rig.channel.post(rig.place, card, "key-huge"));
      expect(failure.code).toBe("channel_too_long");
      expect(rig.platform.writes()).toBe(0);
    },
  },
  {
    title: "shows 40 letters of an argument whatever the platform",
    when: shows,
    run: async (rig) => {
      const card = withSections([{ kind: "verbatim", label: "body", text: counted(40) }]);
      const [, shown] = await posted(rig, card, "key-short");
      readsWhole(shown, textsOf(card));
    },
  },
  {
    title: "shows right-to-left letters, emoji and other scripts as they are",
    when: shows,
    run: async (rig) => {
      for (const [at, value] of FOREIGN.entries()) {
        const card = withSections([{ kind: "fields", fields: [{ label: "To", value }] }]);
        const [, shown] = await posted(rig, card, `key-foreign-${at}`);
        readsWhole(shown, [value]);
      }
    },
  },
  ...(["field", "verbatim", "claim", "text"] as const).map(
    (kind): Case => ({
      title: `makes nothing of mark-up in a ${kind}: no format, no link, no mention`,
      when: shows,
      run: async (rig, traits) => {
        for (const [at, text] of MARKED.entries()) {
          const section = {
            field: { kind: "fields", fields: [{ label: "To", value: text }] },
            verbatim: { kind: "verbatim", label: "body", text },
            claim: { kind: "claim", who: "mailer", text },
            text: { kind: "text", text },
          } as const;
          const [, shown] = await posted(rig, withSections([section[kind]]), `key-${kind}-${at}`);
          readsWhole(shown, [text]);
          linksNowhereElse(shown, traits);
        }
      },
    }),
  ),
  {
    title: "says plain words, in which mark-up is nothing more than letters",
    when: shows,
    run: async (rig, traits) => {
      const [ref] = await posted(rig, OPEN, "key-say");
      for (const text of MARKED) {
        await rig.channel.say(rig.place, text, ref);
        const last = (await rig.platform.shown()).at(-1);
        if (last === undefined) throw new Error("nothing was said");
        readsWhole(last, [text]);
        linksNowhereElse(last, traits);
      }
    },
  },
];
