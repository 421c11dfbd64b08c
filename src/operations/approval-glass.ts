import { z } from "zod";
import { Fault } from "#base";
import { mayTouch } from "#identity";
import { userIdOf } from "./accounts/rows.ts";
import { findApproval, saying } from "./approval-access.ts";
import { type Beside, decided, keepDecision, type Said } from "./approval-decide.ts";
import { approvalShape, type ApprovalRow, approvalView, behalfNames } from "./approval-rows.ts";
import { demandApprovable } from "./approval-shown.ts";
import { commitBatch, entry, isoTime, stateWrite } from "./change.ts";
import type { OperationContext, ReadContext } from "./context.ts";
import { id, time } from "./fields.ts";
import { read, write } from "./operation.ts";
import { sealedText } from "./sealed-text.ts";

const LISTED_MAX = 500;

/** A reason that says something: at least so many letters, whatever else is in it. */
const REASON_LETTERS_MIN = 10;
const letters = (text: string): number => text.match(/\p{L}/gu)?.length ?? 0;
const words = z
  .string()
  .max(2_000)
  .refine((text) => letters(text) >= REASON_LETTERS_MIN, `at least ${REASON_LETTERS_MIN} letters`);

const approvalId = id("apr", "Approval request");

export const approvalsBreakGlass = write({
  name: "approvals.break-glass",
  summary: "In need, let a held action through without the yes it waits for; every admin hears of it",
  permission: "approvals.decide",
  presence: true,
  effect: "destructive",
  input: z.strictObject({
    approval: approvalId,
    reason: words.describe("Why nobody can be waited for; kept, and read by whoever reviews it"),
  }),
  output: approvalShape,
  positional: ["approval"],
  examples: ['approvals break-glass apr_… --reason "The pager fires and finance is asleep"'],
  async plan(context, { approval, reason }) {
    const row = await findApproval(context, approval);
    await demandApprovable(context, row);
    const said: Said = { answer: "break-glass", note: reason };
    const next = await decided(context, row, said);
    return {
      would: `break the glass and let ${saying(row)} through once, until ${isoTime(next.expiresAt)}`,
      async commit(committing) {
        const kept = await keepDecision(committing, row, said, () => broken(committing, row, reason));
        const names = await behalfNames(committing.store.query, [kept]);
        return approvalView(kept, committing.ambient.now(), names);
      },
    };
  },
});

/** Kept with the decision, or not at all: that somebody else has to look at it. */
function broken(
  context: OperationContext,
  { id: approval_id, action_id }: ApprovalRow,
  reason: string,
): Beside {
  const { store, ambient, caller } = context;
  const row = { approval_id, broken_by: caller.user, reason, at: ambient.now() };
  const insert = store.query.insertInto("glass_breaks").values(row);
  const { body, payloads } = sealedText(context, "reason", reason);
  const draft = entry(context, "approval.glass-broken", action_id, { approval: approval_id, ...body });
  return { writes: [stateWrite(insert, 1)], entries: [{ ...draft, payloads }] };
}

const reviewShape = z.object({
  approval: z.string(),
  agent: z.string(),
  server: z.string(),
  target: z.string(),
  status: z.string(),
  brokenBy: z.string(),
  reason: z.string(),
  at: time,
  reviewedBy: z.string().nullable(),
  reviewedAt: time.nullable(),
  note: z.string().nullable(),
});

export const approvalsReviews = read({
  name: "approvals.reviews",
  summary: "List where somebody broke the glass and nobody else has looked at it yet",
  permission: "approvals.read",
  input: z.strictObject({ all: z.boolean().default(false).describe("Those too that were reviewed") }),
  output: z.object({ items: z.array(reviewShape) }),
  columns: ["approval", "agent", "server", "target", "brokenBy", "reason", "at", "reviewedBy"],
  async run(context, { all }) {
    let rows = breaks(context).orderBy("glass_breaks.at", "desc").limit(LISTED_MAX);
    if (!all) rows = rows.where("glass_breaks.reviewed_at", "is", null);
    const found = await rows.execute();
    const isTheirs = (owner: string): boolean => mayTouch(context.caller, "approvals.read", userIdOf(owner));
    return { items: found.filter((row) => isTheirs(row.owner_id)).map(reviewView) };
  },
});

