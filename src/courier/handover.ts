import {
  type ApproverLoad,
  type ApproverPreferences,
  askedNow,
  type Candidate,
  dayBeganFor,
  handedOver,
  NO_PREFERENCES,
  type Parties,
  parseRequirement,
} from "#approvals";
import type { Store } from "#store";
import type { Approval, UserId } from "#vocabulary";

/** What people said of when and how much they want to be asked; by user. */
export type Preferences = ReadonlyMap<string, ApproverPreferences>;

export interface Asked {
  readonly users: readonly UserId[];
  /** When that changes by time alone, milliseconds since the Unix epoch; null: never. */
  readonly nextChangeAt: number | null;
}

/**
 * Whom to post to of those who may answer: for every group that is missing, the free first, then the busy, then the quiet
 * (`handedOver`). Nobody who said nothing is looked at twice, and where nobody did this is `askedNow`.
 */
export async function handedOverNow(
  query: Store["query"],
  approval: Approval,
  {
    parties,
    preferences,
    now,
  }: { readonly parties: Parties; readonly preferences: Preferences; readonly now: number },
): Promise<Asked> {
  const asked = askedNow(approval, parties, now);
  if (asked.users.every((user) => !preferences.has(user))) return asked;
  const candidates = new Map<string, Candidate>();
  for (const user of asked.users)
    candidates.set(
      user,
      await candidateOf(query, user, { preferences: preferences.get(user) ?? NO_PREFERENCES, now }),
    );
  const lines = approval.groups.map((text) => {
    const { users } = askedNow({ ...approval, groups: [text] }, parties, now);
    const own = users.flatMap((user) => candidates.get(user) ?? []);
    return handedOver(own, { expiresAt: approval.expiresAt, needed: parseRequirement(text).count }, now);
  });
  const times = [asked.nextChangeAt, ...lines.map((one) => one.nextChangeAt)].filter((at) => at !== null);
  return {
    users: [...new Set(lines.flatMap(({ users }) => users))].toSorted(),
    nextChangeAt: times.length === 0 ? null : Math.min(...times),
  };
}

async function candidateOf(
  query: Store["query"],
  user: UserId,
  { preferences, now }: { readonly preferences: ApproverPreferences; readonly now: number },
): Promise<Candidate> {
  return {
    user,
    preferences,
    load: await loadOf(query, user, { began: dayBeganFor(preferences, now), now }),
  };
}

/** Cards that stand at a person's own places: those that wait, and those of today. */
async function loadOf(
  query: Store["query"],
  user: UserId,
  { began, now }: { readonly began: number; readonly now: number },
): Promise<ApproverLoad> {
  const own = query.selectFrom("posts").where("audience", "=", `user:${user}`).where("failed_at", "is", null);
  const open = await own
    .innerJoin("post_items", "post_items.post_id", "posts.id")
    .innerJoin("approvals", "approvals.id", "post_items.approval_id")
    .select((eb) => eb.fn.count<number>("posts.id").distinct().as("n"))
    .where("approvals.status", "=", "requested")
    .where("approvals.expires_at", ">", now)
    .executeTakeFirstOrThrow();
  const today = await own
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("created_at", ">=", began)
    .executeTakeFirstOrThrow();
  return { open: open.n, today: today.n };
}
