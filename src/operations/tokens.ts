import { z } from "zod";
import { Fault } from "#base";
import { mintSecret } from "#identity";
import { sessionName } from "./accounts/sessions.ts";
import { commitBatch, daysAfter, entry, isoTime, stateWrite } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";
import { read, write } from "./operation.ts";
import { tokenId } from "./sign-ins.ts";

const TOKEN_DAYS_MAX = 365;
const TOKENS_MAX = 100;

const tokenShape = z.object({
  id: z.string(),
  kind: z.string().describe("console (cookie) or cli (bearer token)"),
  createdAt: time,
  expiresAt: time,
  current: z.boolean().describe("The one this request was made with"),
});

export const tokensList = read({
  name: "tokens.list",
  summary: "List your own sessions and tokens",
  permission: "self.write",
  input: z.strictObject({}),
  output: z.object({ items: z.array(tokenShape) }),
  columns: ["id", "kind", "createdAt", "expiresAt", "current"],
  async run({ store, caller, ambient }) {
    const rows = await store.query
      .selectFrom("user_sessions")
      .select(["hash", "kind", "created_at", "expires_at"])
      .where("user_id", "=", caller.user)
      .where("revoked_at", "is", null)
      .where("expires_at", ">", ambient.now())
      .orderBy("created_at", "desc")
      .limit(TOKENS_MAX)
      .execute();
    const items = rows.map((row) => ({
      id: sessionName(row.hash),
      kind: row.kind,
      createdAt: isoTime(row.created_at),
      expiresAt: isoTime(row.expires_at),
      current: row.hash === caller.credential,
    }));
    return { items };
  },
});

export const tokensCreate = write({
  name: "tokens.create",
  summary: "Make a token for API, MCP and CLI with your own rights; shown once",
  permission: "self.write",
  presence: true,
  input: z.strictObject({
    days: z.int().min(1).max(TOKEN_DAYS_MAX).default(30).describe(`Days it is valid, 1 to ${TOKEN_DAYS_MAX}`),
  }),
  output: z.object({
    id: z.string(),
    token: z.string().describe("Shown once. Send it as `Authorization: Bearer`"),
    expiresAt: time,
  }),
  async plan(context, { days }) {
    await refuseTooMany(context);
    return {
      would: `make a token for yourself, valid ${days} days`,
      async commit(committing) {
        const { ambient, caller, store } = committing;
        const secret = mintSecret("user-token", ambient);
        const expiresAt = daysAfter(ambient, days);
        // A new token has nobody present behind it: what needs presence asks for it again.
        const row = {
          kind: "cli",
          csrf_hash: "",
          created_at: ambient.now(),
          present_until: 0,
          revoked_at: null,
        };
        const kept = { ...row, hash: secret.hash, user_id: caller.user, expires_at: expiresAt };
        await commitBatch(committing, {
          writes: [stateWrite(store.query.insertInto("user_sessions").values(kept), 1)],
          entries: [
            entry(committing, "user.changed", caller.user, {
              change: "token_created",
              token: sessionName(secret.hash),
            }),
          ],
        });
        return { id: sessionName(secret.hash), token: secret.text, expiresAt: isoTime(expiresAt) };
      },
    };
  },
});

export const tokensRevoke = write({
  name: "tokens.revoke",
  summary: "Revoke one of your own sessions or tokens",
  permission: "self.write",
  effect: "destructive",
  input: z.strictObject({
    token: tokenId.describe("Token, by id"),
  }),
  output: z.object({ id: z.string(), revokedAt: time }),
  positional: ["token"],
  async plan({ store, caller }, { token }) {
    const rows = await store.query
      .selectFrom("user_sessions")
      .select("hash")
      .where("user_id", "=", caller.user)
      .where("revoked_at", "is", null)
      .where("hash", "like", `${token.slice("tok_".length)}%`)
      .execute();
    const [row] = rows;
    if (row === undefined)
      throw new Fault("token_unknown", `you have no token ${token}`, "List yours: `doorward tokens list`.");
    return {
      would: `revoke your token ${token}`,
      async commit(committing) {
        const at = committing.ambient.now();
        const revoke = committing.store.query
          .updateTable("user_sessions")
          .set({ revoked_at: at })
          .where("hash", "=", row.hash);
        await commitBatch(committing, {
          writes: [stateWrite(revoke.where("revoked_at", "is", null), 1)],
          entries: [entry(committing, "user.changed", caller.user, { change: "token_revoked", token })],
        });
        return { id: token, revokedAt: isoTime(at) };
      },
    };
  },
});

async function refuseTooMany({ store, caller, ambient }: ReadContext): Promise<void> {
  const live = await store.query
    .selectFrom("user_sessions")
    .select("hash")
    .where("user_id", "=", caller.user)
    .where("revoked_at", "is", null)
    .where("expires_at", ">", ambient.now())
    .limit(TOKENS_MAX)
    .execute();
  if (live.length < TOKENS_MAX) return;
  throw new Fault(
    "tokens_full",
    `you have ${TOKENS_MAX} live sessions and tokens`,
    "Revoke one: `doorward tokens list`, `doorward tokens revoke ID`.",
  );
}
