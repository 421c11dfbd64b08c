import { z } from "zod";
import {
  ANSWERS_MIN,
  type ApprovalStats,
  BY_EFFECT,
  BY_FLOW_EFFECT,
  type CountedAnswer,
  type CountedCard,
  type CountedRequest,
  FAST_MS,
  FAST_SHARE_MAX,
  statsOf,
} from "#approvals";
import { reachOf } from "#identity";
import type { FlowFacts, UserId } from "#vocabulary";
import { userIdOf } from "./accounts/rows.ts";
import { approvalOf } from "./approval-rows.ts";
import { isoTime } from "./change.ts";
import { effectsOfColumn, objectIn, objectOf } from "./columns.ts";
import type { ReadContext } from "./context.ts";
import { time } from "./fields.ts";
import { read } from "./operation.ts";
import { since, sinceOf } from "./since.ts";

/** Requests that are looked at, the newest: enough for months of any house that reads its cards. */
const REQUESTS_MAX = 10_000;
const CARDS_MAX = 50_000;
const DAY_MS = 86_400_000;

const share = z.number().min(0).max(1);
const count = z.int().min(0);
const milliseconds = z.number().nullable();

export const statsShape = z.object({
  from: time,
  until: time,
  requests: count,
  approved: count,
  denied: count,
  expired: count,
  withdrawn: count,
  open: count,
  medianMs: milliseconds.describe("From request to the answer that ended it: half took no longer"),
  p90Ms: milliseconds.describe("Nine of ten took no longer"),
  approvalRate: share.nullable().describe("Approved of all that people decided"),
  answers: count,
  fast: count.describe(`Answers within ${FAST_MS / 1000} seconds of when the card could first be read`),
  tools: z.array(
    z.object({
      tool: z.string(),
      requests: count,
      approved: count,
      denied: count,
      repeats: count.describe("Requests for exactly a call that was asked for before"),
    }),
  ),
  approvers: z.array(
    z.object({
      user: z.string().describe("Name of the user"),
      answers: count,
      yes: count,
      fast: count,
      medianMs: milliseconds.describe("From when the card could be read"),
      cardsPerDay: z.number(),
      warnings: z.array(z.enum(["always-yes", "fast", "drill-approved"])),
    }),
  ),
  rules: z.array(z.object({ policy: z.string(), decided: count, approved: count })),
  drills: z.object({ asked: count, denied: count, approved: count, unanswered: count }),
  suggestions: z.array(z.string()).describe("How fewer would have to be asked, as sentences"),
  warnings: z.array(z.string()).describe("Where a yes may mean little, as sentences"),
  whole: z
    .boolean()
    .describe(`False: there were more than ${REQUESTS_MAX} requests, and the newest are counted`),
});

export const approvalsStats = read({
  name: "approvals.stats",
  summary: "Say how people are asked and how they answer: times, rates, repeats, what could be asked less",
  permission: "approvals.read",
  input: z.strictObject({ since: since.default("30d") }),
  output: statsShape,
  examples: ["approvals stats", "approvals stats --since 7d"],
  async run(context, input) {
    const now = context.ambient.now();
    const from = sinceOf(context, input.since);
    const rows = await rowsSince(context, from);
    const kept = rows.slice(0, REQUESTS_MAX);
    const cards = await cardsSince(context, from);
    const shown = shownTo(cards);
    const days = (now - from) / DAY_MS;
    const stats = statsOf({ requests: kept.map((row) => counted(row, shown)), cards, days });
    const names = await namesOf(context, stats);
    return {
      ...stats,
      from: isoTime(from),
      until: isoTime(now),
      tools: stats.tools.map((one) => ({ ...one })),
      approvers: stats.approvers.map((one) => ({
        ...one,
        user: names.get(one.user) ?? one.user,
        warnings: [...one.warnings],
      })),
      rules: stats.rules.map(({ policy, decided, approved }) => ({ policy, decided, approved })),
      suggestions: suggestionsOf(stats),
      warnings: warningsOf(stats, names),
      whole: rows.length <= REQUESTS_MAX,
    };
  },
});

function rowsSince({ store, caller }: ReadContext, from: number) {
  let query = store.query
    .selectFrom("approvals")
    .innerJoin("agents", "agents.id", "approvals.agent_id")
    .leftJoin("drills", "drills.approval_id", "approvals.id")
    .selectAll("approvals")
    .select(["drills.what", "drills.answer", "drills.answered_by", "drills.answered_at"])
    .select((eb) =>
      eb
        .selectFrom("entries")
        .select("entries.record")
        .whereRef("entries.subject", "=", "approvals.action_id")
        .where("entries.kind", "=", "verdict")
        .orderBy("entries.idx")
        .limit(1)
        .as("verdict_record"),
    )
    .where("approvals.requested_at", ">=", from)
    .orderBy("approvals.requested_at", "desc")
    .limit(REQUESTS_MAX + 1);
  // A drill is about approvers, and its agent's owner has no part in it.
  if (reachOf(caller, "approvals.read") === "own")
    query = query.where("agents.owner_id", "=", caller.user).where("drills.approval_id", "is", null);
  return query.execute();
}

