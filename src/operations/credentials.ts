import { z } from "zod";
import { Fault, sha256 } from "#base";
import type { StateWrite } from "#ledger";
import { commitBatch, entry, isoTime } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { time } from "./fields.ts";
import { read, write } from "./operation.ts";

/** Enough of the digest of a passkey's own id to name it; the id may begin with a hyphen and is hard to tell apart. */
const ID_DIGITS = 16;

export const credentialsList = read({
  name: "credentials.list",
  summary: "List your own passkeys, and say whether you have a password",
  permission: "self.write",
  input: z.strictObject({}),
  output: z.object({
    hasPassword: z.boolean(),
    passwordSetAt: time.nullable(),
    items: z.array(z.object({ id: z.string(), name: z.string(), createdAt: time })),
  }),
  columns: ["id", "name", "createdAt"],
  async run(context) {
    const { store, caller } = context;
    const password = await store.query
      .selectFrom("passwords")
      .select("changed_at")
      .where("user_id", "=", caller.user)
      .executeTakeFirst();
    const rows = await ownPasskeys(context);
    const items = rows.map(({ id, name, created_at }) => ({
      id: shortId(id),
      name,
      createdAt: isoTime(created_at),
    }));
    return {
      hasPassword: password !== undefined,
      passwordSetAt: isoTime(password?.changed_at ?? null),
      items,
    };
  },
});

export const credentialsRemovePasskey = write({
  name: "credentials.remove-passkey",
  summary: "Remove one of your own passkeys; your other sessions and tokens end with it",
  permission: "self.write",
  effect: "destructive",
  presence: true,
  input: z.strictObject({
    passkey: z
      .string()
      .regex(/^pky_[0-9a-f]{16}$/, "an id like pky_…")
      .describe("Passkey, by id"),
  }),
  output: z.object({ id: z.string(), name: z.string() }),
  positional: ["passkey"],
  async plan(context, { passkey }) {
    const rows = await ownPasskeys(context);
    const row = rows.find(({ id }) => shortId(id) === passkey);
    if (row === undefined) throw unknownPasskey(passkey);
    if (rows.length === 1) await demandPassword(context);
    return {
      would: `remove your passkey ${passkey} and end every other session and token of yours`,
      async commit(committing) {
        const body = { change: "passkey.removed", passkey };
        await commitBatch(committing, {
          writes: [removal(committing, row.id), endOthers(committing)],
          entries: [entry(committing, "user.changed", committing.caller.user, body)],
        });
        return { id: passkey, name: row.name };
      },
    };
  },
});

function ownPasskeys({ store, caller }: ReadContext) {
  return store.query
    .selectFrom("passkeys")
    .select(["id", "name", "created_at"])
    .where("user_id", "=", caller.user)
    .orderBy("created_at")
    .execute();
}

/** INVARIANT: of two removals at once of a user's last two credentials, one is stale and changes nothing. */
function removal({ caller }: OperationContext, id: string): StateWrite {
  const sql = `DELETE FROM passkeys WHERE id = ? AND user_id = ? AND (
    EXISTS (SELECT 1 FROM passwords WHERE user_id = ?) OR
    (SELECT COUNT(*) FROM passkeys WHERE user_id = ?) > 1)`;
  return { sql, parameters: [id, caller.user, caller.user, caller.user], changes: 1 };
}

/** Nobody knows which of them the lost key opened. */
function endOthers({ caller, ambient }: OperationContext): StateWrite {
  const sql = `UPDATE user_sessions SET revoked_at = ?, present_until = 0
    WHERE user_id = ? AND hash <> ? AND revoked_at IS NULL`;
  return { sql, parameters: [ambient.now(), caller.user, caller.credential] };
}

async function demandPassword({ store, caller }: ReadContext): Promise<void> {
  const password = await store.query
    .selectFrom("passwords")
    .select("user_id")
    .where("user_id", "=", caller.user)
    .executeTakeFirst();
  if (password !== undefined) return;
  throw new Fault(
    "last_credential",
    "this is your last passkey, and you have no password: nothing would be left to show your presence with",
    "Add another passkey or set a password in the console first.",
  );
}

function unknownPasskey(passkey: string): Fault {
  return new Fault(
    "passkey_unknown",
    `you have no passkey ${passkey}`,
    "List yours: `doorward credentials list`.",
  );
}

function shortId(id: string): string {
  return `pky_${sha256(id).toString("hex").slice(0, ID_DIGITS)}`;
}
