import {
  type ApproverPreferences,
  type Candidate,
  dayBeganFor,
  handedOver,
  mayAnswer,
  NO_PREFERENCES,
  type Parties,
  tally,
} from "#approvals";
import { preferencesOfAll } from "#operations";
import type { Approval, UserId } from "#vocabulary";
import type { CourierOutside } from "./outside.ts";
import type { LookedAt } from "./requests.ts";

export interface Handed {
  /** Who of the asked is to have a card at a place of their own by now. A room is nobody's own and is not in it. */
  readonly users: ReadonlySet<UserId>;
  /** When that changes by time alone, milliseconds since the Unix epoch; null: not before somebody decides. */
  readonly nextChangeAt: number | null;
}

/** Quiet hours and limits, line by line: the free of one group spare nobody of another. */
export async function handedNow(
  outside: Pick<CourierOutside, "store" | "ambient">,
  { approval }: Pick<LookedAt, "approval">,
  asked: readonly UserId[],
  parties: Parties,
): Promise<Handed> {
  const preferences = await preferencesOfAll(outside);
  if (!asked.some((user) => preferences.has(user))) return { users: new Set(asked), nextChangeAt: null };
  const now = outside.ambient.now();
  const candidates = new Map<UserId, Candidate>();
  for (const user of asked)
    candidates.set(user, await candidateOf(outside, approval, user, preferences.get(user) ?? NO_PREFERENCES));
  const lines = tally(approval, parties, now).filter(({ met, count }) => met < count);
  const looks = lines.map(({ text, met, count }) => {
    const alone: Approval = { ...approval, groups: [text] };
    const able = [...candidates.values()].filter(({ user }) => mayAnswer(alone, user, parties, now));
    return handedOver(able, { expiresAt: approval.expiresAt, needed: count - met }, now);
  });
  const times = looks.flatMap(({ nextChangeAt }) => nextChangeAt ?? []);
  return {
    users: new Set(looks.flatMap(({ users }) => users)),
    nextChangeAt: times.length === 0 ? null : Math.min(...times),
  };
}

async function candidateOf(
  { store, ambient }: Pick<CourierOutside, "store" | "ambient">,
  { id }: Approval,
  user: UserId,
  preferences: ApproverPreferences,
): Promise<Candidate> {
  const now = ambient.now();
  if (preferences.openMax === null && preferences.dayMax === null)
    return { user, preferences, load: { open: 0, today: 0 } };
  const began = dayBeganFor(preferences, now);
  const rows = await store.query
    .selectFrom("posts")
    .innerJoin("post_items", "post_items.post_id", "posts.id")
    .innerJoin("approvals", "approvals.id", "post_items.approval_id")
    .select(["posts.created_at", "approvals.id", "approvals.status", "approvals.expires_at"])
    .where("posts.audience", "=", `user:${user}`)
    .where("posts.failed_at", "is", null)
    .where("approvals.id", "<>", id)
    .where((eb) =>
      eb.or([
        eb("posts.created_at", ">=", began),
        eb.and([eb("approvals.status", "=", "requested"), eb("approvals.expires_at", ">", now)]),
      ]),
    )
    .execute();
  const isOpen = (row: (typeof rows)[number]): boolean => row.status === "requested" && row.expires_at > now;
  const count = (some: typeof rows): number => new Set(some.map((row) => row.id)).size;
  const load = {
    open: count(rows.filter(isOpen)),
    today: count(rows.filter((row) => row.created_at >= began)),
  };
  return { user, preferences, load };
}
