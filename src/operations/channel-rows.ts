import { z } from "zod";
import { Fault } from "#base";
import type { CardPrivacy } from "#cards";
import type { Place, Platform } from "#chat";
import type { Schema } from "#store";
import { textsOf } from "./accounts/rows.ts";
import { isoTime } from "./change.ts";
import { type ChannelReach, channelReachOf } from "./channel-reach.ts";
import type { ChannelReads } from "./channels-port.ts";
import { objectOf } from "./columns.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";
import { PRIVACY_LEVELS } from "./channels-input.ts";

export type ChannelRow = Schema["channels"];

const account = z.object({ id: z.string(), name: z.string(), tenant: z.string().nullable() });

export const channelShape = z.object({
  name: z.string(),
  platform: z.string(),
  account: z.string().describe("Who Doorward is there, as the platform said"),
  tenants: z
    .array(z.string())
    .describe("Workspaces whose people may answer; empty where the platform has none"),
  privacy: z.enum(PRIVACY_LEVELS).describe("How much of a request may leave for there"),
  withheld: z.array(z.string()).describe("Labels of values that never leave for there"),
  agentsMayReach: z
    .array(z.string())
    .describe(
      "Agents that an admin said can read or post there: they are never decided there; * is every agent",
    ),
  answers: z.enum(["buttons", "codes", "links"]).describe("How people answer there"),
  inbound: z.enum(["connection", "webhook", "none"]).describe("How answers reach Doorward"),
  state: z.enum(["up", "down", "opening"]),
  reason: z.string().nullable().describe("Why it is down, or why cards do not reach it"),
  failingSince: time
    .nullable()
    .describe("Since when it is down, or since when the oldest card that does not reach it waits"),
  queued: z.int().describe("Cards and changes of cards that wait to be delivered"),
  oldestUnsent: time.nullable().describe("When the oldest of them was first wanted"),
  links: z.int().describe("People linked there"),
  addedAt: time,
});

/** Its own things, beside what every list shows. */
export const channelDetail = channelShape.extend({
  settings: z.record(z.string(), z.unknown()).describe("Without its secrets"),
  webhook: z
    .string()
    .nullable()
    .describe("The address that the platform must reach; null where it needs none, or there is no listener"),
  clearedServers: z
    .array(z.string())
    .describe("Servers that were there when an admin last said who may reach it"),
});

export async function findChannel({ store }: Pick<ReadContext, "store">, name: string): Promise<ChannelRow> {
  const row = await store.query
    .selectFrom("channels")
    .selectAll()
    .where("name", "=", name)
    .executeTakeFirst();
  if (row !== undefined) return row;
  throw new Fault("channel_unknown", `there is no channel ${name}`, "List them: `doorward channels list`.");
}

/** Throws `platform_unknown`: a Doorward that wrote the row knew it. */
export function platformNamed({ platforms }: Pick<ChannelReads, "platforms">, name: string): Platform {
  const platform = platforms.find((one) => one.name === name);
  if (platform !== undefined) return platform;
  throw new Fault(
    "platform_unknown",
    `there is no platform ${name}`,
    `Name one of: ${platforms.map((one) => one.name).join(", ")}.`,
  );
}

/** Its platform, with what it can do as the channel is set up. Throws as `platformNamed` does. */
export function platformOf(
  channels: Pick<ChannelReads, "platforms">,
  { platform: name, settings }: Pick<ChannelRow, "platform" | "settings">,
): Platform {
  const platform = platformNamed(channels, name);
  return { ...platform, abilities: platform.abilitiesWith?.(objectOf(settings)) ?? platform.abilities };
}

export interface Counts {
  readonly queued: number;
  readonly oldest: number | null;
  readonly links: number;
  /** The oldest of those that the platform did not take, and what one of them met. */
  readonly failingSince: number | null;
  readonly lastError: string | null;
}

