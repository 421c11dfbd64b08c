import { z } from "zod";
import { canonicalJson, Fault } from "#base";
import type { Schema } from "#store";
import { findChannel } from "./channel-rows.ts";
import { channelName } from "./channels-input.ts";
import { commitBatch, entry, stateWrite } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { write } from "./operation.ts";

/** The one platform whose places are browsers. */
const PUSH = "webpush";
/** Of one user, over all channels: more browsers than anybody uses. */
const PLACES_MAX = 10;

/** What `PushSubscription.toJSON()` gives, of which the address and the two keys are kept. */
const subscription = z.object({
  endpoint: z.url().max(1_500),
  keys: z.object({
    p256dh: z.string().regex(/^[\w-]{80,100}$/),
    auth: z.string().regex(/^[\w-]{20,30}$/),
  }),
});

/** A person's own browser becomes a place of theirs, after those there are: it is told that something waits, and no more. */
export const channelsSubscribe = write({
  name: "channels.subscribe",
  summary: "Have your own browser told when a request waits for you, by a web push channel",
  permission: "self.write",
  // Where somebody is told is what they rely on.
  presence: true,
  input: z.strictObject({
    channel: channelName,
    subscription: z
      .string()
      .max(2_000)
      .describe("The browser's subscription, as JSON (`PushSubscription.toJSON()`)"),
  }),
  output: z.object({ channel: z.string(), browsers: z.int().describe("Your browsers on this channel now") }),
  async plan(context, { channel, subscription: text }) {
    const row = await findChannel(context, channel);
    if (row.platform !== PUSH) throw noPush(channel);
    const place = browserOf(text);
    return {
      would: `tell one of your browsers when a request waits for you, by channel ${channel}`,
      async commit(committing) {
        const { ambient, caller, store } = committing;
        const audience = `user:${caller.user}`;
        const there = await placesOf(committing, audience);
        const known = there.find((one) => one.channel === channel && one.place === place);
        if (known === undefined && there.length >= PLACES_MAX) throw tooMany();
        const added: Schema["channel_places"] = {
          audience,
          channel,
          kind: "person",
          place,
          preference: Math.max(-1, ...there.map(({ preference }) => preference)) + 1,
          changed_by: caller.user,
          changed_at: ambient.now(),
        };
        const keep = store.query
          .insertInto("channel_places")
          .values(added)
          .onConflict((one) => one.columns(["audience", "channel", "place"]).doNothing());
        await commitBatch(committing, {
          writes: [stateWrite(keep)],
          entries: [entry(committing, "channel.changed", channel, { change: "subscribed", for: audience })],
        });
        await committing.channels.changed();
        const own = there.filter((one) => one.channel === channel).length;
        return { channel, browsers: known === undefined ? own + 1 : own };
      },
    };
  },
});

function placesOf({ store }: Pick<ReadContext, "store">, audience: string) {
  return store.query.selectFrom("channel_places").selectAll().where("audience", "=", audience).execute();
}

/** As it is kept: one text for one browser, whatever order its fields came in. */
function browserOf(text: string): string {
  const parsed = subscription.safeParse(jsonOf(text));
  if (!parsed.success) throw noSubscription();
  const { endpoint, keys } = parsed.data;
  return canonicalJson({ endpoint, keys: { auth: keys.auth, p256dh: keys.p256dh } });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function noPush(channel: string): Fault {
  return new Fault(
    "channel_not_push",
    `channel ${channel} tells no browsers`,
    "Choose a channel of the platform webpush: `doorward channels list`.",
  );
}

function noSubscription(): Fault {
  return new Fault(
    "push_subscription_invalid",
    "this is no subscription of a browser",
    "Allow notifications in the console, on the page Channels: the browser makes one.",
  );
}

function tooMany(): Fault {
  return new Fault(
    "channel_routes_full",
    `there are ${PLACES_MAX} places already where cards of yours go`,
    "Have one taken away first: `doorward channels unroute`.",
  );
}
