import type { Hold, Refusal, Verdict } from "#vocabulary";
import {
  consultedAtRelease,
  approvalRow,
  asOfNow,
  consumption,
  type Desk,
  expire,
  isOvertaken,
  isPastTime,
  joinOrRequest,
  renewedTooOften,
  RENEWALS_MAX,
  verdictAtRelease,
  waitOn,
  withdraw,
  withId,
} from "./desk.ts";
import { ended, recorded, stillHeld } from "./hold-answers.ts";
import { isBoundTo } from "./hold-request.ts";
import type { Answer, Asker, Attempt, Forward } from "./outside.ts";
import type { ApprovalRow } from "./rows.ts";
import { changedMeanwhile, type Go, refuse } from "./verdicts.ts";

export interface Holding {
  readonly hold: (attempt: Attempt, verdict: Hold, asker: Asker, forward: Forward) => Promise<Answer>;
  /**
   * Goes on with a request that is there: for whoever asked to be answered later. Throws `changed_since_decided` where it
   * is bound to something else than this attempt (T10).
   */
  readonly resume: (attempt: Attempt, approval: string, asker: Asker, forward: Forward) => Promise<Answer>;
}

interface Own {
  readonly desk: Desk;
  readonly go: Go;
  /** By approval id: what is being released in this process. */
  readonly releasing: Map<string, Promise<Answer | "stale">>;
}

interface Waiting {
  readonly attempt: Attempt;
  readonly asker: Asker;
  readonly forward: Forward;
  /** How often the policy changed between request and release. */
  readonly renewals: number;
}

interface Held extends Waiting {
  readonly verdict: Hold;
}

/**
 * Holds an action until people decide, the wait is over, or nobody waits any more. A repeat of the same action joins
 * the same request while its end is undelivered; it never starts a second effect.
 */
export function createHolding(desk: Desk, go: Go): Holding {
  const own: Own = { desk, go, releasing: new Map() };
  return {
    hold: (attempt, verdict, asker, forward) =>
      settle(own, { attempt, verdict, asker, forward, renewals: 0 }),
    resume: async (attempt, approval, asker, forward) => {
      if (!isBoundTo(approvalRow(desk, approval), attempt)) throw changedMeanwhile();
      return awaited(own, approval, { attempt, asker, forward, renewals: 0 });
    },
  };
}

async function settle(own: Own, held: Held): Promise<Answer> {
  return awaited(own, await joinOrRequest(own.desk, held), held);
}

async function awaited(own: Own, id: string, held: Waiting): Promise<Answer> {
  const { ambient, limits } = own.desk.outside;
  const until = ambient.monotonic() + (held.asker.waitMs ?? limits.holdWaitMs);
  for (;;) {
    const answer = await step(own, approvalRow(own.desk, id), held, until);
    if (answer !== "again") return answer;
  }
}

async function step(own: Own, row: ApprovalRow, held: Waiting, until: number): Promise<Answer | "again"> {
  const { desk } = own;
  if (isPastTime(desk, row)) {
    await expire(desk, row, held.attempt);
    return "again";
  }
  switch (row.status) {
    case "requested": {
      const overtaken = await overtook(own, row, held);
      if (overtaken !== null) return overtaken;
      const isToBeSeen = await waitOn(desk, row, held.asker, until - desk.outside.ambient.monotonic());
      return isToBeSeen ? "again" : stillHeld(row);
    }
    case "approved":
      // Nobody waits: the approval stays, a single-use grant for the retry, until it expires.
      return held.asker.signal.aborted ? stillHeld(row) : release(own, row, held);
    case "consumed":
      return collect(own, row, held);
    default:
      return told(own, row, held, ended(row));
  }
}

/**
 * What people are asked for is of no use to them any more: a policy that denies by now wins at once, and where it is still
 * held, it is asked for anew. Null: they are the right question, also where policy would allow it by now, because two
 * equal calls that wait here must not become two effects.
 */
async function overtook(own: Own, row: ApprovalRow, held: Waiting): Promise<Answer | null> {
  const { desk } = own;
  if (held.asker.signal.aborted || !isOvertaken(desk, row, held.attempt)) return null;
  await consultedAtRelease(desk, row, asOfNow(desk, held.attempt));
  const attempt = asOfNow(desk, held.attempt);
  const verdict = verdictAtRelease(desk, row, attempt);
  return verdict.kind === "allow" ? null : refusedOrRenewed(own, row, { ...held, attempt }, verdict);
}

async function release(own: Own, row: ApprovalRow, held: Waiting): Promise<Answer | "again"> {
  const { desk } = own;
  await consultedAtRelease(desk, row, asOfNow(desk, held.attempt));
  const attempt = asOfNow(desk, held.attempt);
  const verdict = verdictAtRelease(desk, row, attempt);
  if (verdict.kind === "allow") {
    const answer = await released(own, row, { ...held, attempt }, verdict);
    return answer === "stale" ? "again" : told(own, row, held, answer);
  }
  return refusedOrRenewed(own, row, { ...held, attempt }, verdict);
}

async function refusedOrRenewed(
  own: Own,
  row: ApprovalRow,
  held: Waiting,
  verdict: Refusal | Hold,
): Promise<Answer> {
  const { desk } = own;
  const { attempt } = held;
  await withdraw(desk, row, attempt);
  if (verdict.kind === "deny") return refuse(desk.outside, desk.drafts, attempt, verdict);
  if (held.renewals >= RENEWALS_MAX) throw renewedTooOften(row.id);
  return settle(own, { ...held, verdict, renewals: held.renewals + 1 });
}

/** One release per approval, whoever's retry it is; the others get its answer. */
function released(own: Own, row: ApprovalRow, held: Waiting, verdict: Verdict): Promise<Answer | "stale"> {
  const running = own.releasing.get(row.id);
  if (running !== undefined) return running;
  const attempt = withId(held.attempt, row);
  const decided = { verdict, observed: null, approval: row.id };
  const departing = own
    .go(attempt, decided, held.forward, consumption(own.desk, row, held.attempt))
    .finally(() => own.releasing.delete(row.id));
  own.releasing.set(row.id, departing);
  const { rows, ambient } = own.desk.outside;
  // The same once more, from whoever has the answer, is another action, also while the outcome is being written down.
  void held.asker.given?.then(() => rows.markDelivered(row.id, ambient.now()));
  return departing;
}

async function collect(own: Own, row: ApprovalRow, held: Waiting): Promise<Answer> {
  const running = own.releasing.get(row.id);
  const answer = running === undefined ? "stale" : await running;
  return told(own, row, held, answer === "stale" ? recorded(own.desk.outside, row) : answer);
}

/** Says the end to the asker, and remembers that it was said unless nobody was there to hear it. */
function told({ desk }: Own, row: ApprovalRow, { asker }: Waiting, answer: Answer): Answer {
  const { outside } = desk;
  if (!asker.signal.aborted && asker.isHeard()) outside.rows.markDelivered(row.id, outside.ambient.now());
  return answer;
}
