import { z } from "zod";
import { canonicalJson, Fault } from "#base";
import type { Card } from "#cards";
import type { Channel, Inbound, Inbox, MessageRef, Place, Platform, PlatformAbilities } from "#chat";
import { createSwitchboard, type Switchboard } from "#courier";
import type { Keys } from "#keys";
import type { Store } from "#store";
import type { HeldAmbient } from "./ambient.ts";

// A platform of our own making behind the port of #chat: what the courier and the operations do is looked at there. The real
// platforms' shapes are the business of tests/conformance/channel.ts.

/** A message as it stands there now. */
export interface FakeMessage {
  readonly id: string;
  readonly channel: string;
  readonly to: Place;
  readonly key: string;
  card: Card;
  edits: number;
}

/** Where a fake platform's servers would be. */
export interface FakeWorld {
  readonly messages: FakeMessage[];
  /** Plain words that were said, newest last. */
  readonly said: { readonly to: Place; readonly text: string }[];
  /** What the next calls meet, by kind of call; `lost`: it is done, and the answer never comes. */
  readonly failing: { how: FakeFailing; left: number; of: "post" | "edit" | "any" }[];
  /** Every call that came, also those that failed. */
  readonly calls: { readonly what: string; readonly channel: string; readonly key: string }[];
  /** The inbox of each channel that is open, by name of its bot. */
  readonly inboxes: Map<string, Inbox>;
  readonly platforms: readonly Platform[];
  readonly opened: { n: number };
  /** Told when a card stands on the platform, before its answer is on its way. */
  readonly onShown: ((message: FakeMessage) => void)[];
}

export type FakeFailing = "down" | "refused" | "too-long" | "lost" | "pause" | "at-once";

const SETTINGS = z.object({ bot: z.string().default("bot").describe("Name of the bot") });

const BUTTONS: PlatformAbilities = {
  buttons: true,
  edits: true,
  buttonsMax: 25,
  textMax: 10_000,
  inbound: "connection",
};

export function fakeWorld(): FakeWorld {
  const world: FakeWorld = {
    messages: [],
    said: [],
    failing: [],
    calls: [],
    inboxes: new Map(),
    platforms: [],
    opened: { n: 0 },
    onShown: [],
  };
  const kinds: readonly (readonly [string, string, PlatformAbilities, boolean])[] = [
    ["slack", "Slack", { ...BUTTONS, tellsAlone: true }, true],
    ["telegram", "Telegram", BUTTONS, false],
    ["twilio", "SMS", { ...BUTTONS, buttons: false, edits: false, buttonsMax: 0, textMax: 1_600 }, false],
    ["email", "E-mail", { ...BUTTONS, buttons: false, edits: false, buttonsMax: 0, inbound: "none" }, false],
    ["webpush", "Web push", { ...BUTTONS, buttons: false, edits: false, inbound: "none" }, false],
    ["webhook", "Webhook", { ...BUTTONS, inbound: "webhook" }, false],
  ];
  return Object.assign(world, {
    platforms: kinds.map(([name, title, abilities, hasTenant]) =>
      fakePlatform(world, { name, title, abilities, hasTenant }),
    ),
  });
}

interface Kind {
  readonly name: string;
  readonly title: string;
  readonly abilities: PlatformAbilities;
  readonly hasTenant: boolean;
}

function fakePlatform(world: FakeWorld, { name, title, abilities, hasTenant }: Kind): Platform {
  return {
    name,
    title,
    abilities,
    settings: SETTINGS,
    secrets: { token: `Token of the ${title} bot` },
    setup: [`Make a bot at ${title}`, "Copy its token"],
    source: "ours: tests/support/channels.ts",
    open: async ({ settings, secrets }) => {
      world.opened.n += 1;
      const { bot } = SETTINGS.parse(settings);
      if (secrets["token"] === "wrong")
        throw new Fault("channel_refused", `${title} refused the token`, "Make a new one.");
      return fakeChannel(world, { platform: name, bot, hasTenant });
    },
  };
}

interface Who {
  readonly platform: string;
  readonly bot: string;
  readonly hasTenant: boolean;
}

