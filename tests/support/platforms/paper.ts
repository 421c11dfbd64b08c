import { createHmac } from "node:crypto";
import type { Channel, Inbox, MessageRef, PlatformAbilities, PlatformUser, WebhookRequest } from "#chat";
import type { Card, CardSection } from "#cards";
import { Fault } from "#base";
import type { Circumstances, Deed, Failing, Rig, Shown, Traits } from "../../conformance/channel-rig.ts";

const KEY = "paper-key";
const TEXT_MAX = 20_000;
const AGE_MS_MAX = 300_000;

const texts = (section: CardSection): readonly string[] => {
  if (section.kind === "fields") return section.fields.flatMap(({ label, value }) => [label, value]);
  if (section.kind === "verbatim") return [section.label, section.text];
  if (section.kind === "claim") return [section.who, section.text];
  if (section.kind === "item")
    return [section.title, section.status.text, ...section.sections.flatMap(texts)];
  return [section.text];
};

export const paperAbilities = (isTyped: boolean): PlatformAbilities => ({
  buttons: !isTyped,
  edits: !isTyped,
  buttonsMax: isTyped ? 0 : 6,
  textMax: TEXT_MAX,
  inbound: isTyped ? "connection" : "webhook",
});

export const paperTraits = (isTyped: boolean): Traits => ({
  abilities: paperAbilities(isTyped),
  tenants: true,
  dated: true,
  webhook: !isTyped,
  words: true,
  idempotent: true,
  autolinks: false,
});

interface Kept {
  readonly key: string;
  shown: Shown;
}

const fault = (code: string): Fault => new Fault(code, "the platform says so", "Try again.");

/**
 * A platform that exists only here, and does what it is asked: what the conformance suite is itself tested with.
 * `isTyped`: without buttons, edits and webhook; events come over a connection.
 */
export function openPaper(isTyped: boolean): Rig {
  const kept: Kept[] = [];
  const failing: Failing[] = [];
  let [writes, events, isOpen] = [0, 0, true];
  let inbox: Inbox | null = null;
  let last: WebhookRequest | null = null;

  const write = (key: string, shown: Omit<Shown, "ref">): MessageRef => {
    const how = failing.shift();
    writes += 1;
    if (how === "rate") throw Object.assign(fault("channel_unreachable"), { retryAfterMs: 7_000 });
    if (how === "revoked") throw fault("channel_refused");
    if (how !== undefined && how !== "lost") throw fault("channel_unreachable");
    const same = kept.find((one) => one.key === key);
    const ref = same?.shown.ref ?? { place: { kind: "room" as const, id: "hall" }, id: `m${kept.length}` };
    if (same === undefined) kept.push({ key, shown: { ref, ...shown } });
    if (how === "lost") throw fault("channel_unreachable");
    return ref;
  };
  const fits = (card: Card): Omit<Shown, "ref"> => {
    const typed =
      isTyped && card.typed !== null
        ? [card.typed.approve ?? "", card.typed.deny, card.typed.stop ?? ""]
        : [];
    const all = [card.title, card.status.text, ...card.sections.flatMap(texts), ...typed];
    const items = card.sections.flatMap((section) => (section.kind === "item" ? section.buttons : []));
    const buttons = isTyped ? [] : [...items, ...card.buttons].map(({ label, token }) => ({ label, token }));
    const text = all.join("\n");
    if (text.length > TEXT_MAX || buttons.length > 6) throw fault("channel_too_long");
    const ways = card.sections.flatMap((section) => (section.kind === "item" ? [section.link] : []));
    const links = [...ways, card.link].flatMap((one) =>
      one === null ? [] : [{ text: one.label, url: one.url }],
    );
    return { text, buttons, links, mentions: [] };
  };
  const request = (body: object, { agoMs = 0, forged = false }: Circumstances): WebhookRequest => {
    const text = JSON.stringify(body);
    const at = String(Date.now() - agoMs);
    const signature = createHmac("sha256", forged ? "other" : KEY)
      .update(at + text)
      .digest("hex");
    return {
      method: "POST",
      url: "/hooks/paper",
      headers: { host: "x", at, signature },
      body: Buffer.from(text),
    };
  };
  const handIn = async (to: Inbox, event: Record<string, string>): Promise<void> => {
    const user: PlatformUser = { id: event["user"] ?? "", tenant: event["tenant"] ?? "", name: "Somebody" };
    const place = { kind: "room" as const, id: "hall" };
    const base = { event: event["id"] ?? "", user, message: null, at: Date.now() };
    const said = await to.take(
      event["token"] === undefined
        ? { kind: "words", text: event["text"] ?? "", place, ...base }
        : { kind: "tap", token: event["token"], ...base },
    );
    if (said !== null) await channel.say(place, said, null);
  };
  const channel: Channel = {
    probe: async () => {
      const how = failing.shift();
      if (how !== undefined) throw fault(how === "revoked" ? "channel_refused" : "channel_unreachable");
      return { id: "bot", name: "Doorward", tenant: "home" };
    },
    post: async (_to, card, key) => write(key, fits(card)),
    edit: async (message, card) => {
      const one = kept.find(({ shown }) => shown.ref.id === message.id);
      if (isTyped || one === undefined) throw fault("channel_refused");
      one.shown = { ref: message, ...fits(card) };
    },
    say: async (_to, text) => {
      write(`say-${kept.length}`, { text, buttons: [], links: [], mentions: [] });
    },
    listen: async (given) => {
      inbox = given;
      given.state("up", null);
    },
    receive: async (asked, to) => {
      const text = Buffer.from(asked.body).toString("utf8");
      const { at = "", signature = "" } = asked.headers;
      const right = createHmac("sha256", KEY)
        .update(at + text)
        .digest("hex");
      if (isTyped || signature !== right || Math.abs(Date.now() - Number(at)) > AGE_MS_MAX)
        return { status: 401, headers: {}, body: "" };
      await handIn(to, JSON.parse(text) as Record<string, string>);
      return { status: 200, headers: {}, body: "" };
    },
    close: async () => {
      isOpen = false;
    },
  };
  const deliver = async (
    event: Record<string, string>,
    how: Circumstances,
  ): Promise<WebhookRequest | null> => {
    last = request(event, how);
    if (!isTyped) return last;
    if (isOpen && inbox !== null) await handIn(inbox, event);
    return null;
  };
  return {
    channel,
    place: { kind: "room", id: "hall" },
    user: "ada",
    secrets: [KEY],
    close: async () => channel.close(),
    platform: {
      shown: async () => kept.map(({ shown }) => shown),
      writes: () => writes,
      failNext: (how) => void failing.push(how),
      does: async (deed: Deed, how: Circumstances = {}) => {
        events += 1;
        const what = deed.kind === "tap" ? { token: deed.token } : { text: deed.text };
        const tenant = how.elsewhere === true ? "abroad" : "home";
        return deliver({ id: `e${events}`, user: deed.user, tenant, ...what }, how);
      },
      again: async () => {
        if (last === null) return null;
        if (!isTyped) return last;
        if (inbox !== null) await handIn(inbox, JSON.parse(Buffer.from(last.body).toString("utf8")));
        return null;
      },
      answered: () => {},
      forget: (ref) => {
        kept.splice(
          kept.findIndex(({ shown }) => shown.ref.id === ref.id),
          1,
        );
      },
    },
  };
}
