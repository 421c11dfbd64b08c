import type { Ambient } from "#base";
import type { JournalHandle } from "#journal";
import { commit, type StateWrite } from "#ledger";
import type { Store } from "#store";
import { codeDigest, readCode } from "./channels-code.ts";
import { stateWrite } from "./change.ts";

export interface LinkingOutside {
  readonly store: Pick<Store, "query">;
  readonly journal: Pick<JournalHandle, "append">;
  readonly ambient: Ambient;
}

/** Someone on a platform who sent what may be a code. */
export interface LinkingSender {
  readonly channel: string;
  /** Empty where the platform has none. */
  readonly tenant: string;
  readonly platformUser: string;
  /** For people to read. */
  readonly platformName: string;
}

/** Wrong codes of one sender within `TRIES_MS`; the same for codes that answer a request. */
const TRIES_MAX = 5;
const TRIES_MS = 10 * 60_000;
const NAME_CHARS_MAX = 200;
const SALT_BYTES = 32;

export type Linked =
  | { readonly kind: "linked"; readonly user: string }
  /** No such code for this channel, or it is used or too old; or too many were tried; or the account is somebody else's. */
  | { readonly kind: "refused"; readonly why: "unknown" | "tries" | "taken" };

/**
 * Ties a platform's user to the user of ours who made the code, once. The only way a link comes to be: by what a signed-in
 * person got and what came, verified, from the platform's account. Never by a name or an address.
 */
export async function linkByCode(
  outside: LinkingOutside,
  sender: LinkingSender,
  text: string,
): Promise<Linked> {
  if (!(await mayTry(outside, sender))) return { kind: "refused", why: "tries" };
  const code = readCode(text);
  const row = code === null ? undefined : await liveCode(outside, sender.channel, codeDigest("link", code));
  if (row === undefined) {
    await noteWrongTry(outside, sender);
    return { kind: "refused", why: "unknown" };
  }
  if (await isTaken(outside, sender, row.user_id)) return { kind: "refused", why: "taken" };
  const kept = await outside.journal.append(linking(outside, sender, row));
  return kept.kind === "kept" ? { kind: "linked", user: row.name } : { kind: "refused", why: "unknown" };
}

/**
 * A code that was said where others read it: nobody's any more, whoever said it. Answers whether it was one that was good.
 * A wrong one counts as a try.
 */
export async function voidCode(
  outside: LinkingOutside,
  sender: LinkingSender,
  text: string,
): Promise<boolean> {
  if (!(await mayTry(outside, sender))) return false;
  const code = readCode(text);
  const row = code === null ? undefined : await liveCode(outside, sender.channel, codeDigest("link", code));
  if (row === undefined) {
    await noteWrongTry(outside, sender);
    return false;
  }
  const { store, ambient, journal } = outside;
  const at = ambient.now();
  const end = store.query
    .updateTable("link_codes")
    .set({ expires_at: at })
    .where("digest", "=", row.digest)
    .where("used_at", "is", null);
  const by = { by: "doorward", via: `channel:${sender.channel}` };
  const body = { ...by, change: "link_code_void", channel: sender.channel };
  const kept = await journal.append({
    writes: [stateWrite(end, 1)],
    entries: [{ kind: "user.changed", subject: row.user_id, at, body }],
  });
  return kept.kind === "kept";
}

/**
 * Whether the account answers as somebody else already. Whoever can write there, an agent with its token say, would otherwise
 * make its owner's taps another user's, unseen.
 */
async function isTaken({ store }: LinkingOutside, sender: LinkingSender, user: string): Promise<boolean> {
  const link = await store.query
    .selectFrom("channel_links")
    .select("user_id")
    .where("channel", "=", sender.channel)
    .where("tenant", "=", sender.tenant)
    .where("platform_user", "=", sender.platformUser)
    .executeTakeFirst();
  return link !== undefined && link.user_id !== user;
}

function liveCode({ store, ambient }: LinkingOutside, channel: string, digest: string) {
  return store.query
    .selectFrom("link_codes")
    .innerJoin("users", "users.id", "link_codes.user_id")
    .select(["link_codes.digest", "link_codes.user_id", "users.name"])
    .where("link_codes.digest", "=", digest)
    .where("link_codes.channel", "=", channel)
    .where("link_codes.used_at", "is", null)
    .where("link_codes.expires_at", ">", ambient.now())
    .where("users.disabled_at", "is", null)
    .executeTakeFirst();
}

function linking(
  { store, ambient }: LinkingOutside,
  sender: LinkingSender,
  row: { readonly digest: string; readonly user_id: string },
) {
  const at = ambient.now();
  const link = {
    channel: sender.channel,
    tenant: sender.tenant,
    platform_user: sender.platformUser,
    platform_name: sender.platformName.slice(0, NAME_CHARS_MAX),
    user_id: row.user_id,
    verified_by: "code",
    verified_at: at,
  };
  const { channel: _channel, tenant: _tenant, platform_user: _platform, ...values } = link;
  const use = store.query
    .updateTable("link_codes")
    .set({ used_at: at })
    .where("digest", "=", row.digest)
    .where("used_at", "is", null);
  const keep = store.query
    .insertInto("channel_links")
    .values(link)
    .onConflict((one) =>
      one
        .columns(["channel", "tenant", "platform_user"])
        .doUpdateSet(values)
        .where("channel_links.user_id", "=", row.user_id),
    );
  const writes: readonly StateWrite[] = [stateWrite(use, 1), stateWrite(keep, 1)];
  const salt = ambient.random(SALT_BYTES);
  const bytes = Buffer.from(JSON.stringify([sender.tenant, sender.platformUser]), "utf8");
  const body = {
    by: row.user_id,
    via: `channel:${sender.channel}`,
    user: row.user_id,
    verified: "code",
    account: { bytes: bytes.length, sha256: commit(bytes, salt), stored: true },
  };
  const payloads = [{ name: "account", person: row.user_id, salt, bytes }];
  return {
    writes,
    entries: [{ kind: "channel.linked" as const, subject: sender.channel, at, body, payloads }] as const,
  };
}

/** Whether this sender may try another code now. */
export async function mayTry({ store, ambient }: LinkingOutside, sender: LinkingSender): Promise<boolean> {
  const row = await store.query
    .selectFrom("code_tries")
    .selectAll()
    .where("who", "=", triesOf(sender))
    .executeTakeFirst();
  return row === undefined || row.tries < TRIES_MAX || isOver(row.since, ambient.now());
}

export async function noteWrongTry({ store, ambient }: LinkingOutside, sender: LinkingSender): Promise<void> {
  const now = ambient.now();
  const who = triesOf(sender);
  await store.query
    .deleteFrom("code_tries")
    .where("since", "<=", now - TRIES_MS)
    .execute();
  await store.query
    .insertInto("code_tries")
    .values({ who, tries: 1, since: now })
    .onConflict((one) => one.column("who").doUpdateSet((eb) => ({ tries: eb("code_tries.tries", "+", 1) })))
    .execute();
}

/** A clock that jumped back must not shut anybody out for good. */
function isOver(since: number, now: number): boolean {
  return now - since >= TRIES_MS || since > now;
}

function triesOf({ channel, tenant, platformUser }: LinkingSender): string {
  return JSON.stringify([channel, tenant, platformUser]);
}
