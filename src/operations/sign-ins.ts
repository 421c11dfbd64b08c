import { z } from "zod";
import { Fault } from "#base";
import { sessionName } from "./accounts/sessions.ts";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { time, userReference } from "./fields.ts";
import { read, write } from "./operation.ts";
import { findUser } from "./users.ts";

const SIGN_INS_MAX = 100;

export const tokenId = z.string().regex(/^tok_[0-9a-f]{16}$/, "an id like tok_…");

const signInShape = z.object({
  id: z.string(),
  user: z.string().describe("Name of the user"),
  kind: z.string().describe("console (a browser) or cli (a terminal, or a token made for API and MCP)"),
  createdAt: time,
  expiresAt: time,
});

export const signInsList = read({
  name: "sign-ins.list",
  summary: "List where a user is signed in: browsers, terminals and tokens",
  permission: "users.read",
  input: z.strictObject({ user: userReference }),
  output: z.object({ items: z.array(signInShape) }),
  positional: ["user"],
  columns: ["id", "user", "kind", "createdAt", "expiresAt"],
  async run(context, { user }) {
    const { id, name } = await findUser(context, user);
    const rows = await live(context, id).orderBy("created_at", "desc").limit(SIGN_INS_MAX).execute();
    const items = rows.map(({ hash, kind, created_at, expires_at }) => ({
      id: sessionName(hash),
      user: name,
      kind,
      createdAt: isoTime(created_at),
      expiresAt: isoTime(expires_at),
    }));
    return { items };
  },
});

export const signInsEnd = write({
  name: "sign-ins.end",
  summary: "Sign a user out: everywhere, or of one browser, terminal or token",
  permission: "users.write",
  effect: "destructive",
  input: z.strictObject({
    user: userReference,
    signIn: tokenId.optional().describe("One sign-in, by id; without it all of them"),
  }),
  output: z.object({ user: z.string(), ended: z.int(), endedAt: time }),
  positional: ["user", "signIn"],
  examples: ["sign-ins end ben", "sign-ins end ben tok_0123456789abcdef"],
  async plan(context, input) {
    const user = await findUser(context, input.user);
    const rows = await named(context, user.id, input.signIn).execute();
    if (rows.length === 0) throw nothingToEnd(input.signIn, user.name);
    return {
      would: `end ${rows.length} sign-ins of user ${user.id}`,
      async commit(committing) {
        const at = committing.ambient.now();
        const end = committing.store.query
          .updateTable("user_sessions")
          .set({ revoked_at: at, present_until: 0 })
          .where("user_id", "=", user.id)
          .where("revoked_at", "is", null);
        // Without an id whatever is open by then ends, also what was opened in this very moment.
        const ends =
          input.signIn === undefined
            ? [stateWrite(end)]
            : rows.map(({ hash }) => stateWrite(end.where("hash", "=", hash), 1));
        const change = { change: "signed_out", token: input.signIn ?? null };
        await commitBatch(committing, {
          writes: ends,
          entries: [entry(committing, "user.changed", user.id, change)],
        });
        return { user: user.name, ended: rows.length, endedAt: isoTime(at) };
      },
    };
  },
});

export const tokensConfirm = write({
  name: "tokens.confirm",
  summary: "Vouch in the console that you are present at a terminal of yours too, for the next minutes",
  permission: "self.write",
  presence: true,
  input: z.strictObject({ token: tokenId.describe("The terminal's sign-in, by id") }),
  output: z.object({ id: z.string(), presentUntil: time }),
  positional: ["token"],
  async plan(context, { token }) {
    const { caller } = context;
    if (caller.via !== "console") throw notHere();
    const rows = await named(context, caller.user, token).where("kind", "=", "cli").execute();
    const [row] = rows;
    if (row === undefined) throw nothingToEnd(token, caller.name);
    return {
      would: `count as present at your terminal ${token}`,
      async commit(committing) {
        const until = caller.presentUntil;
        const confirm = committing.store.query
          .updateTable("user_sessions")
          .set({ present_until: until })
          .where("hash", "=", row.hash)
          .where("revoked_at", "is", null);
        await commitBatch(committing, {
          writes: [stateWrite(confirm, 1)],
          entries: [entry(committing, "user.changed", caller.user, { change: "presence_lent", token })],
        });
        return { id: token, presentUntil: isoTime(until) };
      },
    };
  },
});

function live({ store, ambient }: ReadContext, user: string) {
  return store.query
    .selectFrom("user_sessions")
    .select(["hash", "kind", "created_at", "expires_at"])
    .where("user_id", "=", user)
    .where("revoked_at", "is", null)
    .where("expires_at", ">", ambient.now());
}

function named(context: ReadContext, user: string, id: string | undefined) {
  const rows = live(context, user);
  return id === undefined ? rows : rows.where("hash", "like", `${id.slice("tok_".length)}%`);
}

function nothingToEnd(id: string | undefined, name: string): Fault {
  const what = id === undefined ? "is signed in nowhere" : `has no sign-in ${id}`;
  return new Fault("token_unknown", `${name} ${what}`, "List them: `doorward sign-ins list USER`.");
}

function notHere(): Fault {
  return new Fault(
    "console_needed",
    "only the console vouches for a terminal: a terminal could vouch for whatever runs in it",
    "Open the console, Sign-ins, and confirm the terminal there.",
  );
}
