import { z } from "zod";
import { canonicalJson } from "#base";
import type { StateWrite } from "#ledger";
import { textsOf } from "./accounts/rows.ts";
import { channelSecretWrites, factsOf, reachSaid } from "./channels-add.ts";
import {
  accountOf,
  channelDetail,
  channelDetailOf,
  type ChannelRow,
  findChannel,
  platformNamed,
  privacyOf,
  secretOwner,
} from "./channel-rows.ts";
import {
  agentsMayReach,
  channelName,
  place,
  privacyLevel,
  secretsInput,
  secretsOf,
  settingsInput,
  settingsOf,
  tenants,
  withheldLabels,
} from "./channels-input.ts";
import { placeText, textOfPlace } from "./channels-place.ts";
import { commitBatch, entry, stateWrite } from "./change.ts";
import { objectOf } from "./columns.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { write } from "./operation.ts";

const setInput = z.strictObject({
  channel: channelName,
  settings: settingsInput.optional(),
  secrets: secretsInput.optional(),
  tenants: tenants.optional(),
  privacy: privacyLevel.optional(),
  withheld: withheldLabels.optional(),
  agentsMayReach: agentsMayReach.optional(),
});
type SetInput = z.output<typeof setInput>;

export const channelsSet = write({
  name: "channels.set",
  summary:
    "Change a channel's settings, secrets, tenants, privacy or reach; another account or server there ends its links",
  permission: "channels.write",
  presence: true,
  input: setInput,
  output: channelDetail,
  positional: ["channel"],
  examples: ["channels set slack --privacy full", "channels set slack --agents-may-reach mailbot"],
  async plan(context, wanted) {
    const row = await findChannel(context, wanted.channel);
    const change = await changeOf(context, row, wanted);
    return {
      would: `change ${change.what.join(", ") || "nothing"} of channel ${row.name}`,
      commit: (committing) => commit(committing, row, change),
    };
  },
});

interface Change {
  readonly next: ChannelRow;
  readonly secrets: Readonly<Record<string, string>>;
  readonly what: readonly string[];
}

async function changeOf(context: ReadContext, row: ChannelRow, wanted: SetInput): Promise<Change> {
  const platform = platformNamed(context.channels, row.platform);
  const known = objectOf(row.settings);
  const texts = Object.entries(known).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const settings =
    wanted.settings === undefined
      ? known
      : settingsOf(platform, { ...Object.fromEntries(texts), ...wanted.settings });
  const secrets = wanted.secrets === undefined ? {} : secretsOf(platform, wanted.secrets);
  const reach =
    wanted.agentsMayReach === undefined
      ? row.reach
      : canonicalJson({ ...(await reachSaid(context, row.platform, wanted.agentsMayReach)) });
  const privacy = privacyOf(row);
  const next: ChannelRow = {
    ...row,
    settings: JSON.stringify(settings),
    tenants: wanted.tenants === undefined ? row.tenants : canonicalJson(wanted.tenants),
    privacy: canonicalJson({
      level: wanted.privacy ?? privacy.level,
      withheld: wanted.withheld ?? [...privacy.withheld],
    }),
    reach,
    version: row.version + 1,
  };
  const what = (["settings", "secrets", "tenants", "privacy", "withheld", "agentsMayReach"] as const).filter(
    (field) => wanted[field] !== undefined,
  );
  return { next, secrets, what };
}

async function commit(context: OperationContext, row: ChannelRow, { next, secrets, what }: Change) {
  const isProved = what.includes("settings") || what.includes("secrets");
  const account = isProved ? await proved(context, next, secrets) : next.account;
  const kept = { ...next, account };
  const { name: _name, ...values } = kept;
  const isElsewhere = leadsElsewhere(row, kept);
  const update = context.store.query
    .updateTable("channels")
    .set(values)
    .where("name", "=", row.name)
    .where("version", "=", row.version);
  await commitBatch(context, {
    writes: [
      stateWrite(update, 1),
      ...channelSecretWrites(context, row.name, secrets),
      ...(isElsewhere ? accountWrites(context, row.name) : []),
    ],
    entries: [
      entry(context, "channel.changed", row.name, {
        ...factsOf(kept),
        change: "set",
        what: isElsewhere ? [...what, "links"] : [...what],
      }),
    ],
  });
  await context.channels.changed();
  return channelDetailOf(context, await findChannel(context, row.name));
}

/**
 * Another account, or another server, behind the same name is another place: whoever has an id there may be somebody else
 * than who had it before, so that every link is proved anew.
 */
function leadsElsewhere(before: ChannelRow, next: ChannelRow): boolean {
  const [was, is] = [accountOf(before), accountOf(next)];
  return (
    was.id !== is.id ||
    was.tenant !== is.tenant ||
    canonicalJson(addressesIn(before)) !== canonicalJson(addressesIn(next))
  );
}

function addressesIn({ settings }: ChannelRow): string[] {
  const values = Object.values(objectOf(settings));
  return values.flatMap((value) => {
    const url = typeof value === "string" ? URL.parse(value) : null;
    return url === null || !/^https?:$/.test(url.protocol) ? [] : [url.origin];
  });
}

