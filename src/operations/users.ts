import { z } from "zod";
import { canonicalJson, Fault } from "#base";
import { LOGIN_LINK_MS, mintLoginLink } from "#identity";
import type { Schema } from "#store";
import { LOCAL_ISSUER } from "./accounts/accounts.ts";
import { anAdminIsLeft, keepAnAdmin } from "./accounts/admins.ts";
import {
  claimsOf,
  keepClaims,
  ownRights,
  type Rights,
  rightsEntry,
  rightsFrom,
  rightsWrite,
  summed,
} from "./accounts/claimed.ts";
import { leave } from "./accounts/leave.ts";
import { rolesOf, textsOf } from "./accounts/rows.ts";
import { commitBatch, entry, isoTime, sameName, stateWrite } from "./change.ts";
import type { ReadContext } from "./context.ts";
import { groupName, issuerUrl, role, subject, time, userName, userReference } from "./fields.ts";
import { keyOfCursor, page, pageInput, pageOf } from "./page.ts";
import { read, write } from "./operation.ts";

type UserRow = Schema["users"];

const roles = z.array(role).max(4).describe("Roles: admin, approver, auditor, owner");
const groups = z
  .array(groupName)
  .max(50)
  .default([])
  .describe("Groups; a hold names the groups that may approve it");

const userShape = z.object({
  id: z.string(),
  name: z.string(),
  roles: z.array(role),
  groups: z.array(z.string()),
  issuer: z.string().describe("`local`, or the identity provider that vouches for the user"),
  subject: z.string().nullable().describe("Who the user is at the identity provider; null for a local user"),
  createdAt: time,
  disabledAt: time.nullable(),
});

export const usersList = read({
  name: "users.list",
  summary: "List users",
  permission: "users.read",
  input: z.strictObject(pageInput),
  output: pageOf(userShape),
  columns: ["name", "roles", "groups", "issuer", "disabledAt"],
  async run({ store }, { after, limit }) {
    const query = store.query.selectFrom("users").selectAll().where("name", ">", keyOfCursor(after));
    const rows = await query
      .orderBy("name")
      .limit(limit + 1)
      .execute();
    return page(rows, limit, { item: userView, keyOf: (row) => row.name });
  },
});

export const usersAdd = write({
  name: "users.add",
  summary: "Add a user: local (`login-links create` lets them in), or of the identity provider",
  permission: "users.write",
  presence: true,
  input: z.strictObject({
    name: userName,
    roles: roles
      .default([])
      .describe("Roles: admin, approver, auditor, owner; a provider's user may have them by groups alone"),
    groups,
    issuer: issuerUrl.optional().describe("Issuer URL of the identity provider that signs the user in"),
    subject: subject.optional().describe("The user's `sub` at that provider"),
  }),
  output: userShape,
  positional: ["name"],
  examples: [
    "users add ana --roles approver --groups finance",
    "users add ben --roles owner --issuer https://login.example.org --subject 248289761001",
  ],
  async plan(context, input) {
    const id = context.ambient.id("usr");
    const who = whoOf(input, id);
    if (who.issuer === LOCAL_ISSUER && input.roles.length === 0) throw noRoles();
    await refuseTaken(context, input.name, who);
    const row: UserRow = {
      id,
      name: input.name,
      ...who,
      roles: canonicalJson(sorted(input.roles)),
      groups: canonicalJson(sorted(input.groups)),
      created_at: context.ambient.now(),
      disabled_at: null,
    };
    return {
      would: `add a user of issuer ${row.issuer} with roles ${input.roles.join(", ")}`,
      async commit(committing) {
        await commitBatch(committing, {
          writes: [
            stateWrite(committing.store.query.insertInto("users").values(row).onConflict(sameName), 1),
          ],
          entries: [entry(committing, "user.added", id, { issuer: row.issuer, ...rightsOf(row) })],
        });
        return userView(row);
      },
    };
  },
});

export const usersSetRoles = write({
  name: "users.set-roles",
  summary: "Set the roles and groups of a user",
  permission: "users.write",
  presence: true,
  input: z.strictObject({
    user: userReference,
    roles: roles.min(1),
    groups: groups.removeDefault().optional().describe("Groups; without it they stay as they are"),
  }),
  output: userShape,
  positional: ["user", "roles"],
  async plan(context, input) {
    const row = await findUser(context, input.user);
    const claims = await claimsOf(context, row.id);
    const before = ownRights(row, claims);
    const own: Rights = { roles: sorted(input.roles), groups: sorted(input.groups ?? before.groups) };
    const given = claims === undefined ? [] : [await rightsFrom(context, textsOf(claims.claimed))];
    const rights = summed(given, own);
    if (!own.roles.includes("admin")) await keepAnAdmin(context, row);
    return {
      would: `set the roles of ${row.id} to ${input.roles.join(", ")}`,
      async commit(committing) {
        const { caller, ambient, store } = committing;
        const at = ambient.now();
        const keep =
          claims === undefined
            ? []
            : [keepClaims(store.query, { user: row.id, own, claimed: claims.claimed, at })];
        const by = { by: caller.user, via: caller.via };
        await commitBatch(committing, {
          writes: [
            rightsWrite(store.query, row, rights),
            ...keep,
            ...(own.roles.includes("admin") ? [] : [anAdminIsLeft(row.id)]),
          ],
          entries: [rightsEntry(by, { user: row.id, at, rights })],
        });
        const { roles: roleText, groups: groupText } = textOf(rights);
        return userView({ ...row, roles: roleText, groups: groupText });
      },
    };
  },
});