type Row = Awaited<ReturnType<typeof rowsSince>>[number];

function counted(row: Row, shown: ReadonlyMap<string, number>): CountedRequest {
  const { decisions, seen, binding, status } = approvalOf(row);
  const body = row.verdict_record === null ? {} : objectIn(objectOf(row.verdict_record), "body");
  const flow = objectIn(body, "flow");
  const answers: CountedAnswer[] = decisions.map(({ by, answer, at }) => {
    const opened = seen.find((one) => one.by === by && one.at <= at)?.at;
    const posted = shown.get(`${row.id} ${by}`);
    const first = Math.min(opened ?? Infinity, posted === undefined || posted > at ? Infinity : posted);
    return { by, isYes: answer !== "deny", at, shownAt: Number.isFinite(first) ? first : row.requested_at };
  });
  return {
    status,
    tool: `${row.server}/${row.target}`,
    action: row.action_digest,
    policies: binding.policies,
    requestedAt: row.requested_at,
    answers,
    isDrill: row.what !== null,
    isTainted: flow["tainted"] !== false || body["doubts"] !== undefined,
    isGrantable: isGrantable(row, flow),
  };
}

const flowEffect = z.custom<FlowFacts["effect"]>(
  (value) => typeof value === "string" && Object.hasOwn(BY_FLOW_EFFECT, value),
);

function isGrantable(row: Row, flow: Readonly<Record<string, unknown>>): boolean {
  const effect = flowEffect.safeParse(flow["effect"]).data;
  const isLabelled = flow["labelled"] === true && flow["readers"] !== "beyond";
  return (
    row.verb === "tools/call" &&
    isLabelled &&
    effect !== undefined &&
    BY_FLOW_EFFECT[effect].may &&
    effectsOfColumn(row.effects).every((one) => BY_EFFECT[one].may)
  );
}

interface Card extends CountedCard {
  readonly approval: string;
}

/** Cards at places of one person's own; a room is everybody's and nobody's. */
async function cardsSince({ store, caller }: ReadContext, from: number): Promise<readonly Card[]> {
  if (reachOf(caller, "approvals.read") === "own") return [];
  const rows = await store.query
    .selectFrom("posts")
    .innerJoin("post_items", "post_items.post_id", "posts.id")
    .select(["posts.audience", "posts.first_shown_at", "post_items.approval_id"])
    .where("posts.audience", "like", "user:%")
    .where("posts.first_shown_at", ">=", from)
    .limit(CARDS_MAX)
    .execute();
  return rows.map((row) => ({
    to: userIdOf(row.audience.slice("user:".length)),
    at: row.first_shown_at ?? from,
    approval: row.approval_id,
  }));
}

function shownTo(cards: readonly Card[]): ReadonlyMap<string, number> {
  const shown = new Map<string, number>();
  for (const { approval, to, at } of cards) {
    const key = `${approval} ${to}`;
    shown.set(key, Math.min(shown.get(key) ?? Infinity, at));
  }
  return shown;
}

async function namesOf(
  { store }: ReadContext,
  { approvers }: ApprovalStats,
): Promise<ReadonlyMap<string, string>> {
  if (approvers.length === 0) return new Map();
  const ids: UserId[] = approvers.map(({ user }) => user);
  const users = await store.query.selectFrom("users").select(["id", "name"]).where("id", "in", ids).execute();
  return new Map(users.map(({ id, name }) => [id, name]));
}

function suggestionsOf({ rules }: ApprovalStats): string[] {
  return rules
    .filter(({ suggestedFor }) => suggestedFor.length > 0)
    .map(
      ({ policy, approved, decided, suggestedFor }) =>
        `Rule ${policy} was approved ${approved} of ${decided} times: consider a grant for ${suggestedFor.join(", ")} (@grantable on the rule, --grant with the next yes), or a rule that asks less.`,
    );
}

function warningsOf({ approvers }: ApprovalStats, names: ReadonlyMap<string, string>): string[] {
  return approvers.flatMap(({ user, answers, fast, warnings }) =>
    warnings.map((warning) => `${names.get(user) ?? user} ${WORDS[warning]({ answers, fast })}`),
  );
}

type Warning = ApprovalStats["approvers"][number]["warnings"][number];

const WORDS: Readonly<Record<Warning, (of: { answers: number; fast: number }) => string>> = {
  "always-yes": ({ answers }) =>
    `said yes to all ${answers} (from ${ANSWERS_MIN} on, that is worth a look): ask less, or ask somebody else too.`,
  fast: ({ answers, fast }) =>
    `answered ${fast} of ${answers} within ${FAST_MS / 1000} seconds (${FAST_SHARE_MAX * 100} % and more is worth a look): nobody reads a card in less.`,
  "drill-approved": () => "approved a drill: a request that nobody should say yes to.",
};
