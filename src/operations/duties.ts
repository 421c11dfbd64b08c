import { z } from "zod";
import { groupsOf } from "#approvals";
import { Fault } from "#base";
import { type Permission, reachOf, ROLE_RIGHTS } from "#identity";
import type { Role } from "#vocabulary";
import { rolesOf, textsOf, userIdOf } from "./accounts/rows.ts";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import {
  type DutyRow,
  dutyInvalid,
  dutyRows,
  dutyShape,
  dutyView,
  findDuty,
  momentOf,
  stateOf,
} from "./duty-rows.ts";
import { id, userReference } from "./fields.ts";
import { type Plan, read, write } from "./operation.ts";
import { findUser } from "./users.ts";

/** Duties of one person that are not over. */
const OPEN_PER_USER_MAX = 50;
const LISTED_MAX = 500;
const LENGTH_MAX_MS = 366 * 86_400_000;
const DECIDES: Permission = "approvals.decide";

const until = z.string().max(40).describe("How long, as 8h or 14d, or until a time");
const from = z.string().max(40).optional().describe("From a time on; now, if left out");
const whose = userReference.optional().describe("Whose; yours, if left out. Of others: admins");
const group = z
  .string()
  .min(1)
  .max(63)
  .optional()
  .describe("Of this group alone; of all of theirs, if left out");

export const dutiesHandOver = write({
  name: "duties.hand-over",
  summary: "Let somebody answer requests with your duty for a while; it is on record as that",
  permission: "approvals.decide",
  presence: true,
  input: z.strictObject({ to: userReference, until, group, from, of: whose }),
  output: dutyShape,
  examples: ["duties hand-over --group finance --to ada --until 14d"],
  plan: (context, input) => planned(context, input),
});

export const dutiesOut = write({
  name: "duties.out",
  summary: "Be out of office: you are not asked while others are there, or somebody stands in for you",
  permission: "approvals.decide",
  presence: true,
  input: z.strictObject({
    until,
    to: userReference.optional().describe("Who stands in for you, by name or id"),
    from,
    of: whose,
  }),
  output: dutyShape,
  examples: ["duties out --until 2026-12-31T08:00:00Z", "duties out --until 3d --to ada"],
  plan: (context, input) => planned(context, input),
});

export const dutiesList = read({
  name: "duties.list",
  summary: "List who is away, who stands in for whom, and until when",
  permission: "approvals.read",
  input: z.strictObject({ all: z.boolean().default(false).describe("Those too that are over") }),
  output: z.object({ items: z.array(dutyShape) }),
  columns: ["id", "user", "group", "to", "from", "until", "state"],
  async run({ store, ambient, caller }, { all }) {
    const now = ambient.now();
    let rows = dutyRows(store.query).orderBy("duties.id", "desc").limit(LISTED_MAX);
    if (!all) rows = rows.where("duties.until_at", ">", now).where("duties.ended_at", "is", null);
    if (reachOf(caller, "approvals.read") !== "all")
      rows = rows.where((eb) =>
        eb.or([eb("duties.user_id", "=", caller.user), eb("duties.to_user", "=", caller.user)]),
      );
    return { items: (await rows.execute()).map((row) => dutyView(row, now)) };
  },
});

export const dutiesEnd = write({
  name: "duties.end",
  summary: "End a duty that was handed over, or an absence, before its time",
  permission: "approvals.decide",
  input: z.strictObject({ duty: id("dty", "Duty") }),
  output: dutyShape,
  positional: ["duty"],
  async plan(context, { duty }) {
    const row = await findDuty(context, duty);
    if (stateOf(row, context.ambient.now()) === "over")
      throw new Fault("duty_over", `duty ${duty} is over already`, "Nothing is left to do.");
    return {
      would: `end duty ${duty} now`,
      async commit(committing) {
        const at = committing.ambient.now();
        const update = committing.store.query
          .updateTable("duties")
          .set({ ended_at: at })
          .where("id", "=", duty)
          .where("ended_at", "is", null);
        await commitBatch(committing, {
          writes: [stateWrite(update, 1)],
          entries: [entry(committing, "duty.changed", duty, { change: "ended", user: row.user_id })],
        });
        return dutyView({ ...row, ended_at: at }, at);
      },
    };
  },
});

interface Handing {
  readonly until: string;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly group?: string | undefined;
  readonly of?: string | undefined;
}

type User = Awaited<ReturnType<typeof findUser>>;

