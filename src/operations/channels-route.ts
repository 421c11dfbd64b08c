import { z } from "zod";
import { Fault } from "#base";
import type { Schema } from "#store";
import { findChannel } from "./channel-rows.ts";
import { channelName, groupOrUser, place } from "./channels-input.ts";
import { placeText, textOfPlace } from "./channels-place.ts";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";
import { read, write } from "./operation.ts";
import { findUser } from "./users.ts";

/** Of one group or user. */
const PLACES_MAX = 10;
const ROUTES_SHOWN_MAX = 1_000;

const routeShape = z.object({
  for: z.string().describe("`group:NAME` or `user:NAME`"),
  channel: z.string(),
  place: z.string().describe("`room:ID` or `person:ID`"),
  preference: z.int().describe("0 is tried first; the next where it cannot be reached, or nobody looks"),
  changedAt: time,
});

export const channelsRoutes = read({
  name: "channels.routes",
  summary: "List where cards go, by group and user, best place first",
  permission: "channels.read",
  input: z.strictObject({}),
  output: z.object({ items: z.array(routeShape) }),
  columns: ["for", "preference", "channel", "place"],
  async run(context) {
    const rows = await context.store.query
      .selectFrom("channel_places")
      .selectAll()
      .orderBy("audience")
      .orderBy("preference")
      .limit(ROUTES_SHOWN_MAX)
      .execute();
    const ids = rows.flatMap(({ audience }) => (audience.startsWith("user:") ? [audience.slice(5)] : []));
    const users = await context.store.query
      .selectFrom("users")
      .select(["id", "name"])
      .where("id", "in", ids)
      .execute();
    const names = new Map(users.map(({ id, name }) => [`user:${id}`, `user:${name}`]));
    return { items: rows.map((row) => view(row, names.get(row.audience) ?? row.audience)) };
  },
});

export const channelsRoute = write({
  name: "channels.route",
  summary: "Send the cards of a group or a user to a place on a channel",
  permission: "channels.write",
  // Who is asked where is what people rely on.
  presence: true,
  input: z.strictObject({
    ...groupOrUser,
    channel: channelName,
    place,
    preference: z
      .int()
      .min(0)
      .max(PLACES_MAX - 1)
      .optional()
      .describe("0 is tried first (default: after those there are)"),
  }),
  output: routeShape,
  examples: [
    "channels route --group finance --channel slack --place C0123ABCD",
    "channels route --user ada --channel telegram --place person:99887766",
  ],
  async plan(context, { group, user, channel, place: text, preference: wanted }) {
    const { name } = await findChannel(context, channel);
    const { audience, shown } = await audienceOf(context, { group, user });
    const there = await placesOf(context, audience);
    const to = placeText(text);
    const known = there.find((one) => one.channel === name && one.place === to.id);
    if (known === undefined && there.length >= PLACES_MAX) throw tooMany();
    const after = Math.max(-1, ...there.map(({ preference }) => preference)) + 1;
    return {
      would: `send cards of ${group === undefined ? "a user" : `group ${group}`} to a place on channel ${name}`,
      async commit(committing) {
        const row: Schema["channel_places"] = {
          audience,
          channel: name,
          kind: to.kind,
          place: to.id,
          preference: wanted ?? known?.preference ?? after,
          changed_by: committing.caller.user,
          changed_at: committing.ambient.now(),
        };
        const { audience: _audience, channel: _channel, place: _place, ...values } = row;
        const keep = committing.store.query
          .insertInto("channel_places")
          .values(row)
          .onConflict((one) => one.columns(["audience", "channel", "place"]).doUpdateSet(values));
        const body = { change: "routed", for: audience, preference: row.preference };
        await commitBatch(committing, {
          writes: [stateWrite(keep, 1)],
          entries: [entry(committing, "channel.changed", name, body)],
        });
        await committing.channels.changed();
        return view(row, shown);
      },
    };
  },
});

export const channelsUnroute = write({
  name: "channels.unroute",
  summary: "Send the cards of a group or a user to a place no more",
  permission: "channels.write",
  effect: "destructive",
  presence: true,
  input: z.strictObject({ ...groupOrUser, channel: channelName, place }),
  output: routeShape,
  async plan(context, { group, user, channel, place: text }) {
    const { audience, shown } = await audienceOf(context, { group, user });
    const to = placeText(text);
    const there = await placesOf(context, audience);
    const row = there.find((one) => one.channel === channel && one.place === to.id);
    if (row === undefined) throw noSuchRoute();
    return {
      would: `send cards to a place on channel ${channel} no more`,
      async commit(committing) {
        const remove = committing.store.query
          .deleteFrom("channel_places")
          .where("audience", "=", audience)
          .where("channel", "=", channel)
          .where("place", "=", to.id);
        const body = { change: "unrouted", for: audience, preference: row.preference };
        await commitBatch(committing, {
          writes: [stateWrite(remove, 1)],
          entries: [entry(committing, "channel.changed", channel, body)],
        });
        await committing.channels.changed();
        return view(row, shown);
      },
    };
  },
});

type Wanted = { readonly group?: string | undefined; readonly user?: string | undefined };

async function audienceOf(
  context: ReadContext,
  { group, user }: Wanted,
): Promise<{ readonly audience: string; readonly shown: string }> {
  if (group !== undefined && user === undefined)
    return { audience: `group:${group}`, shown: `group:${group}` };
  if (user !== undefined && group === undefined) {
    const { id, name } = await findUser(context, user);
    return { audience: `user:${id}`, shown: `user:${name}` };
  }
  throw new Fault("input_invalid", "either group or user must be named", "Give --group NAME or --user NAME.");
}

function placesOf({ store }: ReadContext, audience: string) {
  return store.query.selectFrom("channel_places").selectAll().where("audience", "=", audience).execute();
}

function view(row: Schema["channel_places"], shown: string): z.input<typeof routeShape> {
  return {
    for: shown,
    channel: row.channel,
    place: textOfPlace(placeText(`${row.kind}:${row.place}`)),
    preference: row.preference,
    changedAt: isoTime(row.changed_at),
  };
}

function tooMany(): Fault {
  return new Fault(
    "channel_routes_full",
    `there are ${PLACES_MAX} places already for this group or user`,
    "Take one away first: `doorward channels unroute`.",
  );
}

function noSuchRoute(): Fault {
  return new Fault(
    "channel_route_unknown",
    "no cards of this group or user go to that place",
    "List where they go: `doorward channels routes`.",
  );
}
