import { z } from "zod";
import { canonicalJson, Fault } from "#base";
import type { EntryDraft, StateWrite } from "#ledger";
import type { Schema } from "#store";
import {
  ownRights,
  type Rights,
  rightsEntry,
  rightsIn,
  rightsText,
  rightsWrite,
  summed,
} from "./accounts/claimed.ts";
import { textsOf } from "./accounts/rows.ts";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { groupName, role, time } from "./fields.ts";
import { read, write } from "./operation.ts";

const GROUPS_MAX = 500;

const name = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^\p{Cc}\p{Cf}]+$/u, "no control characters")
  .describe("The group, exactly as the identity provider writes it");

const groupShape = z.object({
  name: z.string(),
  roles: z.array(role),
  groups: z.array(z.string()),
  changedAt: time,
});

export const providerGroupsList = read({
  name: "provider-groups.list",
  summary: "List what groups of the identity provider give their members",
  permission: "users.read",
  input: z.strictObject({}),
  output: z.object({ items: z.array(groupShape) }),
  columns: ["name", "roles", "groups", "changedAt"],
  async run(context) {
    return { items: (await mapping(context)).map(view) };
  },
});

export const providerGroupsSet = write({
  name: "provider-groups.set",
  summary:
    "Give roles and groups to whoever is in a group of the identity provider, from their next sign-in on",
  permission: "users.write",
  presence: true,
  input: z.strictObject({
    group: name,
    roles: z.array(role).max(4).default([]).describe("Roles: admin, approver, auditor, owner"),
    groups: z.array(groupName).max(50).default([]).describe("Groups; a hold names those that may approve it"),
  }),
  output: groupShape,
  positional: ["group"],
  examples: ["provider-groups set 'Finance Approvers' --roles approver --groups finance"],
  async plan(context, { group, roles, groups }) {
    if (roles.length + groups.length === 0) throw nothingGiven();
    const before = await mapping(context);
    const isNew = before.every((row) => row.name !== group);
    if (isNew && before.length >= GROUPS_MAX) throw tooMany();
    const given = summed([], { roles, groups });
    return {
      would: `give ${[...roles, ...groups].join(", ")} to members of a group of the provider`,
      async commit(committing) {
        const row = rowOf(committing, group, given);
        const { name: _name, ...values } = row;
        const insert = committing.store.query.insertInto("provider_groups").values(row);
        const keep = stateWrite(insert.onConflict((one) => one.column("name").doUpdateSet(values)));
        await change(committing, { group, given, keep, after: [...without(before, group), row] });
        return view(row);
      },
    };
  },
});

export const providerGroupsRemove = write({
  name: "provider-groups.remove",
  summary: "Let a group of the identity provider give nothing any more; who had rights by it loses them now",
  permission: "users.write",
  effect: "destructive",
  input: z.strictObject({ group: name }),
  output: groupShape,
  positional: ["group"],
  async plan(context, { group }) {
    const before = await mapping(context);
    const row = before.find((one) => one.name === group);
    if (row === undefined) throw unknownGroup();
    return {
      would: "take from members of a group of the provider what it gave",
      async commit(committing) {
        const remove = committing.store.query.deleteFrom("provider_groups").where("name", "=", group);
        const given: Rights = { roles: [], groups: [] };
        const keep = stateWrite(remove.where("changed_at", "=", row.changed_at), 1);
        await change(committing, { group, given, keep, after: without(before, group) });
        return view(row);
      },
    };
  },
});

type Row = Schema["provider_groups"];

function mapping({ store }: ReadContext): Promise<Row[]> {
  return store.query.selectFrom("provider_groups").selectAll().orderBy("name").execute();
}

function without(rows: readonly Row[], group: string): Row[] {
  return rows.filter((row) => row.name !== group);
}

interface Change {
  readonly group: string;
  readonly given: Rights;
  readonly keep: StateWrite;
  /** The whole mapping as it is then. */
  readonly after: readonly Row[];
}

/** One commit with the rights of everybody whom the provider last said to be in the group. */
async function change(context: OperationContext, { group, given, keep, after }: Change): Promise<void> {
  const members = await membersOf(context, group);
  const at = context.ambient.now();
  const by = { by: context.caller.user, via: context.caller.via };
  const entries: EntryDraft[] = [];
  const writes: StateWrite[] = [keep];
  for (const { user, claims } of members) {
    const claimed = textsOf(claims.claimed);
    const now = after.filter((row) => claimed.includes(row.name)).map(rightsIn);
    const rights = summed(now, ownRights(user, claims));
    if (rightsText(rights) === rightsText(rightsIn(user))) continue;
    writes.push(rightsWrite(context.store.query, user, rights));
    entries.push(rightsEntry(by, { user: user.id, at, rights }));
  }
  const body = { roles: [...given.roles], groups: [...given.groups] };
  await commitBatch(context, {
    writes,
    entries: [entry(context, "group.changed", `group:${group}`, body), ...entries],
  });
}

interface Member {
  readonly user: Schema["users"];
  readonly claims: Schema["user_claims"];
}

async function membersOf({ store }: ReadContext, group: string): Promise<Member[]> {
  const claims = await store.query.selectFrom("user_claims").selectAll().execute();
  const members = claims.filter(({ claimed }) => textsOf(claimed).includes(group));
  const ids = members.map(({ user_id: id }) => id);
  const users = await store.query.selectFrom("users").selectAll().where("id", "in", ids).execute();
  return members.flatMap((one) => {
    const user = users.find(({ id }) => id === one.user_id);
    return user === undefined ? [] : [{ user, claims: one }];
  });
}

function rowOf({ ambient, caller }: OperationContext, group: string, given: Rights): Row {
  return {
    name: group,
    roles: canonicalJson(given.roles),
    groups: canonicalJson(given.groups),
    changed_by: caller.user,
    changed_at: ambient.now(),
  };
}

function view(row: Row): z.input<typeof groupShape> {
  const { roles, groups } = rightsIn(row);
  return { name: row.name, roles: [...roles], groups: [...groups], changedAt: isoTime(row.changed_at) };
}

function nothingGiven(): Fault {
  return new Fault(
    "input_invalid",
    "neither roles nor groups are given",
    "Name some, or take the group out: `doorward provider-groups remove GROUP`.",
  );
}

function tooMany(): Fault {
  return new Fault(
    "provider_groups_full",
    `there are ${GROUPS_MAX} groups already`,
    "Remove one first: `doorward provider-groups list`.",
  );
}

function unknownGroup(): Fault {
  return new Fault(
    "provider_group_unknown",
    "this group gives nothing",
    "List those that do: `doorward provider-groups list`.",
  );
}