function fakeChannel(world: FakeWorld, { platform, bot, hasTenant }: Who): Channel {
  const at = `${platform}/${bot}`;
  const meet = (of: "post" | "edit", key: string): FakeFailing | null => {
    world.calls.push({ what: of, channel: at, key });
    const failing = world.failing.find((one) => one.left > 0 && (one.of === of || one.of === "any"));
    if (failing === undefined) return null;
    failing.left -= 1;
    return failing.how;
  };
  return {
    probe: async () => ({ id: `id-of-${bot}`, name: bot, tenant: hasTenant ? "T1" : null }),
    post: async (to, card, key) => {
      const how = meet("post", key);
      if (how !== null && how !== "lost") throw faultOf(how);
      const known = world.messages.find((one) => one.key === key && one.channel === at);
      if (known !== undefined) return { place: known.to, id: known.id };
      const message = { id: `m${world.messages.length + 1}`, channel: at, to, key, card, edits: 0 };
      world.messages.push(message);
      for (const told of world.onShown) told(message);
      if (how === "lost") throw faultOf("down");
      return { place: to, id: message.id };
    },
    edit: async (ref, card) => {
      const how = meet("edit", ref.id);
      if (how !== null) throw faultOf(how);
      const message = world.messages.find((one) => one.id === ref.id);
      if (message === undefined) throw faultOf("refused");
      message.card = card;
      message.edits += 1;
    },
    say: async (to, text) => void world.said.push({ to, text }),
    listen: async (inbox) => {
      world.inboxes.set(at, inbox);
      inbox.state("up", null);
    },
    receive: async (request, inbox) => {
      const inbound = JSON.parse(Buffer.from(request.body).toString("utf8")) as Inbound;
      if (request.headers["x-signature"] !== "right") return { status: 401, headers: {}, body: "" };
      const text = await inbox.take(inbound);
      return { status: 200, headers: { "content-type": "application/json" }, body: canonicalJson({ text }) };
    },
    close: async () => void world.inboxes.delete(at),
  };
}

function faultOf(how: FakeFailing): Fault {
  if (how === "refused") return new Fault("channel_refused", "not in that room", "Invite it.");
  if (how === "too-long") return new Fault("channel_too_long", "it does not fit", "By link.");
  const fault = new Fault("channel_unreachable", "no answer", "Later.");
  const pauses: Partial<Record<FakeFailing, number>> = { pause: 7_000, "at-once": 0 };
  const retryAfterMs = pauses[how];
  return retryAfterMs === undefined ? fault : Object.assign(fault, { retryAfterMs });
}

/** The switchboard over a fake world. */
export function fakeSwitchboard(
  {
    store,
    ambient,
    keys,
  }: { readonly store: Store; readonly ambient: HeldAmbient; readonly keys: Pick<Keys, "unseal"> },
  world: FakeWorld = fakeWorld(),
): Switchboard {
  const egress = { request: nowhere, fetch: () => nowhere, connect: nowhere, close: async () => {} };
  return createSwitchboard({
    ambient,
    store,
    keys,
    chat: { ambient, egress, directory: "/nowhere" },
    platforms: world.platforms,
    hooksUrl: "https://hooks.example",
    report: () => {},
  });
}

const nowhere = async (): Promise<never> => {
  throw new Fault("egress_closed", "nothing is reached from here", "Use the fake.");
};

/** A tap on the button with this label, as the platform hands it in. */
export function tapOn(
  message: FakeMessage,
  style: "approve" | "deny",
  user: { readonly id: string; readonly tenant?: string | null; readonly name?: string },
  more: {
    readonly event?: string;
    readonly at?: number;
    readonly token?: string;
    readonly message?: MessageRef | null;
  } = {},
): Inbound {
  const buttons = [
    ...message.card.buttons,
    ...message.card.sections.flatMap((one) => (one.kind === "item" ? one.buttons : [])),
  ];
  const button = buttons.find((one) => one.style === style);
  events += 1;
  return {
    kind: "tap",
    event: more.event ?? `e${events}`,
    user: { id: user.id, tenant: user.tenant === undefined ? "T1" : user.tenant, name: user.name ?? user.id },
    token: more.token ?? button?.token ?? "",
    message: more.message === undefined ? { place: message.to, id: message.id } : more.message,
    at: more.at ?? 0,
  };
}

let events = 0;

/** Words typed by someone, as the platform hands them in. */
export function wordsOf(
  text: string,
  user: string,
  tenant: string | null = "T1",
  place: Place = { kind: "person", id: user },
): Inbound {
  events += 1;
  return {
    kind: "words",
    event: `e${events}`,
    user: { id: user, tenant, name: user },
    text,
    place,
    message: null,
    at: 0,
  };
}