export const approvalsReview = write({
  name: "approvals.review",
  summary: "Say that you have looked at broken glass, and what you found",
  permission: "approvals.decide",
  presence: true,
  input: z.strictObject({ approval: approvalId, note: words.describe("What you found, for the record") }),
  output: reviewShape,
  positional: ["approval"],
  examples: ['approvals review apr_… --note "Right call; the rule now asks oncall too"'],
  async plan(context, { approval, note }) {
    const request = await findApproval(context, approval);
    const row = await breaks(context).where("glass_breaks.approval_id", "=", approval).executeTakeFirst();
    if (row === undefined) throw notBroken(approval);
    if (row.reviewed_at !== null) throw reviewed(row);
    if (row.broken_by === context.caller.user) throw ownGlass(approval);
    return {
      would: `say that the broken glass of ${saying(request)} was looked at`,
      async commit(committing) {
        const at = committing.ambient.now();
        const by = committing.caller;
        const update = committing.store.query
          .updateTable("glass_breaks")
          .set({ reviewed_by: by.user, reviewed_at: at, note })
          .where("approval_id", "=", approval)
          .where("broken_by", "!=", by.user)
          .where("reviewed_at", "is", null);
        const { body, payloads } = sealedText(committing, "note", note);
        const draft = entry(committing, "approval.reviewed", request.action_id, { approval, ...body });
        await commitBatch(committing, {
          writes: [stateWrite(update, 1)],
          entries: [{ ...draft, payloads }],
        });
        return reviewView({ ...row, reviewed_at: at, reviewer: by.name, note });
      },
    };
  },
});

function breaks({ store }: ReadContext) {
  return store.query
    .selectFrom("glass_breaks")
    .innerJoin("approvals", "approvals.id", "glass_breaks.approval_id")
    .innerJoin("agents", "agents.id", "approvals.agent_id")
    .innerJoin("users as breakers", "breakers.id", "glass_breaks.broken_by")
    .leftJoin("users as reviewers", "reviewers.id", "glass_breaks.reviewed_by")
    .selectAll("glass_breaks")
    .select(["approvals.agent_name", "approvals.server", "approvals.target", "approvals.status"])
    .select(["agents.owner_id", "breakers.name as breaker", "reviewers.name as reviewer"]);
}

type BreakRow = Awaited<ReturnType<ReturnType<typeof breaks>["execute"]>>[number];

function reviewView(row: BreakRow): z.input<typeof reviewShape> {
  return {
    approval: row.approval_id,
    agent: row.agent_name,
    server: row.server,
    target: row.target,
    status: row.status,
    brokenBy: row.breaker,
    reason: row.reason,
    at: isoTime(row.at),
    reviewedBy: row.reviewer,
    reviewedAt: isoTime(row.reviewed_at),
    note: row.note,
  };
}

/** How many breaks nobody else has looked at. */
export async function openReviews({ store }: Pick<ReadContext, "store">): Promise<number> {
  const found = await store.query
    .selectFrom("glass_breaks")
    .select((eb) => eb.fn.countAll<number>().as("n"))
    .where("reviewed_at", "is", null)
    .executeTakeFirst();
  return found?.n ?? 0;
}

/** A commitment to what somebody wrote, for the entry, and the words themselves, which lie sealed apart. */
function notBroken(approval: string): Fault {
  return new Fault(
    "review_unknown",
    `nobody broke the glass for ${approval}`,
    "List what waits for a review: `doorward approvals reviews`.",
  );
}

function reviewed({ approval_id: approval, reviewer, reviewed_at: at }: BreakRow): Fault {
  return new Fault(
    "review_done",
    `the broken glass of ${approval} was looked at by ${reviewer ?? "somebody"} at ${isoTime(at) ?? ""}`,
    "Nothing is left to do. All reviews: `doorward approvals reviews --all`.",
  );
}

function ownGlass(approval: string): Fault {
  return new Fault(
    "review_is_own",
    `you broke the glass for ${approval}, and somebody else has to look at it`,
    "Ask another who may decide requests, or an admin.",
  );
}
