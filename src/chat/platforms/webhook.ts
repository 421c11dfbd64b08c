import { z } from "zod";
import { channelRefused, channelTooLong } from "../faults.ts";
import { type Caller, createCaller, textAt, valueAt } from "../http.ts";
import type { Given, Platform } from "../platform.ts";
import type {
  Channel,
  Inbound,
  Inbox,
  MessageRef,
  Place,
  PlatformAbilities,
  WebhookRequest,
} from "../port.ts";
import { settingsOf } from "../settings.ts";
import { answered, hmac, isRecent, isSame, jsonOf, refused, WEBHOOK_BYTES_MAX } from "../webhook.ts";

const ABILITIES: PlatformAbilities = {
  buttons: true,
  edits: true,
  buttonsMax: 50,
  textMax: 200_000,
  inbound: "webhook",
};

const settings = z.object({
  url: z.url().describe("Where Doorward posts to: an address of yours that takes JSON"),
  title: z.string().min(1).max(80).default("webhook").describe("What people see as its name"),
  allowPrivate: z.boolean().default(false).describe("The address is on this machine or a private network"),
});

/** Standard Webhooks asks for 24 to 64 random bytes. */
const KEY_BYTES_MIN = 24;

/**
 * Any program that takes JSON over HTTPS and shows it to people. Requests and answers are signed as the Standard Webhooks
 * specification says (github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md): `webhook-id`,
 * `webhook-timestamp` in seconds, `webhook-signature` = `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`. Each way
 * has a key of its own, so that none of our requests can be sent back to us as an answer. Formats: docs/guide/channels/webhook.md.
 */
export const webhook: Platform = {
  name: "webhook",
  title: "Webhook",
  abilities: ABILITIES,
  settings,
  secrets: {
    key: "Signs what Doorward sends: `whsec_` and 24 to 64 random bytes in base64 (`openssl rand -base64 32`)",
    answersKey: "Signs the answers that come back: another one of the same kind",
  },
  setup: [
    "Write, or set up, a service that takes the JSON of docs/guide/channels/webhook.md and shows it to people.",
    "Have it check the signature of every request with the first key, and drop a webhook-id that it has seen.",
    "Have it send answers, signed with the second key, to {webhook}.",
  ],
  source: "Standard Webhooks, spec/standard-webhooks.md",
  open: async (given) => openWebhook(given),
};

function openWebhook({ settings: given, secrets, outside }: Given): Channel {
  const { url, title, allowPrivate } = settingsOf(settings, given);
  const keys = { out: keyOf(secrets["key"]), back: keyOf(secrets["answersKey"]) };
  if (keys.out.equals(keys.back))
    throw channelRefused("webhook: both keys are the same", "Give each way its own.");
  const { ambient, egress } = outside;
  const held = Object.values(secrets);
  const call = createCaller({
    egress,
    title: "The webhook",
    base: new URL(url).origin,
    allowPrivate,
    headers: {},
    secrets: held,
  });
  const send = async (type: string, data: object, id: string): Promise<void> => {
    const timestamp = new Date(ambient.now()).toISOString();
    await signed(call, { url, key: keys.out, id, now: ambient.now(), body: { type, timestamp, data } });
  };
  return {
    probe: async () => {
      await send("ping", {}, ambient.id("whk"));
      return { id: new URL(url).origin, name: title, tenant: null };
    },
    post: async (to, card, key) => {
      const id = hmac("sha256", keys.out, `message ${key}`, "hex").slice(0, 32);
      await send("card.posted", { message: id, place: { ...to }, card: whole(card) }, `msg_${id}`);
      return { place: to, id };
    },
    edit: async (message, card) =>
      send(
        "card.changed",
        { message: message.id, place: { ...message.place }, card: whole(card) },
        ambient.id("whk"),
      ),
    say: async (to, text, replyTo) =>
      send("words", { place: { ...to }, text, replyTo: replyTo?.id ?? null }, ambient.id("whk")),
    listen: async (inbox) => inbox.state("up", null),
    receive: (request, inbox) => receive(request, inbox, keys.back, ambient.now()),
    close: async () => {},
  };
}

