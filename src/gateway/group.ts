import { Fault, type JsonObject } from "#base";
import type { EntryDraft, StateWrite } from "#ledger";
import { spendOf } from "./delegations.ts";
import { approvalRow, consumption, type Desk, waitOn } from "./desk.ts";
import type { OutcomeStatus } from "./drafts.ts";
import { entered, type Fate, lookedAt, type Party, readied, type Trip, undecided } from "./fates.ts";
import { stillHeld } from "./hold-answers.ts";
import type { Refused } from "./outside.ts";
import { type ApprovalRow, closeIntent } from "./rows.ts";
import { openIntent } from "./stops.ts";
import { callerGone, NOTHING_MARKED } from "./verdicts.ts";

/** How what was released left: `ok` whole, `not-sent` certainly nothing of it, `unknown` perhaps. */
export type Delivery = Exclude<OutcomeStatus, "error">;

export type Together =
  | {
      readonly kind: "released";
      /** By index; every other attempt is released: its intent is durable. */
      readonly refused: ReadonlyMap<number, Refused>;
      /**
       * To be called once, when it has left or cannot any more: writes the outcomes down. Throws what the journal
       * throws; the intents then stay open, and the restart closes them as `unknown`.
       */
      readonly delivered: (how: Delivery) => Promise<void>;
    }
  | {
      /** Nothing is released and nothing consumed. */
      readonly kind: "held";
      readonly held: ReadonlyMap<number, Refused>;
      /** When the last of the requests ends unanswered, milliseconds since the Unix epoch. */
      readonly expiresAt: number;
    };

/** How often others may consume an approval of ours in the moment in which we do. */
const STALE_MAX = 64;

/**
 * INVARIANT: nothing is released before everything is decided, and everything that may go is on record in one batch
 * first; while one of them waits for people, no approval is consumed. Throws Fault `caller_gone` where whoever asked
 * left, `agent_revoked`, and whatever the journal throws: nothing is released then.
 */
export async function travelTogether(desk: Desk, party: Party): Promise<Together> {
  const { ambient, limits } = desk.outside;
  const trip: Trip = { desk, party, until: ambient.monotonic() + limits.holdWaitMs };
  let fates = await entered(trip);
  let hasWaited = false;
  for (let stale = 0; stale < STALE_MAX; ) {
    fates = await lookedAt(trip, fates);
    const waiting = undecided(trip, fates);
    if (waiting.length > 0) {
      hasWaited = true;
      if (await waitForOne(trip, waiting)) continue;
      return withheld(trip, fates);
    }
    // Nobody is there: approvals stay, single-use grants for the retry.
    if (party.asker.signal.aborted && fates.some((fate) => fate.kind === "held"))
      return withheld(trip, fates);
    const { ready, lasting } = await readied(trip, fates, hasWaited);
    fates = lasting;
    if (ready === null) continue;
    const released = await depart(trip, ready);
    if (released !== "stale") return released;
    stale += 1;
    // Another used an approval of it, or a delegation of it ended: everything is decided anew.
    hasWaited = true;
  }
  throw contended();
}

/** For the one whose time ends first; the others are looked at after it. */
function waitForOne({ desk, party, until }: Trip, waiting: readonly ApprovalRow[]): Promise<boolean> {
  const first = waiting.reduce((a, b) => (b.expires_at < a.expires_at ? b : a));
  return waitOn(desk, first, party.asker, until - desk.outside.ambient.monotonic());
}

type Ready = Exclude<Fate, { kind: "held" }>;
type Going = Extract<Fate, { kind: "go" }>;