/** Per channel, what waits to be delivered and how many people are linked. */
export async function countsOf({ store }: Pick<ReadContext, "store">): Promise<ReadonlyMap<string, Counts>> {
  const queued = await store.query
    .selectFrom("posts")
    .select([
      "channel",
      (eb) => eb.fn.countAll<number>().as("n"),
      (eb) => eb.fn.min("created_at").as("oldest"),
      (eb) => eb.fn.min("created_at").filterWhere("last_error", "like", UNREACHABLE).as("failingSince"),
      (eb) => eb.fn.max("last_error").filterWhere("last_error", "like", UNREACHABLE).as("lastError"),
    ])
    .where("next_at", "is not", null)
    .groupBy("channel")
    .execute();
  const links = await store.query
    .selectFrom("channel_links")
    .select(["channel", (eb) => eb.fn.countAll<number>().as("n")])
    .groupBy("channel")
    .execute();
  const counts = new Map<string, Counts>();
  for (const { channel, n, ...of } of queued) counts.set(channel, { ...of, queued: n, links: 0 });
  for (const { channel, n } of links) counts.set(channel, { ...(counts.get(channel) ?? NONE), links: n });
  return counts;
}

const NONE: Counts = { queued: 0, oldest: null, links: 0, failingSince: null, lastError: null };
/** What is tried again: docs/reference/errors.md. */
const UNREACHABLE = "channel_unreachable%";

export function channelView(
  { channels }: Pick<ReadContext, "channels">,
  row: ChannelRow,
  counts: ReadonlyMap<string, Counts>,
): z.input<typeof channelShape> {
  const isKnown = channels.platforms.some(({ name }) => name === row.platform);
  const platform = isKnown ? platformOf(channels, row) : undefined;
  const state = channels.states().find((one) => one.name === row.name);
  const { queued, oldest, links, failingSince, lastError } = counts.get(row.name) ?? NONE;
  const who = accountOf(row);
  return {
    name: row.name,
    platform: row.platform,
    account: who.tenant === null ? who.name : `${who.name} in ${who.tenant}`,
    tenants: textsOf(row.tenants),
    privacy: privacyOf(row).level,
    withheld: [...privacyOf(row).withheld],
    agentsMayReach: [...reachOf(row).agents],
    answers: answersOf(platform),
    inbound: platform?.abilities.inbound ?? "none",
    state: state?.state ?? "down",
    reason: state === undefined ? "it is not open" : (state.why ?? lastError),
    failingSince: isoTime(state?.failingSince ?? failingSince),
    queued,
    oldestUnsent: isoTime(oldest),
    links,
    addedAt: isoTime(row.created_at),
  };
}

function answersOf(platform: Platform | undefined): "buttons" | "codes" | "links" {
  if (platform === undefined || platform.abilities.inbound === "none") return "links";
  return platform.abilities.buttons ? "buttons" : "codes";
}

export async function channelDetailOf(
  context: Pick<ReadContext, "channels" | "store">,
  row: ChannelRow,
): Promise<z.input<typeof channelDetail>> {
  return {
    ...channelView(context, row, await countsOf(context)),
    settings: objectOf(row.settings),
    webhook: webhookOf(context.channels, row),
    clearedServers: [...reachOf(row).cleared],
  };
}

/** Null where the platform needs none, or nothing of ours listens for it. */
export function webhookOf(
  { platforms, hooksUrl }: Pick<ChannelReads, "platforms" | "hooksUrl">,
  row: Pick<ChannelRow, "platform" | "name" | "hook">,
): string | null {
  const platform = platforms.find((one) => one.name === row.platform);
  return hooksUrl === null || platform?.abilities.inbound !== "webhook"
    ? null
    : `${hooksUrl}/hooks/${row.name}/${row.hook}`;
}

export function accountOf(row: Pick<ChannelRow, "account">): z.output<typeof account> {
  return account.parse(JSON.parse(row.account));
}

const label = z.custom<CardPrivacy["withheld"][number]>((value) => typeof value === "string");
const privacy = z.object({ level: z.enum(PRIVACY_LEVELS), withheld: z.array(label) });
export function privacyOf(row: Pick<ChannelRow, "privacy">): CardPrivacy {
  return privacy.parse(JSON.parse(row.privacy));
}

export function reachOf(row: Pick<ChannelRow, "reach">): ChannelReach {
  return channelReachOf(row.reach);
}

const placeKind = z.enum(["room", "person"]);

export function placeOf(row: { readonly kind: string; readonly place: string }): Place {
  return { kind: placeKind.parse(row.kind), id: row.place };
}

/** How secrets of a channel are kept: rows of `upstream_secrets`. Servers' names have no colon: they never meet. */
export function secretOwner(channel: string): string {
  return `channel:${channel}`;
}