interface Signed {
  readonly url: string;
  readonly key: Uint8Array;
  readonly id: string;
  readonly now: number;
  readonly body: object;
}

async function signed(call: Caller, { url, key, id, now, body }: Signed): Promise<void> {
  const { pathname, search } = new URL(url);
  const text = JSON.stringify(body);
  const seconds = Math.floor(now / 1_000);
  const signature = `v1,${hmac("sha256", key, `${id}.${seconds}.${text}`, "base64")}`;
  const headers = { "webhook-id": id, "webhook-timestamp": `${seconds}`, "webhook-signature": signature };
  await call({ method: "POST", path: `${pathname}${search}`, body: text, headers });
}

/** The card as data; nothing in it can be a link or a format unless the receiver makes it one. */
function whole<T extends object>(card: T): T {
  const text = JSON.stringify(card);
  if (text.length > ABILITIES.textMax)
    throw channelTooLong("letters of JSON", text.length, ABILITIES.textMax);
  const buttons = text.split('"token":').length - 1;
  if (buttons > ABILITIES.buttonsMax) throw channelTooLong("buttons", buttons, ABILITIES.buttonsMax);
  return card;
}

function keyOf(secret: string | undefined): Buffer {
  const bytes = Buffer.from(secret?.replace(/^whsec_/, "") ?? "", "base64");
  if (bytes.length >= KEY_BYTES_MIN && secret?.startsWith("whsec_") === true) return bytes;
  throw channelRefused(
    "webhook: a key is not of the form whsec_<base64>, or too short",
    "Make it: `echo whsec_$(openssl rand -base64 32)`.",
  );
}

async function receive(
  request: WebhookRequest,
  inbox: Inbox,
  key: Uint8Array,
  now: number,
): ReturnType<Channel["receive"]> {
  if (request.method !== "POST") return refused(405);
  if (request.body.length > WEBHOOK_BYTES_MAX) return refused(413);
  const {
    "webhook-id": id = "",
    "webhook-timestamp": seconds = "",
    "webhook-signature": given = "",
  } = request.headers;
  const text = Buffer.from(request.body).toString("utf8");
  const right = `v1,${hmac("sha256", key, `${id}.${seconds}.${text}`, "base64")}`;
  // Several, while a key is being changed (the specification's "multiple signatures").
  if (
    !given
      .split(" ")
      .slice(0, 8)
      .some((one) => isSame(one, right))
  )
    return refused(401);
  if (id === "" || !/^\d{1,12}$/.test(seconds) || !isRecent(Number(seconds) * 1_000, now))
    return refused(401);
  const inbound = inboundOf(jsonOf(request), id, now);
  if (inbound === null) return refused(400);
  return answered({ say: await inbox.take(inbound) });
}

function inboundOf(json: unknown, event: string, at: number): Inbound | null {
  const [type, id] = [textAt(json, "type"), textAt(json, "data", "user", "id")];
  if (id === null || id === "") return null;
  const user = { id, tenant: null, name: textAt(json, "data", "user", "name") ?? id };
  const place = placeOf(valueAt(json, "data", "place"));
  const message = messageOf(json, place);
  const token = textAt(json, "data", "token");
  if (type === "tap" && token !== null) return { kind: "tap", event, user, token, message, at };
  const text = textAt(json, "data", "text");
  if (type === "words" && text !== null && place !== null)
    return { kind: "words", event, user, text, place, message, at };
  return null;
}

function placeOf(json: unknown): Place | null {
  const [kind, id] = [textAt(json, "kind"), textAt(json, "id")];
  return id !== null && (kind === "room" || kind === "person") ? { kind, id } : null;
}

function messageOf(json: unknown, place: Place | null): MessageRef | null {
  const id = textAt(json, "data", "message");
  return id !== null && place !== null ? { place, id } : null;
}