/** What was made for the account before: its links, codes that wait for one, and where its stream stood. */
function accountWrites({ store: { query } }: OperationContext, name: string): StateWrite[] {
  return [
    stateWrite(query.deleteFrom("channel_links").where("channel", "=", name)),
    stateWrite(query.deleteFrom("link_codes").where("channel", "=", name)),
    stateWrite(query.deleteFrom("channel_cursors").where("channel", "=", name)),
  ];
}

/** Who Doorward is there with these settings and secrets, asked of the platform itself. */
async function proved(
  context: OperationContext,
  row: ChannelRow,
  secrets: Readonly<Record<string, string>>,
): Promise<string> {
  const platform = platformNamed(context.channels, row.platform);
  const kept = await keptSecrets(context, row.name);
  const settings = objectOf(row.settings);
  context.progress(`Asking ${platform.title} who Doorward is there`);
  const account = await context.channels.probe({ platform, settings, secrets: { ...kept, ...secrets } });
  return canonicalJson({ id: account.id, name: account.name, tenant: account.tenant });
}

async function keptSecrets(context: OperationContext, name: string): Promise<Record<string, string>> {
  const server = secretOwner(name);
  const rows = await context.store.query
    .selectFrom("upstream_secrets")
    .selectAll()
    .where("server", "=", server)
    .execute();
  return Object.fromEntries(
    rows.map((row) => [row.name, Buffer.from(context.keys.unseal(row.sealed, server)).toString("utf8")]),
  );
}

export const channelsTest = write({
  name: "channels.test",
  summary: "Ask a channel's platform who Doorward is there, and send a card that decides nothing",
  permission: "channels.write",
  input: z.strictObject({
    channel: channelName,
    to: place
      .optional()
      .describe("Room or person (default: you, where you are linked; else the first place of its routes)"),
  }),
  output: z.object({
    channel: z.string(),
    account: z.string(),
    tenant: z.string().nullable(),
    sentTo: z.string().nullable().describe("Null: it knows no place to send a card to"),
  }),
  positional: ["channel"],
  examples: ["channels test slack", "channels test slack --to C0123ABCD"],
  async plan(context, { channel, to }) {
    const row = await findChannel(context, channel);
    const target = to === undefined ? await placeFor(context, row) : placeText(to);
    return {
      would: `ask the platform of channel ${channel} who Doorward is there, and send a test card`,
      async commit(committing) {
        const account = await committing.channels.test(channel, target);
        const body = { ...factsOf(row), change: "tested", what: [] };
        await commitBatch(committing, { entries: [entry(committing, "channel.changed", channel, body)] });
        const sentTo = target === null ? null : textOfPlace(target);
        return { channel, account: account.name, tenant: account.tenant, sentTo };
      },
    };
  },
});

async function placeFor({ store, caller }: ReadContext, { name }: ChannelRow) {
  const link = await store.query
    .selectFrom("channel_links")
    .select("platform_user")
    .where("channel", "=", name)
    .where("user_id", "=", caller.user)
    .executeTakeFirst();
  if (link !== undefined) return placeText(`person:${link.platform_user}`);
  const route = await store.query
    .selectFrom("channel_places")
    .select(["kind", "place"])
    .where("channel", "=", name)
    .orderBy("preference")
    .executeTakeFirst();
  return route === undefined ? null : placeText(`${route.kind}:${route.place}`);
}

export const channelsRemove = write({
  name: "channels.remove",
  summary: "Remove a channel, its secrets, links and places; cards there decide nothing any more",
  permission: "channels.write",
  effect: "destructive",
  presence: true,
  input: z.strictObject({ channel: channelName }),
  output: z.object({ name: z.string() }),
  positional: ["channel"],
  async plan(context, { channel }) {
    const row = await findChannel(context, channel);
    return {
      would: `remove channel ${channel} with its secrets, links and places`,
      commit: (committing) => remove(committing, row),
    };
  },
});

async function remove(context: OperationContext, row: ChannelRow) {
  const { query } = context.store;
  const { name } = row;
  const posts = query.selectFrom("posts").select("id").where("channel", "=", name);
  await commitBatch(context, {
    writes: [
      stateWrite(query.deleteFrom("post_tokens").where("post_id", "in", posts)),
      stateWrite(query.deleteFrom("post_items").where("post_id", "in", posts)),
      stateWrite(query.deleteFrom("posts").where("channel", "=", name)),
      stateWrite(query.deleteFrom("channel_places").where("channel", "=", name)),
      ...accountWrites(context, name),
      stateWrite(query.deleteFrom("inbound_events").where("channel", "=", name)),
      stateWrite(query.deleteFrom("upstream_secrets").where("server", "=", secretOwner(name))),
      stateWrite(query.deleteFrom("channels").where("name", "=", name).where("version", "=", row.version), 1),
    ],
    entries: [
      entry(context, "channel.removed", name, {
        platform: row.platform,
        account: accountOf(row).id,
        tenants: textsOf(row.tenants),
      }),
    ],
  });
  await context.channels.changed();
  return { name };
}
