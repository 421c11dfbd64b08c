import { z } from "zod";
import { canonicalJson, Fault } from "#base";
import type { ChannelAccount, Platform } from "#chat";
import type { StateWrite } from "#ledger";
import { aloneWith } from "./alone-with.ts";
import { type ChannelReach, reachServers, unknownServers } from "./channel-reach.ts";
import {
  channelDetail,
  channelDetailOf,
  type ChannelRow,
  findChannel,
  platformNamed,
  secretOwner,
} from "./channel-rows.ts";
import {
  agentsMayReach,
  channelName,
  platformName,
  place,
  privacyLevel,
  secretsInput,
  secretsOf,
  settingsInput,
  settingsOf,
  tenants,
  withheldLabels,
} from "./channels-input.ts";
import { placeText } from "./channels-place.ts";
import { commitBatch, entry, sameName, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { write } from "./operation.ts";

const CHANNELS_MAX = 100;
const HOOK_BYTES = 24;

const input = z.strictObject({
  platform: platformName,
  name: channelName.optional().describe("Name of the channel (default: the platform's)"),
  settings: settingsInput.default({}),
  secrets: secretsInput.optional(),
  tenants: tenants.optional(),
  privacy: privacyLevel.default("decisive"),
  withheld: withheldLabels.default([]),
  agentsMayReach: agentsMayReach.optional(),
  testTo: place.optional().describe("Where to send a test card: room:C0123 or person:U0123"),
});
type Input = z.output<typeof input>;

export const channelsAdd = write({
  name: "channels.add",
  summary: "Add a channel to people: prove its credentials, and send a test card there",
  permission: "channels.write",
  // What is decided there counts as a person's word.
  presence: true,
  input,
  output: channelDetail,
  positional: ["platform"],
  examples: [
    "channels add slack",
    "channels add slack --secrets slack-tokens.txt --test-to C0123ABCD --agents-may-reach none",
    "channels add telegram --name ops-telegram --secrets env:TELEGRAM_TOKEN",
  ],
  async plan(context, wanted) {
    const platform = platformNamed(context.channels, wanted.platform);
    const name = wanted.name ?? platform.name;
    const settings = settingsOf(platform, wanted.settings);
    const secrets = secretsOf(platform, wanted.secrets);
    const lack = listenerLack(context.channels, platform);
    if (lack !== null) throw lack;
    await refuseName(context, name);
    const reach = await reachSaid(context, platform.name, wanted.agentsMayReach);
    return {
      would: `ask ${platform.title} who Doorward is there, and add it as channel ${name}`,
      commit: (committing) =>
        aloneWith(committing.channels, name, () =>
          add(committing, { ...wanted, platform, name, settings, secrets, reach }),
        ),
    };
  },
});

interface Adding extends Omit<Input, "platform" | "name" | "settings" | "secrets"> {
  readonly platform: Platform;
  readonly name: string;
  readonly settings: Readonly<Record<string, unknown>>;
  readonly secrets: Readonly<Record<string, string>>;
  readonly reach: ChannelReach;
}

async function add(context: OperationContext, adding: Adding) {
  const { platform, name, settings, secrets } = adding;
  context.progress(`Asking ${platform.title} who Doorward is there${installing(platform)}`);
  const account = await context.channels.probe({ platform, settings, secrets });
  const row = rowOf(context, adding, account);
  const { query } = context.store;
  await commitBatch(context, {
    writes: [
      stateWrite(query.insertInto("channels").values(row).onConflict(sameName), 1),
      ...channelSecretWrites(context, name, secrets),
    ],
    entries: [entry(context, "channel.added", name, factsOf(row))],
  });
  await context.channels.changed();
  if (adding.testTo !== undefined) {
    context.progress("Sending a test card");
    await context.channels.test(name, placeText(adding.testTo));
  }
  return channelDetailOf(context, await findChannel(context, name));
}

/** Platforms on an npm adapter name it as their source. */
function installing({ source }: Platform): string {
  return source.includes("(npm)")
    ? "; the first time, its adapter is installed from npm, which takes up to five minutes"
    : "";
}

function rowOf(context: OperationContext, adding: Adding, account: ChannelAccount): ChannelRow {
  const { ambient, caller } = context;
  const own = account.tenant === null ? [] : [account.tenant];
  return {
    name: adding.name,
    platform: adding.platform.name,
    settings: JSON.stringify(adding.settings),
    tenants: canonicalJson(adding.tenants ?? own),
    privacy: canonicalJson({ level: adding.privacy, withheld: adding.withheld }),
    reach: canonicalJson({ agents: [...adding.reach.agents], cleared: [...adding.reach.cleared] }),
    account: canonicalJson({ id: account.id, name: account.name, tenant: account.tenant }),
    hook: Buffer.from(ambient.random(HOOK_BYTES)).toString("base64url"),
    added_by: caller.user,
    created_at: ambient.now(),
    version: 0,
  };
}

/** What the ledger says of a channel: never a secret, nor who the people there are. */
export function factsOf(row: ChannelRow) {
  return {
    platform: row.platform,
    account: z.object({ id: z.string() }).parse(JSON.parse(row.account)).id,
    privacy: row.privacy,
    tenants: z.array(z.string()).parse(JSON.parse(row.tenants)),
    reach: row.reach,
  };
}

export function channelSecretWrites(
  context: OperationContext,
  channel: string,
  secrets: Readonly<Record<string, string>>,
): StateWrite[] {
  const server = secretOwner(channel);
  const changed_at = context.ambient.now();
  return Object.entries(secrets).map(([name, secret]) => {
    const sealed = context.keys.seal(Buffer.from(secret, "utf8"), server);
    const insert = context.store.query
      .insertInto("upstream_secrets")
      .values({ server, name, sealed, changed_at })
      .onConflict((conflict) => conflict.columns(["server", "name"]).doUpdateSet({ sealed, changed_at }));
    return stateWrite(insert, 1);
  });
}

/**
 * T3: which agents reach the channel beside what can be told from their servers. Throws `channel_reach_unsaid` where there are
 * servers that nothing is known of, and nothing was said.
 */
export async function reachSaid(
  { store }: Pick<ReadContext, "store">,
  platform: string,
  wanted: readonly string[] | undefined,
): Promise<ChannelReach> {
  const servers = await reachServers(store);
  const unknown = unknownServers(platform, servers);
  if (wanted === undefined) {
    if (unknown.length === 0) return { agents: [], cleared: [] };
    throw new Fault(
      "channel_reach_unsaid",
      `whether agents can read or post there cannot be told of these servers: ${unknown.slice(0, 10).join(", ")}`,
      "Say which agents can, by any means: --agents-may-reach none, NAME…, or '*'. What such an agent asks for is never decided there.",
    );
  }
  const agents = wanted.filter((name) => name !== "none");
  return { agents: [...new Set(agents)].toSorted(), cleared: [...unknown].toSorted() };
}

/** What comes in by webhook needs something that listens for it; null: it has that, or needs none. */
export function listenerLack(
  channels: ReadContext["channels"],
  { abilities, title }: Pick<Platform, "abilities" | "title">,
): Fault | null {
  if (abilities.inbound !== "webhook" || channels.hooksUrl !== null) return null;
  return new Fault(
    "channel_no_listener",
    `${title} brings answers by webhook, and Doorward has no listener for webhooks`,
    "Set channels.listen and channels.publicUrl in doorward.yaml and start again (docs/guide/channels.md): only /hooks/ is served there.",
  );
}

async function refuseName({ store }: ReadContext, name: string): Promise<void> {
  const rows = await store.query.selectFrom("channels").select("name").execute();
  if (rows.length >= CHANNELS_MAX) {
    throw new Fault(
      "channels_too_many",
      `there are already ${CHANNELS_MAX} channels`,
      "Remove one that is not needed: `doorward channels remove NAME`.",
    );
  }
  if (rows.some((row) => row.name === name)) {
    throw new Fault(
      "channel_name_taken",
      `there is a channel ${name} already`,
      "Choose another name with --name, or change it: `doorward channels set NAME`.",
    );
  }
}