function textOf(rights: Rights): Pick<UserRow, "roles" | "groups"> {
  return { roles: canonicalJson(rights.roles), groups: canonicalJson(rights.groups) };
}

const NEXT =
  "Somebody has to answer for these agents: `doorward agents set-owner AGENT USER`, or `doorward agents revoke AGENT`.";

export const usersDisable = write({
  name: "users.disable",
  summary: "Shut a user out: no login, no token, no decision from now on",
  permission: "users.write",
  presence: true,
  effect: "destructive",
  input: z.strictObject({ user: userReference }),
  output: userShape.extend({
    agents: z.array(z.string()).describe("Agents of theirs that go on, with rights of their own"),
    next: z.string().nullable().describe("What is left to do about those; null: nothing"),
  }),
  positional: ["user"],
  async plan(context, input) {
    const row = await findUser(context, input.user);
    if (row.disabled_at !== null)
      throw new Fault("user_disabled", "this user is disabled already", "Nothing is left to do.");
    await keepAnAdmin(context, row);
    return {
      would: `disable user ${row.id} and revoke every session and token of theirs`,
      async commit(committing) {
        const { user: by, via } = committing.caller;
        const { at, agents } = await leave(committing, row.id, { by, via });
        const next = agents.length === 0 ? null : NEXT;
        return { ...userView({ ...row, disabled_at: at }), agents: [...agents], next };
      },
    };
  },
});

export const loginLinksCreate = write({
  name: "login-links.create",
  summary: "Make a one-time console login link for a user; shown once, valid 15 minutes",
  permission: "users.write",
  presence: true,
  input: z.strictObject({ user: userReference }),
  output: z.object({ link: z.string(), expiresAt: time }),
  positional: ["user"],
  async plan(context, input) {
    const row = await findUser(context, input.user);
    if (row.disabled_at !== null)
      throw new Fault("user_disabled", "this user is disabled", "Add them anew: `doorward users add`.");
    if (row.issuer !== LOCAL_ISSUER)
      throw new Fault(
        "login_link_needless",
        "this user signs in with the identity provider, and with nothing else",
        "Have them open the console and sign in there.",
      );
    return {
      would: `make a login link for user ${row.id}, valid ${LOGIN_LINK_MS / 60_000} minutes`,
      async commit(committing) {
        const link = mintLoginLink(committing.addresses.console, committing.ambient);
        const kept = { hash: link.hash, user_id: row.id, expires_at: link.expiresAt, used_at: null };
        await commitBatch(committing, {
          writes: [stateWrite(committing.store.query.insertInto("login_links").values(kept), 1)],
          entries: [
            entry(committing, "user.changed", row.id, {
              change: "login_link",
              until: isoTime(link.expiresAt),
            }),
          ],
        });
        return { link: link.url, expiresAt: isoTime(link.expiresAt) };
      },
    };
  },
});

function noRoles(): Fault {
  return new Fault(
    "input_invalid",
    "a local user needs a role",
    "Give one: --roles admin, approver, auditor or owner.",
  );
}

interface Who {
  readonly issuer: string;
  readonly subject: string;
}

/** A user is (issuer, subject); one without the other is nobody (T16). */
function whoOf(
  input: { readonly issuer?: string | undefined; readonly subject?: string | undefined },
  id: string,
): Who {
  const { issuer, subject: named } = input;
  if (issuer === undefined && named === undefined) return { issuer: LOCAL_ISSUER, subject: id };
  if (issuer !== undefined && named !== undefined) return { issuer, subject: named };
  throw new Fault(
    "input_invalid",
    "issuer and subject belong together",
    "Give both for a user of the identity provider, or neither for a local one.",
  );
}

async function refuseTaken(context: ReadContext, name: string, who: Who): Promise<void> {
  const taken = await context.store.query
    .selectFrom("users")
    .select("name")
    .where((eb) =>
      eb.or([
        eb("name", "=", name),
        eb.and([eb("issuer", "=", who.issuer), eb("subject", "=", who.subject)]),
      ]),
    )
    .executeTakeFirst();
  if (taken === undefined) return;
  const what = taken.name === name ? "name" : "issuer and subject";
  throw new Fault(
    "user_exists",
    `there is already a user of this ${what}`,
    "List them: `doorward users list`.",
  );
}

/** Throws `user_unknown`. */
export async function findUser(context: ReadContext, reference: string): Promise<UserRow> {
  const row = await context.store.query
    .selectFrom("users")
    .selectAll()
    .where((eb) => eb.or([eb("id", "=", reference), eb("name", "=", reference)]))
    .executeTakeFirst();
  if (row !== undefined) return row;
  throw new Fault(
    "user_unknown",
    `there is no user ${JSON.stringify(reference)}`,
    "List them: `doorward users list`.",
  );
}

function rightsOf(row: UserRow): { roles: string[]; groups: string[] } {
  return { roles: rolesOf(row.roles), groups: textsOf(row.groups) };
}

function userView(row: UserRow): z.input<typeof userShape> {
  return {
    id: row.id,
    name: row.name,
    roles: rolesOf(row.roles),
    groups: textsOf(row.groups),
    issuer: row.issuer,
    subject: row.issuer === LOCAL_ISSUER ? null : row.subject,
    createdAt: isoTime(row.created_at),
    disabledAt: isoTime(row.disabled_at),
  };
}

function sorted<T extends string>(values: readonly T[]): T[] {
  return [...new Set(values)].toSorted();
}
