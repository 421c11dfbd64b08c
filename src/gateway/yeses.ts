import { z } from "zod";
import { type Duty, missingYeses, type Parties } from "#approvals";
import type { Ambient } from "#base";
import type { Store } from "#store";
import type { Decision, Escalation } from "#vocabulary";
import { textsOf, userIdOf } from "./columns.ts";
import { approversOf } from "./deciding.ts";
import type { Outside } from "./outside.ts";

type Counted = Pick<Decision, "by" | "answer" | "at">;

/** Doorward wrote them. */
const decisions = z.array(z.custom<Counted>((value) => typeof value === "object" && value !== null));
const escalations = z.array(z.custom<Escalation>((value) => typeof value === "object" && value !== null));

/**
 * Whether the yeses of an approved request would still be a whole yes by whoever their givers are at this moment: roles,
 * groups and duties that were taken away since take their yes along.
 */
export function openYeses({
  ambient,
  store,
}: {
  readonly ambient: Pick<Ambient, "now">;
  readonly store: Pick<Store, "connection">;
}): NonNullable<Outside["yesStands"]> {
  const approvers = approversOf(store);
  const kept = store.connection.prepare(
    "SELECT groups, escalation, glass, decisions, requested_at FROM approvals WHERE id = ?",
  );
  const away = store.connection.prepare(
    "SELECT user_id, group_name, to_user, from_at, MIN(until_at, COALESCE(ended_at, until_at)) AS until FROM duties WHERE until_at > ?",
  );
  return (id, { principals }) => {
    const row = kept.get(id);
    if (row === undefined) return false;
    const owners = principals.map((one) => userIdOf(one.type === "Agent" ? one.owner : one.id));
    const users = principals.flatMap((one) => (one.type === "User" ? [userIdOf(one.id)] : []));
    const requestedAt = Number(row["requested_at"]);
    const parties: Parties = {
      approvers: approvers(),
      owners,
      requesters: users.length > 0 ? users : owners.slice(-1),
      duties: away.all(requestedAt).map(dutyOf),
    };
    const asked = {
      groups: textsOf(String(row["groups"])),
      escalation: escalations.parse(JSON.parse(String(row["escalation"] ?? "[]"))),
      glass: textsOf(String(row["glass"] ?? "[]")),
      decisions: decisions.parse(JSON.parse(String(row["decisions"]))),
      requestedAt,
    };
    return missingYeses(asked, parties, ambient.now()).length === 0;
  };
}

function dutyOf(row: Record<string, unknown>): Duty {
  const group = row["group_name"];
  const to = row["to_user"];
  return {
    user: userIdOf(String(row["user_id"])),
    group: typeof group === "string" ? group : null,
    to: typeof to === "string" ? userIdOf(to) : null,
    from: Number(row["from_at"]),
    until: Number(row["until"]),
  };
}
