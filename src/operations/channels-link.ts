import { z } from "zod";
import { Fault } from "#base";
import { reachOf } from "#identity";
import type { Schema } from "#store";
import { accountOf, findChannel, platformOf } from "./channel-rows.ts";
import { channelName } from "./channels-input.ts";
import { codeDigest, mintCode } from "./channels-code.ts";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { time, userReference } from "./fields.ts";
import { read, write } from "./operation.ts";
import { findUser } from "./users.ts";

/** How long a code to link an account is good for. */
export const LINK_CODE_MS = 5 * 60_000;
const ALONE =
  "In a direct message to Doorward, and nowhere else: a code that is said where others read it is void.";
const WHEREVER =
  "Where nobody but Doorward reads it, if there is such a conversation: until Doorward has taken it, whoever reads it can link their own account with it.";
const LINKS_SHOWN_MAX = 2_000;
/** Codes that one user may ask for within `LINK_CODE_MS`, over all channels. */
const CODES_MAX = 10;

const linkShape = z.object({
  channel: z.string(),
  user: z.string(),
  account: z.string().describe("Who they are there: the platform's own id"),
  name: z.string().describe("What the platform called them when they linked; nothing is decided by it"),
  tenant: z.string().nullable(),
  verifiedBy: z.string(),
  verifiedAt: time,
});

export const channelsLinks = read({
  name: "channels.links",
  summary: "List which account on which channel is whose: your own, or for admins everybody's",
  permission: "channels.read",
  input: z.strictObject({ channel: channelName.optional() }),
  output: z.object({ items: z.array(linkShape) }),
  columns: ["channel", "user", "account", "name", "verifiedAt"],
  async run(context, { channel }) {
    const rows = await linksOf(context);
    const items = rows.filter((row) => channel === undefined || row.channel === channel).map(view);
    return { items };
  },
});

export const channelsLink = write({
  name: "channels.link",
  summary: "Get a one-time code that links your own account on a channel: send it to Doorward there",
  permission: "self.write",
  // Whoever has the link answers as you.
  presence: true,
  input: z.strictObject({ channel: channelName }),
  output: z.object({
    channel: z.string(),
    send: z.string().describe("What to send, exactly"),
    to: z.string().describe("Who Doorward is there"),
    where: z.string().describe("In which conversation, in a sentence"),
    expiresAt: time,
  }),
  positional: ["channel"],
  async plan(context, { channel }) {
    const row = await findChannel(context, channel);
    const platform = platformOf(context.channels, row);
    if (platform.abilities.inbound === "none") throw noWayIn(channel);
    await demandRoom(context);
    return {
      would: `make a code that links an account on channel ${channel} to you`,
      async commit(committing) {
        const { ambient, caller, store } = committing;
        const code = mintCode(ambient);
        const now = ambient.now();
        const made = {
          digest: codeDigest("link", code),
          channel,
          user_id: caller.user,
          created_at: now,
          expires_at: now + LINK_CODE_MS,
          used_at: null,
        };
        const older = store.query
          .updateTable("link_codes")
          .set({ expires_at: now })
          .where("user_id", "=", caller.user)
          .where("channel", "=", channel)
          .where("expires_at", ">", now);
        await commitBatch(committing, {
          writes: [stateWrite(older), stateWrite(store.query.insertInto("link_codes").values(made), 1)],
          entries: [entry(committing, "user.changed", caller.user, { change: "link_code", channel })],
        });
        return {
          channel,
          send: `link ${code}`,
          to: accountOf(row).name,
          where: platform.abilities.tellsAlone === true ? ALONE : WHEREVER,
          expiresAt: isoTime(made.expires_at),
        };
      },
    };
  },
});

export const channelsUnlink = write({
  name: "channels.unlink",
  summary: "Take the link of an account on a channel away: your own, or as an admin anybody's",
  permission: "self.write",
  effect: "destructive",
  input: z.strictObject({
    channel: channelName,
    user: userReference.optional().describe("Whose link, by name or id (default: yours)"),
  }),
  output: z.object({ channel: z.string(), removed: z.int().describe("How many accounts were linked there") }),
  positional: ["channel", "user"],
  async plan(context, { channel, user }) {
    await findChannel(context, channel);
    const isAdmin = reachOf(context.caller, "channels.write") === "all";
    const whose = user === undefined ? context.caller.user : (await findUser(context, user)).id;
    if (whose !== context.caller.user && !isAdmin) throw notYours();
    const rows = (await linksOf(context)).filter((row) => row.user_id === whose && row.channel === channel);
    return {
      would: `take ${rows.length} links to channel ${channel} away`,
      async commit(committing) {
        const remove = committing.store.query
          .deleteFrom("channel_links")
          .where("channel", "=", channel)
          .where("user_id", "=", whose);
        await commitBatch(committing, {
          writes: [stateWrite(remove, rows.length)],
          entries: [entry(committing, "channel.unlinked", channel, { user: whose, accounts: rows.length })],
        });
        await committing.channels.changed();
        return { channel, removed: rows.length };
      },
    };
  },
});

type LinkRow = Schema["channel_links"] & { readonly user_name: string };

/** One's own; everybody's for admins and auditors, who see users too. */
async function linksOf({ store, caller }: ReadContext): Promise<readonly LinkRow[]> {
  const rows = store.query
    .selectFrom("channel_links")
    .innerJoin("users", "users.id", "channel_links.user_id")
    .selectAll("channel_links")
    .select("users.name as user_name")
    .orderBy("channel_links.channel")
    .orderBy("users.name")
    .limit(LINKS_SHOWN_MAX);
  const isAll = reachOf(caller, "users.read") === "all";
  return (isAll ? rows : rows.where("channel_links.user_id", "=", caller.user)).execute();
}

function view(row: LinkRow): z.input<typeof linkShape> {
  return {
    channel: row.channel,
    user: row.user_name,
    account: row.platform_user,
    name: row.platform_name,
    tenant: row.tenant === "" ? null : row.tenant,
    verifiedBy: row.verified_by,
    verifiedAt: isoTime(row.verified_at),
  };
}

async function demandRoom({ store, caller, ambient }: ReadContext): Promise<void> {
  const { n } = await store.query
    .selectFrom("link_codes")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("user_id", "=", caller.user)
    .where("created_at", ">", ambient.now() - LINK_CODE_MS)
    .executeTakeFirstOrThrow();
  if (n < CODES_MAX) return;
  throw new Fault(
    "link_codes_too_many",
    `you asked for ${CODES_MAX} codes within five minutes`,
    "Send the newest one, or wait some minutes.",
  );
}

function noWayIn(channel: string): Fault {
  return new Fault(
    "channel_takes_no_words",
    `nothing that is written on channel ${channel} reaches Doorward, so no account can be linked there`,
    "Cards there carry a link to the console; decide there.",
  );
}

function notYours(): Fault {
  return new Fault(
    "permission_denied",
    "only an admin takes the links of others away",
    "Leave the user out for your own, or ask an admin.",
  );
}