/** Writes every intent, with what it consumes, and every refusal in one batch. */
async function depart({ desk, party }: Trip, fates: readonly Ready[]): Promise<Together | "stale"> {
  const { outside, drafts } = desk;
  if (party.asker.signal.aborted) throw callerGone();
  const going = fates.filter((fate): fate is Going => fate.kind === "go");
  const intents = going.map(({ attempt, decided }) => drafts.intent(attempt, decided));
  const [first, ...others] = [...party.beside, ...verdictsOf(desk, fates), ...intents];
  if (first !== undefined) {
    const [one] = going;
    const mark = (one === undefined ? undefined : outside.tracing?.mark(one.attempt)) ?? NOTHING_MARKED;
    const writes = [...going.flatMap((fate) => writesOf(desk, fate)), ...mark.writes];
    const kept = await outside.journal.append({ entries: [first, ...others], writes });
    if (kept.kind === "stale") return "stale";
    mark.kept();
  }
  const startedAt = outside.ambient.monotonic();
  return {
    kind: "released",
    refused: new Map(
      fates.flatMap((fate, at) => (fate.kind === "refused" ? [[at, fate.answer] as const] : [])),
    ),
    delivered: (how) => delivered(desk, fates, { how, startedAt }),
  };
}

function writesOf(desk: Desk, { attempt, decided, row }: Going): StateWrite[] {
  const agentId = attempt.identity.chain.agents.at(-1) ?? "";
  const at = desk.outside.ambient.now();
  const opened = openIntent({
    actionId: attempt.id,
    agentId,
    approvalId: decided.approval,
    at,
    stoppable: attempt,
  });
  const spent = spendOf(attempt.identity, at);
  const used = decided.grant?.writes ?? [];
  return row === null ? [...used, ...spent, opened] : [consumption(desk, row, attempt), ...spent, opened];
}

function verdictsOf({ drafts }: Desk, fates: readonly Fate[]): EntryDraft[] {
  return fates.flatMap((fate) =>
    fate.kind === "refused" && fate.verdict !== null ? [drafts.verdict(fate.attempt, fate.verdict)] : [],
  );
}

const RECORDS: Readonly<Record<Delivery, JsonObject>> = {
  ok: { released: true },
  "not-sent": { sent: false },
  unknown: { fault: "unknown" },
};

interface End {
  readonly how: Delivery;
  readonly startedAt: number;
}

/** The outcomes, and which ends were told: what nobody heard is told to the retry. */
async function delivered({ outside, drafts }: Desk, fates: readonly Ready[], end: End): Promise<void> {
  const { how, startedAt } = end;
  const going = fates.flatMap((fate) => (fate.kind === "go" ? [fate.attempt] : []));
  const outcome = { status: how, startedAt, result: RECORDS[how], facts: {} };
  const [first, ...others] = going.map((attempt) => drafts.outcome(attempt, outcome));
  if (first !== undefined) {
    const writes = going.map((attempt) => closeIntent(attempt.id));
    const kept = await outside.journal.append({ entries: [first, ...others], writes });
    // They were closed before: the first word stands.
    if (kept.kind === "stale") return;
  }
  if (how !== "ok") return;
  for (const fate of fates) {
    const told = fate.kind === "go" ? fate.decided.approval : fate.answer.approval;
    if (told !== null) outside.rows.markDelivered(told, outside.ambient.now());
  }
}

/** Some still wait: nothing goes. What was refused meanwhile was attempted, and is on record. */
async function withheld({ desk }: Trip, fates: readonly Fate[]): Promise<Together> {
  const [first, ...others] = verdictsOf(desk, fates);
  if (first !== undefined) await desk.outside.journal.append({ entries: [first, ...others] });
  const rows = fates.map((fate) => (fate.kind === "held" ? approvalRow(desk, fate.id) : null));
  return {
    kind: "held",
    held: new Map(rows.flatMap((row, at) => (row === null ? [] : [[at, stillHeld(row)] as const]))),
    expiresAt: Math.max(0, ...rows.map((row) => row?.expires_at ?? 0)),
  };
}

function contended(): Fault {
  return new Fault(
    "approvals_contended",
    "other requests of the same agent kept using the same approvals",
    "Nothing was released. Send one request at a time.",
  );
}
