import { stepsReached } from "#approvals";
import type { Ambient, Digest, JsonObject } from "#base";
import type { JournalHandle } from "#journal";
import type { EntryKind } from "#ledger";
import type { Store } from "#store";
import { approvalOf } from "./approval-rows.ts";
import { stateWrite } from "./change.ts";
import type { ActivePolicy } from "./context.ts";

/** Sees to it that requests go on by time alone: each step of an escalation, and each end, is on record when it comes. */
export interface ApprovalWatch {
  readonly look: () => Promise<void>;
}

export interface WatchOutside {
  readonly store: Pick<Store, "query">;
  readonly journal: Pick<JournalHandle, "append">;
  readonly ambient: Pick<Ambient, "now">;
  readonly policy: Pick<ActivePolicy, "current">;
  /** Whoever waits on the request looks at it again. */
  readonly wake: (approval: string) => void;
}

/** Requests of each kind that one look reads; what is beyond is for the next. */
const ROWS_MAX = 500;
/** Calls that wait under the old policy see for themselves, within seconds, what the new one says: then they ask anew. */
const OVERTAKEN_AFTER_MS = 30_000;

type Row = Awaited<ReturnType<ReturnType<typeof open>["execute"]>>[number];

export function createApprovalWatch(outside: WatchOutside): ApprovalWatch {
  // Looked through once for each text: after the grace nothing is asked under an old one any more.
  let lookedThroughFor: Digest | null = null;
  return {
    look: async () => {
      await endExpired(outside);
      lookedThroughFor = await endOvertaken(outside, lookedThroughFor);
      await noteEscalations(outside);
    },
  };
}

async function endExpired(outside: WatchOutside): Promise<void> {
  const rows = await open(outside).where("expires_at", "<=", outside.ambient.now()).limit(ROWS_MAX).execute();
  for (const row of rows) await end(outside, row, { kind: "approval.expired", to: "expired", why: null });
}

/**
 * What was asked under another policy text can be released by nobody any more: the same call is decided anew. It leaves
 * the lists of those who decide. Answers the text for which all of it has gone.
 */
async function endOvertaken(outside: WatchOutside, done: Digest | null): Promise<Digest | null> {
  const inForce = outside.policy.current()?.digest;
  if (inForce === undefined || inForce === done || !(await isOldEnough(outside))) return done;
  const rows = await open(outside)
    .where("binding", "not like", `%"policySet":"${inForce}"%`)
    .limit(ROWS_MAX)
    .execute();
  for (const row of rows)
    await end(outside, row, { kind: "approval.withdrawn", to: "withdrawn", why: "policy_changed" });
  return rows.length < ROWS_MAX ? inForce : done;
}

async function isOldEnough({ store, ambient }: WatchOutside): Promise<boolean> {
  const newest = await store.query
    .selectFrom("policy_activations")
    .select((eb) => eb.fn.max("activated_at").as("at"))
    .executeTakeFirst();
  return ambient.now() - (newest?.at ?? 0) >= OVERTAKEN_AFTER_MS;
}

function open({ store }: WatchOutside) {
  return store.query
    .selectFrom("approvals")
    .selectAll()
    .where("status", "in", ["requested", "approved"])
    .orderBy("id");
}

interface End {
  readonly kind: EntryKind;
  readonly to: string;
  readonly why: string | null;
}

/** Stale where somebody answered, used or ended it in this moment, which is on record too. */
async function end(outside: WatchOutside, row: Row, { kind, to, why }: End): Promise<void> {
  const update = outside.store.query
    .updateTable("approvals")
    .set((eb) => ({ status: to, withdrawn_why: why, version: eb("version", "+", 1) }))
    .where("id", "=", row.id)
    .where("status", "=", row.status)
    .where("version", "=", row.version);
  const body = { approval: row.id, ...(why === null ? {} : { why }) };
  const isKept = await append(outside, { row, kind, body }, stateWrite(update, 1));
  if (isKept) outside.wake(row.id);
}

/** At most `ROWS_MAX` in one look: what is left is due still when the next looks. */
async function noteEscalations(outside: WatchOutside): Promise<void> {
  const rows = await outside.store.query
    .selectFrom("approvals")
    .selectAll()
    .where("next_step_at", "<=", outside.ambient.now())
    .where("status", "=", "requested")
    .orderBy("next_step_at")
    .limit(ROWS_MAX)
    .execute();
  for (const row of rows) await noteSteps(outside, row);
}

/** Once for each step, also over a restart: the row says how many are on record. */
async function noteSteps(outside: WatchOutside, row: Row): Promise<void> {
  const approval = approvalOf(row);
  const steps = stepsReached(approval, Number.POSITIVE_INFINITY);
  const reached = stepsReached(approval, outside.ambient.now()).length;
  for (let done = row.escalated; done < reached; done += 1) {
    const { of = "", group = "", afterMs = 0 } = steps[done] ?? {};
    const next = steps[done + 1];
    const update = outside.store.query
      .updateTable("approvals")
      .set({
        escalated: done + 1,
        next_step_at: next === undefined ? null : row.requested_at + next.afterMs,
      })
      .where("id", "=", row.id)
      .where("status", "=", "requested")
      .where("escalated", "=", done);
    const body = { approval: row.id, of, group, afterMs };
    const isKept = await append(outside, { row, kind: "approval.escalated", body }, stateWrite(update, 1));
    if (!isKept) return;
  }
}

interface Note {
  readonly row: Row;
  readonly kind: EntryKind;
  readonly body: JsonObject;
}

async function append(
  { journal, ambient }: WatchOutside,
  { row, kind, body }: Note,
  write: ReturnType<typeof stateWrite>,
): Promise<boolean> {
  const by = { by: "doorward", via: "clock" };
  const entry = { kind, subject: row.action_id, at: ambient.now(), body: { ...by, ...body } };
  const kept = await journal.append({ entries: [entry], writes: [write] });
  return kept.kind === "kept";
}
