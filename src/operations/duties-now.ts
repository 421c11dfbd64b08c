import { z } from "zod";
import { type Approver, askedNow, type Duty, groupsOf } from "#approvals";
import { reachOf } from "#identity";
import type { Approval, UserId } from "#vocabulary";
import { peopleNow } from "./approval-parties.ts";
import type { ReadContext } from "./context.ts";
import { read } from "./operation.ts";

const HOUR_MS = 3_600_000;

const nowShape = z.object({
  group: z.string(),
  asked: z.array(z.string()).describe("Names of those whom a request of this group would reach now"),
  standsIn: z
    .array(z.object({ user: z.string(), for: z.string() }))
    .describe("Who of them answers with whose duty"),
  away: z.array(z.string()).describe("Names of its members who are out, with or without a stand-in"),
});

export const dutiesNow = read({
  name: "duties.now",
  summary: "Say who would be asked for each group at this moment, and with whose duty",
  permission: "approvals.read",
  input: z.strictObject({}),
  output: z.object({ items: z.array(nowShape) }),
  columns: ["group", "asked", "standsIn", "away"],
  examples: ["duties now"],
  async run(context) {
    // Who is in which group is told to those who see every request.
    if (reachOf(context.caller, "approvals.read") !== "all") return { items: [] };
    const now = context.ambient.now();
    const { approvers, duties } = await peopleNow(context.store.query, now);
    const names = await namesOf(context);
    const groups = [...new Set(approvers.flatMap(groupsOf))].toSorted();
    const people = { approvers, duties, owners: [], requesters: [] };
    return {
      items: groups.map((group) => {
        const { users } = askedNow(asking(group, now), people, now);
        return {
          group,
          ...dutiesOf(group, { approvers, duties, now, names }),
          asked: users.map(names).toSorted(),
        };
      }),
    };
  },
});

type Names = (user: UserId) => string;

async function namesOf({ store }: ReadContext): Promise<Names> {
  const rows = await store.query.selectFrom("users").select(["id", "name"]).execute();
  const names = new Map<string, string>(rows.map(({ id, name }) => [id, name]));
  return (user) => names.get(user) ?? user;
}

interface Around {
  readonly approvers: readonly Approver[];
  readonly duties: readonly Duty[];
  readonly now: number;
  readonly names: Names;
}

function dutiesOf(group: string, { approvers, duties, now, names }: Around) {
  const members = new Set(approvers.filter((one) => groupsOf(one).includes(group)).map(({ user }) => user));
  const inForce = duties.filter(
    (duty) =>
      duty.from <= now &&
      now < duty.until &&
      members.has(duty.user) &&
      (duty.group === null || duty.group === group),
  );
  return {
    standsIn: inForce.flatMap(({ user, to }) => (to === null ? [] : [{ user: names(to), for: names(user) }])),
    away: [...new Set(inForce.map(({ user }) => names(user)))].toSorted(),
  };
}

/** A request of the group alone, of this moment: what it would meet is what any would. */
function asking(group: string, now: number): Approval {
  return asked.parse({
    id: "",
    status: "requested",
    binding: {},
    groups: [group],
    escalation: [],
    glass: [],
    decisions: [],
    seen: [],
    requestedAt: now,
    expiresAt: now + HOUR_MS,
  });
}

/** Written here. */
const asked = z.custom<Approval>((value) => typeof value === "object");
