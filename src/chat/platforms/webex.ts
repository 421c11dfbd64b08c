import { z } from "zod";
import { CHANNEL_CALL_MS_MAX, channelRefused, channelUnreachable } from "../faults.ts";
import { type Caller, createCaller, listAt, textAt } from "../http.ts";
import { fitting } from "../plain.ts";
import type { Given, Platform } from "../platform.ts";
import type { Channel, ChannelAccount, Place, PlatformAbilities } from "../port.ts";
import { secretOf, settingsOf } from "../settings.ts";
import { receive } from "./webex-answers.ts";
import { adaptiveCard } from "./webex-card.ts";

const ABILITIES: PlatformAbilities = {
  buttons: true,
  // "Messages with attachments cannot be edited": late taps are answered by words.
  edits: false,
  // "Cards may include up to five buttons (actions)" (Buttons and Cards).
  buttonsMax: 5,
  // Ours, well inside what one card's JSON may hold.
  textMax: 4_000,
  inbound: "webhook",
};

/** Of plain words: "the maximum message length is 7439 bytes"; a letter takes three at most. */
const WORDS_LENGTH_MAX = 2_400;
const API = "https://webexapis.com/v1";

const settings = z.object({
  api: z
    .url()
    .default(API)
    .describe("Address of the Webex API; only ever another one in tests or behind a gateway of yours"),
  allowPrivate: z.boolean().default(false).describe("That address is on this machine or a private network"),
});

const PART_MS_MAX = CHANNEL_CALL_MS_MAX / 3;

/**
 * Webex Messaging: adaptive cards, whose taps come as `attachmentActions` to our webhook and are then fetched from Webex.
 * Shapes: developer.webex.com, "Buttons and Cards", "Attachment Actions", "Receive and verify events".
 */
export const webex: Platform = {
  name: "webex",
  title: "Webex",
  abilities: ABILITIES,
  settings,
  secrets: {
    token: "Access token of Doorward's bot (developer.webex.com > My Webex Apps > Create a Bot)",
    webhookSecret: "Signs what Webex sends; make one: `openssl rand -hex 32`",
  },
  setup: [
    "Make a bot for Doorward at developer.webex.com and keep its access token.",
    "Webex must reach {webhook}: Doorward registers it with Webex by itself, for taps and for messages to the bot.",
    "Add the bot to a space, or write to it directly; use the space's id as the room, or a person's id as the person.",
  ],
  source: "developer.webex.com: Messages, Buttons and Cards, Attachment Actions, Webhooks",
  open: async (given) => openWebex(given),
};

function openWebex({ settings: given, secrets, outside, webhook }: Given): Channel {
  const { api, allowPrivate } = settingsOf(settings, given);
  const [token, webhookSecret] = [secretOf(secrets, "token"), secretOf(secrets, "webhookSecret")];
  const call = createCaller({
    egress: outside.egress,
    title: "Webex",
    base: api,
    allowPrivate,
    headers: { authorization: `Bearer ${token}` },
    secrets: [token, webhookSecret],
  });
  const send = async (to: Place, content: object): Promise<string> => {
    const where = to.kind === "room" ? { roomId: to.id } : { toPersonId: to.id };
    const told = await call({
      method: "POST",
      path: "/messages",
      body: JSON.stringify({ ...where, ...content }),
    });
    const id = textAt(told.json, "id");
    if (id === null) throw channelUnreachable("Webex names no message for what it took");
    return id;
  };
  const say: Channel["say"] = async (to, text, replyTo) => {
    const parent = replyTo === null ? {} : { parentId: replyTo.id };
    await send(to, { text: fitting(text, WORDS_LENGTH_MAX), ...parent });
  };
  return {
    probe: async () => whoAmI(call),
    // Notifications show `text`: it tells nothing of the request.
    post: async (to, card) => ({
      place: to,
      id: await send(to, { text: "Doorward: a request", attachments: [adaptiveCard(card, ABILITIES)] }),
    }),
    edit: async () => {
      throw channelRefused(
        "Webex changes no message that has a card",
        "Nothing to do: a late tap is answered in words.",
      );
    },
    say,
    listen: async (inbox) => {
      await register(call, webhook, webhookSecret);
      inbox.state("up", null);
    },
    receive: async (request, inbox) => {
      const trust = { call, webhookSecret, now: outside.ambient.now(), self: () => whoAmI(call), say };
      return receive(request, inbox, trust);
    },
    close: async () => {},
  };
}

async function whoAmI(call: Caller): Promise<ChannelAccount> {
  const { json } = await call({ method: "GET", path: "/people/me", timeoutMs: PART_MS_MAX });
  const [id, name, tenant] = [textAt(json, "id"), textAt(json, "displayName"), textAt(json, "orgId")];
  if (id === null || name === null || tenant === null)
    throw channelUnreachable("Webex does not say who we are");
  return { id, name, tenant };
}

/** Webex keeps what is registered; what points at us already, under this name, is left as it is. */
async function register(call: Caller, webhook: string | null, secret: string): Promise<void> {
  if (webhook === null)
    throw channelRefused(
      "Webex could not reach our webhook, so that nothing could be answered",
      "Set up the webhook listener (docs/guide/channels.md), then run `doorward channels test`.",
    );
  const { json } = await call({ method: "GET", path: "/webhooks?max=100", timeoutMs: PART_MS_MAX });
  for (const resource of ["attachmentActions", "messages"]) {
    const isThere = listAt(json, "items").some(
      (one) =>
        textAt(one, "targetUrl") === webhook &&
        textAt(one, "resource") === resource &&
        textAt(one, "secret") === secret &&
        textAt(one, "status") === "active",
    );
    const asked = { name: "Doorward", targetUrl: webhook, resource, event: "created", secret };
    if (!isThere) await call({ method: "POST", path: "/webhooks", json: asked, timeoutMs: PART_MS_MAX });
  }
}
