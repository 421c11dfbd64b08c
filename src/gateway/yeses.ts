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

/** All that the worth of some people's yeses hangs on, as one text: of those users, and of the duties since a time. */
const STANDING = `(SELECT COALESCE((SELECT json_group_array(json_array(u.id, u.roles, u.groups, u.disabled_at) ORDER BY u.id)
    FROM users u WHERE u.id IN (SELECT value FROM json_each(?))), '')
  || COALESCE((SELECT json_group_array(json_array(d.id, d.until_at, d.ended_at) ORDER BY d.id)
    FROM duties d WHERE d.until_at > ?), ''))`;

/**
 * Whether the yeses of an approved request would still be a whole yes by whoever their givers are at this moment: roles and
 * groups that were taken away since take their yes along, also those of whom a stand-in answered for. What is
 * answered holds until one of these changes.
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
  const standing = store.connection.prepare(`SELECT ${STANDING} AS text`);
  return (id, { principals }) => {
    const row = kept.get(id);
    if (row === undefined) return null;
    const owners = principals.map((one) => userIdOf(one.type === "Agent" ? one.owner : one.id));
    const users = principals.flatMap((one) => (one.type === "User" ? [userIdOf(one.id)] : []));
    const requestedAt = Number(row["requested_at"]);
    const duties = away.all(requestedAt).map(dutyOf);
    const parties: Parties = {
      approvers: approvers(),
      owners,
      requesters: users.length > 0 ? users : owners.slice(-1),
      duties,
    };
    const asked = {
      groups: textsOf(String(row["groups"])),
      escalation: escalations.parse(JSON.parse(String(row["escalation"] ?? "[]"))),
      glass: textsOf(String(row["glass"] ?? "[]")),
      decisions: decisions.parse(JSON.parse(String(row["decisions"]))),
      requestedAt,
    };
    if (missingYeses(asked, parties, ambient.now()).length > 0) return null;
    const people = [...asked.decisions.map(({ by }) => by), ...duties.flatMap(({ user, to }) => [user, to])];
    const of = [JSON.stringify([...new Set(people)]), requestedAt];
    return { sql: `${STANDING} = ?`, parameters: [...of, String(standing.get(...of)?.["text"])] };
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
