// The suite can fail: each of its cases is handed a channel that does wrong what the case is about.
import { describe, expect, test } from "vitest";
import { Fault } from "#base";
import type { Card } from "#cards";
import type { Channel, Inbound, Inbox, WebhookAnswer } from "#chat";
import { openPaper, paperTraits } from "../support/platforms/paper.ts";
import { TYPED } from "./channel-cards.ts";
import { channelConformance } from "./channel.ts";
import { CASES } from "./channel-cases.ts";
import type { Rig } from "./channel-rig.ts";

channelConformance("paper, with buttons and a webhook", paperTraits(false), async () => openPaper(false));
channelConformance("paper, with typed codes and a connection", paperTraits(true), async () =>
  openPaper(true),
);

type Wrong = (channel: Channel, rig: Rig) => Partial<Channel>;

const OK: WebhookAnswer = { status: 200, headers: {}, body: "" };
const words = (change: (text: string) => string): Wrong => {
  const changed = (card: Card): Card => ({
    ...card,
    sections: JSON.parse(change(JSON.stringify(card.sections))),
  });
  return ({ post }) => ({ post: (to, card, key) => post(to, changed(card), key) });
};
const heard = (change: (inbound: Inbound) => Inbound): Wrong => {
  const other = (inbox: Inbox): Inbox => ({ ...inbox, take: (inbound) => inbox.take(change(inbound)) });
  return ({ listen, receive }) => ({
    listen: (inbox) => listen(other(inbox)),
    receive: (request, inbox) => receive(request, other(inbox)),
  });
};
const unsaid = (code: string): Wrong => {
  const fail = async (): Promise<never> => {
    throw new Fault(code, "no", "Try again.");
  };
  return () => ({ post: fail, probe: fail, say: fail, edit: fail });
};
const stubborn: Wrong = ({ post, probe, say }) => ({
  post: (to, card, key) => post(to, card, key).catch(async () => post(to, card, `${key}-again`)),
  probe: () => probe().catch(async () => probe()),
  say: (to, text, at) => say(to, text, at).catch(async () => say(to, text, at)),
});
const trusting: Wrong = (_channel, rig) => ({
  receive: async (_request, inbox) => {
    const user = { id: rig.user, tenant: "home", name: "Somebody" };
    await inbox.take({ kind: "tap", event: "e", user, token: "t", message: null, at: 1 });
    return OK;
  },
});

const deaf = (inbox: Inbox): Inbox => ({ ...inbox, take: async (one) => (await inbox.take(one), null) });

/** Answers of ours that never reach the platform. */
const mute: Wrong = ({ listen, receive }) => ({
  listen: (inbox) => listen(deaf(inbox)),
  receive: (request, inbox) => receive(request, deaf(inbox)),
});

/** The beginning of each case's title -> a channel that must fail it. */
const WRONGS: Readonly<Record<string, Wrong>> = {
  "says who we are": () => ({ probe: async () => ({ id: "", name: "", tenant: null }) }),
  "posts a card whole": words((text) => text.replace("1,250.00", "1,25")),
  "says only how to refuse": ({ post }) => ({
    post: (to, card, key) => post(to, { ...card, typed: TYPED }, key),
  }),
  "says what to type": ({ post }) => ({ post: (to, card, key) => post(to, { ...card, typed: null }, key) }),
  "says how to stop": ({ post }) => ({ post: (to, card, key) => post(to, { ...card, typed: TYPED }, key) }),
  "has a button that makes the card ask": ({ edit }) => ({
    edit: (ref, card) => edit(ref, { ...card, buttons: card.buttons.slice(0, 2) }),
  }),
  "can refuse what is too long": ({ post }) => ({
    post: (to, card, key) => post(to, { ...card, buttons: [], typed: null }, key),
  }),
  "shows several requests": words((text) => text.replace("Request 2", "Request")),
  "leaves no button out": ({ post }) => ({
    post: (to, card, key) => post(to, { ...card, buttons: card.buttons.slice(0, 6) }, key),
  }),
  "shows another card": () => ({ edit: async () => {} }),
  "refuses to edit": () => ({ edit: async () => {} }),
  "is refused the edit": () => ({ edit: async () => {} }),
  "shows 4,000 letters": words((text) => text.replace(/([^"]{3000})[^"]{1000}/, "$1")),
  "says so of what no message": words((text) => text.replace(/([^"]{3000})[^"]*/, "$1")),
  "shows 40 letters": unsaid("channel_too_long"),
  "shows right-to-left": words((text) => text.normalize("NFKD").replaceAll(/[^\u0020-\u007f]/g, "?")),
  "makes nothing of mark-up": words((text) => text.replaceAll("*", "")),
  "says plain words": ({ say }) => ({ say: (to, text, at) => say(to, text.replaceAll("@", ""), at) }),
  "hands in a tap": heard((one) => ({ ...one, user: { ...one.user, id: one.user.name } })),
  "hands in typed words": heard((one) => ({ ...one, user: { ...one.user, id: one.user.name } })),
  "never hands in what we wrote": (channel, rig) => {
    let held: Inbox | null = null;
    return {
      listen: async (inbox) => channel.listen((held = inbox)),
      receive: async (request, inbox) => channel.receive(request, (held = inbox)),
      say: async (to, text, at) => {
        await channel.say(to, text, at);
        const user = { id: rig.user, tenant: "home", name: "Doorward" };
        await held?.take({ kind: "words", event: "own", user, text, place: to, message: null, at: 1 });
      },
    };
  },
  "shows what we answer": mute,
  "gives an event that comes twice": heard((one) => ({ ...one, event: `${Math.random()}` })),
  "tells someone of another workspace": heard((one) => ({ ...one, user: { ...one.user, tenant: "home" } })),
  "refuses a forged signature": trusting,
  "refuses a request without its proof": trusting,
  "refuses what was signed an hour ago": trusting,
  "answers nonsense": trusting,
  "has no webhook": trusting,
  "goes quiet": (channel, rig) => {
    let held: Inbox | null = null;
    return {
      listen: async (inbox) => channel.listen((held = inbox)),
      close: async () => {
        const user = { id: rig.user, tenant: "home", name: "Somebody" };
        await held?.take({ kind: "tap", event: "e", user, token: "t", message: null, at: 1 });
      },
    };
  },
  "says how long to wait": unsaid("channel_unreachable"),
  "is retryable after a 500": stubborn,
  "ends a call that is never answered": unsaid("channel_refused"),
  "is retryable where the answer was lost": stubborn,
  "does not take a success": ({ post }) => ({
    post: (to, card, key) => post(to, card, key).catch(async () => ({ place: to, id: "made up" })),
  }),
  "says so, without its secrets": unsaid("channel_unreachable"),
  "says so where the platform cannot be reached": stubborn,
};

describe("each case fails the channel that is wrong in just that", () => {
  test.each(CASES.map((one) => [one.title, one] as const))("%s", async (title, { when, run }) => {
    const wrongs = Object.entries(WRONGS).filter(([beginning]) => title.startsWith(beginning));
    expect(wrongs.length).toBe(1);
    const [, wrong] = wrongs[0] ?? ["", trusting];
    const isTyped = !when(paperTraits(false));
    const rig = openPaper(isTyped);
    const channel = { ...rig.channel, ...wrong(rig.channel, rig) };
    await expect(run({ ...rig, channel }, paperTraits(isTyped))).rejects.toBeInstanceOf(Error);
    await rig.close();
  });
});
