import { createHash } from "node:crypto";
import { z } from "zod";
import { channelRefused } from "../faults.ts";
import { createCaller } from "../http.ts";
import type { Given, Platform } from "../platform.ts";
import type { Channel, Place, PlatformAbilities } from "../port.ts";
import { encryptPush, freshKeys, vapidHeader, vapidKeyOf } from "../push.ts";
import { secretOf, settingsOf } from "../settings.ts";
import { noWebhook } from "../webhook.ts";

/** It shows no card: it says that something waits, and where. */
const ABILITIES: PlatformAbilities = {
  buttons: false,
  edits: false,
  buttonsMax: 0,
  textMax: 0,
  inbound: "none",
};

const settings = z.object({
  contact: z.email().describe("Whom a push service writes to if something is wrong with what we send"),
  allowPrivate: z
    .boolean()
    .default(false)
    .describe("Push services may be on this machine or a private network"),
});

/** A browser that was off for longer than this is not told any more: the request is in the console. */
const TTL_SECONDS = 4 * 3_600;
/** RFC 8292, 2: no more than 24 hours. */
const VAPID_SECONDS = 12 * 3_600;
const ID_LENGTH_MAX = 4_096;

/** What `PushSubscription.toJSON()` gives. */
const subscription = z.object({
  endpoint: z.url(),
  keys: z.object({ p256dh: z.string().max(100), auth: z.string().max(40) }),
});

/**
 * Notifications of the console in people's browsers: RFC 8030 (push services), 8291 (encryption), 8292 (who we are). A place
 * is a browser's subscription, as JSON. What is sent holds nothing of the request, though only that browser can read it:
 * it is shown on locked screens.
 */
export const webpush: Platform = {
  name: "webpush",
  title: "Web push",
  abilities: ABILITIES,
  settings,
  secrets: { privateKey: "32 random bytes in base64url: `openssl rand 32 | basenc --base64url | tr -d =`" },
  setup: [
    "Make a key of 32 random bytes; browsers subscribe with the public key that belongs to it, shown as the channel's account.",
    "Each person allows notifications in the console, on each browser of theirs.",
  ],
  source: "RFC 8030, RFC 8291, RFC 8292; W3C Push API",
  open: async (given) => openWebPush(given),
};

function openWebPush({ settings: given, secrets, outside }: Given): Channel {
  const { contact, allowPrivate } = settingsOf(settings, given);
  const vapid = vapidKeyOf(secretOf(secrets, "privateKey"));
  const push = async (to: Place, payload: object, topic: string): Promise<void> => {
    const { endpoint, keys } = subscriptionOf(to, allowPrivate);
    const expiresAt = Math.floor(outside.ambient.now() / 1_000) + VAPID_SECONDS;
    const call = createCaller({
      egress: outside.egress,
      title: "The push service",
      base: endpoint.origin,
      allowPrivate,
      headers: { authorization: vapidHeader(vapid, endpoint.origin, `mailto:${contact}`, expiresAt) },
      secrets: Object.values(secrets),
      judge: ({ status }) => (status === 404 || status === 410 ? gone() : null),
    });
    await call({
      method: "POST",
      path: `${endpoint.pathname}${endpoint.search}`,
      body: encryptPush(JSON.stringify(payload), keys, freshKeys()),
      headers: {
        "content-type": "application/octet-stream",
        "content-encoding": "aes128gcm",
        ttl: String(TTL_SECONDS),
        urgency: "high",
        // While it waits at the push service, a second try takes the place of the first (RFC 8030, 5.4).
        topic,
      },
    });
  };
  return {
    // There is nobody to ask: who we are is our key, which browsers subscribe with.
    probe: async () => ({ id: vapid.publicKey, name: vapid.publicKey, tenant: null }),
    post: async (to, { status, link }, key) => {
      const topic = createHash("sha256").update(key).digest("base64url").slice(0, 32);
      const body = status.kind === "open" ? "A request waits for you" : "There is news of a request";
      await push(to, { title: "Doorward", body, url: link?.url ?? null, tag: topic }, topic);
      return { place: to, id: topic };
    },
    edit: async () => {
      throw channelRefused(
        "a notification that was sent stays as it is",
        "Nothing to do: the console shows what became of it.",
      );
    },
    say: async (to) =>
      push(to, { title: "Doorward", body: "There is news of a request", url: null, tag: "news" }, "news"),
    listen: async (inbox) => inbox.state("up", null),
    receive: noWebhook,
    close: async () => {},
  };
}

function subscriptionOf({ id }: Place, allowPrivate: boolean) {
  const given = subscription.safeParse(id.length > ID_LENGTH_MAX ? null : parsed(id));
  if (!given.success)
    throw channelRefused("this is no subscription of a browser", "Subscribe again, in the console.");
  const endpoint = new URL(given.data.endpoint);
  // RFC 8030, 8: only over TLS; the exception is a push service of one's own.
  if (endpoint.protocol !== "https:" && !allowPrivate)
    throw channelRefused("the push service is not at an https address", "Subscribe again, in the console.");
  const { p256dh, auth } = given.data.keys;
  return {
    endpoint,
    keys: { p256dh: Buffer.from(p256dh, "base64url"), auth: Buffer.from(auth, "base64url") },
  };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function gone(): ReturnType<typeof channelRefused> {
  return channelRefused(
    "the browser takes no notifications any more",
    "Allow them again in the console, or leave it so.",
  );
}