/** Throws `duty_invalid`, `permission_denied`, `user_unknown`, `duties_exceeded`. */
async function planned(context: ReadContext, input: Handing): Promise<Plan<z.input<typeof dutyShape>>> {
  const now = context.ambient.now();
  const away = await whoIsAway(context, input.of);
  const standsIn = input.to === undefined ? null : await findUser(context, input.to);
  const times = timesOf(input, now);
  demandDuty(away, input.group);
  if (standsIn !== null) demandStandIn(away, standsIn);
  await demandRoom(context, away);
  const row = {
    user_id: away.id,
    group_name: input.group ?? null,
    to_user: standsIn?.id ?? null,
    ...times,
    set_by: context.caller.user,
    ended_at: null,
  };
  const names = { user_name: away.name, to_name: standsIn?.name ?? null, setter_name: context.caller.name };
  const what = input.group === undefined ? "every duty" : `the duty for group ${input.group}`;
  const whom = standsIn === null ? "nobody" : standsIn.id;
  return {
    would: `hand ${what} of ${away.id} to ${whom} until ${isoTime(times.until_at)}`,
    commit: (committing) => keep(committing, row, names),
  };
}

async function keep(
  context: OperationContext,
  row: Omit<DutyRow, "id" | "created_at" | "user_name" | "to_name" | "setter_name">,
  names: Pick<DutyRow, "user_name" | "to_name" | "setter_name">,
): Promise<z.input<typeof dutyShape>> {
  const now = context.ambient.now();
  const kept = { ...row, id: context.ambient.id("dty"), created_at: now };
  const body = {
    change: row.to_user === null ? "out" : "handed-over",
    user: row.user_id,
    to: row.to_user,
    group: row.group_name,
    from: isoTime(row.from_at),
    until: isoTime(row.until_at),
  };
  await commitBatch(context, {
    writes: [stateWrite(context.store.query.insertInto("duties").values(kept), 1)],
    entries: [entry(context, "duty.changed", kept.id, body)],
  });
  return dutyView({ ...kept, ...names }, now);
}

/** What somebody else answers for, admins alone may hand over; the others do not learn whether there is such a user. */
function whoIsAway(context: ReadContext, of: string | undefined): Promise<User> {
  const { user, name } = context.caller;
  const isOwn = of === undefined || of === user || of === name;
  if (isOwn) return findUser(context, user);
  if (reachOf(context.caller, "users.write") === "all") return findUser(context, of);
  throw new Fault(
    "not_yours",
    "only admins hand over what somebody else answers for",
    "Leave --of out to hand over your own, or ask an admin.",
  );
}

function timesOf(input: Handing, now: number): { from_at: number; until_at: number } {
  const fromAt = Math.max(now, input.from === undefined ? now : momentOf(input.from, now));
  const untilAt = momentOf(input.until, now);
  if (untilAt <= fromAt) throw dutyInvalid(`it would end at ${isoTime(untilAt)}, before it begins`);
  if (untilAt - fromAt > LENGTH_MAX_MS) throw dutyInvalid("a duty is handed over for a year at most");
  return { from_at: fromAt, until_at: untilAt };
}

function approverOf(row: User): { user: ReturnType<typeof userIdOf>; groups: string[]; roles: Role[] } {
  return { user: userIdOf(row.id), groups: textsOf(row.groups), roles: rolesOf(row.roles) };
}

function demandDuty(away: User, of: string | undefined): void {
  if (of === undefined || groupsOf(approverOf(away)).includes(of)) return;
  throw dutyInvalid(`${away.name} is not in group ${of}, so there is no duty of it to hand over`);
}

/** Who stands in gets a duty, and no permission: without the one to decide they could do nothing with it. */
function demandStandIn(away: User, standsIn: User): void {
  if (standsIn.id === away.id) throw dutyInvalid("nobody stands in for themselves");
  if (standsIn.disabled_at !== null) throw dutyInvalid(`user ${standsIn.name} is disabled`);
  const decides = rolesOf(standsIn.roles).some((role) => ROLE_RIGHTS[role][DECIDES] !== undefined);
  if (!decides) throw dutyInvalid(`user ${standsIn.name} has no role that may decide requests`);
}

async function demandRoom({ store, ambient }: ReadContext, away: User): Promise<void> {
  const open = await store.query
    .selectFrom("duties")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("user_id", "=", away.id)
    .where("until_at", ">", ambient.now())
    .where("ended_at", "is", null)
    .executeTakeFirst();
  if ((open?.n ?? 0) < OPEN_PER_USER_MAX) return;
  throw new Fault(
    "duties_exceeded",
    `${away.name} has ${OPEN_PER_USER_MAX} duties handed over already`,
    "End some that are not needed: `doorward duties list`, `doorward duties end`.",
  );
}
